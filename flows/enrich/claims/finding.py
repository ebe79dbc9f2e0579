"""Claims of a text: every number of people or things to whom something happened, with who says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.enrich.claims.agents import Agents, agents_of
from flows.enrich.claims.arguments import (
    affected_by_verb,
    complement_subject,
    coordinated,
    parts_of,
)
from flows.enrich.claims.claim import Claim
from flows.enrich.claims.claimants import Attribution, attribution_of
from flows.enrich.claims.context import is_historical, is_hypothetical, is_negated
from flows.enrich.claims.counts import DEFINITE, NONE, NUMBER, ONE, PLURAL, RANK, exactly
from flows.enrich.claims.cumulation import total_of
from flows.enrich.claims.headlines import numbers_beside_effects
from flows.enrich.claims.links import CLAUSE, SENTENCE, Links, links_of
from flows.enrich.claims.nouns import (
    HOUSEHOLDS,
    PEOPLE_UNIT,
    Affected,
    affected_at,
    bare_number,
    is_countable,
    with_count,
)
from flows.enrich.claims.reference import (
    DEED,
    PEOPLE,
    PERSON,
    STATE,
    VERB_FRAMES,
    VICTIM,
    ClaimReference,
    Frame,
)
from flows.enrich.claims.repeats import repeated
from flows.enrich.claims.sources import Sources, sources_of
from flows.enrich.claims.tolls import toll_numbers_in
from flows.enrich.claims.triggers import FATALLY, triggers_in
from flows.enrich.entities.mentions import Mention
from flows.enrich.numbers.quantities import quantities_in
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.records import Reading, Span


@dataclass(frozen=True, slots=True)
class _Found:
    """A trigger with one of those whom it affects."""

    trigger: int
    frame: Frame
    affected: Affected
    rule: str
    is_part: bool = False
    is_brought: bool = False


def claims_in(
    reading: Reading,
    places: Sequence[PlaceMention],
    mentions: Sequence[Mention],
    times: Sequence[Time],
    quotes: Sequence[Quote],
    reference: ClaimReference,
) -> tuple[Claim, ...]:
    """Return the claims in reading order; none where the model did not read the text."""
    if reading.unread or not reading.syntax.tokens:
        return ()
    quantities = quantities_in(reading.text, reference.numbers)
    sources = sources_of(reading, places, mentions, times, quotes, quantities, reference)
    found = sorted(
        _found_in(sources), key=lambda each: (sources.tokens[each.affected.head].start, each.trigger)
    )
    newest = max((time.end for time in times if time.end is not None and time.type == "DATE"), default=None)
    links = [links_of(sources, each.trigger, each.affected.head) for each in found]
    owned = {each.time.span for each in links if each.time is not None and each.time_reason == CLAUSE}
    claims = _with_pronouns_resolved(
        [_claim(sources, each, link, owned, newest) for each, link in zip(found, links, strict=True)], reading
    )
    lemmas = [sources.tokens[each.affected.noun].lemma.lower() for each in found]
    originals = repeated(claims, reference, lemmas)
    return tuple(replace(claim, repeats=original) for claim, original in zip(claims, originals, strict=True))


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


def _found_in(sources: Sources) -> list[_Found]:
    """Return every trigger with each of those it affects, one for an effect on the same noun."""
    found: dict[tuple[int, str], _Found] = {}
    beside = {
        each.affected.noun: each.frame.effect
        for each in _beside(sources, set())
        if each.trigger == each.affected.noun + 1
    }
    nouns_only: list[_Found] = []
    for each in _by_triggers(sources):
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
    for each in _tolls(sources):
        found[each.affected.noun, each.frame.effect] = each
    numbers = _tokens_of_numbers(sources, found.values())
    for each in _beside(sources, numbers):
        found.setdefault((each.affected.noun, each.frame.effect), each)
    numbers = _tokens_of_numbers(sources, found.values())
    for each in _elliptic(sources, list(found.values()), numbers):
        found.setdefault((each.affected.noun, each.frame.effect), each)
    return list(found.values())


def _tokens_of_numbers(sources: Sources, found: Iterable[_Found]) -> set[int]:
    numbers: set[int] = set()
    for each in found:
        for span in (each.affected.count.number, each.affected.span):
            if span is not None:
                numbers.update(sources.syntax.within(span.start, span.end))
    return numbers


def _drop_wounds_of_the_killed(found: dict[tuple[int, str], _Found]) -> None:
    """Drop `shot` where the sentence says that the same people died: `was shot and killed`."""
    for noun, effect in list(found):
        if effect == "killed":
            found.pop((noun, "wounded"), None)


def _by_triggers(sources: Sources) -> Iterator[_Found]:
    for trigger in triggers_in(sources):
        for frame in trigger.frames:
            accepted = list(_with_frame(sources, trigger.at, frame))
            yield from accepted
            if accepted:
                break


def _with_frame(sources: Sources, trigger: int, frame: Frame) -> Iterator[_Found]:
    if frame.frame in VERB_FRAMES:
        heads = affected_by_verb(sources, trigger, frame)
    elif frame.frame == STATE:
        heads = _of_state(sources, trigger)
    else:
        yield from _of_noun(sources, trigger, frame)
        return
    before = _number_before(sources, trigger)
    if (
        before is not None
        and frame.affects == PEOPLE
        and heads
        and before not in heads
        and tokens_head(sources, before) not in heads
    ):
        # `two of the six wounded`
        heads = [before]
    for head in heads:
        yield from _affected(sources, trigger, frame, head, frame.frame)
        if (listed := _listed_before(sources, head)) is not None:
            yield from _affected(sources, trigger, frame, listed, frame.frame)


def _listed_before(sources: Sources, head: int) -> int | None:
    """Return the first noun of a headline's list without `and`: `2 teens, man wounded`."""
    tokens = sources.tokens
    token = tokens[head]
    if token.dep != "appos" or sources.child(head, "det", "poss") is not None or tokens[head - 1].text != ",":
        return None
    return (
        token.head
        if token.head in sources.quantity_at
        or any(c in sources.quantity_at for c in sources.children(token.head, "nummod"))
        else None
    )


