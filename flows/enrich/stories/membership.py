"""To which story each new article belongs, and what says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.stories.clustering import clusters_of
from flows.enrich.stories.links import Link, Links
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.terms import Background, terms_in
from flows.enrich.stories.versions import Update
from flows.records import identify

MIN_TELLING_SHINGLES = 20
"""Shorter texts can be equal and still be about different events, as `To learn more, visit …`: duplicates of them join no story by that."""


MIN_WORD = 4
"""Letters of a word of a headline that is compared; shorter ones are mostly words of grammar, in other languages too."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An article whose text an earlier one has too. `kind` is exact or near, `jaccard` the similarity of their shingles."""

    article_id: str
    duplicate_of: str
    kind: str
    jaccard: float


@dataclass(frozen=True, slots=True)
class Membership:
    """The story of one article, and why.

    `reason` is first, duplicate, update or event, and split where a user took it out of its story. `link` is None for the first
    article of a story; `probability` is that of the mean score over all its other members.
    """

    signature: Signature
    story_id: str
    reason: str
    link: Link | None = None
    probability: float | None = None
    duplicate: Duplicate | None = None
    update: Update | None = None
    version_no: int = 1
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Relations:
    """What was found of new articles before they are placed, by article: what they repeat, and what they update."""

    duplicates: Mapping[str, Duplicate]
    updates: Mapping[str, Update]

    def of(self, key: str) -> tuple[Duplicate | None, Update | None]:
        """Return what an article repeats and updates."""
        return self.duplicates.get(key), self.updates.get(key)


def memberships(
    known: Sequence[Signature],
    new: Sequence[Signature],
    before: Mapping[str, tuple[str, int]],
    relations: Relations,
    background: Background,
) -> list[Membership]:
    """Place each new article, in the order given: into a story that is known, or into one with other new articles, or alone.

    `before` has the story and the version number of each known article. Known articles stay where they are, and known stories
    are never joined: the id of a story and its members last.
    """
    fresh = {each.article_id: each for each in new}
    order = {each.article_id: at for at, each in enumerate((*known, *new))}
    links = Links([*known, *new], fresh, background)
    groups, sealed = _groups(known, new, before, relations)
    versions = _version_numbers(new, before, relations)
    found: dict[str, Membership] = {}
    for group in clusters_of(groups, links.scores(groups), sealed):
        placed = next((before[key][0] for key in group if key in before), None)
        cluster = {key: at for at, key in enumerate(sorted(group, key=order.__getitem__))}
        for key, at in cluster.items():
            if key not in fresh:
                continue
            duplicate, update = relations.of(key)
            stated = [
                *([update.previous_id] if update else []),
                *([duplicate.duplicate_of] if duplicate else []),
            ]
            found[key] = Membership(
                fresh[key],
                placed or identify("story", next(iter(cluster))),
                _reason(at, cluster, duplicate, update),
                links.best(key, cluster, stated) if at else None,
                links.mean_probability(key, cluster) if at else None,
                duplicate,
                update,
                versions[key],
            )
    return [found[each.article_id] for each in new]


def _reason(at: int, cluster: Mapping[str, int], duplicate: Duplicate | None, update: Update | None) -> str:
    if not at:
        return "first"
    if update and update.previous_id in cluster:
        return "update"
    return "duplicate" if duplicate and duplicate.duplicate_of in cluster else "event"


def _groups(
    known: Sequence[Signature],
    new: Sequence[Signature],
    before: Mapping[str, tuple[str, int]],
    relations: Relations,
) -> tuple[list[list[str]], range]:
    """Return what is together from the start: known stories, which come first, then new articles with their duplicates and versions."""
    stories: dict[str, list[str]] = {}
    for each in known:
        stories.setdefault(before[each.article_id][0], []).append(each.article_id)
    groups = list(stories.values())
    sealed = range(len(groups))
    where = {key: group for group in groups for key in group}
    headlines = {each.article_id: each.headline for each in (*known, *new)}
    for each in new:
        duplicate, update = relations.of(each.article_id)
        of = update.previous_id if update else None
        if of is None and duplicate and each.shingle_count >= MIN_TELLING_SHINGLES:
            first = duplicate.duplicate_of
            of = None if _are_apart(headlines[each.article_id], headlines.get(first)) else first
        if of is None:
            groups.append(where.setdefault(each.article_id, []))
        else:
            where[each.article_id] = where[of]
        where[each.article_id].append(each.article_id)
    return groups, sealed


def _are_apart(one: str | None, other: str | None) -> bool:
    """Return True for headlines without a word in common: the text that two pages share is then that of their site."""
    words, others = (
        {term for term in terms_in(each or "") if len(term) >= MIN_WORD} for each in (one, other)
    )
    return bool(words and others) and words.isdisjoint(others)


def _version_numbers(
    new: Sequence[Signature], before: Mapping[str, tuple[str, int]], relations: Relations
) -> dict[str, int]:
    numbers = {key: number for key, (_, number) in before.items()}
    for each in new:
        update = relations.updates.get(each.article_id)
        numbers[each.article_id] = numbers[update.previous_id] + 1 if update else 1
    return numbers
