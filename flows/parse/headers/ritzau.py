"""Ritzau's XML: `<RBNews>` elements, alone or in a queue."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.elements import decoded_within, elements_in
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.html_trees import html_words
from flows.parse.keys import Pair, header_of
from flows.parse.xml_trees import descendants, find, text_at, tree_of
from flows.records import Parsed, RawDispatch

NAME = "ritzau"
KEYS = (
    ("PublishDate", "date"),
    ("headline", "headline"),
    ("subtitle", "second headline"),
    ("byLine", "byline"),
    ("origin", "source"),
    ("town", "located"),
    ("section", "section"),
    ("version", "version"),
    ("NewsID", "id"),
    ("Priority", "urgency"),
    ("TilRedaktionen", "edition_note"),
    ("Status", "pub_status"),
    ("strapline", "slug"),
    ("format", "item type"),
)


def parse(raw: RawDispatch) -> Parsed:
    """Read one `<RBNews>`; its content is HTML that was escaped, sometimes twice.

    Raises:
        BrokenRecord: not well-formed, or no `<RBNews>`.
        UnreadableDate: PublishDate is not a date.
    """
    decoded = decoded_within(raw)
    root = tree_of(decoded.text, NAME)
    news = next(descendants(root, "RBNews"), None)
    if news is None:
        raise BrokenRecord(NAME, "none", "an <RBNews>")
    pairs = [Pair(key, html_words(text_at(news, name)).strip("/ ")) for name, key in KEYS]
    content = find(news, "content")
    text = html_words((content.text or "") if content is not None else "")
    return Parsed(header_of(pairs, raw.source), html_words(text), decoded)


def matches(sample: Sample) -> bool:
    """An `<RBNews>` is near the beginning."""
    return "<RBNews" in sample.text[:4096]


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each `<RBNews>`."""
    yield from elements_in(payload, b"RBNews")


FORMAT = Format(
    name=NAME,
    yields="date, headline, byline, town, section, version, priority, text",
    matches=matches,
    split=split,
    parse=parse,
    has_envelope=True,
)
