"""To whom, where and by what means something is said: `told reporters`, `in a speech in Ankara`, `on Twitter`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.trees import SHARED, noun_phrase
from flows.records import Reading, Span
from flows.syntax import Syntax

OBJECTS = ("dobj", "dative", "iobj")
PLACES = ("GPE", "LOC", "FAC")
WHERE = ("in", "at", "from", "outside", "near", "inside", "aboard")
TIME_BEFORE = ("on", "after", "before", "since", "during", "following", "late", "early")
"""Prepositions that begin the time within the words for an occasion: `at a rally on Sunday`."""

NOBODY = frozenset("it itself himself herself themselves this that".split())
MAX_VERBS = 4
"""Verbs that share a subject, as in `said in a statement, adding`."""

MAX_PHRASES = 3
"""Prepositional phrases that hang on each other: `reporters on Monday in Geneva`."""


def circumstances_of(
    attribution: Attribution, reading: Reading, named: Named, reference: QuoteReference
) -> tuple[Span | None, Span | None]:
    """Return the words for who is spoken to, and those for where or by what means; None for what the sentence does not say.

    Both are None where the sentence was not parsed.
    """
    syntax = reading.syntax
    verb = syntax.at(attribution.cue.start) if attribution.cue else None
    if verb is None or not syntax.tokens[verb].tag.startswith("V"):
        return None, None
    said = _Said(syntax, verb, attribution.speaker, named, reference)
    told = said.told()
    means = said.means()
    addressee, venue = None, said.words(*means) if means else None
    if told is not None and said.is_event(told):
        # `told a news conference`
        venue = noun_phrase(syntax, told)
    elif told is not None:
        addressee = noun_phrase(syntax, told)
    else:
        addressee = said.addressee(means)
    return addressee, venue or said.place()


@dataclass(frozen=True, slots=True)
class _Said:
    """A verb of speech in its tree; phrases are pairs of a preposition and its noun."""

    syntax: Syntax
    verb: int
    speaker: Span
    named: Named
    reference: QuoteReference

    def told(self) -> int | None:
        """Return the object of a verb such as `told`, if somebody may be addressed with it."""
        if self._text(self.verb) not in self.reference.addressed:
            return None
        for child in self.syntax.children(self.verb):
            token = self.syntax.tokens[child]
            if child > self.verb and token.dep in OBJECTS and token.tag.startswith(("N", "PRP", "DT", "CD")):
                is_tale = token.lemma.lower() in self.reference.venues["tale"] or self._text(child) in NOBODY
                return None if is_tale or self._is_speaker(child) else child
        return None

    def is_event(self, noun: int) -> bool:
        """Return True for an occasion that is no name: `news conference`."""
        token = self.syntax.tokens[noun]
        return token.lemma.lower() in self.reference.venues["event"] and not token.tag.startswith("NNP")

    def means(self) -> tuple[int, int] | None:
        """Return the phrase for an occasion, a document or a platform."""
        pairs = self.reference.venue_phrases
        for prep, noun in self._phrases():
            lemma = self.syntax.tokens[noun].lemma.lower()
            if (self._text(prep), lemma) in pairs or (self._text(prep), self._text(noun)) in pairs:
                return prep, noun
        return None

    def place(self) -> Span | None:
        """Return the phrase for the place where somebody speaks: `in Geneva`."""
        for prep, noun in self._phrases():
            at = self.syntax.tokens[noun].start
            if self._text(prep) in WHERE and any(
                each.type in PLACES for each in self.named.within(Span(at, at + 1))
            ):
                return self.words(prep, noun)
        return None

    def addressee(self, means: tuple[int, int] | None) -> Span | None:
        """Return who is meant by `said to his players` and `in an interview with CNN`."""
        heads = [self.verb] if means is None else [self.verb, means[1]]
        for prep, noun in self._on(child for head in heads for child in self.syntax.children(head)):
            head = self.syntax.tokens[prep].head
            is_to = self._text(prep) == "to" and head in heads
            if (is_to or (self._text(prep) == "with" and head in heads[1:])) and self._is_somebody(noun):
                return noun_phrase(self.syntax, noun)
        return None

    def words(self, prep: int, noun: int) -> Span:
        """Return the words of a phrase, up to the time that follows: `at a rally in Ames`."""
        end = noun_phrase(self.syntax, noun).end
        for number in self.syntax.within(self.syntax.tokens[noun].end, end):
            if self.syntax.tokens[number].dep == "prep" and self._text(number) in TIME_BEFORE:
                end = self.syntax.tokens[number - 1].end
                break
        return Span(self.syntax.tokens[prep].start, end)

    def _phrases(self) -> Iterator[tuple[int, int]]:
        """Yield the phrases of the verb, of its object and of `speaking at …` beside it; then those of the verb it depends on."""
        verb = self.verb
        for _ in range(MAX_VERBS):
            children = self.syntax.children(verb)
            yield from self._on(children)
            for child in children:
                token = self.syntax.tokens[child]
                if token.dep in OBJECTS or (
                    token.dep == "advcl" and self._text(child) in self.reference.gerunds
                ):
                    yield from self._on(self.syntax.children(child))
            token = self.syntax.tokens[verb]
            if token.dep not in SHARED or token.head == verb:
                return
            verb = token.head

    def _on(self, numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield the prepositional phrases among tokens, and those that hang on them."""
        waiting = [(number, 1) for number in numbers]
        for number, depth in waiting:
            if self.syntax.tokens[number].dep not in ("prep", "dative"):
                continue
            for noun in self.syntax.children(number):
                if self.syntax.tokens[noun].dep == "pobj" and not self._is_speaker(noun):
                    yield number, noun
                    if depth < MAX_PHRASES:
                        waiting += [(child, depth + 1) for child in self.syntax.children(noun)]

    def _is_somebody(self, noun: int) -> bool:
        """Return True for a name, a role or a plural."""
        token = self.syntax.tokens[noun]
        is_named = token.tag in ("NNP", "NNPS", "NNS", "PRP")
        return (is_named or token.lemma.lower() in self.reference.persons) and self._text(noun) not in NOBODY

    def _is_speaker(self, number: int) -> bool:
        return self.speaker.start <= self.syntax.tokens[number].start < self.speaker.end

    def _text(self, number: int) -> str:
        return self.syntax.tokens[number].text.lower()
