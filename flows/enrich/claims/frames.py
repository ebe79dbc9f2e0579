"""Follows the frame of each word of effect to those whom it affects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flows.enrich.claims.arguments import (
    REFLEXIVE,
    affected_by_verb,
    complement_subject,
    self_of,
    subjects_of,
)
from flows.enrich.claims.context import is_negated
from flows.enrich.claims.coordination import companions_of, coordinated, parts_of
from flows.enrich.claims.countable import is_affected_by, is_countable
from flows.enrich.claims.counts import DEFINITE, NAMED, NONE, NUMBER, ONE, PLURAL, PLURAL_COUNT, RANK
from flows.enrich.claims.found import Found
from flows.enrich.claims.noun_types import lemma_of, names_thing
from flows.enrich.claims.nouns import (
    HOUSEHOLDS,
    PEOPLE_UNIT,
    Affected,
    affected_at,
    bare_number,
)
from flows.enrich.claims.pronouns import KILLED, THEY
from flows.enrich.claims.reference import (
    DEED,
    EITHER,
    PEOPLE,
    PERSON,
    PERSON_TYPES,
    STATE,
    THINGS,
    UNCOUNTED,
    VERB_FRAMES,
    VICTIM,
    Frame,
)
from flows.enrich.claims.sources import Sources
from flows.enrich.claims.triggers import counted_before, triggers_in


def found_by_triggers(sources: Sources) -> Iterator[Found]:
    """Yield whom each word of effect affects, by the first of its frames that finds somebody; in reading order of the words."""
    for trigger in triggers_in(sources):
        for frame in trigger.frames:
            accepted = list(_with_frame(sources, trigger.at, frame))
            yield from accepted
            if accepted:
                break


def _with_frame(sources: Sources, trigger: int, frame: Frame) -> Iterator[Found]:
    if frame.frame in VERB_FRAMES:
        heads = affected_by_verb(sources, trigger, frame)
        if frame.frame == EITHER and not any(_affected_in(sources, head, frame) for head in heads):
            # `drowned off the coast`, where the tree has the coast as an object.
            heads = subjects_of(sources, trigger)
        if heads:
            heads = [*heads, *companions_of(sources, trigger)]
    elif frame.frame == STATE:
        heads = _of_state(sources, trigger)
    else:
        yield from _of_noun(sources, trigger, frame)
        return
    before = _number_before(sources, trigger)
    if before is not None and heads and before not in heads and _head_of(sources, before) not in heads:
        # `two of the six wounded`
        heads = [before]
    for head in heads:
        yield from _affected(sources, trigger, frame, head, frame.frame)
        if (listed := _listed_before(sources, head)) is not None:
            yield from _affected(sources, trigger, frame, listed, frame.frame)


def _listed_before(sources: Sources, head: int) -> int | None:
    """Return the first noun of a headline's list without `and`, which begins the sentence: `2 teens, man wounded`, `2 boys, 2 girls shot`."""
    tokens = sources.tokens
    if tokens[head].tag[:2] != "NN":
        return None
    left = min([head, *(c for c in sources.children(head, "det", "nummod", "amod", "compound") if c < head)])
    first = left - 2
    if first < 0 or tokens[left - 1].text != "," or head + 1 == len(tokens) or tokens[head + 1].text == ",":
        return None
    is_people = sources.reference.types.get(lemma_of(sources, first)) in PERSON_TYPES
    begins = sources.reading.sentences[sources.sentence_no_of(head)].start
    start = min(
        [first, *(c for c in sources.children(first, "det", "nummod", "amod", "compound") if c < first)]
    )
    return first if is_people and tokens[first].tag[:2] == "NN" and tokens[start].start == begins else None


def _head_of(sources: Sources, at: int) -> int:
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


def _is_participle(sources: Sources, trigger: int) -> bool:
    """Return True for `killed` in `the seventh journalist killed this year`, and in `the seventh journalist who was killed`."""
    token = sources.tokens[trigger]
    return token.dep in ("acl", "relcl") or (
        token.tag == "VBN" and sources.child(trigger, "aux", "auxpass") is None
    )


BODIES = frozenset(("body", "corpse", "remains"))