def tokens_head(sources: Sources, at: int) -> int:
    """Return the head of a token."""
    return sources.tokens[at].head


def _number_before(sources: Sources, trigger: int) -> int | None:
    """Return the number right before a word of effect."""
    quantity = sources.quantity_at.get(trigger - 1)
    return (
        trigger - 1
        if quantity is not None and quantity.is_count and sources.tokens[trigger].tag[:2] in ("VB", "JJ")
        else None
    )


BODIES = frozenset(("body", "corpse", "remains"))


def _affected(sources: Sources, trigger: int, frame: Frame, head: int, rule: str) -> Iterator[_Found]:
    """Yield those affected in a noun phrase: its own, those joined to it, and the parts that it names."""
    people = frame.affects == PEOPLE
    tokens = sources.tokens
    for each in coordinated(sources, head):
        affected = affected_at(sources, each)
        if affected is None or not is_countable(affected, sources, people=people):
            continue
        if frame.effect != "killed" and tokens[affected.noun].lemma.lower() in BODIES and people:
            continue
        if affected.count.form == RANK and tokens[trigger].dep in ("acl", "relcl"):
            # `the seventh journalist killed this year`
            continue
        if affected.type is None and people:
            affected = replace(
                affected, type=PERSON, unit=PEOPLE_UNIT if affected.unit not in HOUSEHOLDS else affected.unit
            )
        if (
            affected.count.form == DEFINITE
            and each != head
            and tokens[each].tag in ("NN",)
            and affected.type is None
        ):
            continue
        if affected.count.form != PLURAL or _is_denied(sources, trigger, each):
            yield _Found(trigger, frame, affected, rule, is_part=tokens[trigger].text.lower() in FATALLY)
        for part in parts_of(sources, each):
            inner = affected_at(sources, part)
            if (
                inner is not None
                and inner.count.form in (NUMBER, ONE)
                and is_countable(inner, sources, people=people)
            ):
                yield _Found(trigger, frame, inner, rule, is_part=True)


def _is_denied(sources: Sources, trigger: int, head: int) -> bool:
    """Return True for `no civilians were hurt`: a plural without a number is a claim only where it is none."""
    return is_negated(sources, trigger, head)


