"""A small output of each released version, which every later version must read, and what makes the next one.

`make kept-output` writes `VERSION.tar.xz`, the output of this version over the folder `dispatches`. Do it at each release, after
the last change of a table. `development.tar.xz` is from before the first release.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from pathlib import Path

from flows import __version__
from tests.coordinating import run_here

HERE = Path(__file__).parent
DISPATCHES = HERE / "dispatches"
RUN_FROM = Path(tempfile.gettempdir(), "dispatches")
"""Where the dispatches were read, as their addresses have it."""


NOT_KEPT = frozenset({"lock", "README.md", "datapackage.json", "_reports"})
"""What a run makes again, and its report."""


def kept() -> dict[str, Path]:
    """Return the kept outputs by version."""
    return {path.name.removesuffix(".tar.xz"): path for path in sorted(HERE.glob("*.tar.xz"))}


def unpack(version: str, folder: Path) -> Path:
    """Unpack a kept output, and return its folder; empty folders, which the archive lacks, are made."""
    with tarfile.open(kept()[version]) as archive:
        # Python has filters since 3.11.4, and warns since 3.12 where none is named.
        archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # noqa: S202  # our own
    for name in ("stage", "spool", "checkpoints"):
        (folder / "output/.dateline" / name).mkdir(parents=True, exist_ok=True)
    return folder / "output"


def pack(output: Path, archive: Path) -> None:
    """Write the files of an output into an archive that depends on them only."""
    with tarfile.open(archive, "w:xz", preset=9) as opened:
        for path in sorted(
            path
            for path in output.rglob("*")
            if path.is_file() and NOT_KEPT.isdisjoint(path.relative_to(output).parts)
        ):
            member = opened.gettarinfo(path, f"output/{path.relative_to(output).as_posix()}")
            member.mtime, member.uid, member.gid, member.uname, member.gname, member.mode = (
                0,
                0,
                0,
                "",
                "",
                0o644,
            )
            with path.open("rb") as file:
                opened.addfile(member, file)


def main() -> None:
    """Write the output of this version."""
    with tempfile.TemporaryDirectory() as folder:
        if RUN_FROM.exists():
            sys.exit(f"{RUN_FROM} exists: remove it first")
        RUN_FROM.symlink_to(DISPATCHES)
        try:
            summary = run_here(RUN_FROM, output=Path(folder, "output"))
        finally:
            RUN_FROM.unlink()
        assert not summary.failures, summary.failures
        target = HERE / f"{__version__}.tar.xz"
        pack(Path(folder, "output"), target)
        sys.stdout.write(f"{target}: {target.stat().st_size:,} bytes\n")
