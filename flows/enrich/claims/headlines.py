"""Numbers beside a word of effect, where the parser saw no clause: `15 dead, 3 hurt in crash`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.claims.counts import Count, count_of_quantity
from flows.enrich.claims.noun_types import names_thing
from flows.enrich.claims.reference import OBJECT, PEOPLE, PERSON_TYPES, Frame
from flows.enrich.claims.sources import Sources
from flows.enrich.claims.triggers import fitting_frames

MAX_BETWEEN = 4
FILLERS = frozenset(
    "people persons others more other civilians men women were was are is have has been reported feared left confirmed also now still still - : , and".split()
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A number and the word of effect that follows it. `noun` is the noun between them, or the number."""

    number: int
    noun: int
    trigger: int
    count: Count
    frame: Frame


def numbers_beside_effects(sources: Sources, taken: set[int]) -> Iterator[Beside]:
    """Yield the numbers, not yet `taken`, that a word of effect follows with few words between."""
    tokens, reference = sources.tokens, sources.reference
    done: set[int] = set()
    for number in sorted(sources.quantity_at):
        quantity = sources.quantity_at[number]
        if number in taken or id(quantity) in done or not quantity.is_count:
            continue
        last = number
        while last + 1 < len(tokens) and sources.quantity_at.get(last + 1) is quantity:
            last += 1
        done.add(id(quantity))
        count = count_of_quantity(quantity)
        if count is None:
            continue
        noun = number
        for at in range(last + 1, min(len(tokens), last + 2 + MAX_BETWEEN)):
            token = tokens[at]
            word = token.text.lower()
            frame = reference.states.get(word) or reference.victims.get(word)
            if frame is None and token.tag in ("VBN", "VBD"):
                plain = [
                    each
                    for each in fitting_frames(sources, at, reference.verbs.get(token.lemma, ()))
                    if not each.complements and each.frame == OBJECT and each.affects == PEOPLE
                ]
                frame = plain[0] if plain else None
            if frame is not None:
                if (
                    frame.affects == PEOPLE
                    and not _has_object(sources, at)
                    and not (token.tag[:2] == "NN" and names_thing(sources, at))
                    and (noun != number or at == last + 1 or at == last + 2)
                ):
                    yield Beside(number, noun, at, count, frame)
                break
            kind = reference.types.get(token.lemma.lower())
            if kind in PERSON_TYPES and token.tag[:2] == "NN":
                noun = at
            elif (
                word not in FILLERS
                or word in (",", "and", ":")
                or sources.sentence_no_of(at) != sources.sentence_no_of(number)
            ):
                break


MAX_LABEL = 5
LABEL_WORDS = frozenset(
    "total : - – of the number / people persons individuals households families s ( ) to date".split()
)
FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
RESIDENCES = frozenset(("building", "infrastructure"))


def numbers_behind_labels(sources: Sources, taken: set[int]) -> Iterator[Beside]:
    """Yield the numbers, not yet `taken`, that a label without a verb names: `Number of displaced: 452`, `Population evacuated 1,200`, `Damaged houses: 90`."""
    tokens, reference = sources.tokens, sources.reference
    for number in sorted(sources.quantity_at):
        quantity = sources.quantity_at[number]
        if (
            number in taken
            or not quantity.is_count
            or (number and sources.quantity_at.get(number - 1) is quantity)
        ):
            continue
        first = sources.syntax.at(quantity.span.start)
        noun = number
        for at in range((number if first is None else first) - 1, max(-1, number - 1 - MAX_LABEL), -1):
            token = tokens[at]
            word = token.text.lower()
            if sources.sentence_no_of(at) != sources.sentence_no_of(number):
                break
            frame = _frame_of_label(sources, at)
            if frame is not None:
                count = count_of_quantity(quantity)
                if count is not None and not _has_verb(sources, number, at) and _ends_label(sources, number):
                    yield Beside(number, noun, at, count, frame)
                break
            kind = reference.types.get(token.lemma.lower())
            if kind in PERSON_TYPES or kind in RESIDENCES:
                noun = at
            elif word not in LABEL_WORDS:
                break


def _frame_of_label(sources: Sources, at: int) -> Frame | None:
    reference, token = sources.reference, sources.tokens[at]
    word = token.text.lower()
    found = (
        reference.states.get(word)
        or reference.victims.get(word)
        or reference.victims.get(token.lemma.lower())
    )
    return found or reference.tolls.get(word)


def _has_verb(sources: Sources, number: int, label: int) -> bool:
    """Return True if the sentence of a number has a verb before it that is not the label."""
    sentence = sources.reading.sentences[sources.sentence_no_of(number)]
    return any(
        sources.tokens[at].tag in FINITE
        and at != label
        and sources.tokens[at].text.lower() not in LABEL_WORDS
        for at in sources.syntax.within(sentence.start, sources.tokens[number].start)
    )


def _ends_label(sources: Sources, number: int) -> bool:
    """Return True if no noun follows that the number would count."""
    tokens = sources.tokens
    head = tokens[number].head
    return not (
        head > number
        and tokens[number].dep == "nummod"
        and tokens[head].tag[:2] == "NN"
        and head - number <= 2
    )


def _has_object(sources: Sources, at: int) -> bool:
    return sources.child(at, "dobj") is not None