def _of_state(sources: Sources, trigger: int) -> list[int]:
    """Return what an adjective describes; itself where it stands for people (`46 dead`)."""
    tokens = sources.tokens
    token = tokens[trigger]
    if token.dep == "advmod" and tokens[token.head].tag == "CD":
        return [token.head]
    if token.dep in ("amod", "acl", "relcl", "advmod", "nmod") and tokens[token.head].tag[:1] in "NCP":
        return [token.head]
    own = sources.child(trigger, "nsubj", "nsubjpass")
    if own is not None:
        return [own]
    if token.dep in ("acomp", "attr", "oprd", "xcomp", "ccomp", "advcl", "dep"):
        return complement_subject(sources, trigger)
    if token.dep == "conj":
        head = token.head
        if tokens[head].text.lower() in sources.reference.states:
            return _of_state(sources, head)
        return complement_subject(sources, head)
    return []


def _of_noun(sources: Sources, trigger: int, frame: Frame) -> Iterator[_Found]:
    if frame.frame == VICTIM:
        yield from _of_victims(sources, trigger, frame)
    elif frame.frame == DEED:
        yield from _of_deed(sources, trigger, frame)


def _of_victims(sources: Sources, trigger: int, frame: Frame) -> Iterator[_Found]:
    """Read nouns that name the affected: `12 fatalities`, `the six wounded`, `the dead, four workers and a foreman`."""
    tokens = sources.tokens
    affected = affected_at(sources, trigger)
    listed = [
        child
        for child in sources.children(trigger, "appos")
        if (inner := affected_at(sources, child)) is not None and inner.count.form in (NUMBER, ONE)
    ]
    for child in listed if affected is None or affected.count.form != NUMBER else ():
        yield from _affected(sources, trigger, frame, child, "list")
    if affected is None or (listed and affected.count.form != NUMBER):
        return
    if affected.noun == trigger:
        affected = replace(affected, type="person", unit="people", is_bare=False)
    form = affected.count.form
    is_body = tokens[trigger].lemma.lower() in ("body", "corpse")
    if form in (NUMBER, NONE, ONE, "both", RANK) or (
        is_body and form == DEFINITE and affected.noun != trigger and _is_person(affected)
    ):
        if form in (ONE, RANK) and tokens[trigger].tag == "JJ":
            return
        if is_countable(affected, sources, people=True):
            yield _Found(trigger, frame, affected, VICTIM)


def _is_person(affected: Affected) -> bool:
    return affected.is_people


def _of_deed(sources: Sources, trigger: int, frame: Frame) -> Iterator[_Found]:
    """Read nouns of what happened: `the deaths of 12 miners`, `187 deaths`, `the mayor's murder`."""
    tokens = sources.tokens
    people = frame.affects == PEOPLE
    if any(
        tokens[child].text.lower() in sources.reference.words["fatal"]
        for child in sources.children(trigger, "amod")
    ):
        frame = sources.reference.deeds["death"]
    inner = sources.object_of(trigger, "of", "to")
    if inner is not None and tokens[inner].lemma.lower() not in ("death",):
        accepted = list(_affected(sources, trigger, frame, inner, DEED))
        yield from accepted
        if accepted:
            return
    affected = affected_at(sources, trigger)
    if (
        affected is not None
        and frame.outcome == ""
        and affected.count.form in (NUMBER, NONE)
        and (tokens[trigger].tag in ("NNS", "NNPS") or affected.count.form == NONE)
    ):
        if people:
            yield _Found(trigger, frame, replace(affected, type="person", unit="people"), DEED)
        return
    owner = sources.child(trigger, "poss")
    if owner is not None and people and tokens[trigger].tag == "NN":
        for found in _affected(sources, trigger, frame, owner, DEED):
            if found.affected.count.form != PLURAL:
                yield found


def _tolls(sources: Sources) -> Iterator[_Found]:
    last: Frame | None = None
    for each in toll_numbers_in(sources):
        frame = each.frame or last or _effect_before(sources, each.at)
        if frame is None:
            continue
        last = frame
        affected = affected_at(sources, each.number) or bare_number(sources, each.number, each.count)
        if affected.count.form != NUMBER:
            continue
        victims = sources.object_of(each.at, "of")
        if affected.is_bare and victims is not None:
            counted = affected_at(sources, victims)
            if counted is not None and counted.is_people:
                affected = replace(
                    affected,
                    type=counted.type,
                    nationality=counted.nationality,
                    span=counted.span,
                    is_bare=False,
                )
        if affected.type is None:
            affected = replace(affected, type="person", unit="people")
        yield _Found(each.at, frame, affected, "toll", is_brought=each.is_brought)


