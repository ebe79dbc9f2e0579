"""Where and when: the place and the time of a claim, chosen among those of its clause, its sentence and its article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.claims.context import path_up
from flows.enrich.claims.sources import Placed, Sources, within
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.times.expressions import Time
from flows.records import Span

CLAUSE, SENTENCE, BEFORE, LEAD = "clause", "sentence", "sentence before", "lead"
NONE_STATED = "none in the sentence or before it"
LEAD_SENTENCES = 3
MAX_DAYS = 2


@dataclass(frozen=True, slots=True)
class Links:
    """The place and the time of a claim, each with the reason of the choice; null where the article states none near it."""

    place: PlaceMention | None
    place_reason: str
    time: Time | None
    time_reason: str


class Linker:
    """Chooses the place and the time of each claim of one text."""

    def __init__(self, sources: Sources) -> None:
        """Look once for the places and times that may be chosen."""
        self._sources = sources
        self._places = [
            each for each in sources.places if not each.is_adjective and _is_adjunct(sources, each.span)
        ]
        self._times = [
            each for each in sources.times if each.type in ("DATE", "TIME") and each.start is not None
        ]
        self._days = [each for each in self._times if _is_day(each)]

    def links_of(self, trigger: int, head: int) -> Links:
        """Return the nearest place and time in the clause of a trigger, else in its sentence, else those of the sentence before or of the lead."""
        clause = _clause(self._sources, trigger, head)
        place, place_reason = _nearest(self._sources, trigger, clause, self._places, self._places)
        time, time_reason = _nearest(self._sources, trigger, clause, self._times, self._days)
        return Links(place, place_reason, time, time_reason)


def _is_day(time: Time) -> bool:
    """Return True for a day: a month or a year of another sentence is no time of a claim."""
    return time.start is not None and time.end is not None and (time.end - time.start).days <= MAX_DAYS


def _is_adjunct(sources: Sources, span: Span) -> bool:
    """Return True unless the place is a speaker or an owner: `Turkey said`, `Turkey's Defence Ministry`."""
    at = sources.syntax.head_of(span.start, span.end)
    return at is None or sources.tokens[at].dep not in ("nsubj", "nsubjpass", "poss", "nmod")


def _nearest(
    sources: Sources, trigger: int, clause: set[int], found: Sequence[Placed], elsewhere: Sequence[Placed]
) -> tuple[Placed | None, str]:
    """Return the choice among what was `found`, with its reason; outside the sentence only what is `elsewhere` counts."""
    if not found:
        return None, NONE_STATED
    sentences = sources.reading.sentences
    number = sources.sentence_no_of(trigger)
    at = sources.tokens[trigger].start
    inside = within(found, sentences[number].start, sentences[number].end)
    beneath = [
        each
        for each in inside
        if any(n in clause for n in sources.syntax.within(each.span.start, each.span.end))
    ]
    if beneath:
        return min(beneath, key=lambda each: _distance(each.span, at)), CLAUSE
    if inside:
        return min(inside, key=lambda each: _distance(each.span, at)), SENTENCE
    if number and (before := within(elsewhere, sentences[number - 1].start, sentences[number - 1].end)):
        return before[-1], BEFORE
    end = sentences[min(LEAD_SENTENCES, len(sentences)) - 1].end
    if elsewhere and elsewhere[0].span.start < min(end, at):
        return elsewhere[0], LEAD
    return None, NONE_STATED


def _distance(span: Span, at: int) -> int:
    return at - span.end if span.end <= at else max(0, span.start - at)


def _clause(sources: Sources, trigger: int, head: int) -> set[int]:
    """Return the tokens below a trigger and below the verb of its clause, other clauses left out."""
    tokens = sources.tokens
    roots = [trigger, head]
    for at in path_up(sources, trigger):
        roots.append(at)
        if tokens[at].dep in ("ccomp", "advcl", "relcl", "parataxis", "ROOT"):
            break
        if tokens[at].dep == "conj" and sources.child(at, "nsubj", "nsubjpass") is not None:
            break
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        waiting += [
            child
            for child in sources.syntax.children(here)
            if not (
                tokens[child].tag[:2] == "VB"
                and tokens[child].dep in ("advcl", "ccomp", "parataxis", "conj", "relcl")
                and child not in roots
            )
        ]
    return found