def _affected(sources: Sources, trigger: int, frame: Frame, head: int, rule: str) -> Iterator[Found]:
    """Yield those affected in a noun phrase: its own, those joined to it, and the parts that it names."""
    people = frame.affects != THINGS
    tokens = sources.tokens
    for noun in coordinated(sources, head):
        each = noun
        if tokens[noun].text.lower() in REFLEXIVE:
            # `shot his son and himself`
            each = self_of(sources, trigger, noun)
        affected = _affected_in(sources, each, frame)
        if affected is None:
            if frame.effect == KILLED and tokens[each].text.lower() == THEY:
                yield Found(trigger, frame, bare_number(sources, each, PLURAL_COUNT), THEY)
            continue
        if frame.effect != KILLED and tokens[affected.noun].lemma.lower() in BODIES and people:
            continue
        if affected.count.form == RANK and _is_participle(sources, trigger):
            # `the seventh journalist killed this year`
            continue
        if people and (affected.is_bare or (affected.type is None and frame.affects == PEOPLE)):
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
        if not affected.is_additional and _is_also(sources, trigger):
            affected = replace(affected, is_additional=True)
        if affected.count.form != PLURAL or _is_denied(sources, trigger, each):
            yield Found(trigger, frame, affected, rule)
        for part in parts_of(sources, each):
            inner = affected_at(sources, part)
            if (
                inner is not None
                and inner.count.form in (NUMBER, ONE, NAMED)
                and is_countable(inner, sources, people=people)
            ):
                yield Found(trigger, frame, inner, rule, is_part=True)


def _affected_in(sources: Sources, head: int, frame: Frame) -> Affected | None:
    """Return what a noun phrase counts that the effect can happen to: its head, else an apposition (`Sunday, two soldiers were killed`)."""
    affected = affected_at(sources, head)
    if affected is not None and is_affected_by(affected, frame, sources):
        return affected
    for child in sources.children(head, "appos"):
        inner = affected_at(sources, child)
        if inner is not None and inner.count.form in (NUMBER, ONE) and is_affected_by(inner, frame, sources):
            return inner
    return None


def _is_also(sources: Sources, trigger: int) -> bool:
    """Return True for `was also killed`: somebody else than those before."""
    return any(sources.tokens[child].text.lower() == "also" for child in sources.children(trigger, "advmod"))


def _is_denied(sources: Sources, trigger: int, head: int) -> bool:
    """Return True for `no civilians were hurt`: a plural without a number is a claim only where it is none."""
    return is_negated(sources, trigger, head)


def _of_state(sources: Sources, trigger: int) -> list[int]:
    """Return what an adjective describes; itself where it stands for people (`46 dead`)."""
    tokens = sources.tokens
    token = tokens[trigger]
    if (counted := counted_before(sources, trigger)) is not None and token.tag == "RB":
        return [counted]
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


def _of_noun(sources: Sources, trigger: int, frame: Frame) -> Iterator[Found]:
    if frame.frame == VICTIM:
        yield from _of_victims(sources, trigger, frame)
    elif frame.frame == DEED:
        yield from _of_deed(sources, trigger, frame)


def _of_victims(sources: Sources, trigger: int, frame: Frame) -> Iterator[Found]:
    """Read nouns that name the affected: `12 fatalities`, `the six wounded`, `the dead, four workers and a foreman`."""
    tokens = sources.tokens
    affected = affected_at(sources, trigger)
    if names_thing(sources, trigger):
        return
    listed = [
        child
        for child in sources.children(trigger, "appos")
        if (inner := affected_at(sources, child)) is not None and inner.count.form in (NUMBER, ONE)
    ]
    for child in listed if affected is None or affected.count.form != NUMBER else ():
        yield from _affected(sources, trigger, frame, child, "list")
    if affected is None or affected.type == UNCOUNTED or (listed and affected.count.form != NUMBER):
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
            yield Found(trigger, frame, affected, VICTIM)


def _is_person(affected: Affected) -> bool:
    return affected.is_people


def _of_deed(sources: Sources, trigger: int, frame: Frame) -> Iterator[Found]:
    """Read nouns of what happened: `the deaths of 12 miners`, `187 deaths`, `the mayor's murder`."""
    tokens = sources.tokens
    people = frame.affects != THINGS
    if tokens[trigger].lemma.lower() in ("release", "capture") and any(
        tokens[child].text.lower() in sources.reference.words["issued"]
        for child in sources.children(trigger, "compound", "nmod", "amod")
    ):
        # `the senator's press release`
        return
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
            yield Found(trigger, frame, replace(affected, type="person", unit="people"), DEED)
        return
    owner = sources.child(trigger, "poss")
    if owner is not None and people and tokens[trigger].tag == "NN":
        for found in _affected(sources, trigger, frame, owner, DEED):
            if found.affected.count.form != PLURAL:
                yield found
