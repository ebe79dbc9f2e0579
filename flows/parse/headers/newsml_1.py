"""NewsML 1: `<NewsML>` with one or more `<NewsItem>`, each a dispatch."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.elements import decoded_within, elements_in, root_name
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.headers import nitf
from flows.parse.html_trees import blocks_of, html_words
from flows.parse.keys import Pair, header_of
from flows.parse.xml_trees import Element, descendants, find, one_line, text_at, tree_of
from flows.records import Parsed, RawDispatch

NAME = "newsml_1"
LINES = (
    ("HeadLine", "headline"),
    ("ByLine", "byline"),
    ("DateLine", "dateline"),
    ("CreditLine", "source"),
    ("CopyrightLine", "copyright"),
    ("SlugLine", "slug"),
    ("SubHeadLine", "second headline"),
    ("KeywordLine", "keywords"),
    ("NewsLineText", "news line"),
)
MANAGED = (("Urgency", "urgency"), ("Status", "pub_status"), ("NewsItemType", "item type"))


def parse(raw: RawDispatch) -> Parsed:
    """Read one `<NewsItem>`: its lines, its management and its longest text.

    The publication date is ThisRevisionCreated. A picture's or a package's text is its caption.

    Raises:
        BrokenRecord: not well-formed, or not one item.
        UnreadableDate: the revision date is not a date.

    Source: IPTC NewsML 1.2 functional specification.
    """
    decoded = decoded_within(raw)
    root = tree_of(decoded.text, NAME)
    items = list(descendants(root, "NewsItem"))
    if not items or root_items(items) != 1:
        raise BrokenRecord(NAME, f"{len(items)} items", "one <NewsItem> to each dispatch")
    return Parsed(header_of(_pairs(items[0]), raw.source), _text(items[0]), decoded)


def root_items(items: list[Element]) -> int:
    """Count the items that are in no other."""
    inside = {below for item in items for below in item.iterdescendants()}
    return sum(item not in inside for item in items)


def _pairs(item: Element) -> Iterator[Pair]:
    management, identifier = find(item, "NewsManagement"), find(item, "Identification/NewsIdentifier")
    for name, key in (
        ("ThisRevisionCreated", "date"),
        ("FirstCreated", "date"),
        ("FirstCreated", "first created"),
    ):
        yield Pair(key, text_at(management, name))
    yield Pair("id", text_at(identifier, "PublicIdentifier") or text_at(identifier, "NewsItemId"))
    yield Pair("version", text_at(identifier, "RevisionId"))
    for lines in descendants(item, "NewsLines"):
        for name, key in LINES:
            yield from (Pair(key, one_line(line)) for line in descendants(lines, name))
    for name, key in MANAGED:
        found = find(management, name)
        if found is not None:
            value = found.get("FormalName") or ""
            yield Pair(key, value.lower() if key == "pub_status" else value)
    for instruction in descendants(item, "Instruction"):
        yield Pair("edition_note", one_line(instruction) or instruction.get("FormalName") or "")
    for language in descendants(item, "Language"):
        yield Pair("language", language.get("FormalName") or "")
    for name in ("Provider", "Source"):
        for party in (each for found in descendants(item, name) for each in descendants(found, "Party")):
            yield Pair("source", party.get("FormalName") or "")
    yield Pair("source", text_at(identifier, "ProviderId"))
    for place in descendants(item, "Location"):
        values = {each.get("FormalName"): each.get("Value") for each in descendants(place, "Property")}
        if city := values.get("City"):
            yield Pair("located", city)
    words = [
        each.get("Value") or ""
        for each in descendants(item, "Property")
        if each.get("FormalName") == "Keyword"
    ]
    yield Pair("keywords", ", ".join(words))


def _text(item: Element) -> str:
    """Return the longest text of the item's contents: equivalents of it may be shorter."""
    texts = []
    for content in descendants(item, "DataContent"):
        inner = next(descendants(content, "nitf"), None)
        if inner is not None:
            texts.append(nitf.text_of(inner))
        elif len(content):
            body = next(descendants(content, "body"), content)
            texts.append(blocks_of(body))
        else:
            texts.append(html_words(content.text or ""))
    return max(texts, key=len, default="").strip()


def matches(sample: Sample) -> bool:
    """The root element is `<NewsML>`."""
    return root_name(sample) == "NewsML"


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each outermost `<NewsItem>`."""
    yield from elements_in(payload, b"NewsItem")


FORMAT = Format(
    name=NAME,
    yields="revision date, headline, byline, dateline, provider, urgency, status, keywords, the longest text",
    matches=matches,
    split=split,
    parse=parse,
    has_envelope=True,
)
