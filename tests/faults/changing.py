"""Sources that change at each step of reading them; each version that is committed is one that was there, whole."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from flows.fetch import opening
from tests.coordinating import run_here

from .trial import Trial, orphans, rows_seen

FAULTS = "a source is rewritten, replaced, cut, lengthened or removed at each step of reading it"

LINES = 60
CHUNK = 1000
FILES = ("a.jsonl", "b.jsonl", "c.jsonl")
STEPS = ("open", "fstat", "read")


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Change the middle one of three sources at each call that reads sources."""
    steps = _changed_at(0, folder / "counted", _leave)[0]
    for name, change in CHANGES.items():
        for number in range(1, steps + 1, every):
            yield _trial(name, change, number, folder / f"{name}-{number}")


def contents(version: int) -> bytes:
    """Return the bytes of a version of a source; each line says which."""
    return b"".join(b'{"text": "Line %02d of version %d."}\n' % (line, version) for line in range(LINES))


def _leave(path: Path) -> None:
    del path


def _rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(contents(2))


def _replace(path: Path) -> None:
    other = path.with_name(".new")
    other.write_bytes(contents(2))
    other.rename(path)


def _cut(path: Path) -> None:
    os.truncate(path, len(contents(1)) // LINES * 20)


def _lengthen(path: Path) -> None:
    with path.open("ab") as file:
        file.write(contents(2))


CHANGES: dict[str, Callable[[Path], None]] = {
    "rewritten": _rewrite,
    "replaced": _replace,
    "cut": _cut,
    "emptied": lambda path: os.truncate(path, 0),
    "lengthened": _lengthen,
    "removed": Path.unlink,
}


def _changed_at(number: int, folder: Path, change: Callable[[Path], None]) -> tuple[int, list[bytes]]:
    """Run with a change before the nth call that reads a source; return the number of calls, and the versions of the middle source."""
    sources = folder / "in"
    sources.mkdir(parents=True)
    for name in FILES:
        (sources / name).write_bytes(contents(1))
    calls = 0
    middle = sources / FILES[1]

    def before(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                change(middle)
            return real(*arguments, **named)

        return act

    class Calls:
        """The module `os` as the reader of sources sees it."""

        def __getattr__(self, name: str) -> Any:
            return before(getattr(os, name)) if name in STEPS else getattr(os, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "os", Calls())
        patch.setattr(opening, "CHUNK", CHUNK)
        run_here(sources, output=folder / "output", fields=frozenset())
    return calls, [contents(1), *([middle.read_bytes()] if middle.exists() else [])]


def _trial(name: str, change: Callable[[Path], None], number: int, folder: Path) -> Trial:
    _, versions = _changed_at(number, folder, change)
    began = perf_counter()
    run_here(folder / "in", output=folder / "output", fields=frozenset())
    seconds = perf_counter() - began
    found: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for (table, _), rows in rows_seen(folder / "output").items():
        if table == "articles":
            for row in rows:
                found[row["uri"], row["source_version"]][row["body_text"]] += 1
    lost = doubled = 0
    allowed = [Counter(line[10:-2].decode() for line in data.splitlines()) for data in versions]
    for uri in ((folder / "in" / each).as_uri() for each in FILES):
        ours = {version: texts for (of, version), texts in found.items() if of == uri}
        wanted = allowed if uri.endswith(FILES[1]) else allowed[:1]
        for texts in ours.values():
            nearest = min(wanted, key=lambda each: (each - texts).total() + (texts - each).total())
            lost += (nearest - texts).total()
            doubled += (texts - nearest).total()
        last = ours.get(max(ours, default=0), Counter())
        # What is there at the end is the newest version; of a file that is gone, the one that was read, or none.
        if (folder / "in" / uri.rpartition("/")[2]).exists():
            lost += (wanted[-1] - last).total()
    left = len(orphans(folder / "output"))
    shutil.rmtree(folder)
    return Trial(f"source {name}", f"call {number}", 2, lost, doubled, left, seconds, ())
