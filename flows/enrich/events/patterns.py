"""The conditions of a trigger on its clause: which words stand as its object, its subject, or behind a preposition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flows.enrich.events.clauses import PARTS, PLACE_NAME, Clause

ANY_VERB = "VERB"
"""In a condition on the complement: any verb."""

STANDING_FOR_GROUPS = frozenset(("it", "they", "them", "which", "who", "that"))
"""Pronouns that may stand for a country or its forces."""

A_FORCE = ("force", PLACE_NAME)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a pattern asks of one place of a clause: `place` is obj, objmod, subj, mod, adv, comp, compsubj, inf, purpose or a preposition.

    `words` are the lemmas of which one must be there, None for any; where `negated`, none of them may be.
    """

    place: str
    words: frozenset[str] | None
    negated: bool

    def holds_for(self, clause: Clause) -> bool:
        """Return whether the clause fulfils the condition."""
        found = clause.lemmas.get(self.place)
        if found is None:
            found = clause.lemmas[self.place] = lemmas_at(clause, self.place)
        holds = bool(found) if self.words is None else not self.words.isdisjoint(found)
        return holds != self.negated


def lemmas_at(clause: Clause, place: str) -> frozenset[str]:
    """Return the lemmas at a place of a clause, empty where nothing is there."""
    read = PLACES.get(place)
    return frozenset(read(clause) if read else _behind(clause, place))


def _object(clause: Clause) -> Iterator[str]:
    if clause.is_verb and clause.object is not None:
        yield from _of_noun(clause, clause.object)


def _subject(clause: Clause) -> Iterator[str]:
    if clause.subject is not None:
        yield from _of_noun(clause, clause.subject)


def _modifiers(clause: Clause) -> Iterator[str]:
    for number in clause.children:
        if clause.tokens[number].dep in PARTS:
            yield clause.tokens[number].lemma.lower()


def _object_modifiers(clause: Clause) -> Iterator[str]:
    if clause.is_verb and clause.object is not None:
        for number in clause.syntax.children(clause.carried(clause.object)):
            if clause.tokens[number].dep in PARTS:
                yield clause.tokens[number].lemma.lower()


def _adverbs(clause: Clause) -> Iterator[str]:
    for number in clause.children:
        if clause.tokens[number].dep == "advmod":
            yield clause.tokens[number].lemma


def _complement(clause: Clause) -> Iterator[str]:
    complement = clause.complement()
    if complement is not None:
        yield clause.tokens[complement].lemma
        if clause.tokens[complement].tag[:2] == "VB":
            yield ANY_VERB


def _infinitive(clause: Clause) -> Iterator[str]:
    complement = clause.complement()
    if complement is not None:
        inner = clause.of(complement)
        if any(clause.tokens[n].tag == "TO" for n in inner.children):
            yield clause.tokens[complement].lemma


def _purpose(clause: Clause) -> Iterator[str]:
    """Yield the verb of an infinitive beside the head: `rallied to raise money`."""
    for number in clause.children:
        if clause.tokens[number].dep in ("advcl", "xcomp") and any(
            clause.tokens[n].tag == "TO" for n in clause.of(number).children
        ):
            yield clause.tokens[number].lemma


def _complement_subject(clause: Clause) -> Iterator[str]:
    """Yield who acts in the complement: `allowed inspectors to enter`, which is also the object of some trees."""
    complement = clause.complement()
    if complement is not None:
        for own in clause.of(complement).own_subject():
            yield from _of_noun(clause, own)
    yield from _object(clause)


def _behind(clause: Clause, word: str) -> Iterator[str]:
    for number in clause.places_of(word):
        yield from _of_noun(clause, number)
    if clause.has_particle(word):
        yield word


def _of_noun(clause: Clause, noun: int) -> Iterator[str]:
    """Yield the lemma of a noun, of what it measures, and of the nouns coordinated with it."""
    tokens = clause.tokens
    carried = clause.carried(noun)
    if tokens[noun].text.lower() in STANDING_FOR_GROUPS:
        yield from A_FORCE
    yield tokens[carried].lemma.lower()
    if carried != noun:
        yield tokens[noun].lemma.lower()
    if carried in clause.words.names:
        yield clause.words.names[carried]
    for number in clause.syntax.children(carried):
        if tokens[number].dep == "conj":
            yield tokens[number].lemma.lower()


PLACES: Mapping[str, Callable[[Clause], Iterator[str]]] = {
    "obj": _object,
    "subj": _subject,
    "mod": _modifiers,
    "objmod": _object_modifiers,
    "adv": _adverbs,
    "comp": _complement,
    "inf": _infinitive,
    "purpose": _purpose,
    "compsubj": _complement_subject,
}
"""What is read at each place of a condition that is no preposition."""
