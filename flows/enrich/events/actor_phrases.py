"""The parts of a noun phrase that name an actor: its own words and what follows them, the names and places in it, its role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actor_reference import MAX_ROLE_WORDS, ActorReference
from flows.enrich.events.actor_roles import Role, role_in
from flows.enrich.events.actor_words import PhraseWord, joined
from flows.enrich.places.mentions import PlaceMention

HYPHENATED = re.compile(r"-(\w+)")
MARKS = frozenset(", ; : ( ) [ ] – —".split())
CONJUNCTIONS = frozenset("and or &".split())
COORDINATING = CONJUNCTIONS | {","}
OTHER_MARKS = MARKS - COORDINATING
LED = frozenset("led based dominated run".split())
"""After a country and a hyphen: the actor is of that country, unlike `Syrian-backed` and `Israeli-occupied`."""
ETHNIC = "ethnic"
"""Before a demonym: the people, not the nation."""
OF = "of"
INSIDE = frozenset("of in from at throughout across inside around near along".split())
"""Before a place that the actor belongs to: `rebels in the Ivory Coast`."""
NEAR = 5
"""Words between such a preposition and the place."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase in parts. `own` are the words up to the first preposition, relative pronoun or mark, `after` those from there on.

    `names` are the mentions of persons, organisations and pronouns among its own words, `peoples` those of peoples that are no nation. `places` are those of its own words that may
    be its country, `others` those that are not (`Syrian-backed`); `inside` are those after it that it belongs to.
    """

    own: tuple[PhraseWord, ...]
    after: tuple[PhraseWord, ...]
    names: tuple[Mention, ...]
    peoples: tuple[Mention, ...]
    places: tuple[PlaceMention, ...]
    others: tuple[PlaceMention, ...]
    inside: tuple[PlaceMention, ...]
    role: Role


class PhraseReader:
    """Reads the noun phrases of a text."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        places: Sequence[PlaceMention],
        reference: ActorReference,
    ) -> None:
        """Take the mentions and the places in reading order that lie within the phrases to be read."""
        self.text = text
        self.mentions = mentions
        self.places = places
        self.reference = reference

    def phrase_of(self, words: Sequence[PhraseWord]) -> Phrase:
        """Return the parts of a phrase; a comma ends its own words."""
        size = self._own_size(words, MARKS)
        return self._phrase(words[:size], words[size:])

    def coordinated(self, words: Sequence[PhraseWord]) -> list[Phrase]:
        """Return a phrase for each of the coordinated parts, each with what follows them all; one phrase where nothing is coordinated.

        In `Hungarian and Romanian officials` both have the noun.
        """
        size = self._own_size(words, OTHER_MARKS)
        own, after = words[:size], words[size:]
        if not any(word.lower in CONJUNCTIONS for word in own):
            return [self.phrase_of(words)]
        held = self._held(own)
        parts: list[list[PhraseWord]] = [[]]
        for word, is_held in zip(own, held, strict=True):
            if word.lower in COORDINATING and not is_held:
                parts.append([])
            else:
                parts[-1].append(word)
        parts = [part for part in parts if part]
        phrases = [self._phrase(part, after) for part in parts]
        if len(phrases) < 2 or not all(map(_says_who, phrases)):
            return [self.phrase_of(words)]
        last = phrases[-1]
        return [
            replace(each, role=last.role) if each.role.noun is None and _is_adjective(each) else each
            for each in phrases
        ]

    def _phrase(self, own: Sequence[PhraseWord], after: Sequence[PhraseWord]) -> Phrase:
        named = [
            each
            for each in self.mentions
            if own and own[0].start <= each.span.start and each.span.end <= own[-1].end
        ]
        placed = self._placed(own)
        foreign = {each.span.start for each in placed if not is_of_actor(each, self.text)}
        return Phrase(
            own=tuple(own),
            after=tuple(after),
            names=tuple(
                each for each in named if each.type in ("PER", "ORG") and each.span.start not in foreign
            ),
            peoples=tuple(
                each
                for each in named
                if each.type == "NORP" and (each.span.start in foreign or not each.entity.country)
            ),
            places=tuple(each for each in placed if each.span.start not in foreign),
            others=tuple(each for each in placed if each.span.start in foreign),
            inside=self._inside(after),
            role=role_in(own, self.mentions, self.reference),
        )

    def _placed(self, words: Sequence[PhraseWord]) -> list[PlaceMention]:
        if not words:
            return []
        return [
            each
            for each in self.places
            if words[0].start <= each.span.start and each.span.end <= words[-1].end
        ]

    def _inside(self, after: Sequence[PhraseWord]) -> tuple[PlaceMention, ...]:
        """Return the places that the phrase belongs to, up to a mark or a relative pronoun."""
        found = []
        for place in self._placed(after):
            at = next(number for number, word in enumerate(after) if word.end > place.span.start)
            before = [word.lower for word in after[:at]]
            if any(word in MARKS or word in ("that", "who", "which", "whose") for word in before):
                break
            if not INSIDE.isdisjoint(before[-NEAR:]) and is_of_actor(place, self.text):
                found.append(place)
        return tuple(found)

    def _held(self, words: Sequence[PhraseWord]) -> list[bool]:
        """Return for each word whether it lies within a name or a role of several words."""
        held = [False] * len(words)
        spans = [each.span for each in self.mentions if each.kind == "name"]
        spans += [each.span for each in self.places]
        for at, word in enumerate(words):
            if any(span.start <= word.start and word.end <= span.end for span in spans):
                held[at] = True
            if word.lower not in self.reference.opening:
                continue
            for size in range(min(MAX_ROLE_WORDS, len(words) - at), 1, -1):
                if joined(words[at : at + size]) in self.reference.nouns:
                    held[at : at + size] = [True] * size
                    break
        return held

    def _own_size(self, words: Sequence[PhraseWord], marks: frozenset[str]) -> int:
        """Return the number of words before the first preposition, relative pronoun, participle or mark that is part of no name."""
        held = self._held(words)
        for at, word in enumerate(words):
            if held[at] or not at:
                continue
            if word.text in marks or word.lower in self.reference.boundaries:
                return at
            is_known = word.lower in self.reference.nouns or word.lower in self.reference.modifiers
            if word.lower.endswith("ing") and not is_known and words[at - 1].lower in self.reference.nouns:
                return at
        return len(words)


def is_of_actor(place: PlaceMention, text: str) -> bool:
    """Return False for the country of someone else: `pro-Iranian`, `Syrian-backed`, `ethnic Albanian`."""
    before = text[max(0, place.span.start - len(ETHNIC) - 1) : place.span.start].lower()
    if before.endswith("-") or before.rstrip() == ETHNIC:
        return False
    after = HYPHENATED.match(text, place.span.end)
    return after is None or after[1].lower() in LED


def _says_who(phrase: Phrase) -> bool:
    return bool(phrase.names or phrase.places or phrase.role.scope) or (
        phrase.role.noun is not None and phrase.role.noun.sector is not None
    )


def _is_adjective(phrase: Phrase) -> bool:
    """Return True for countries as they stand before a noun: `Syrian`, `US`."""
    return not phrase.names and all(
        place.is_adjective or place.surface.replace(".", "").isupper() for place in phrase.places
    )
