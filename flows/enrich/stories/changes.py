"""What changed between two versions of a dispatch: headline, tolls, claims, and sentences added and removed."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from flows.enrich.stories.signatures import Signature
from flows.records import Span

Range = tuple[int | None, int | None, int | None]
"""Low, best and high; None where a bound is open or unknown."""

NO_RANGE: Range = (None, None, None)


@dataclass(frozen=True, slots=True)
class Stated:
    """One claim of a version, with what tells it from the others of its text.

    `effect` and `unit` say what is counted; `claimant` is who says so, in lowercase, None where nobody is named.
    """

    claim_id: str
    effect: str
    unit: str
    claimant: str | None
    values: Range
    span: Span
    surface: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a dispatch, as far as versions are compared."""

    signature: Signature
    text: str
    sentences: tuple[Span, ...]
    claims: tuple[Stated, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a version and the one before.

    `kind` is headline_changed, toll_changed, claim_added, claim_revised, claim_withdrawn, text_added or text_removed. `effect` is
    that of a toll or a claim. What a side does not have is None.
    """

    kind: str
    effect: str | None = None
    span: Span | None = None
    surface: str | None = None
    values: Range = NO_RANGE
    claim_id: str | None = None
    previous_span: Span | None = None
    previous_surface: str | None = None
    previous_values: Range = NO_RANGE
    previous_claim_id: str | None = None


def differences(before: Version, after: Version) -> Iterator[Difference]:
    """Yield what changed from one version to the next: headline, tolls, claims, then sentences in the order of the texts."""
    if before.signature.headline != after.signature.headline:
        yield Difference(
            "headline_changed",
            surface=after.signature.headline,
            previous_surface=before.signature.headline,
        )
    yield from _tolls(before.signature, after.signature)
    yield from _claims(before.claims, after.claims)
    yield from _sentences(before, after)


def _tolls(before: Signature, after: Signature) -> Iterator[Difference]:
    was = {
        "killed": (before.killed_low, before.killed_high),
        "injured": (before.injured_low, before.injured_high),
    }
    now = {
        "killed": (after.killed_low, after.killed_high),
        "injured": (after.injured_low, after.injured_high),
    }
    for effect, (low, high) in now.items():
        if (low, high) != was[effect]:
            yield Difference(
                "toll_changed",
                effect,
                values=(low, None, high),
                previous_values=(was[effect][0], None, was[effect][1]),
            )


def _claims(before: Sequence[Stated], after: Sequence[Stated]) -> Iterator[Difference]:
    """Pair equal claims first, then those of one claimant about one effect, then those about one effect."""
    for same in (_whole, _said_by, _about):
        pairs = _paired(before, after, same)
        for one, other in pairs:
            if one.values != other.values or one.claimant != other.claimant:
                yield _of_claims("claim_revised", one, other)
        paired = {each.claim_id for pair in pairs for each in pair}
        before = [each for each in before if each.claim_id not in paired]
        after = [each for each in after if each.claim_id not in paired]
    yield from (_of_claims("claim_added", None, each) for each in after)
    yield from (_of_claims("claim_withdrawn", each, None) for each in before)


def _whole(claim: Stated) -> tuple[object, ...]:
    return (*_said_by(claim), claim.values)


def _said_by(claim: Stated) -> tuple[object, ...]:
    return (*_about(claim), claim.claimant)


def _about(claim: Stated) -> tuple[object, ...]:
    return claim.effect, claim.unit


def _paired(
    old: Sequence[Stated], new: Sequence[Stated], same: Callable[[Stated], Hashable]
) -> list[tuple[Stated, Stated]]:
    waiting: defaultdict[Hashable, deque[Stated]] = defaultdict(deque)
    for each in old:
        waiting[same(each)].append(each)
    return [(waiting[same(each)].popleft(), each) for each in new if waiting[same(each)]]


def _of_claims(kind: str, before: Stated | None, after: Stated | None) -> Difference:
    stated = after or before
    return Difference(
        kind,
        stated.effect if stated else None,
        span=after.span if after else None,
        surface=after.surface if after else None,
        values=after.values if after else NO_RANGE,
        claim_id=after.claim_id if after else None,
        previous_span=before.span if before else None,
        previous_surface=before.surface if before else None,
        previous_values=before.values if before else NO_RANGE,
        previous_claim_id=before.claim_id if before else None,
    )


def _sentences(before: Version, after: Version) -> Iterator[Difference]:
    """Sentences are compared by their words; one that occurs twice is counted twice."""
    was = Counter(_words(span.of(before.text)) for span in before.sentences)
    now = Counter(_words(span.of(after.text)) for span in after.sentences)
    for span in _only_here(after, was):
        yield Difference("text_added", span=span, surface=span.of(after.text))
    for span in _only_here(before, now):
        yield Difference("text_removed", previous_span=span, previous_surface=span.of(before.text))


def _only_here(version: Version, elsewhere: Counter[str]) -> Iterator[Span]:
    left = elsewhere.copy()
    for span in version.sentences:
        words = _words(span.of(version.text))
        if left[words]:
            left[words] -= 1
        elif words:
            yield span


def _words(sentence: str) -> str:
    return " ".join(sentence.split())
