"""WXR: WordPress eXtended RSS, the export of a WordPress site."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import BrokenRecord, NoNews
from flows.parse.elements import decoded_within, elements_in
from flows.parse.formats import Buffer, Format, Sample
from flows.parse.html_trees import html_words
from flows.parse.keys import Pair, header_of
from flows.parse.xml_trees import Element, children, descendants, text_at, tree_of
from flows.records import Parsed, RawDispatch

NAME = "wxr"
POSTS = ("post", "page", "")
NO_DATE = "0000-00-00 00:00:00"
PARAGRAPH = re.compile(r"\n\s*\n")


def parse(raw: RawDispatch) -> Parsed:
    """Read one `<item>` that is a post or a page; blank lines of its content are paragraphs, as in WordPress.

    Raises:
        NoNews: an attachment, a menu or another type of post.
        BrokenRecord: not well-formed.
        UnreadableDate: a date field is not a date.

    Source: WordPress, wp-admin/includes/export.php, WXR 1.2.
    """
    decoded = decoded_within(raw)
    root = tree_of(decoded.text, NAME)
    item = next(descendants(root, "item"), None)
    if item is None:
        raise BrokenRecord(NAME, "none", "an <item>")
    kind = text_at(item, "post_type")
    if kind not in POSTS:
        raise NoNews(f"a WordPress post of type {kind}")
    pairs = list(_pairs(item, text_at(root, "channel/title"), text_at(root, "channel/language")))
    written = [
        each.text or "" for tag in (CONTENT, EXCERPT, "description") for each in item if each.tag == tag
    ]
    body = next((each for each in written if each.strip()), "")
    if "<p" not in body:
        body = PARAGRAPH.sub("</p><p>", f"<p>{body}</p>")
    return Parsed(header_of(pairs, raw.source), html_words(body), decoded)


CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
EXCERPT = "{http://wordpress.org/export/1.2/excerpt/}encoded"


def _pairs(item: Element, title: str, language: str) -> Iterator[Pair]:
    stated = text_at(item, "post_date_gmt")
    yield Pair("date", "" if stated in ("", NO_DATE) else f"{stated} GMT")
    for name, key in (
        ("pubDate", "date"),
        ("title", "headline"),
        ("creator", "byline"),
        ("link", "url"),
        ("guid", "id"),
        ("status", "pub_status"),
        ("post_id", "post id"),
    ):
        value = text_at(item, name)
        yield Pair(key, html_words(value) if key == "headline" else value)
    groups: dict[str, list[str]] = {"category": [], "post_tag": []}
    for each in children(item, "category"):
        groups.setdefault(each.get("domain") or "category", []).append((each.text or "").replace(",", " "))
    yield Pair("keywords", ", ".join(groups["post_tag"] + groups["category"]))
    yield Pair("section", next(iter(groups["category"]), ""))
    yield Pair("source", title)
    yield Pair("language", language)


def matches(sample: Sample) -> bool:
    """The feed declares the namespace of a WordPress export."""
    return "<rss" in sample.text[:2048] and "wordpress.org/export/" in sample.text[:8192]


def split(payload: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each item."""
    yield from elements_in(payload, b"item")


FORMAT = Format(
    name=NAME,
    yields="date, title, author, link, guid, status, categories and tags, text; attachments are not news",
    matches=matches,
    split=split,
    parse=parse,
    has_envelope=True,
)
