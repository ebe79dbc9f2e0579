"""Claims whose number stands apart from a word of effect: said of a toll, beside a label, or alone behind a verb of speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.enrich.claims.coordination import named_by_verb
from flows.enrich.claims.countable import is_countable
from flows.enrich.claims.counts import NAMED, NUMBER
from flows.enrich.claims.found import Found
from flows.enrich.claims.headlines import numbers_behind_labels, numbers_beside_effects
from flows.enrich.claims.nouns import PEOPLE_UNIT, affected_at, bare_number, with_count
from flows.enrich.claims.reference import PEOPLE, PERSON, Frame
from flows.enrich.claims.sources import Sources
from flows.enrich.claims.tolls import toll_numbers_in


def found_of_tolls(sources: Sources) -> Iterator[Found]:
    """Yield the numbers that are said of a toll; a total without an effect has that of the toll before it, or of its sentence."""
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
        yield Found(each.at, frame, affected, "toll", is_brought=each.is_brought)


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


def found_beside(sources: Sources, taken: set[int]) -> Iterator[Found]:
    """Yield the numbers, not yet taken, right before or behind a word of effect: `15 dead`, `Number of displaced: 452`."""
    for each in (*numbers_beside_effects(sources, taken), *numbers_behind_labels(sources, taken)):
        affected = affected_at(sources, each.noun)
        if affected is None or (affected.count.form != NUMBER and each.noun > each.number):
            affected = affected_at(sources, each.number)
        if affected is None:
            continue
        affected = with_count(affected, each.count)
        people = each.frame.affects == PEOPLE
        if people and (each.noun == each.number or affected.type is None):
            affected = replace(
                affected,
                type=PERSON,
                unit=PEOPLE_UNIT,
                noun=each.number,
                span=each.count.number or affected.span,
            )
        if is_countable(affected, sources, people=people):
            yield Found(each.trigger, each.frame, affected, "beside")


CASUALTIES = frozenset(("killed", "wounded"))
VICTIMS = frozenset(("victim", "casualty"))


def found_named(sources: Sources, found: Sequence[Found]) -> Iterator[Found]:
    """Yield the names behind `the victims were identified as`, with the effect of the last people who were killed or wounded before."""
    waiting = sorted(
        (each for each in found if each.frame.effect in CASUALTIES), key=lambda each: -each.trigger
    )
    last: Found | None = None
    for at, token in enumerate(sources.tokens):
        while waiting and waiting[-1].trigger < at:
            last = waiting.pop()
        if last is None or token.lemma.lower() not in VICTIMS or token.tag[:2] != "NN":
            continue
        for name in named_by_verb(sources, at):
            affected = affected_at(sources, name)
            if affected is not None and affected.count.form == NAMED:
                yield Found(at, last.frame, affected, "named", is_part=last.affected.count.form == NUMBER)


def found_elliptic(sources: Sources, found: Sequence[Found], taken: set[int]) -> Iterator[Found]:
    """Yield bare numbers that a verb of speech has as its object, in a sentence with a claim: `the government says 26`."""
    tokens = sources.tokens
    by_sentence: dict[int, list[Found]] = {}
    for each in found:
        if each.affected.count.form == NUMBER:
            by_sentence.setdefault(sources.sentence_no_of(each.trigger), []).append(each)
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
        near = [each for each in by_sentence.get(sources.sentence_no_of(number), ()) if each.trigger < number]
        affected = affected_at(sources, number)
        if not near or affected is None or not affected.is_bare or affected.count.form != NUMBER:
            continue
        before = near[-1]
        yield Found(
            number,
            before.frame,
            replace(affected, type=before.affected.type, unit=before.affected.unit),
            "elliptic",
        )
