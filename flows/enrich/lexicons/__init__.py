"""Tables and lists of words and names, with their sources, and the fitted weights; `table` and `word_list` read one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

LEXICONS = Path(__file__).parent


def word_list(name: str) -> frozenset[str]:
    """Return one of the project's lists: a word in each line, behind the lines with `#` that state its source."""
    lines = (LEXICONS / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    head = takewhile(lambda line: line.startswith("#"), lines)
    # The lists are long: their words are not looked at one by one.
    return frozenset(lines).difference(head, [""])


def table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table. Its comment lines begin with `#`; the header and the rows have tabs between cells."""
    lines = (LEXICONS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    header, *rows = (line.split("\t") for line in lines if not line.startswith("#"))
    for row in rows:
        yield dict(zip(header, row, strict=True))
