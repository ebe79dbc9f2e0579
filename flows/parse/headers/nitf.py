"""NITF: the News Industry Text Format of the IPTC, one `<nitf>` document a file."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import BrokenRecord
from flows.parse.elements import decoded_within, root_name
from flows.parse.formats import Format, Sample, whole
from flows.parse.html_trees import blocks_of
from flows.parse.keys import Pair, header_of
from flows.parse.xml_trees import Element, children, descendants, find, local, one_line, text_at, tree_of
from flows.records import Parsed, RawDispatch

NAME = "nitf"


def parse(raw: RawDispatch) -> Parsed:
    """Read an NITF document: docdata, body.head, and the blocks of body.content.

    `<meta>` elements, the slug and the second headline are kept in `header`. A media's caption is not of
    the text.

    Raises:
        BrokenRecord: no well-formed `<nitf>`.
        UnreadableDate: date.issue is not a date.

    Source: IPTC NITF 3.6 DTD.
    """
    decoded = decoded_within(raw)
    root = tree_of(decoded.text, NAME)
    if local(root) != "nitf":
        raise BrokenRecord(NAME, f"<{local(root)}>", "<nitf>")
    return Parsed(header_of(pairs_of(root), raw.source), text_of(root), decoded)


def pairs_of(root: Element) -> Iterator[Pair]:
    """Yield what the head and the body's head of an `<nitf>` say, best source of each first."""
    head, docdata, top = find(root, "head"), find(root, "head/docdata"), find(root, "body/body.head")
    for path, attribute in (
        ("date.issue", "norm"),
        ("date.release", "norm"),
        ("pubdata", "date.publication"),
    ):
        yield from _attribute(find(docdata, path), attribute, "date")
    yield from _attribute(find(head, "pubdata"), "date.publication", "date")
    yield from _attribute(find(top, "dateline/story.date"), "norm", "date")
    yield Pair("headline", text_at(top, "hedline/hl1"))
    yield Pair("headline", text_at(head, "title"))
    yield Pair("second headline", text_at(top, "hedline/hl2"))
    yield from (Pair("byline", _byline(each)) for each in children(top, "byline"))
    yield Pair("source", text_at(top, "distributor"))
    for owner in (*children(docdata, "doc.copyright"), *children(docdata, "doc.rights")):
        yield Pair("source", owner.get("holder") or owner.get("owner") or "")
        yield Pair("copyright", " ".join(filter(None, (owner.get("holder"), owner.get("year")))))
    yield Pair("located", text_at(top, "dateline/location"))
    for place in (*children(docdata, "evloc"), *children(head, "evloc")):
        yield Pair("located", place.get("city") or place.get("county-dist") or "")
        yield Pair("event country", place.get("iso-cc") or "")
    dateline = find(top, "dateline")
    if dateline is not None:
        parts = [" ".join((dateline.text or "").split()), *(one_line(each) for each in dateline)]
        yield Pair("dateline", ", ".join(filter(None, parts)))
    yield Pair("keywords", ", ".join(each.get("key") or "" for each in descendants(docdata, "keyword")))
    yield from _attribute(find(docdata, "urgency"), "ed-urg", "urgency")
    yield from _attribute(find(docdata, "doc-id"), "id-string", "id")
    if docdata is not None:
        yield from _attribute(docdata, "management-status", "pub_status")
    yield from _attribute(find(docdata, "ed-msg"), "info", "edition_note")
    yield from _attribute(find(docdata, "du-key"), "version", "version")
    yield from _attribute(find(docdata, "du-key"), "key", "slug")
    yield Pair(
        "language", root.get("baselang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    )
    subjects = [each.get("tobject.subject.type") for each in descendants(head, "tobject.subject")]
    yield Pair("section", next(filter(None, subjects), ""))
    for meta in children(head, "meta"):
        yield Pair(f"meta {meta.get('name')}", meta.get("content") or "")


def text_of(root: Element) -> str:
    """Return the blocks of body.content, or the abstract where it has none."""
    content = find(root, "body/body.content")
    for media in list(descendants(content, "media")):
        # Emptied, not removed: the text after it belongs to its tail.
        media.text = None
        del media[:]
    words = blocks_of(content) if content is not None else ""
    abstract = find(root, "body/body.head/abstract")
    return words or (blocks_of(abstract) if abstract is not None else "")


def _byline(element: Element) -> str:
    titles = [one_line(title) for title in descendants(element, "byttl")]
    line = one_line(element)
    for title in titles:
        line = line.removesuffix(title).strip()
    return line


def _attribute(element: Element | None, name: str, key: str) -> Iterator[Pair]:
    if element is not None and (value := element.get(name)):
        yield Pair(key, value, element.sourceline or 1)


def matches(sample: Sample) -> bool:
    """The root element is `<nitf>`."""
    return root_name(sample) == "nitf"


FORMAT = Format(
    name=NAME,
    yields="date, headline, byline, source, place, urgency, keywords, status, note to editors, text by block",
    matches=matches,
    split=whole,
    parse=parse,
)
