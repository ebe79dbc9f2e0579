"""Who acts and on whom: the noun phrases around the words that name an event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.events.clauses import Clause
from flows.enrich.events.triggers import NOUN, Trigger, Triggers

USUAL_TARGETS = "obj dat against on with to at from for toward towards over into part".split()
"""Where a target is searched if the trigger does not say where; `part` is who the object belongs to."""

NOBODY = "none"
"""As a place of the target: only the places before it count."""

BETWEEN = ("between", "among")
BORDERS = frozenset(("border", "frontier", "boundary", "line"))
IDIOMATIC = ("on", "under", "into", "in")
"""Prepositions that make an idiom with a verb and a noun: `went on strike`, `put under arrest`."""

NESTING = frozenset(("dobj", "prep", "dative"))
NESTED = frozenset(("prep", "pobj", "poss", "amod", "compound", "nmod"))
MODIFIERS = frozenset(("amod", "compound", "nmod"))
MAX_NESTED = 6
"""Levels of nouns within nouns that are searched for a target."""


@dataclass(frozen=True, slots=True)
class Coding:
    """An event as the words name it, with numbers of tokens.

    `words` are those of the trigger. `sources` and `targets` are the heads of the noun phrases that may name who acts and on whom, best
    first; those of `loose` count only if no other does and the sources do not act on each other. `content` is what belongs to it and
    is no event of its own, `about` the head of the clause that an act is about. `speaker` is who reports it. `rule` is the act, `frame` or
    `noun`.
    """

    head: int
    words: tuple[int, ...]
    code: str
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    modality: str
    content: frozenset[int]
    rule: str
    speaker: int | None = None
    loose: tuple[int, ...] = ()
    about: int | None = None


def sources_of(clause: Clause) -> tuple[int, ...]:
    """Return who acts: the subject; of `talks between X and Y` both parties."""
    if clause.subject is None:
        return ()
    return _parties(clause.of(clause.subject)) or (clause.subject,)


def sources_of_noun(clause: Clause, trigger: Trigger) -> tuple[int, ...]:
    """Return who acts in a noun: `X's attack`, `by X`, `between X and Y`, `an X attack`; behind `of` unless the target stands there."""
    parties = _parties(clause)
    if parties:
        return parties
    found = [n for n in clause.children if clause.tokens[n].dep == "poss"]
    found += clause.phrases("by")
    if "of" not in trigger.targets:
        found += clause.phrases("of")
    return (*found, *(n for n in clause.children if clause.tokens[n].dep in MODIFIERS))


def _parties(clause: Clause) -> tuple[int, ...]:
    """Return both sides of `fighting between X and Y`, which may stand behind the verb: `fighting broke out between X and Y`."""
    found = tuple(clause.phrases(*BETWEEN))
    token = clause.tokens[clause.head]
    if not found and token.dep in ("nsubj", "nsubjpass"):
        found = tuple(clause.of(token.head).phrases(*BETWEEN))
    return found


def words_of(clause: Clause, trigger: Trigger) -> tuple[int, ...]:
    """Return the head, its particle, and the noun that makes an idiom with it: `went on strike`."""
    tokens = clause.tokens
    words = [clause.head]
    if trigger.particle:
        words += [n for n in clause.children if tokens[n].text.lower() == trigger.particle][:1]
    for condition in trigger.conditions:
        if not condition.words or condition.negated:
            continue
        if condition.place == "obj" and "obj" not in trigger.targets:
            if clause.is_verb and not clause.is_passive and clause.object is not None:
                words.append(clause.carried(clause.object))
        elif condition.place in IDIOMATIC:
            words += [n for n in clause.phrases(condition.place) if tokens[n].lemma in condition.words][:1]
    return tuple(sorted(words))


def targets_at(clause: Clause, places: list[str] | tuple[str, ...], triggers: Triggers) -> Iterator[int]:
    """Yield the heads of the noun phrases at the places where a trigger has its target, in this order."""
    for place in places:
        if place == "obj":
            if clause.is_verb and clause.object is not None:
                # `denounced the arrest of students by the police`
                yield from clause.of(clause.object).phrases("by")
                yield clause.object
        elif place == "part":
            if clause.is_verb and clause.object is not None:
                yield from clause.owners(clause.object)
                yield clause.object
        elif place == "dat":
            yield from _dative(clause)
        elif place == "subj":
            if clause.subject is not None:
                yield clause.subject
        elif place == "compsubj":
            if (complement := clause.complement()) is not None:
                yield from clause.of(complement).own_subject()
        elif place == "comp":
            if (complement := clause.complement()) is not None:
                inner = clause.of(complement).object
                if inner is not None:
                    yield inner
        elif place != NOBODY:
            for noun in clause.places_of(place):
                yield noun
                yield from _targets_of_noun(clause.of(noun), triggers)


def _dative(clause: Clause) -> Iterator[int]:
    """Yield who receives the object: `gave X rice`, `gave rice to X`, `X was given rice`."""
    dative = clause.child("dative")
    if dative is not None:
        inner = clause.of(dative).child("pobj")
        yield dative if inner is None else inner
    elif clause.is_passive and clause.child("dobj") is not None:
        yield from clause.own_subject()


def _targets_of_noun(clause: Clause, triggers: Triggers) -> Iterator[int]:
    """Yield the targets of a noun: `mobilized its army for a war against X`, `along the border with X`."""
    token = clause.tokens[clause.head]
    if token.lemma in BORDERS:
        yield from clause.phrases("with", "of", "near")
    if token.tag[:2] == "NN":
        for trigger in triggers.get((NOUN, token.lemma), ()):
            yield from clause.phrases(*trigger.targets)


def nested_in(clause: Clause) -> Iterator[int]:
    """Yield the nouns within the objects of a clause, nearest first: `investigated the welfare of Libyans`."""
    tokens = clause.tokens
    level = [n for n in clause.children if tokens[n].dep in NESTING and n > clause.head]
    for _ in range(MAX_NESTED):
        for number in level:
            if (
                tokens[number].dep not in ("prep", "dobj")
                and tokens[number].text.lower() not in clause.words.times
            ):
                yield number
        level = [n for above in level for n in clause.syntax.children(above) if tokens[n].dep in NESTED]


def named_in(clause: Clause, triggers: Triggers) -> Iterator[int]:
    """Yield the noun phrases of the content of an act where no table says which of them is the target."""
    if clause.tokens[clause.head].tag[:2] == "NN":
        yield from clause.owners(clause.head)
        yield clause.head
    yield from targets_at(clause, USUAL_TARGETS, triggers)
    yield from nested_in(clause)
