"""NewsML-G2: `<newsItem>` and `<packageItem>`, alone or many in a `<newsMessage>`."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import BrokenRecord, NoNews
from flows.parse.elements import decoded_within, elements_in, root_name
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.headers import nitf
from flows.parse.html_trees import blocks_of, html_words
from flows.parse.keys import Pair, header_of
from flows.parse.xml_trees import Element, children, descendants, find, local, one_line, text_at, tree_of
from flows.records import Parsed, RawDispatch

NAME = "newsml_g2"
ITEMS = ("newsItem", "packageItem")
NO_TEXT = ("conceptItem", "knowledgeItem", "planningItem", "catalogItem")
ROOTS = frozenset({"newsMessage", *ITEMS, *NO_TEXT})
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parse(raw: RawDispatch) -> Parsed:
    """Read one item: itemMeta, contentMeta, and the longest inline text, or else its description.

    The publication date is versionCreated.

    Raises:
        BrokenRecord: not well-formed, or not one item.
        NoNews: a concept, a calendar or a catalogue.
        UnreadableDate: versionCreated is not a date.

    Source: IPTC NewsML-G2 2.29 specification.
    """
    decoded = decoded_within(raw)
    root = tree_of(decoded.text, NAME)
    items = [each for each in root.iter() if local(each) in ITEMS]
    if not items:
        other = next((local(each) for each in root.iter() if local(each) in NO_TEXT), None)
        raise NoNews(f"a <{other}>") if other else BrokenRecord(NAME, f"<{local(root)}>", "a <newsItem>")
    if len(items) != 1:
        raise BrokenRecord(NAME, f"{len(items)} items", "one item to each dispatch")
    return Parsed(header_of(_pairs(items[0]), raw.source), _text(items[0]), decoded)


def _pairs(item: Element) -> Iterator[Pair]:
    meta, content, rights = find(item, "itemMeta"), find(item, "contentMeta"), find(item, "rightsInfo")
    yield Pair("date", text_at(meta, "versionCreated"))
    for path in ("contentModified", "contentCreated"):
        yield Pair("date", text_at(content, path))
    yield Pair("first created", text_at(meta, "firstCreated"))
    yield Pair("embargoed", text_at(meta, "embargoed"))
    yield Pair("headline", text_at(content, "headline"))
    yield Pair("headline", text_at(meta, "title"))
    yield Pair("byline", text_at(content, "by"))
    people = [
        _named(each)
        for name in ("creator", "contributor")
        for each in children(content, name)
        if text_at(each, "name")
    ]
    yield Pair("byline", ", ".join(dict.fromkeys(people)))
    yield Pair("dateline", text_at(content, "dateline"))
    yield from (Pair("located", _named(each)) for each in children(content, "located"))
    for owner, name in ((content, "infoSource"), (content, "creditline"), (meta, "provider")):
        yield from (
            Pair("source", one_line(each) if name == "creditline" else _named(each))
            for each in children(owner, name)
        )
    yield Pair("copyright", text_at(rights, "copyrightNotice"))
    holder = find(rights, "copyrightHolder")
    yield Pair("copyright", _named(holder) if holder is not None else "")
    tag = find(content, "language")
    yield Pair("language", (tag.get("tag") if tag is not None else None) or item.get(LANG) or "")
    words = [one_line(each) for each in children(content, "keyword")]
    words += [name for each in children(content, "subject") if (name := text_at(each, "name"))]
    yield Pair("keywords", ", ".join(word.replace(",", " ") for word in words))
    yield Pair("urgency", text_at(content, "urgency"))
    yield Pair("id", item.get("guid") or "")
    yield Pair("version", item.get("version") or "")
    status = find(meta, "pubStatus")
    yield Pair("pub_status", (status.get("qcode") or "").rpartition(":")[2] if status is not None else "")
    yield from (Pair("edition_note", one_line(each)) for each in children(meta, "edNote"))
    yield Pair("section", text_at(meta, "service/name"))
    yield Pair("slug", text_at(content, "slugline"))
    kind = find(meta, "itemClass")
    yield Pair("item class", (kind.get("qcode") or "") if kind is not None else "")


def _named(element: Element) -> str:
    """Return an element's name, or else its literal, or its code."""
    code = (element.get("qcode") or "").rpartition(":")[2]
    return text_at(element, "name") or element.get("literal") or code


def _text(item: Element) -> str:
    texts = []
    for inline in descendants(item, "inlineXML"):
        inner = next(descendants(inline, "nitf"), None)
        body = next(descendants(inline, "body"), inline)
        texts.append(nitf.text_of(inner) if inner is not None else blocks_of(body))
    texts += [html_words(data.text or "") for data in descendants(item, "inlineData")]
    described = [
        html_words(blocks_of(each)) for each in descendants(find(item, "contentMeta"), "description")
    ]
    return max(texts, key=len, default="").strip() or max(described, key=len, default="").strip()


def matches(sample: Sample) -> bool:
    """The root element is one of NewsML-G2."""
    return root_name(sample) in ROOTS


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each item."""
    yield from elements_in(payload, b"newsItem", b"packageItem")


FORMAT = Format(
    name=NAME,
    yields="version date, headline, byline, place, source, keywords, urgency, status, note to editors, text",
    matches=matches,
    split=split,
    parse=parse,
    has_envelope=True,
)
