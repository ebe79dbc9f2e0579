"""The data classes of the pipeline, in the order in which a dispatch passes through them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from flows.errors import ErasedDispatch
from flows.escaping import visible
from flows.syntax import Syntax


def identify(*parts: object) -> str:
    """Return an id that depends on the parts only: 32 hex digits of a sha256."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of Unicode code points in `body_text`, 0-based."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of the text that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Return True if the two spans share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user states about a source because the source does not state it.

    `date_order` is `dmy` or `mdy`, the order of `02/03/2020`; `charset` is the encoding that a server declared;
    `repairs` permits undecodable bytes to be replaced by U+FFFD; `columns` maps columns of a CSV file to header keys.
    """

    date_order: str | None = None
    charset: str | None = None
    repairs: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)

    def options(self, form: str | None) -> dict[str, str]:
        """Return what the user states, and the format of all files, by option; `charset` is stated by a server."""
        stated = {
            "format": form,
            "date_order": self.date_order,
            "repair": "true" if self.repairs else None,
            "columns": ", ".join(f"{column}={key}" for column, key in sorted(self.columns.items())),
        }
        return {name: value for name, value in stated.items() if value}


NO_RULES = Rules()

MAX_REJECT_SHARE = 0.05
"""Default of the share of rejected dispatches above which a run exits with status 1."""


FEED_ITEM = "#item-"
"""Separates the address of a feed from the key of an item in the uri of that item."""


@dataclass(frozen=True, slots=True)
class Source:
    """One version of one file whose bytes were fetched and checked.

    `uri` and `sha256` are its identity; `supersedes` is the sha256 of the version before. A file within
    an archive is a source of its own: its uri is the archive's, `!/` and its path there. `erased` are the keys
    of what was erased from the output, of any source.
    """

    uri: str
    sha256: str
    format: str
    version: int
    supersedes: str | None
    fetched_at: datetime
    rules: Rules = NO_RULES
    erased: frozenset[str] = frozenset()

    @property
    def is_erased(self) -> bool:
        """Return True if the source was erased: the file that was fetched, a file of an archive, or an item of a feed."""
        return bool(self.erased) and not self.erased.isdisjoint(source_keys(self.uri))


def source_keys(uri: str) -> tuple[str, ...]:
    """Return the keys by which a source is known as erased."""
    return tuple(identify("erased", each) for each in dict.fromkeys((uri, uri.partition("!/")[0])))


def erasure_keys(dispatch_key: str | None, text: str) -> list[str]:
    """Return the keys by which a dispatch is known as erased: in any version of its file, and wherever its text is whole."""
    keys = [dispatch_key] if dispatch_key else []
    return [*keys, hashlib.sha256(text.encode()).hexdigest()] if text else keys


@dataclass(frozen=True, slots=True)
class RawDispatch:
    """One dispatch as it arrived: its bytes, and their position in the file.

    `envelope` is what precedes the first dispatch of a file that holds many: the head of a feed,
    the line of a CSV file that names its columns.
    """

    source: Source
    number: int
    byte_start: int
    byte_end: int
    payload: bytes = field(repr=False)
    envelope: bytes = field(default=b"", repr=False)

    @property
    def dispatch_id(self) -> str:
        """Id of the dispatch, in `articles` or `rejects`.

        The version is part of it, since a source may go back to what it was: its third version has
        the bytes of the first, and rows of its own.
        """
        source = self.source
        return identify("dispatch", source.uri, source.sha256, source.version, self.number)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text, its encoding, and how that was determined: bom, utf-8, declared, detected or repaired."""

    text: str = field(repr=False)
    encoding: str
    encoding_from: str


