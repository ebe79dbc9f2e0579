"""Evaluates the checks of the tables on the columns of a part, each check on whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.checks import (
    TEXT,
    TEXT_TABLE,
    Between,
    Check,
    EachBetween,
    InOrder,
    Length,
    OneOf,
    Refers,
    RowCount,
    Slice,
    Slices,
    Together,
    Violation,
)
from flows.quality.code_points import Bools, CodePoints, Offsets
from flows.schema import Table
from flows.tables import BY_NAME

Columns = Mapping[str, pa.Table]
"""By table, the columns that its checks read."""

KEY = "article_id"

MAX_SHOWN = 80
"""Characters of a value that a violation shows."""


@cache
def columns_checked(name: str) -> tuple[str, ...]:
    """Return the columns of a table that its checks, and those of other tables, read; the key first."""
    table = BY_NAME[name]
    found = dict.fromkeys(table.key)
    for check in table.checks:
        found.update(dict.fromkeys(check.columns))
        if isinstance(check, Slice | Slices):
            found[KEY] = None
    for other in BY_NAME.values():
        for check in other.checks:
            if isinstance(check, Refers) and check.table == name:
                found[check.key] = None
            if isinstance(check, RowCount) and check.table == name:
                found[KEY] = None
            if isinstance(check, Slice | Slices) and name == TEXT_TABLE:
                found[check.of if isinstance(check, Slices) else TEXT] = None
    return tuple(found)


def violations_in(columns: Columns) -> tuple[Violation, ...]:
    """Return each check that rows of a part do not pass, in the order of tables and checks; empty for sound rows.

    A part holds articles whole: a row refers to rows of its own part.
    """
    return tuple(_Part(columns).violations())


class _Part:
    """The columns of one part, and what several of its checks need."""

    def __init__(self, columns: Columns) -> None:
        # One chunk a column, so that buffers can be read whole.
        self._tables = {name: table.combine_chunks() for name, table in columns.items() if table.num_rows}
        self._texts: dict[str, CodePoints] = {}
        self._article_rows: dict[str, Offsets] = {}
        self._keys: dict[tuple[str, str], pa.Array[Any]] = {}

    def violations(self) -> Iterator[Violation]:
        for table in BY_NAME.values():
            if table.name not in self._tables:
                continue
            yield from self._doubled_keys(table)
            for check in table.checks:
                bad = np.flatnonzero(self._bad_rows(table.name, check))
                if len(bad):
                    yield self._violation(table, check.name, check.columns, bad)

    def _doubled_keys(self, table: Table[Any]) -> Iterator[Violation]:
        (key,) = table.key
        values = self._column(table.name, key)
        if pc.count_distinct(values).as_py() < len(values):
            seen = pc.value_counts(values)
            doubled = pc.filter(seen.field("values"), pc.greater(seen.field("counts"), 1))
            bad = np.flatnonzero(_bools(pc.is_in(values, value_set=doubled)))
            yield self._violation(table, f"{key} occurs once", (), bad)

    def _violation(self, table: Table[Any], name: str, columns: tuple[str, ...], bad: Offsets) -> Violation:
        first = self._tables[table.name].slice(int(bad[0]), 1).to_pylist()[0]
        shown = (f"{each} = {repr(first[each])[:MAX_SHOWN]}" for each in (*table.key, *columns))
        return Violation(table.name, name, len(bad), ", ".join(dict.fromkeys(shown)))

    def _bad_rows(self, table: str, check: Check) -> Bools:
        """Return for each row of a table whether it does not pass a check."""
        match check:
            case Between():
                return _out_of_range(self._column(table, check.column), check)
            case EachBetween():
                lists = self._column(table, check.column)
                within = Between(check.part, check.low, check.high)
                return _lists_with(lists, _out_of_range(lists.flatten().field(check.part), within))
            case OneOf():
                values = self._column(table, check.column)
                known = pc.is_in(values, value_set=pa.array(check.values, values.type))
                return _bools(pc.and_(pc.is_valid(values), pc.invert(known)))
            case InOrder():
                return self._out_of_order(table, check)
            case Together():
                nulls = [_bools(pc.is_null(self._column(table, each))) for each in check.columns]
                return _any(each != nulls[0] for each in nulls[1:])
            case Slice():
                return self._not_slices(table, check)
            case Slices():
                return self._not_all_slices(table, check)
            case Refers():
                return self._without_target(table, check)
            case RowCount():
                return _differ(self._column(table, check.column), self._rows_of_articles(check.table))
            case Length():
                values = self._column(table, check.of)
                is_text = pa.types.is_string(values.type)
                lengths = pc.utf8_length(values) if is_text else pc.list_value_length(values)
                return _differ(self._column(table, check.column), _numbers(lengths))

    def _column(self, table: str, name: str) -> pa.Array[Any]:
        column = self._tables[table][name]
        return column.chunk(0) if column.num_chunks else pa.array([], column.type)

    def _out_of_order(self, table: str, check: InOrder) -> Bools:
        columns = [self._column(table, each) for each in check.columns]
        bad = np.zeros(len(columns[0]), np.bool_)
        greatest = columns[0]
        for column in columns[1:]:
            bad |= _bools(pc.greater(greatest, column))
            greater = pc.if_else(pc.greater(column, greatest), column, greatest)
            greatest = pc.coalesce(greater, column, greatest)
        return bad

    def _not_slices(self, table: str, check: Slice) -> Bools:
        starts, ends = self._column(table, check.start), self._column(table, check.end)
        has_both = pc.and_(pc.is_valid(starts), pc.is_valid(ends))
        # Words that have no place are seen to by `Together`, and rows of no article by `Refers`.
        rows = self._rows_in_articles(table)
        stated = np.flatnonzero(_bools(has_both) & (rows >= 0))
        bad = np.zeros(len(rows), np.bool_)
        of, begin, end = rows[stated], _numbers(starts)[stated], _numbers(ends)[stated]
        within = self._code_points().have(of, begin, end)
        bad[stated[~within]] = True
        if check.surface is None:
            return bad
        stated, of, begin, end = stated[within], of[within], begin[within], end[within]
        surfaces = self._column(table, check.surface).take(pa.array(stated))
        known = _bools(pc.is_valid(surfaces))
        equal = self._code_points().equal(of[known], begin[known], end[known], surfaces.drop_null())
        bad[stated[known][~equal]] = True
        return bad

    def _not_all_slices(self, table: str, check: Slices) -> Bools:
        lists = self._column(table, check.column)
        spans = lists.flatten()
        parents = np.asarray(pc.list_parent_indices(lists), np.int64)
        rows = self._rows_in_articles(table)[parents]
        of_article = rows >= 0
        begin, end = (_numbers(spans.field(each)) for each in ("char_start", "char_end"))
        within = self._code_points(check.of).have(rows[of_article], begin[of_article], end[of_article])
        bad = np.zeros(len(lists), np.bool_)
        bad[parents[of_article][~within]] = True
        return bad

    def _without_target(self, table: str, check: Refers) -> Bools:
        values = self._column(table, check.column)
        is_list = pa.types.is_list(values.type)
        items = values.flatten() if is_list else values
        known = pc.is_in(items, value_set=self._keys_of(check.table, check.key))
        lost = _bools(pc.and_(pc.is_valid(items), pc.invert(known)))
        if not is_list:
            return lost
        return _lists_with(values, lost)

    def _keys_of(self, table: str, key: str) -> pa.Array[Any]:
        if (table, key) not in self._keys:
            column = self._column(table, key).unique() if table in self._tables else pa.array([], pa.string())
            self._keys[table, key] = column
        return self._keys[table, key]

    def _code_points(self, column: str = TEXT) -> CodePoints:
        """Return the texts of a column of the articles; one that is null has no part."""
        if column not in self._texts:
            has_texts = TEXT_TABLE in self._tables
            texts = self._column(TEXT_TABLE, column) if has_texts else pa.array([], pa.string())
            self._texts[column] = CodePoints(pc.fill_null(texts, ""))
        return self._texts[column]

    def _rows_in_articles(self, table: str) -> Offsets:
        """Return for each row of a table the row of its article, -1 where there is none."""
        if table not in self._article_rows:
            articles = (
                self._column(TEXT_TABLE, KEY) if TEXT_TABLE in self._tables else pa.array([], pa.string())
            )
            found = pc.index_in(self._column(table, KEY), value_set=articles)
            self._article_rows[table] = _numbers(pc.fill_null(found, -1))
        return self._article_rows[table]

    def _rows_of_articles(self, table: str) -> Offsets:
        """Return for each article how many rows another table has of it."""
        count = len(self._column(TEXT_TABLE, KEY))
        if table not in self._tables:
            return np.zeros(count, np.int64)
        rows = self._rows_in_articles(table)
        return np.bincount(rows[rows >= 0], minlength=count).astype(np.int64)


def _out_of_range(values: pa.Array[Any], check: Between) -> Bools:
    """Return where a value is out of range; comparisons with NaN are false."""
    bad = np.zeros(len(values), np.bool_)
    for limit, compare in ((check.low, pc.greater_equal), (check.high, pc.less_equal)):
        if limit is not None:
            bad |= _bools(pc.invert(compare(values, pa.scalar(limit, pa.float64()))))
    return bad


def _lists_with(lists: pa.Array[Any], bad_items: Bools) -> Bools:
    """Return which lists have a bad item."""
    bad = np.zeros(len(lists), np.bool_)
    bad[np.asarray(pc.list_parent_indices(lists), np.int64)[bad_items]] = True
    return bad


def _bools(values: pa.Array[Any]) -> Bools:
    """Return an array of booleans; null is False."""
    found: Bools = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return found


def _any(masks: Iterable[Bools]) -> Bools:
    found: Bools = np.logical_or.reduce(list(masks))
    return found


def _differ(values: pa.Array[Any], wanted: Offsets) -> Bools:
    found: Bools = _numbers(values) != wanted
    return found


def _numbers(values: pa.Array[Any]) -> Offsets:
    """Return an array of whole numbers; null is -1."""
    found: Offsets = pc.fill_null(values, -1).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return found
