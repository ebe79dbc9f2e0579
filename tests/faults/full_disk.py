"""A small real file system that is full: a tmpfs of every size from too small to enough."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .runner import Runner, runner
from .trial import Trial

FAULTS = "a file system that is full, at every size from too small to enough, then larger"

PAGE = 4096

STEP_PAGES = 3
"""By so much one size is larger than the one before."""

LARGE = "size=64m,nr_inodes=10000"

FAILED = 3


class NotMounted(RuntimeError):
    """The system does not let this process mount a file system."""


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a tmpfs until the block ends.

    Raises:
        NotMounted: this needs root, and the capability to mount.
    """
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotMounted(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def grow(folder: Path) -> None:
    """Make the file system large."""
    subprocess.run(["mount", "-o", f"remount,{LARGE}", folder], check=True)


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Run on a file system of each size; then make it larger, and run again."""
    with runner(folder) as one:
        pages, names = _needed(one, folder / "large")
        for size in range(1, pages + STEP_PAGES, STEP_PAGES * every):
            yield attempt(one, folder / f"size-{size}", "pages", size, f"size={size * PAGE},nr_inodes=10000")
        for number in range(4, names + 1, 4 * every):
            yield attempt(one, folder / f"names-{number}", "names", number, f"size=64m,nr_inodes={number}")


def _needed(one: Runner, folder: Path) -> tuple[int, int]:
    """Return how many pages and names an output has at its end."""
    with mounted(folder, LARGE) as place:
        ended = one.run(place / "output")
        assert ended.status == 0, ended
        used = os.statvfs(place)
        return used.f_blocks - used.f_bfree, used.f_files - used.f_ffree


def attempt(one: Runner, folder: Path, what: str, size: int, options: str) -> Trial:
    """Run where there is not enough; one error says what is missing, and the run after it completes."""
    with mounted(folder, options) as place:
        output = place / "output"
        ended = one.run(output)
        if ended.status:
            assert ended.status == FAILED, (what, size, ended)
            assert ended.error.startswith(f"DiskFull: cannot write {output}"), (what, size, ended)
            assert "No space left on device, wanted free space on the disk" in ended.error, (
                what,
                size,
                ended,
            )
        grow(place)
        found = one.recovered(f"a file system of few {what}", f"{size}", output)
        shutil.rmtree(output, ignore_errors=True)
        return found
