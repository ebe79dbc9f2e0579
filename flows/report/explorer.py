"""The explorer written to its place, and what the command says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.explore.payload import blocks
from flows.report.explorer_page import explorer_html
from flows.warehouse.snapshot import Snapshot
from flows.write.output import Output
from flows.write.store import REPORTS

NAME = f"{REPORTS}/explorer.html"


@dataclass(frozen=True, slots=True)
class Explorer:
    """A page that was written: where, of how many rows, how large, and sentences about what is not in it."""

    path: str
    counts: dict[str, int]
    bytes: int
    left_out: list[str]

    def lines(self) -> tuple[str, ...]:
        """Return what the command prints."""
        counted = ", ".join(f"{count:,} {noun}" for noun, count in self.counts.items())
        return (self.path, f"{counted} in {self.bytes / 1e6:.1f} MB", *self.left_out)


def write_explorer(output: Output, where: str | None = None, into: Path | None = None) -> Explorer:
    """Write the explorer of an output, or of what a condition holds for (see `flows.explore.selection`).

    It is written to `into`, else to NAME in the output, while no other command writes there: an erasure leaves no page of before.

    Raises:
        WrongUse: no output, or a condition that cannot be evaluated.
        OutputBusy: a run is writing there.
    """
    if into is not None:
        page, explorer = _made(output, where, str(into))
        into.write_bytes(page)
        return explorer
    # Without an output there is nothing to lock, and the lock would make its folder.
    Snapshot(output.address)
    output.prepare()
    with output.locked():
        page, explorer = _made(output, where, f"{output.address}/{NAME}")
        output.store.replace(NAME, page)
    return explorer


def _made(output: Output, where: str | None, path: str) -> tuple[bytes, Explorer]:
    found = blocks(output.address, where)
    page = explorer_html(found).encode()
    meta = found["meta"]
    return page, Explorer(path, meta["counts"], len(page), meta["left_out"])
