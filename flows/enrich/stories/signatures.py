"""The signature of an article: what tells near-duplicates, updates and other reports of the same event."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from flows.enrich.claims.toll import Toll
from flows.enrich.entities.mentions import Mention
from flows.enrich.language.spelling import folded
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.stories.shingles import sketch_of
from flows.enrich.stories.terms import Background, heaviest, terms_in
from flows.parse.desk import IN_HEADLINE
from flows.records import FEED_ITEM, Article, Reading

KEY_TERMS, LEAD_TERMS, NAME_TERMS = 60, 20, 30
"""Terms that are kept of the text, of its lead, and of the names in it. 40 and 100 key terms group news_cluster as well within .01."""

LEAD_CHARS = 500
"""The headline and so many code points of the text are its lead."""

IN_SLUG = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)|ld|lead|writethru|update|refile|urgent|correct(?:ed|ion)|wrapup|roundup|take)\b|\d+|[\W_]+",
    re.IGNORECASE,
)
"""What differs between the slugs of the versions of a dispatch."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What is compared of an article; a row of `signatures` has the same fields.

    `minhash` is None for a text without words. Terms are in the order of their weight; an article that the model did not read
    has none. `outlet`, `slug` and `headline_key` are normalised; `version` is the edition as stated. The tolls are those of the
    main event, None where the article supports none.
    """

    article_id: str
    dispatch_key: str
    source_version: int
    published_at: datetime | None
    published_on: date | None
    content_sha256: str
    headline: str | None
    shingle_count: int
    minhash: str | None
    key_terms: tuple[str, ...]
    lead_terms: tuple[str, ...]
    name_terms: tuple[str, ...]
    place_ids: tuple[str, ...]
    outlet: str | None
    slug: str | None
    headline_key: str | None
    version: str | None
    killed_low: int | None = None
    killed_high: int | None = None
    injured_low: int | None = None
    injured_high: int | None = None


def signature_of(
    article: Article,
    reading: Reading,
    places: Sequence[PlaceMention],
    mentions: Sequence[Mention],
    toll: Toll,
    background: Background | None,
) -> Signature:
    """Compute the signature of an article; without background it has no terms, which only stories need."""
    header, text = article.header, reading.text
    shingle_count, minhash = sketch_of(text or header.headline or "")
    read = "" if reading.unread or background is None else text
    headline = (header.headline or "") if read else ""
    names = "\n".join([mention.span.of(text) for mention in mentions if mention.kind == "name"])
    return Signature(
        article_id=article.article_id,
        dispatch_key=article.dispatch_key,
        source_version=article.raw.source.version,
        published_at=header.published.instant if header.published else None,
        published_on=article.published_on,
        content_sha256=hashlib.sha256(text.encode()).hexdigest(),
        headline=header.headline,
        shingle_count=shingle_count,
        minhash=minhash,
        key_terms=_heaviest(f"{headline}\n{read}", KEY_TERMS, background),
        lead_terms=_heaviest(f"{headline}\n{read[:LEAD_CHARS]}", LEAD_TERMS, background),
        name_terms=_heaviest(names, NAME_TERMS, background),
        place_ids=tuple(
            sorted({str(each.place.geonameid) for each in places if each.place and each.place.geonameid})
        ),
        outlet=outlet_of(article),
        slug=slug_of(article),
        headline_key=headline_key(header.headline),
        version=header.version,
        killed_low=toll.killed.low if toll.killed else None,
        killed_high=toll.killed.high if toll.killed else None,
        injured_low=toll.injured.low if toll.injured else None,
        injured_high=toll.injured.high if toll.injured else None,
    )


def _heaviest(text: str, limit: int, background: Background | None) -> tuple[str, ...]:
    return heaviest(terms_in(text), limit, background) if background else ()


def outlet_of(article: Article) -> str | None:
    """Return who published it: the source or agency that is named, else the host of its address; None where neither is stated."""
    header, dateline = article.header, article.body.dateline
    named = header.source_name or (dateline.agency if dateline else None)
    if named:
        return folded(named) or None
    stated = header.url or article.raw.source.uri.partition(FEED_ITEM)[0]
    return urlsplit(stated).hostname if stated.startswith(("http://", "https://")) else None


def slug_of(article: Article) -> str | None:
    """Return the slug without marks of the version: `BC-Quake, 2nd Ld-Writethru` and `BC-Quake` have the same."""
    rest = article.header.rest
    slug = rest.get("slug") or rest.get("slug line")
    return (" ".join(IN_SLUG.sub(" ", slug).lower().split()) or None) if slug else None


def headline_key(headline: str | None) -> str | None:
    """Return a headline in lowercase, without marks such as `UPDATE 2-` and without punctuation."""
    if not headline:
        return None
    return " ".join(re.findall(r"\w+", IN_HEADLINE.sub("", headline, count=1).lower())) or None
