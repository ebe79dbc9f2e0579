"""The words of a row within their sentences, each part marked with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from flows.report.marks import Marked, Part, Piece
from flows.schema import Row, Table, Type
from flows.tables.evidence import EVIDENCE

LINKED = {"place_id": "places", "time_id": "times"}
"""Columns whose words are those of a row of another table."""

FindRow = Callable[[str, str], Row | None]
"""Returns the row of a table with an id, or None."""

Sentences = Sequence[Mapping[str, int]]


def parts_of(table: Table[Any], row: Row, text: str, find: FindRow) -> list[Part]:
    """Return the parts of a row in reading order, the longest first where two begin together: what it names, and all of it."""
    spans: dict[tuple[int, int], str] = {}
    for name, start, end in (*_own(table, row), *_linked(row, find), *_lists(table, row)):
        # The first name wins: the number of a claim may be all of it.
        spans.setdefault((start, end), name)
    spans.setdefault((row["char_start"], row["char_end"]), table.key[0].removesuffix("_id"))
    return [
        Part(name, start, end, " ".join(text[start:end].split()))
        for (start, end), name in sorted(spans.items(), key=lambda each: (each[0][0], -each[0][1]))
    ]


def part_columns(table: Table[Any]) -> frozenset[str]:
    """Return the columns that the parts show: words, and where they start and end."""
    named = [each.name.removesuffix("_start") for each in table.columns if each.name.endswith("_start")]
    return frozenset(
        column for name in named if name != "char" for column in (name, f"{name}_start", f"{name}_end")
    )


def values_of(table: Table[Any], row: Row) -> str:
    """Return what a row says besides its words, in a line: `effect killed, low 12, bound at_least`."""
    left_out = {each.name for each in EVIDENCE} | part_columns(table)
    said = [
        name.removeprefix("is_") if value is True else f"{name} {value}"
        for name, value in row.items()
        if name not in left_out
        and not name.endswith("_id")
        and not isinstance(value, list)
        and value is not None
        and value is not False
    ]
    why = f" ({row['null_reason']})" if row["null_reason"] else ""
    return f"[{row['char_start']}:{row['char_end']}] {', '.join(said)}; rule {row['rule_id']}{why}"


def marked(parts: Sequence[Part], text: str, sentences: Sentences) -> Marked:
    """Return the sentences that the parts lie in with the parts marked, on one line; `…` for sentences between them."""
    pieces: list[Piece] = []
    after = None
    for number, start, end in _around(parts, len(text), sentences):
        if after is not None:
            pieces.append(Piece(" " if number == after else " … ", ()))
        pieces += _pieces(parts, text, start, end)
        after = number + 1
    return Marked(tuple(pieces))


def _own(table: Table[Any], row: Row) -> Iterator[tuple[str, int, int]]:
    for column in table.columns:
        name = column.name.removesuffix("_start")
        if name not in (column.name, "char") and row[column.name] is not None:
            yield name, row[column.name], row[f"{name}_end"]


def _linked(row: Row, find: FindRow) -> Iterator[tuple[str, int, int]]:
    for column, table in LINKED.items():
        if row.get(column) is not None and "char_start" in row:
            linked = find(table, row[column])
            if linked is not None:
                yield column.removesuffix("_id"), linked["char_start"], linked["char_end"]


def _lists(table: Table[Any], row: Row) -> Iterator[tuple[str, int, int]]:
    for column in table.columns:
        if column.type is Type.SPAN_LIST:
            for span in row[column.name]:
                yield column.name, span["char_start"], span["char_end"]


def _around(parts: Sequence[Part], length: int, sentences: Sentences) -> Iterator[tuple[int, int, int]]:
    """Yield the number, the start and the end of each sentence with words of a part; all of the text if it has no sentences."""
    bounds: Iterable[tuple[int, int]] = [(each["char_start"], each["char_end"]) for each in sentences] or [
        (0, length)
    ]
    for number, (start, end) in enumerate(bounds):
        if any(part.start < end and start < part.end for part in parts):
            yield number, start, end


def _pieces(parts: Sequence[Part], text: str, start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces of a sentence, cut where a part starts or ends."""
    here = [part for part in parts if part.start < end and start < part.end]
    cuts = sorted({start, end, *(at for part in here for at in (part.start, part.end) if start < at < end)})
    for begin, stop in pairwise(cuts):
        covering = [part for part in here if part.start <= begin and stop <= part.end]
        covering.sort(key=lambda part: part.start - part.end)
        yield Piece(_on_one_line(text[begin:stop]), tuple(part.name for part in covering))


def _on_one_line(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + words + (" " if text[-1].isspace() else "")
