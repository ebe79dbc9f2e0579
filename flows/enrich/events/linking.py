"""Chooses the place and the time of an event among those of its sentence and of the article, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.enrich.claims.claim import Claim
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.times.expressions import Time
from flows.records import Span
from flows.syntax import Syntax

BESIDE_TRIGGER = "depends on the trigger"
IN_CLAUSE = "in the clause of the trigger"
IN_SENTENCE = "the only one of the sentence that no other verb takes"
NEXT_SENTENCE = "of the next sentence, which tells of the same event"
NONE_NAMED = "the sentence names none"
BELONGS_ELSEWHERE = "those of the sentence belong to other words"

WHERE = frozenset(
    "in at near outside inside around across throughout along over off on within from to into towards toward beside of through under above behind".split()
)
INSIDE = frozenset("in at near outside inside around across throughout off".split())
MOVING = frozenset("from to into towards toward through".split())
"""Prepositions of ways: `travelling from Karachi to Quetta near Khuzdar`."""
NEXT_CLAUSE, FAR = 10, 25
"""Steps in the tree that a boundary of clauses counts for, and a preposition of origin or aim."""
MAX_CONJUNCTS = 4
FINITE_TAGS = frozenset(("VBD", "VBZ", "VBP", "MD"))
CLOSED_LABELS = frozenset(("relcl", "advcl", "ccomp", "csubj"))
CLAUSE_LABELS = frozenset("ROOT ccomp advcl relcl acl conj parataxis xcomp pcomp csubj".split())


Found = TypeVar("Found", PlaceMention, Time)


@dataclass(frozen=True, slots=True)
class Link:
    """Where something stands with respect to a trigger: `rank`, best first, and the reason in words; None if it is taken by others."""

    rank: int | None
    reason: str


def way_up(syntax: Syntax, number: int) -> list[int]:
    """Return a token and those it depends on, up to the root."""
    return [number, *syntax.ancestors(number)]


def clause_head(syntax: Syntax, number: int) -> int:
    """Return the head of the clause of a token: the first verb on the way up."""
    for here in way_up(syntax, number):
        if syntax.tokens[here].tag[:2] in ("VB", "MD"):
            return here
    return way_up(syntax, number)[-1]


def way_in_clause(syntax: Syntax, number: int) -> list[int]:
    """Return a token and those it depends on, up to the first verb."""
    verb = clause_head(syntax, number)
    way = way_up(syntax, number)
    return way[: way.index(verb) + 1]


def is_inside(syntax: Syntax, span: Span) -> bool:
    """Return whether a place stands behind `in`, `at` or `near`: what happens there is of its country."""
    number = syntax.head_of(span.start, span.end)
    if number is None:
        return False
    token = syntax.tokens[number]
    return token.dep == "pobj" and syntax.tokens[token.head].text.lower() in INSIDE


def is_where(syntax: Syntax, span: Span) -> bool:
    """Return whether a place stands behind a preposition of place, is a direct object, or stands in apposition: not `US soldiers`."""
    number = syntax.head_of(span.start, span.end)
    if number is None:
        return False
    token = syntax.tokens[number]
    for _ in range(MAX_CONJUNCTS):
        if token.dep not in ("conj", "appos", "npadvmod"):
            break
        token = syntax.tokens[token.head]
    if token.dep == "pobj":
        return (
            syntax.tokens[token.head].text.lower() in WHERE or syntax.tokens[token.head].text.lower() == "of"
        )
    return token.dep in ("dobj", "nsubjpass")


def _detour(syntax: Syntax, number: int) -> int:
    """Return how much less likely a place is for the preposition before it: `a man from Guadalajara`."""
    token = syntax.tokens[number]
    before = syntax.tokens[token.head].text.lower() if token.dep == "pobj" else ""
    return FAR if before in MOVING or before == "of" else 0


def link_of(syntax: Syntax, words: frozenset[int], span: Span) -> Link:
    """Return how an expression is tied to the words of a trigger."""
    number = syntax.head_of(span.start, span.end)
    if number is None:
        return Link(None, BELONGS_ELSEWHERE)
    crossed = 0
    for steps, here in enumerate(way_up(syntax, number)):
        if here in words:
            rank = steps + NEXT_CLAUSE * crossed + _detour(syntax, number)
            return Link(rank, IN_CLAUSE if crossed else BESIDE_TRIGGER)
        label = syntax.tokens[here].dep
        if label in CLOSED_LABELS and syntax.tokens[here].tag in FINITE_TAGS:
            # It belongs to the verb of that clause: `the village that rebels captured on Monday`.
            break
        if label in CLAUSE_LABELS and here != number:
            crossed += 1
    return Link(None, BELONGS_ELSEWHERE)


def choose(
    syntax: Syntax, words: frozenset[int], found: Sequence[Found], is_free: Callable[[Found], bool]
) -> tuple[Found | None, str]:
    """Return the expression of the sentence that belongs to a trigger, and why; None with the reason if there is none.

    An expression that depends on the trigger comes first, the nearest in the tree; then one of the clauses above it.
    """
    if not found:
        return None, NONE_NAMED
    ranked = sorted(
        (
            (link.rank, order, each, link.reason)
            for order, each in enumerate(found)
            if is_free(each) and (link := link_of(syntax, words, each.span)).rank is not None
        ),
        key=lambda entry: (entry[0], entry[1]),
    )
    if ranked:
        return ranked[0][2], ranked[0][3]
    above = _of_clauses_above(syntax, words, [each for each in found if is_free(each)])
    return above if above is not None else (None, BELONGS_ELSEWHERE)


def _of_clauses_above(
    syntax: Syntax, words: frozenset[int], found: Iterable[Found]
) -> tuple[Found, str] | None:
    """Return the first expression that depends on a verb above the trigger, the nearest verb first, unless that verb reports."""
    owners: dict[int, Found] = {}
    for each in found:
        number = syntax.head_of(each.span.start, each.span.end)
        if number is not None:
            owners.setdefault(clause_head(syntax, number), each)
    here = min(words)
    for above in syntax.ancestors(here):
        if syntax.tokens[here].dep == "ccomp":
            return None
        if above in owners:
            return owners[above], IN_CLAUSE
        here = above
    if len(owners) == 1 and syntax.tokens[here].dep != "ccomp":
        (only,) = owners.values()
        head = syntax.head_of(only.span.start, only.span.end)
        if head is not None and clause_head(syntax, head) == here:
            return only, IN_SENTENCE
    return None


def claims_of(
    trigger: Span,
    code: str,
    victims: Iterable[Span],
    claims: Sequence[tuple[int, Claim]],
    effects: Mapping[str, tuple[str, ...]],
) -> tuple[int, ...]:
    """Return the numbers of the claims of a sentence that belong to an event.

    Those do whose words it shares: trigger or victims; else those whose effect events of its code have.
    """
    victims = list(victims)
    own = [
        number
        for number, claim in claims
        if _overlap(claim.trigger, trigger) or any(_overlap(claim.span, each) for each in victims)
    ]
    return tuple(own) or tuple(
        number for number, claim in claims if code.startswith(effects.get(claim.effect, ()))
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
