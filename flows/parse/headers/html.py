"""HTML pages: JSON-LD first, then OpenGraph and meta elements; the text by trafilatura. Dublin Core in XHTML too."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from flows.errors import UnreadableField
from flows.parse.dates import read_date
from flows.parse.decode import charset_in, decode_dispatch
from flows.parse.elements import skip_comments
from flows.parse.formats import Format, Sample, whole
from flows.parse.headline import Candidate, Kind, choose_headline, shown_headlines
from flows.parse.html_trees import blocks_of, html_tree, is_deep
from flows.parse.json_ld import articles_in, clean, headline_of, names_in, pairs_of, people_in
from flows.parse.keys import Pair, header_of
from flows.parse.site import Site, site_of
from flows.parse.xml_trees import Element, find, one_line
from flows.records import Decoded, Parsed, RawDispatch, Source

NAME, DUBLIN_CORE = "html", "xhtml_dc"
ROOT = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|meta|title|p|div|article|section|main|h1|h2|table|span|ul|br)[\s/>])",
    re.I,
)
DC = re.compile(r"name\s*=\s*[\"']DC\.(?:date|identifier|title|creator|coverage)[\"']", re.I)
# What it could not read is a reject here, or a headline alone; its log says no more.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# Names of meta elements (`name`, `property` or `itemprop`) for each key, the most trusted first.
METAS = {
    "date": (
        "article:published_time", "og:article:published_time", "datepublished", "article.published", "parsely-pub-date",
        "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "pubdate", "publish-date",
        "publishdate", "publication_date", "cxenseparse:recs:publishtime", "rnews:datepublished", "date",
        "originalpublicationdate", "bt:pubdate", "article_date_original", "og:published_time", "og:pubdate",
    ),
    "headline": ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title", "headline"),
    "byline": ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "og:article:author",
               "cxenseparse:author", "twitter:creator", "authors"),
    "source": ("og:site_name", "application-name", "dc.publisher", "publisher", "twitter:site"),
    "url": ("og:url",),
    "section": ("article:section", "parsely-section", "dc.subject", "section"),
    "keywords": ("news_keywords", "keywords", "article:tag", "parsely-tags"),
    "language": ("og:locale", "dc.language", "content-language"),
    "id": ("dc.identifier", "article-id", "articleid"),
    "located": ("dc.coverage",),
    "copyright": ("copyright", "dc.rights"),
    "description": ("og:description", "description"),
}  # fmt: skip
SITE_NAMES = METAS["source"] + ("al:ios:app_name", "al:android:app_name", "apple-mobile-web-app-title")

HEADLINE_KINDS = {
    "og:title": Kind.SHARED,
    "twitter:title": Kind.SHARED,
    "dc.title": Kind.SHARED,
    "dcterms.title": Kind.SHARED,
    "parsely-title": Kind.SHARED,
    "title": Kind.TITLE,
    "headline": Kind.DATA,
}


def parse(raw: RawDispatch) -> Parsed:
    """Read one page: what it says of itself as data, then what its article's text is.

    A date that cannot be read gives way to the next that the page states.

    Raises:
        UnreadableField: a known key whose value cannot be read.
        BrokenRecord: elements that are nested too deep.

    Source: schema.org NewsArticle; The Open Graph protocol; Dublin Core in HTML, RFC 2731.
    """
    decoded = decode_dispatch(raw, charset_in(raw.payload))
    return page(decoded, raw.source)


def page(decoded: Decoded, source: Source, *known: Pair) -> Parsed:
    """Read the page that a text is; `known` is what a web archive says of it, and goes last."""
    root = html_tree(decoded.text)
    if root is None:
        return Parsed(header_of(known, source), "", decoded)
    articles = articles_in(root)
    metas = _metas(root)
    pairs = [*pairs_of(articles), *_of_metas(metas), *_of_elements(root), *known]
    headline = choose_headline(_headlines(root, articles, metas), _site(source, articles, metas, pairs))
    pairs.insert(0, Pair("headline", headline))
    header = header_of(_readable(pairs, source), source)
    # trafilatura parses the page again, with the usual limit.
    text = blocks_of(root) if is_deep(root) else _text(decoded.text)
    return Parsed(header, text, decoded)


def _readable(pairs: list[Pair], source: Source) -> Iterator[Pair]:
    """Omit values that are not dates, if the page states one that is."""
    dates = [pair for pair in pairs if pair.key == "date" and pair.value.strip()]
    readable = []
    for pair in dates:
        try:
            read_date(pair.value, order=source.rules.date_order, not_after=None)
        except UnreadableField:
            continue
        readable.append(pair)
    kept = readable[:1] or dates[:1]
    yield from kept
    yield from (pair for pair in pairs if pair.key != "date")


def _text(text: str) -> str:
    # Here: only pages need it, and it takes 130 ms to import.
    import trafilatura  # noqa: PLC0415  # start-up

    found = trafilatura.extract(
        text,
        output_format="txt",
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        config=_settings(),
    )
    return "\n\n".join(line for line in (found or "").split("\n") if line.strip())


@cache
def _settings() -> Any:
    # Here for the same reason as trafilatura itself.
    from trafilatura.settings import use_config  # noqa: PLC0415  # start-up

    settings = use_config()
    settings.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    return settings


def _metas(root: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := meta.get(attribute)):
                found.setdefault(name.lower(), []).append(content)
    return found


def _of_metas(metas: dict[str, list[str]]) -> Iterator[Pair]:
    for key, names in METAS.items():
        for name in names:
            values = metas.get(name, [])
            if key == "byline":
                values = [", ".join(people_in(values))]
            elif key == "keywords":
                values = [", ".join(values)]
            for value in values[:1]:
                yield Pair(key, clean(value))


def _headlines(root: Element, articles: list[dict[str, Any]], metas: dict[str, list[str]]) -> list[Candidate]:
    """Return every headline that the page states; not all of them are the same."""
    stated = [(Kind.DATA, headline_of(each)) for each in articles[:1]]
    stated += [(HEADLINE_KINDS[name], clean(metas[name][0])) for name in METAS["headline"] if name in metas]
    stated += [(Kind.TITLE, one_line(each)) for each in list(root.iter("title"))[:1]]
    return [*(Candidate(kind, text) for kind, text in stated if text), *shown_headlines(root)]


def _site(
    source: Source, articles: list[dict[str, Any]], metas: dict[str, list[str]], pairs: list[Pair]
) -> Site:
    """Return what the page says of its site: names, addresses and sections."""
    names = [value for key in SITE_NAMES for value in metas.get(key, [])]
    publishers = [name for each in articles[:1] for name in names_in(each.get("publisher"))]
    return site_of(
        [*names, *publishers],
        [source.uri, *(pair.value for pair in pairs if pair.key == "url")],
        [pair.value for pair in pairs if pair.key == "section"],
    )


def _of_elements(root: Element) -> Iterator[Pair]:
    for name in ("h1", "title"):
        yield from (Pair("headline", one_line(each)) for each in list(root.iter(name))[:1])
    for time in root.iter("time"):
        if stated := time.get("datetime"):
            yield Pair("date", stated)
            break
    for link in root.iter("link"):
        if link.get("rel") == "canonical":
            yield Pair("url", link.get("href") or "")
    yield Pair("language", root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")


def parse_dublin_core(raw: RawDispatch) -> Parsed:
    """Read an XHTML document whose head holds Dublin Core; its text is all of its body.

    Raises:
        UnreadableField: a known key whose value cannot be read.
    """
    decoded = decode_dispatch(raw, charset_in(raw.payload))
    root = html_tree(decoded.text)
    if root is None:
        return Parsed(header_of((), raw.source), "", decoded)
    body = find(root, "body")
    pairs = [*_of_metas(_metas(root)), *_of_elements(root)]
    return Parsed(
        header_of(_readable(pairs, raw.source), raw.source),
        blocks_of(body) if body is not None else "",
        decoded,
    )


def matches(sample: Sample) -> bool:
    """It begins as HTML does."""
    return begins_page(sample.text)


def begins_page(text: str) -> bool:
    """Return True if a text begins like HTML, after comments and an XML declaration."""
    return ROOT.match(text, skip_comments(text)) is not None


def matches_dublin_core(sample: Sample) -> bool:
    """It begins as XHTML does, and its head holds Dublin Core and neither OpenGraph nor JSON-LD."""
    text = sample.text
    return (
        text.startswith("<?xml")
        and matches(sample)
        and DC.search(text) is not None
        and "og:title" not in text
        and "ld+json" not in text
    )


FORMAT = Format(
    name=NAME,
    yields="date, headline, authors, publisher, section, keywords, language, url; the article's text",
    matches=matches,
    split=whole,
    parse=parse,
)
XHTML = Format(
    name=DUBLIN_CORE,
    yields="DC.date, DC.title, DC.creator, DC.coverage as place, DC.identifier; all of the body",
    matches=matches_dublin_core,
    split=whole,
    parse=parse_dublin_core,
)
