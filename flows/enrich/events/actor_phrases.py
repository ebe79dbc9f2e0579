"""The parts of a noun phrase that name an actor: the words of its role, the names and countries in it, what it is `of` or `in`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actor_reference import MAX_ROLE_WORDS, ActorReference, RoleNoun
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:-[^\W_]+|['’](?![sS]\b)[^\W_]+)*|['’][sS]?|[,;:&()\[\]–—]")
MAX_WORDS = 60
"""What follows in a longer phrase is not examined."""
HYPHENATED = re.compile(r"-(\w+)")
POSSESSIVE = frozenset("'s ’s 'S ’S ' ’".split())
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


class PhraseWord(NamedTuple):
    """A word or mark of a phrase: its offsets in the text, as written and in lowercase."""

    start: int
    end: int
    text: str
    lower: str


@dataclass(frozen=True, slots=True)
class Role:
    """The role that words state: its noun, and CAMEO's codes of the words before it, by their use in `actor_roles.tsv`."""

    noun: RoleNoun | None
    side: str | None
    modifier: str | None
    scope: str | None


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

    def words_in(self, span: Span) -> tuple[PhraseWord, ...]:
        """Return the first words of a phrase."""
        return tuple(
            PhraseWord(found.start(), found.end(), found.group(), found.group().lower())
            for found in islice(WORD.finditer(self.text, span.start, span.end), MAX_WORDS)
        )

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
            role=self._role(own),
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
                if _joined(words[at : at + size]) in self.reference.nouns:
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

    def _role(self, words: Sequence[PhraseWord]) -> Role:
        """Return the role of the words behind the last possessive, or of those before it, or of the words of a name."""
        ends = [at + 1 for at, word in enumerate(words) if word.text in POSSESSIVE]
        names = [each.span for each in self.mentions if each.kind == "name" and each.type in ("PER", "ORG")]
        free = [
            word
            for word in words
            if not any(span.start <= word.start and word.end <= span.end for span in names)
        ]
        behind = [word for word in free if not ends or word.start >= words[ends[-1] - 1].end]
        role = self._role_of(behind)
        if ends and (role.noun is None or (role.noun.sector is None and role.modifier is None)):
            before = self._role_of([word for word in free if word not in behind])
            if before.noun is not None:
                return before
        if role.noun is None and role.modifier is None and len(free) < len(words):
            within = self._role_of(
                [
                    word
                    for at, word in enumerate(words)
                    if word not in free and not self._is_of_company(words[at : at + 2])
                ]
            )
            return replace(within, side=role.side) if within.noun and within.noun.sector else role
        return role

    def _is_of_company(self, words: Sequence[PhraseWord]) -> bool:
        """Return whether the first word is a rank within the name of an organisation, as in `General Electric`."""
        word = words[0]
        return (
            word.lower in self.reference.ranks
            and _joined(words) not in self.reference.nouns
            and any(
                each.type == "ORG"
                and each.kind == "name"
                and each.span.start <= word.start
                and word.end < each.span.end
                for each in self.mentions
            )
        )

    def _use(self, words: Sequence[PhraseWord], codes: Mapping[str, str]) -> str | None:
        """Return the code of the last words that have one; of `ex-minister` the part before the hyphen counts."""
        for last in range(len(words), 0, -1):
            word = words[last - 1].lower
            if word in self.reference.describing:
                for size in range(min(MAX_ROLE_WORDS, last), 0, -1):
                    phrase = " ".join(each.lower for each in words[last - size : last])
                    if phrase in codes:
                        return codes[phrase]
            elif "-" in word and word.partition("-")[0] in codes:
                return codes[word.partition("-")[0]]
        return None

    def _role_of(self, words: Sequence[PhraseWord]) -> Role:
        nouns = self.reference.nouns
        start = end = len(words)
        noun = None
        for last in range(len(words), 0, -1):
            if words[last - 1].lower not in self.reference.closing:
                continue
            sizes = range(min(MAX_ROLE_WORDS, last), 0, -1)
            size = next((size for size in sizes if _joined(words[last - size : last]) in nouns), None)
            if size:
                start, end = last - size, last
                noun = nouns[_joined(words[start:end])]
                break
        if noun is not None and end < len(words) and _is_head(words[end]):
            # In `police headquarters` the noun only describes another.
            start, noun = end, None
        before = words[:start]
        modifier = self._use(before, self.reference.modifiers)
        if modifier is None and noun is not None and noun.is_generic and before:
            # `border patrol agents`: a role of its own before a noun that has none.
            described = self._role_of(before).noun
            modifier = described.sector if described else None
        return Role(
            noun=noun,
            side=self._use(before, self.reference.sides),
            modifier=modifier,
            scope=self._use(before, self.reference.scopes),
        )


def is_of_actor(place: PlaceMention, text: str) -> bool:
    """Return False for the country of someone else: `pro-Iranian`, `Syrian-backed`, `ethnic Albanian`."""
    before = text[max(0, place.span.start - len(ETHNIC) - 1) : place.span.start].lower()
    if before.endswith("-") or before.rstrip() == ETHNIC:
        return False
    after = HYPHENATED.match(text, place.span.end)
    return after is None or after[1].lower() in LED


def _is_head(word: PhraseWord) -> bool:
    """Return True for a noun in lowercase, as far as its form says."""
    return word.text.islower() and not word.lower.endswith(("ed", "ing", "ly"))


def _joined(words: Sequence[PhraseWord]) -> str:
    return " ".join(word.lower for word in words).replace("-", " ") if len(words) > 1 else _lower(words)


def _lower(words: Sequence[PhraseWord]) -> str:
    return words[0].lower if words else ""


def _says_who(phrase: Phrase) -> bool:
    return bool(phrase.names or phrase.places or phrase.role.scope) or (
        phrase.role.noun is not None and phrase.role.noun.sector is not None
    )


def _is_adjective(phrase: Phrase) -> bool:
    """Return True for countries as they stand before a noun: `Syrian`, `US`."""
    return not phrase.names and all(
        place.is_adjective or place.surface.replace(".", "").isupper() for place in phrase.places
    )