def _effect_before(sources: Sources, at: int) -> Frame | None:
    """Return the effect that the sentence named before a total: `187 deaths, taking the total to 49,330`."""
    reference, tokens = sources.reference, sources.tokens
    sentence = sources.reading.sentences[sources.sentence_no_of(at)]
    for number in range(at - 1, -1, -1):
        token = tokens[number]
        if token.start < sentence.start:
            return None
        word, lemma = token.text.lower(), token.lemma.lower()
        frame = reference.deeds.get(lemma) or reference.states.get(word) or reference.victims.get(word)
        if frame is None and token.tag[:2] == "VB":
            frame = next((each for each in reference.verbs.get(lemma, ()) if not each.complements), None)
        if frame is not None:
            return frame
    return None


def _beside(sources: Sources, taken: set[int]) -> Iterator[_Found]:
    for each in numbers_beside_effects(sources, taken):
        affected = affected_at(sources, each.noun)
        if affected is None or affected.count.form != NUMBER:
            affected = affected_at(sources, each.number)
        if affected is None:
            continue
        affected = with_count(affected, each.count)
        if each.noun == each.number or affected.type is None:
            affected = replace(
                affected,
                type="person",
                unit="people",
                noun=each.number,
                span=each.count.number or affected.span,
            )
        if is_countable(affected, sources, people=True):
            yield _Found(each.trigger, each.frame, affected, "beside")


def _elliptic(sources: Sources, found: Sequence[_Found], taken: set[int]) -> Iterator[_Found]:
    """Yield bare numbers that a verb of speech has as its object, in a sentence with a claim: `the government says 26`."""
    tokens = sources.tokens
    for number in sorted(sources.quantity_at):
        token = tokens[number]
        if (
            number in taken
            or token.dep not in ("dobj", "ccomp", "attr", "pobj", "oprd", "dep")
            or not sources.quantity_at[number].is_count
        ):
            continue
        verb = token.head if token.dep != "pobj" else tokens[token.head].head
        if tokens[verb].lemma.lower() not in sources.reference.verb_stances or (
            token.dep == "pobj" and tokens[token.head].text.lower() != "at"
        ):
            continue
        sentence = sources.sentence_no_of(number)
        near = [
            each
            for each in found
            if sources.sentence_no_of(each.trigger) == sentence
            and each.trigger < number
            and each.affected.count.form == NUMBER
        ]
        affected = affected_at(sources, number)
        if not near or affected is None or not affected.is_bare or affected.count.form != NUMBER:
            continue
        before = near[-1]
        yield _Found(
            number,
            before.frame,
            replace(affected, type=before.affected.type, unit=before.affected.unit),
            "elliptic",
        )


def _claim(
    sources: Sources, found: _Found, links: Links, owned: Collection[Span], newest: date | None
) -> Claim:
    """Return the claim of what was found. `owned` are the times that stand in the clause of a claim: they date no other claim of their sentence."""
    affected, trigger = found.affected, found.trigger
    number = affected.count.number
    span = (
        affected.span
        if number is None
        else Span(min(number.start, affected.span.start), max(number.end, affected.span.end))
    )
    total = total_of(sources, trigger, affected.head, is_brought=found.is_brought)
    sentence_no = sources.sentence_no_of(trigger)
    agents = (
        Agents(None, None)
        if found.rule in ("toll", "elliptic")
        else agents_of(sources, trigger, found.frame, affected.head)
    )
    negated = affected.count.form == NONE or is_negated(sources, trigger, affected.head)
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
        is_hypothetical=is_hypothetical(sources, trigger, affected.head),
        is_historical=total is None
        and is_historical(sources, trigger, links.time if is_own else None, newest),
        is_part=found.is_part,
        outcome=found.frame.outcome,
        perpetrator=agents.perpetrator,
        weapon=agents.weapon,
        links=links,
        repeats=None,
        rule=found.rule,
        sentence_no=sentence_no,
    )
