"""From bytes to a header and a body: the format of a file is detected, and each of its dispatches is read.

The table of header formats is imported when a file or a dispatch is read. A module that needs only dates
(`enrich` does) imports this package too, and the parsers of 27 formats take 50 ms to import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

from flows.errors import EmptyDispatch, FutureDate, NoNews, OversizeHeader, UnknownFormat, UnpairedSurrogate
from flows.parse.body import body_of
from flows.parse.dateline import day_stated_by
from flows.parse.desk import with_desk_lines
from flows.parse.formats import Format, Sample
from flows.parse.no_news import no_news_in
from flows.records import Article, Header, RawDispatch

SAMPLE_BYTES = 64 * 1024
"""The format is detected from at most this many bytes of a file."""

MAX_FIELD_CHARS = 100_000
"""A header field is at most this long. The longest that was found, a list of themes of GDELT, has 30,000 characters."""

CLOCK_SLACK = timedelta(days=1)
"""A date may be this far after the fetch: a day without a time zone begins up to 14 hours earlier."""


def sniff(sample: Sample) -> Format:
    """Detect the format of a file from its first bytes, and from its name where they are not enough.

    Raises:
        NoNews: the file is of a kind that holds no news; the error names it.
        UnknownFormat: the bytes are in no format that Dateline reads.
    """
    # Here: see the docstring of this module.
    from flows.parse.headers import BY_NAME, FORMATS  # noqa: PLC0415  # start-up

    if found := no_news_in(sample):
        raise NoNews(found)
    for known in FORMATS:
        if known.matches(sample):
            return known
    raise UnknownFormat(found=repr(sample.start[:16]), wanted="text, or one of " + ", ".join(BY_NAME))


def understand(raw: RawDispatch) -> Article:
    """Read one dispatch in the format of its source.

    Raises:
        DispatchError: the dispatch cannot be understood; the error says why.
    """
    # Here: see the docstring of this module.
    from flows.parse.headers import BY_NAME  # noqa: PLC0415  # start-up

    parsed = BY_NAME[raw.source.format].parse(raw)
    _refuse_long(parsed.header)
    body = body_of(parsed.text, indented=parsed.indented, dateline=parsed.header.dateline)
    if not body.text and not parsed.header.headline:
        raise EmptyDispatch(found=f"{len(raw.payload):,} bytes with no words outside the header")
    header = with_desk_lines(parsed.header, body.text, body.segments)
    if header.published is None and body.dateline:
        header = replace(header, published=day_stated_by(body.dateline))
    published = header.published
    if published and published.instant > raw.source.fetched_at + CLOCK_SLACK:
        raise FutureDate(
            1, "date", published.raw, f"a day not after the fetch, {raw.source.fetched_at:%Y-%m-%d}"
        )
    _refuse_surrogates(header, body.text)
    return Article(raw, header, body, parsed.decoded)


_values = attrgetter(*Header.__dataclass_fields__)


def _texts(header: Header) -> Iterator[str]:
    yield from filter(None, (value for value in _values(header) if isinstance(value, str)))
    yield from header.keywords
    for pair in header.rest.items():
        yield from pair


def _refuse_long(header: Header) -> None:
    """Raise OversizeHeader if a field is longer than any field of a news header."""
    longest = max(
        *(len(value) for value in _values(header) if isinstance(value, str)),
        sum(map(len, header.keywords)),
        max(map(len, header.rest.values()), default=0),
        0,
    )
    if longest > MAX_FIELD_CHARS:
        raise OversizeHeader(longest, MAX_FIELD_CHARS)


def _refuse_surrogates(header: Header, text: str) -> None:
    """Raise UnpairedSurrogate for half of a UTF-16 pair, which JSON can escape and UTF-8 cannot encode."""
    try:
        "".join((text, *_texts(header))).encode()
    except UnicodeEncodeError:
        pass
    else:
        return
    texts: list[tuple[str, str]] = [("body", text)]
    for name in Header.__dataclass_fields__:
        value = getattr(header, name)
        if isinstance(value, str):
            texts.append((name, value))
        elif name == "keywords":
            texts += [(name, word) for word in value]
        elif name == "rest":
            texts += [(name, word) for pair in value.items() for word in pair]
    for name, value in texts:
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise UnpairedSurrogate(name, f"U+{ord(value[error.start]):04X}") from None
