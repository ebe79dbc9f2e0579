"""Updates of one dispatch: which article is the version before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.enrich.stories.shingles import estimated_jaccard
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import days_between

MAX_UPDATE_DAYS = 3
"""A dispatch is updated within so many days."""

MIN_UPDATE = 0.5
"""Estimated Jaccard similarity from which a later text of the same outlet is an update, whatever its headline."""

MIN_SAME_TITLE = 0.2
"""The same for texts with the same slug or headline. If the later one states its version, as in `UPDATE 2`, no similarity is asked."""


@dataclass(frozen=True, slots=True)
class Update:
    """An article and the version before it. `rule` is `source`, `slug`, `headline` or `text`: by what they are known as versions."""

    article_id: str
    previous_id: str
    rule: str


def updates_among(
    known: Iterable[Signature], new: Iterable[Signature], similar: Iterable[tuple[str, str]]
) -> dict[str, Update]:
    """Return the update of each new article that has a version before it, by its id; in the order of time.

    A changed file, or item of a feed, is an update of what it was. Other updates are of the same outlet and have the same
    slug, the same headline or a similar text. `similar` are the pairs of ids whose texts may be similar.
    """
    seen = _Index()
    for article in known:
        seen.add(article)
    around: defaultdict[str, list[str]] = defaultdict(list)
    for first, second in similar:
        around[first].append(second)
        around[second].append(first)
    updates = {}
    for article in new:
        found = _changed_source(article, seen) or _update(article, seen, around[article.article_id])
        if found:
            updates[article.article_id] = found
        seen.add(article)
    return updates


class _Index:
    """Articles by what versions have in common."""

    def __init__(self) -> None:
        self.by_id: dict[str, Signature] = {}
        self.by_key: defaultdict[str, list[Signature]] = defaultdict(list)
        self.by_slug: defaultdict[tuple[str | None, str], list[Signature]] = defaultdict(list)
        self.by_headline: defaultdict[tuple[str | None, str], list[Signature]] = defaultdict(list)

    def add(self, article: Signature) -> None:
        self.by_id[article.article_id] = article
        self.by_key[article.dispatch_key].append(article)
        if article.slug:
            self.by_slug[article.outlet, article.slug].append(article)
        if article.headline_key:
            self.by_headline[article.outlet, article.headline_key].append(article)


def _changed_source(article: Signature, seen: _Index) -> Update | None:
    before = [
        each for each in seen.by_key[article.dispatch_key] if each.source_version < article.source_version
    ]
    if not before:
        return None
    newest = max(before, key=lambda each: each.source_version)
    return Update(article.article_id, newest.article_id, "source")


def _update(article: Signature, seen: _Index, around: Sequence[str]) -> Update | None:
    named = (("slug", seen.by_slug, article.slug), ("headline", seen.by_headline, article.headline_key))
    for rule, index, title in named:
        before = index.get((article.outlet, title), []) if title else []
        found = [each for each in before if _may_precede(each, article) and _is_alike(each, article)]
        if found:
            return Update(article.article_id, _last(found).article_id, rule)
    found = [
        each
        for each in (seen.by_id[key] for key in around if key in seen.by_id)
        if each.outlet and _may_precede(each, article) and _estimate(each, article) >= MIN_UPDATE
    ]
    return Update(article.article_id, _last(found).article_id, "text") if found else None


def _may_precede(before: Signature, article: Signature) -> bool:
    days = days_between(before, article)
    return (
        before.outlet == article.outlet
        and before.content_sha256 != article.content_sha256
        and days is not None
        and days <= MAX_UPDATE_DAYS
        and before.published_at is not None
        and article.published_at is not None
        and before.published_at <= article.published_at
    )


def _is_alike(before: Signature, article: Signature) -> bool:
    """Return True if two dispatches of one title are versions of each other."""
    if article.version and article.version != before.version:
        return True
    return article.outlet is not None and _estimate(before, article) >= MIN_SAME_TITLE


def _estimate(first: Signature, second: Signature) -> float:
    return estimated_jaccard(first.minhash, second.minhash) if first.minhash and second.minhash else 0.0


def _last(articles: Sequence[Signature]) -> Signature:
    """Return the one that was published last; of several, the one that was read last."""
    newest = max(each.published_at for each in articles if each.published_at)
    return next(each for each in reversed(articles) if each.published_at == newest)
