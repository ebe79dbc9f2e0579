"""The checks that a table declares: what holds for its rows beyond the types of its columns.

They are data. `quality/` evaluates them on the staged columns of a part before its batch is committed, together with what the
declaration of the table says itself: the schema, and that a key occurs once. A null value passes every check but `Together`.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT_TABLE = "articles"
"""The table with the texts, by `article_id`, that spans are offsets into."""

TEXT = "body_text"
"""Its column with the text."""


@dataclass(frozen=True, slots=True)
class Between:
    """The value is at least `low` and at most `high`; None leaves a side open. NaN is in no range."""

    column: str
    low: float | None = None
    high: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column,)

    @property
    def name(self) -> str:
        """What is checked, in words."""
        if self.high is None:
            return f"{self.column} is at least {self.low:g}"
        if self.low is None:
            return f"{self.column} is at most {self.high:g}"
        return f"{self.column} is between {self.low:g} and {self.high:g}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of an enumeration."""

    column: str
    values: tuple[str, ...] | tuple[int, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column,)

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"{self.column} is one of {', '.join(map(str, self.values))}"


@dataclass(frozen=True, slots=True)
class InOrder:
    """Each value is at most the next one; those that are null are passed over."""

    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return " <= ".join(self.columns)


@dataclass(frozen=True, slots=True)
class Together:
    """All of these columns are null, or none."""

    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"{', '.join(self.columns)} are all null, or none is"


@dataclass(frozen=True, slots=True)
class Slice:
    """`0 <= start < end <= length` of the article's text; `surface`, if it is named, is that slice of the text."""

    start: str
    end: str
    surface: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.start, self.end, *((self.surface,) if self.surface else ()))

    @property
    def name(self) -> str:
        """What is checked, in words."""
        span = f"body_text[{self.start}:{self.end}]"
        return f"{self.surface} is {span}" if self.surface else f"{span} is a part of the text"


@dataclass(frozen=True, slots=True)
class Slices:
    """Each span of a list is a part of the article's text, or of another column of `articles`, which may be null."""

    column: str
    of: str = TEXT

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column,)

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"each of {self.column} is a part of the {'text' if self.of == TEXT else self.of}"


@dataclass(frozen=True, slots=True)
class EachBetween:
    """A number of each item of a list is at least `low` and at most `high`. NaN is in no range."""

    column: str
    part: str
    low: float
    high: float

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column,)

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"each {self.part} of {self.column} is between {self.low:g} and {self.high:g}"


@dataclass(frozen=True, slots=True)
class Refers:
    """The value, or each item of a list, is in a column of another table, in a row that is staged with it."""

    column: str
    table: str
    key: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column,)

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"{self.column} is a {self.key} of {self.table}"


@dataclass(frozen=True, slots=True)
class RowCount:
    """The value is the number of rows of another table with the same `article_id`."""

    column: str
    table: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column, "article_id")

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"{self.column} is the number of rows in {self.table}"


@dataclass(frozen=True, slots=True)
class Length:
    """The value is the number of items of a list, or of code points of a text."""

    column: str
    of: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (self.column, self.of)

    @property
    def name(self) -> str:
        """What is checked, in words."""
        return f"{self.column} is the length of {self.of}"


Check = Between | EachBetween | OneOf | InOrder | Together | Slice | Slices | Refers | RowCount | Length


def words(name: str) -> tuple[Check, ...]:
    """Return the checks of the columns of words: the words, where they start, and where they end."""
    start, end = f"{name}_start", f"{name}_end"
    return (Together((name, start, end)), Slice(start, end, name))


@dataclass(frozen=True, slots=True)
class Violation:
    """A check that rows of one table do not pass: how many, and the first of them. Picklable and small."""

    table: str
    check: str
    rows: int
    example: str

    def __str__(self) -> str:
        rows = f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"
        return f"{self.table}: {rows} {'fails' if self.rows == 1 else 'fail'} the check `{self.check}`, such as {self.example}"
