"""Tables of words and names, with their sources, and the fitted weights; `table` reads one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LEXICONS = Path(__file__).parent


def table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table. Its comment lines begin with `#`; the header and the rows have tabs between cells."""
    lines = (LEXICONS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    header, *rows = (line.split("\t") for line in lines if not line.startswith("#"))
    for row in rows:
        yield dict(zip(header, row, strict=True))
