"""Claims of a text: every number of people or things to whom something happened, with who says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from flows.enrich.claims.agents import Agents, agents_of
from flows.enrich.claims.claim import Claim
from flows.enrich.claims.claimants import Attribution, attribution_of
from flows.enrich.claims.context import NEWS, history_of, is_hypothetical, is_negated
from flows.enrich.claims.counts import NONE, PLURAL, exactly
from flows.enrich.claims.cumulation import total_of
from flows.enrich.claims.found import Found
from flows.enrich.claims.frames import found_by_triggers
from flows.enrich.claims.links import CLAUSE, SENTENCE, Linker, Links
from flows.enrich.claims.loose_numbers import found_beside, found_elliptic, found_named, found_of_tolls
from flows.enrich.claims.nouns import Affected, affected_at, with_count
from flows.enrich.claims.pronouns import resolved
from flows.enrich.claims.reference import THINGS, UNCOUNTED, VICTIM, ClaimReference
from flows.enrich.claims.repeats import is_same_name, repeated, words_of
from flows.enrich.claims.sources import Sources, sources_of
from flows.enrich.entities.mentions import Mention
from flows.enrich.numbers.quantities import Quantity
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.records import Reading, Span


def claims_in(
    reading: Reading,
    places: Sequence[PlaceMention],
    mentions: Sequence[Mention],
    times: Sequence[Time],
    quotes: Sequence[Quote],
    quantities: Sequence[Quantity],
    reference: ClaimReference,
) -> tuple[Claim, ...]:
    """Return the claims in reading order; none where the model did not read the text."""
    if reading.unread or not reading.syntax.tokens:
        return ()
    sources = sources_of(reading, places, mentions, times, quotes, quantities, reference)
    found = sorted(
        _found_in(sources), key=lambda each: (sources.tokens[each.affected.head].start, each.trigger)
    )
    newest = max((time.end for time in times if time.end is not None and time.type == "DATE"), default=None)
    found = _with_units(sources, found)
    linker = Linker(sources)
    links = [linker.links_of(each.trigger, each.affected.head) for each in found]
    owned = {each.time.span for each in links if each.time is not None and each.time_reason == CLAUSE}
    claims = [_claim(sources, each, link, owned, newest) for each, link in zip(found, links, strict=True)]
    claims = _with_pronouns_resolved(_once(claims), reading)
    claims = _without_wounds_of_the_dead(claims)
    originals = repeated(claims)
    return tuple(replace(claim, repeats=original) for claim, original in zip(claims, originals, strict=True))


def _once(claims: Sequence[Claim]) -> list[Claim]:
    """Leave out what was found twice in the same words: both numerals of `wounded two or three` head a noun phrase."""
    once: dict[tuple[Span, str, Span], Claim] = {}
    for claim in claims:
        once.setdefault((claim.span, claim.effect, claim.trigger), claim)
    return list(once.values())


THING = "thing"


def _with_units(sources: Sources, found: Sequence[Found]) -> list[Found]:
    """Give bare numbers of things the noun of the things before them in the sentence: `damaged 1,200 homes and flattened 85`, `Houses destroyed: 120`."""
    named: dict[int, Affected] = {}
    given = []
    for each in found:
        affected = each.affected
        if each.frame.affects == THINGS and not affected.is_people:
            sentence = sources.sentence_no_of(each.trigger)
            if not affected.is_bare:
                named[sentence] = affected
            else:
                like = named.get(sentence) or _subject_of(sources, each.trigger)
                affected = replace(
                    affected, type=like.type if like else None, unit=like.unit if like else THING
                )
                each = replace(each, affected=affected)
        given.append(each)
    return given


def _subject_of(sources: Sources, trigger: int) -> Affected | None:
    subject = sources.child(trigger, "nsubj")
    found = affected_at(sources, subject) if subject is not None else None
    return (
        found if found is not None and not found.is_people and found.type not in (None, UNCOUNTED) else None
    )


def _without_wounds_of_the_dead(claims: Sequence[Claim]) -> list[Claim]:
    """Leave out that somebody was shot who, as the article says elsewhere, died."""
    dead: dict[str, set[str]] = {}
    for claim in claims:
        if claim.effect == KILLED and claim.affected.entity and claim.is_fact:
            key = claim.affected.entity.key
            for word in words_of(key):
                dead.setdefault(word, set()).add(key)
    kept = []
    for claim in claims:
        entity = claim.affected.entity
        names = dead.get(min(words_of(entity.key), default=""), set()) if entity and claim.is_open else set()
        if not any(is_same_name(entity.key, name) for name in names if entity):
            kept.append(claim)
    return kept


KILLED = "killed"
CLAIMANT_PRONOUNS = frozenset(("it", "he", "she", "they"))


def _with_pronouns_resolved(claims: Sequence[Claim], reading: Reading) -> list[Claim]:
    """Give a claimant that is a pronoun the entity and type of the claimant before it: `The army said … It added that …`."""
    resolved: list[Claim] = []
    before: Attribution | None = None
    for claim in claims:
        said = claim.attribution
        if (
            said.claimant is not None
            and said.claimant.of(reading.text).lower() in CLAIMANT_PRONOUNS
            and said.type is None
        ):
            if before is not None:
                said = replace(said, entity=said.entity or before.entity, type=before.type)
                claim = replace(claim, attribution=said)
        elif said.claimant is not None:
            before = said
        resolved.append(claim)
    return resolved


def _found_in(sources: Sources) -> list[Found]:
    """Return every trigger with each of those it affects, one for an effect on the same noun."""
    found: dict[tuple[int, str], Found] = {}
    by_triggers = list(found_by_triggers(sources))
    beside = _effects_beside(sources) if any(each.affected.is_bare for each in by_triggers) else {}
    nouns_only: list[Found] = []
    for each in by_triggers:
        if each.affected.is_bare and beside.get(each.affected.head, each.frame.effect) != each.frame.effect:
            # `nineteen wounded` says more than any tree.
            continue
        if each.rule == VICTIM:
            nouns_only.append(each)
        else:
            found.setdefault((each.affected.noun, each.frame.effect), each)
    held = {noun for noun, _ in found}
    for each in nouns_only:
        if each.affected.noun not in held and each.affected.head not in held:
            found.setdefault((each.affected.noun, each.frame.effect), each)
    _drop_wounds_of_the_killed(found)
    for each in found_of_tolls(sources):
        found[each.affected.noun, each.frame.effect] = each
    numbers = _tokens_of_numbers(sources, found.values())
    for each in found_beside(sources, numbers):
        found.setdefault((each.affected.noun, each.frame.effect), each)
    numbers = _tokens_of_numbers(sources, found.values())
    for each in found_elliptic(sources, list(found.values()), numbers):
        found.setdefault((each.affected.noun, each.frame.effect), each)
    for each in found_named(sources, list(found.values())):
        found.setdefault((each.affected.noun, each.frame.effect), each)
    return resolved(sources, list(found.values()))


def _effects_beside(sources: Sources) -> dict[int, str]:
    """Return the effect of each number that the next word says something happened to."""
    return {
        each.affected.noun: each.frame.effect
        for each in found_beside(sources, set())
        if each.trigger == each.affected.noun + 1
    }


def _tokens_of_numbers(sources: Sources, found: Iterable[Found]) -> set[int]:
    numbers: set[int] = set()
    for each in found:
        for span in (each.affected.count.number, each.affected.span):
            if span is not None:
                numbers.update(sources.syntax.within(span.start, span.end))
    return numbers


def _drop_wounds_of_the_killed(found: dict[tuple[int, str], Found]) -> None:
    """Drop `shot` where the sentence says that the same people died: `was shot and killed`."""
    for noun, effect in list(found):
        if effect == "killed":
            found.pop((noun, "wounded"), None)


def _claim(
    sources: Sources, found: Found, links: Links, owned: Collection[Span], newest: date | None
) -> Claim:
    """Return the claim of what was found. `owned` are the times that stand in the clause of a claim: they date no other claim of their sentence."""
    affected, trigger = found.affected, found.trigger
    number = affected.count.number
    span = (
        affected.span
        if number is None
        else Span(min(number.start, affected.span.start), max(number.end, affected.span.end))
    )
    total = total_of(sources, trigger, affected, is_brought=found.is_brought)
    sentence_no = sources.sentence_no_of(trigger)
    agents = (
        Agents(None, None)
        if found.rule in ("toll", "elliptic")
        else agents_of(sources, trigger, found.frame, affected.head)
    )
    negated = affected.count.form == NONE or is_negated(sources, trigger, affected.head, number)
    if negated and affected.count.form == PLURAL:
        affected = with_count(affected, exactly(0, affected.count.number, NONE))
    is_own = links.time_reason == CLAUSE or (
        links.time_reason == SENTENCE and links.time is not None and links.time.span not in owned
    )
    return Claim(
        effect=found.frame.effect,
        span=span,
        trigger=sources.span(trigger, trigger),
        affected=affected,
        attribution=attribution_of(sources, trigger),
        is_cumulative=total is not None,
        since=total.since if total else None,
        is_negated=negated,
        is_hypothetical=is_hypothetical(sources, trigger),
        history=NEWS
        if total is not None
        else history_of(sources, trigger, links.time if is_own else None, newest),
        is_part=found.is_part,
        outcome=found.frame.outcome,
        perpetrator=agents.perpetrator,
        weapon=agents.weapon,
        links=links,
        repeats=None,
        rule=found.rule,
        sentence_no=sentence_no,
    )
