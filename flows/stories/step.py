"""Place the committed articles that have no story yet, and make the rows of it; a function of the commit log alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from flows.enrich.stories.changes import differences
from flows.enrich.stories.membership import Duplicate, Membership, Relations, memberships
from flows.enrich.stories.shingles import (
    MIN_ESTIMATE,
    NEAR_DUPLICATE,
    jaccard,
    shingles_in,
    similar_pairs,
)
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.stories import Story, begun, revised
from flows.enrich.stories.terms import Background
from flows.enrich.stories.versions import updates_among
from flows.stories.committed import (
    Committed,
    members_in,
    moment_of,
    months_around,
    signatures_in,
    stories_in,
    texts_of,
)
from flows.tables.changes import Revision


def placed(
    committed: Committed, since: int, background: Background
) -> Iterator[Membership | Story | Revision]:
    """Yield what the articles committed after number `since` give: memberships, revised stories, and changes of updates."""
    waiting = [file for file in committed.of("signatures") if committed.seq_of[file.path] > since]
    new = sorted(signatures_in(committed, waiting, after=since), key=moment_of)
    if not new:
        return
    months = months_around(new)
    before = members_in(committed, months)
    earlier = signatures_in(committed, committed.of("signatures", months), up_to=since)
    known = [each for each in earlier if each.article_id in before]
    similar = list(_similar(known, new))
    updates = updates_among(known, new, [(first, second) for first, second, _ in similar])
    duplicates = _duplicates(committed, [*known, *new], similar)
    members = memberships(known, new, before, Relations(duplicates, updates), background)
    yield from members
    yield from _stories(committed, members, before, months)
    yield from revisions_of(committed, [*known, *new], members)


def _similar(known: Sequence[Signature], new: Sequence[Signature]) -> Iterator[tuple[str, str, float]]:
    minhashes = {each.article_id: each.minhash for each in (*known, *new) if each.minhash}
    return similar_pairs(minhashes, [each.article_id for each in new])


def _duplicates(
    committed: Committed, articles: Sequence[Signature], similar: Sequence[tuple[str, str, float]]
) -> dict[str, Duplicate]:
    """Return the first article that each article repeats: candidates are compared exactly. Versions of one source are no duplicates."""
    by_id = {each.article_id: each for each in articles}
    candidates: defaultdict[str, list[str]] = defaultdict(list)
    for first, second, estimate in similar:
        if estimate >= MIN_ESTIMATE and not _are_versions(by_id[first], by_id[second]):
            candidates[second].append(first)
    compared = {
        key
        for second, firsts in candidates.items()
        for first in firsts
        if by_id[first].content_sha256 != by_id[second].content_sha256
        for key in (first, second)
    }
    texts = texts_of(committed, [by_id[key] for key in compared])
    shingles = {key: shingles_in(version.text) for key, version in texts.items()}
    order = {each.article_id: at for at, each in enumerate(articles)}
    found = {}
    for second, firsts in candidates.items():
        for first in sorted(firsts, key=order.__getitem__):
            exact = by_id[first].content_sha256 == by_id[second].content_sha256
            similarity = 1.0 if exact else jaccard(shingles[first], shingles[second])
            if similarity >= NEAR_DUPLICATE:
                found[second] = Duplicate(second, first, "exact" if exact else "near", round(similarity, 6))
                break
    return found


def _are_versions(first: Signature, second: Signature) -> bool:
    return first.dispatch_key == second.dispatch_key and first.source_version != second.source_version


def _stories(
    committed: Committed,
    members: Sequence[Membership],
    before: dict[str, tuple[str, int]],
    months: set[str],
) -> Iterator[Story]:
    joining: defaultdict[str, list[Membership]] = defaultdict(list)
    for member in members:
        joining[member.story_id].append(member)
    old = {story_id for story_id, _ in before.values()} & joining.keys()
    dated = sorted(month for month in months if month[0].isdigit())
    known = stories_in(committed, old, dated[0] if dated else None) if old else {}
    for story_id, group in joining.items():
        yield revised(known.get(story_id) or begun(story_id), group)


def revisions_of(
    committed: Committed, articles: Sequence[Signature], members: Sequence[Membership]
) -> Iterator[Revision]:
    """Yield what changed in each member that updates another article; `articles` has both."""
    by_id = {each.article_id: each for each in articles}
    updating = [(member, by_id[member.update.previous_id]) for member in members if member.update is not None]
    changed = [pair for pair in updating if _differs(pair[0].signature, pair[1])]
    versions = texts_of(committed, [each for member, old in changed for each in (member.signature, old)])
    for member, old in changed:
        found = tuple(differences(versions[old.article_id], versions[member.signature.article_id]))
        yield Revision(member, old.article_id, found)


def _differs(article: Signature, before: Signature) -> bool:
    return (article.content_sha256, article.headline) != (before.content_sha256, before.headline)
