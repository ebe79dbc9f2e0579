"""Numbers beside a word of effect, where the parser saw no clause: `15 dead, 3 hurt in crash`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.claims.counts import Count, count_of_quantity
from flows.enrich.claims.reference import OBJECT, PEOPLE, Frame
from flows.enrich.claims.sources import Sources

MAX_BETWEEN = 4
FILLERS = frozenset(
    "people persons others more other civilians men women were was are is have has been reported feared left confirmed also now still still - : , and".split()
)
FILLER_TYPES = frozenset(
    "person civilian military police rebel journalist aid_worker official prisoner child other".split()
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
                    for each in reference.verbs.get(token.lemma, ())
                    if not each.complements and each.frame == OBJECT and each.affects == PEOPLE
                ]
                frame = plain[0] if plain else None
            if frame is not None:
                if (
                    frame.affects == PEOPLE
                    and not _has_object(sources, at)
                    and (noun != number or at == last + 1 or at == last + 2)
                ):
                    yield Beside(number, noun, at, count, frame)
                break
            kind = reference.types.get(token.lemma.lower())
            if kind in FILLER_TYPES and token.tag[:2] == "NN":
                noun = at
            elif (
                word not in FILLERS
                or word in (",", "and", ":")
                or sources.sentence_no_of(at) != sources.sentence_no_of(number)
            ):
                break


def _has_object(sources: Sources, at: int) -> bool:
    return sources.child(at, "dobj") is not None
