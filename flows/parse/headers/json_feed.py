"""JSON Feed: a feed as one JSON object, each of its items a dispatch."""

from __future__ import annotations

import re
from typing import Any

from flows.parse.decode import decode_dispatch
from flows.parse.formats import Format, Sample
from flows.parse.headers.ninjs import is_object, line_of, names_in, words_of
from flows.parse.keys import Pair, header_of
from flows.parse.records import as_text, context_of, mapping_of, objects_in, unclaimed
from flows.records import Parsed, RawDispatch

NAME = "json_feed"


def parse(raw: RawDispatch) -> Parsed:
    """Read one item of a JSON Feed, with the feed's title and language.

    Raises:
        BrokenRecord: not one JSON object.
        UnreadableField: a known key whose value cannot be read.

    Source: JSON Feed 1.1, jsonfeed.org.
    """
    decoded = decode_dispatch(raw)
    item: Any = mapping_of(decoded.text, NAME)
    feed = context_of(raw.envelope)
    authors = names_in(item.get("authors")) or names_in(item.get("author"))
    pairs = [
        *(Pair("date", as_text(item.get(name))) for name in ("date_published", "date_modified")),
        Pair("headline", line_of(item.get("title"))),
        Pair("byline", ", ".join(authors or names_in(feed.get("authors")) or names_in(feed.get("author")))),
        Pair("source", as_text(feed.get("title"))),
        Pair("id", as_text(item.get("id"))),
        Pair("url", as_text(item.get("url"))),
        Pair("keywords", ", ".join(names_in(item.get("tags")))),
        Pair("language", as_text(item.get("language") or feed.get("language"))),
        *unclaimed(
            item,
            {"id", "url", "title", "tags", "authors", "author", "content_html", "content_text", "language"},
        ),
    ]
    texts = [
        words_of(item[name])
        for name in ("content_text", "content_html", "summary")
        if isinstance(item.get(name), str)
    ]
    text = next((each for each in texts if each.strip()), "")
    return Parsed(header_of(pairs, raw.source), text, decoded)


def matches(sample: Sample) -> bool:
    """The version is a URL of jsonfeed.org."""
    return (
        is_object(sample)
        and re.search(r'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org', sample.text) is not None
    )


FORMAT = Format(
    name=NAME,
    yields="date, title, authors, feed title, link, id, tags, language, content",
    matches=matches,
    split=objects_in,
    parse=parse,
    has_envelope=True,
)