@dataclass(frozen=True, slots=True)
class PublishedAt:
    """A publication date as the header states it.

    `instant` is in UTC; a day without a time is its midnight. `on` is the day as stated, in the
    zone of the writer. `precision` is second, minute, day, month or year. `zone_from` is offset,
    name, or None where the header says none and UTC is assumed.
    """

    instant: datetime
    on: date
    precision: str
    zone_from: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header fields of a dispatch, by their ninjs and schema.org names.

    `rest` keeps each key that no one claimed.
    """

    published: PublishedAt | None = None
    headline: str | None = None
    byline: str | None = None
    source_name: str | None = None
    located: str | None = None
    dateline: str | None = None
    language: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    urgency: int | None = None
    copyright_notice: str | None = None
    document_identifier: str | None = None
    url: str | None = None
    version: str | None = None
    pub_status: str | None = None
    edition_note: str | None = None
    rest: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the parser of a format returns for one dispatch: the header and the text after it.

    `indented`: a line that starts with spaces begins a paragraph, as on the wires.
    """

    header: Header
    text: str
    decoded: Decoded
    indented: bool = False


@dataclass(frozen=True, slots=True)
class Dateline:
    """Agency dateline: the place of filing, the day as written, and the agency.

    `span` is its place in `body_text`, or None where the format keeps it apart from the body.
    """

    raw: str
    located: str | None
    day: str | None
    year: str | None
    agency: str | None
    span: Span | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the text that belongs to the wire, not to the news.

    `kind` is dateline, desk_line, edition_note, embargo, kill, byline, credit or
    end_mark.
    """

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Body:
    """The text that all offsets refer to, its paragraphs, and the parts that are not news."""

    text: str = field(repr=False)
    paragraphs: tuple[Span, ...]
    dropped_controls: int
    dateline: Dateline | None
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A dispatch that was parsed."""

    raw: RawDispatch
    header: Header
    body: Body
    decoded: Decoded
    article_id: str = field(init=False, compare=False)
    """Id of the article: that of its dispatch. Made once, since every row of the article has it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "article_id", self.raw.dispatch_id)

    @property
    def dispatch_key(self) -> str:
        """Return the key of the dispatch that stays the same when other parts of its file change.

        Made of the file that was fetched and the publisher's id of the dispatch, or the sha256 of its bytes
        where the header states no id. An item of a feed is known by its own uri.
        """
        uri = self.raw.source.uri
        if FEED_ITEM in uri:
            return identify("dispatch_key", uri)
        stated = self.header.document_identifier
        known_by = (
            ("id", stated) if stated else ("sha256", hashlib.sha256(self.raw.payload.strip()).hexdigest())
        )
        return identify("dispatch_key", uri.partition("!/")[0], *known_by)

    @property
    def published_on(self) -> date | None:
        """The day of publication as stated, or None where the header states none."""
        return self.header.published.on if self.header.published else None


EXCERPT_BYTES = 200
"""Bytes of a rejected dispatch that are kept: enough to see what kind of file it is."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A dispatch that was rejected, with the reason. Of one that was not read as a whole, `raw.payload` is its start."""

    raw: RawDispatch
    code: str
    why: str

    @property
    def excerpt(self) -> str | None:
        """The first bytes as text on one line, with escapes for what cannot be seen and for what is no UTF-8.

        None where no byte was read, and for a dispatch that was erased.
        """
        if self.code == ErasedDispatch.code or not self.raw.payload:
            return None
        return visible(self.raw.payload[:EXCERPT_BYTES].decode("utf-8", "backslashreplace"))


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1 code with the detector's confidence (0 to 1), or neither and a reason."""

    code: str | None
    confidence: float | None
    null_reason: str | None


@dataclass(frozen=True, slots=True)
class ModelEntity:
    """An entity found by the language model, with the model's label."""

    span: Span
    label: str


class Word(NamedTuple):
    """A word of a text with its offsets.

    `joined`: only a space or a hyphen separates it from the word before; `upper`: it is not in lowercase.
    """

    start: int
    end: int
    text: str
    joined: bool
    upper: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What every field reads: the text, its words and sentences, its day, and what the model found in it: entities and syntax.

    `model` is the name and version of the language model; `unread` says why the model did not read the text, and is
    None when it did.
    """

    text: str = field(repr=False)
    published_on: date | None
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    words: tuple[Word, ...] = field(repr=False)
    language: Language
    entities: tuple[ModelEntity, ...]
    syntax: Syntax = field(repr=False)
    model: str
    unread: str | None = None
