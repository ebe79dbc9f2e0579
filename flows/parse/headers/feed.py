"""Feeds: RSS 0.9 to 2.0, RDF, Atom; each `<item>` or `<entry>` is a dispatch."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from flows.errors import BrokenRecord
from flows.parse.elements import decoded_within, elements_in, root_name
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.html_trees import html_words
from flows.parse.keys import Pair, header_of
from flows.parse.xml_trees import check_entities, undeclared
from flows.records import Parsed, RawDispatch

NAME = "feed"
ROOTS = frozenset({"rss", "RDF", "feed"})
KEPT = ("updated", "comments", "slug")
FEEDPARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What feedparser raises on names, links and dates that no feed has; it has no class of its own for them."""


def parse(raw: RawDispatch) -> Parsed:
    """Read one item with the head of its feed.

    The text is its content, or else its summary. A feed that is not well-formed is read as far as
    feedparser can. Nothing that the feed links to is fetched.

    Raises:
        RefusedEntity: an entity that is external or could grow.
        BrokenRecord: no item in it.
        UnreadableDate: the publication date is not a date.
    """
    decoded = decoded_within(raw)
    text = undeclared(decoded.text)
    check_entities(text)
    found = _feed_of(text)
    if len(found.entries) != 1:
        raise BrokenRecord(NAME, f"{len(found.entries)} items that can be read", "one <item> or <entry>")
    entry = found.entries[0]
    return Parsed(header_of(_pairs(entry, found.feed), raw.source), _text(entry), decoded)


def _feed_of(text: str) -> Any:
    # Here: only feeds need it, and it takes 40 ms to import.
    import feedparser  # noqa: PLC0415  # start-up

    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", errors="surrogatepass")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except FEEDPARSER_ERRORS as error:
        raise BrokenRecord(NAME, f"{type(error).__name__}: {error}"[:200], "a feed") from None


def _pairs(entry: Any, feed: Any) -> Iterator[Pair]:
    for key in ("published", "updated", "created"):
        # By the plain dict, since feedparser's own `get` answers with another key's value.
        yield Pair("date", dict.get(entry, key) or "")
    yield Pair("headline", _line(entry.get("title")))
    authors = [each.get("name") or each.get("email") or "" for each in entry.get("authors") or []]
    yield Pair("byline", ", ".join(dict.fromkeys(filter(None, authors))) or _line(entry.get("author")))
    yield Pair("source", _line((entry.get("source") or {}).get("title")))
    yield Pair("source", _line(feed.get("title")))
    yield Pair("url", entry.get("link") or "")
    yield Pair("id", entry.get("id") or "")
    words = [each.get("term") or each.get("label") or "" for each in entry.get("tags") or []]
    yield Pair("keywords", ", ".join(word.replace(",", " ") for word in words))
    languages = [each.get("language") for each in entry.get("content") or []]
    yield Pair("language", next(filter(None, languages), None) or feed.get("language") or "")
    yield Pair("copyright", _line(entry.get("rights") or feed.get("rights")))
    for name in KEPT:
        yield Pair(name, str(dict.get(entry, name) or ""))
    for link in entry.get("enclosures") or []:
        yield Pair("enclosure", link.get("href") or "")


def _text(entry: Any) -> str:
    contents = [each.get("value") or "" for each in entry.get("content") or []]
    texts = [html_words(each) for each in (*contents, entry.get("summary") or "")]
    return max(texts, key=len, default="").strip()


def _line(value: Any) -> str:
    return " ".join(html_words(str(value or "")).split())


def matches(sample: Sample) -> bool:
    """The root element is that of a feed."""
    return root_name(sample) in ROOTS


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each item."""
    yield from elements_in(payload, b"item", b"entry")


FORMAT = Format(
    name=NAME,
    yields="date, title, authors, feed title, link, guid, categories, language, content or summary",
    matches=matches,
    split=split,
    parse=parse,
    has_envelope=True,
)
