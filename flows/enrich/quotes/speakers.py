"""The entity that the words of a speaker mean: a name in them, else what a pronoun or a role refers to."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.speech import SPEECH
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.trees import subject_of_sentence
from flows.records import Reading, Span

GENDERS = {"he": "m", "him": "m", "she": "f", "her": "f"}
MAX_SENTENCES_BACK = 5
"""Sentences before a pronoun or a role in which its antecedent is looked for."""

MAX_MENTIONS = 200
"""Mentions of one sentence, or before a role, among which its antecedent is looked for."""

WORD = re.compile(r"[^\W_][\w’'-]*")
POSSESSIVE = re.compile(r"['’]s?(?=\s)")
APPOSITION = re.compile(r",\s(?P<words>[^,.;:\"“”]{1,60})")
PLACES = ("GPE", "LOC", "FAC", "NORP")
GROUPS = ("ORG", "GPE", "NORP")


class Speakers:
    """Finds the entities of the speakers of one text, which are asked for in reading order."""

    def __init__(
        self, reading: Reading, named: Named, quoted: Sequence[Span], reference: QuoteReference
    ) -> None:
        """`quoted` are the quotations of the text, in order: the names in them are not who is spoken of outside."""
        self.reading = reading
        self.reference = reference
        self.named = named
        self.bearers: dict[str, list[Mention]] = {}
        self.by_sentence: defaultdict[int, list[Mention]] = defaultdict(list)
        at = 0
        for mention in named.mentions:
            while at < len(quoted) and quoted[at].end <= mention.span.start:
                at += 1
            if at == len(quoted) or mention.span.end <= quoted[at].start:
                self.by_sentence[mention.sentence_no].append(mention)
        self.genders = self._genders()
        self.known: dict[Span, Entity | None] = {}
        self.subjects: dict[int, tuple[int, Span] | None] = {}
        self.spoken: defaultdict[int, list[Span]] = defaultdict(list)

    def entity_of(self, speaker: Span) -> Entity | None:
        """Return the entity that the words of a speaker mean, or None."""
        if speaker not in self.known:
            self.known[speaker] = self._resolved(speaker)
            number = sentence_at(self.reading.sentences, speaker.start)
            self.spoken[number].append(speaker)
        return self.known[speaker]

    def _resolved(self, speaker: Span) -> Entity | None:
        words = speaker.of(self.reading.text).lower().split()
        if len(words) == 1 and words[0] in GENDERS:
            return self._antecedent(speaker, ("PER",), GENDERS[words[0]])
        if words == ["it"]:
            return self._antecedent(speaker, GROUPS, None)
        if len(words) == 1 and words[0] in self.reference.grammar["pronoun"]:
            return None
        return self._named(speaker) or self._of_role(speaker)

    def _named(self, speaker: Span) -> Entity | None:
        """Return the last person named in the words, else the last organisation, else the country that is their head."""
        text = self.reading.text
        within = self.named.within(speaker)
        people = [each for each in within if each.type == "PER" and self._is_head(each.span, speaker)]
        others = [each for each in within if each.type not in ("PER", *PLACES)]
        places = [
            each
            for each in within
            if each.type in PLACES
            and self._is_head(each.span, speaker)
            and not WORD.match(text, each.span.end + 1, speaker.end)
        ]
        chosen = people or others or places
        return chosen[-1].entity if chosen else None

    def _is_head(self, name: Span, speaker: Span) -> bool:
        """Return True if a name is who speaks: not `Ann Lee's brother`, nor `a friend of Ann Lee`."""
        text = self.reading.text
        if POSSESSIVE.match(text, name.end, speaker.end) or (
            name.end < speaker.end and text[name.start : name.end].endswith(("'s", "’s"))
        ):
            return False
        before = [
            word for word in text[speaker.start : max(speaker.start, name.start)].split() if word.islower()
        ]
        return not before or before[-1] not in self.reference.grammar["preposition"]

    def _of_role(self, speaker: Span) -> Entity | None:
        """Return who bears the role that `the minister` names, or the organisation that `the agency` means."""
        words = [
            word.group().lower() for word in WORD.finditer(self.reading.text, speaker.start, speaker.end)
        ]
        if len(words) < 2 or words[0] not in self.reference.definite:
            return None
        end = next(
            (at for at, word in enumerate(words) if word in self.reference.grammar["preposition"]), len(words)
        )
        head = words[end - 1]
        if people := self._bearers(head):
            return self._nearest(people, speaker.start).entity
        if head not in self.reference.organisations:
            return None
        return self._organisation(head, speaker.start) or self._antecedent(speaker, ("ORG",), None)

    def _bearers(self, role: str) -> list[Mention]:
        """Return the mentions of people to whom the text gives a role, in reading order."""
        if role not in self.bearers:
            self.bearers[role] = [
                each for each in self.named.mentions if each.type == "PER" and self._bears(each, role)
            ]
        return self.bearers[role]

    def _organisation(self, head: str, position: int) -> Entity | None:
        """Return the last organisation before a position whose name contains a noun: `the agency` is `Anadolu Agency`."""
        for number in range(self.named.before(position) - 1, -1, -1)[:MAX_MENTIONS]:
            each = self.named.mentions[number]
            if each.type == "ORG" and head in each.entity.name.lower().split():
                return each.entity
        return None

    def _bears(self, person: Mention, role: str) -> bool:
        """Return True if the text gives a person a role: `Interior Minister Ali Reza`, `Ali Reza, the interior minister`."""
        if person.role and role in person.role.lower().split():
            return True
        after = APPOSITION.match(self.reading.text, person.span.end)
        return person.kind == "name" and after is not None and role in after["words"].lower().split()

    def _nearest(self, people: Sequence[Mention], position: int) -> Mention:
        before = bisect_left(people, position, key=lambda each: each.span.end)
        return people[before - 1] if before else people[0]

    def _antecedent(self, speaker: Span, types: tuple[str, ...], gender: str | None) -> Entity | None:
        """Return the entity that a pronoun means.

        Sentence by sentence backwards: who spoke in it, else its subject, else the only entity that fits, else the
        first. A speaker without an entity, such as `a trader`, ends the search: the pronoun means that one.
        """
        here = sentence_at(self.reading.sentences, speaker.start)
        for number in range(here, max(-1, here - MAX_SENTENCES_BACK), -1):
            for words in self.spoken[number][:-MAX_MENTIONS:-1]:
                if words.end > speaker.start or self._is_pronoun(words, gender):
                    continue
                entity = self.known[words]
                if entity is None:
                    return None
                if entity.type in types and self._fits(entity, gender):
                    return entity
            subject = self._subject(number)
            if subject and number < here and self._is_unnamed_speaker(*subject):
                return None
            found = [
                each
                for each in self._before(number, speaker.start)
                if each.type in types and self._fits(each.entity, gender)
            ]
            if found:
                return next(
                    (each.entity for each in found if subject and each.span.overlaps(subject[1])),
                    found[0].entity,
                )
        return None

    def _subject(self, number: int) -> tuple[int, Span] | None:
        if number not in self.subjects:
            sentence = self.reading.sentences[number]
            self.subjects[number] = subject_of_sentence(self.reading.syntax, sentence)
        return self.subjects[number]

    def _before(self, number: int, position: int) -> Sequence[Mention]:
        """Return the mentions of a sentence before a position, at most the last of them."""
        there = self.by_sentence[number]
        end = bisect_left(there, position, key=lambda each: each.span.end)
        return there[max(0, end - MAX_MENTIONS) : end]

    def _is_unnamed_speaker(self, verb: int, subject: Span) -> bool:
        """Return True for the subject of `One farmer said that he had left`: somebody without a name who speaks."""
        text, reference = self.reading.text, self.reference
        return (
            reference.uses.get(self.reading.syntax.tokens[verb].text.lower()) == SPEECH
            and subject.of(text).lower() not in reference.grammar["pronoun"]
            and self._named(subject) is None
            and self._of_role(subject) is None
        )

    def _is_pronoun(self, words: Span, gender: str | None) -> bool:
        """Return True for a pronoun without an entity, or of the other gender."""
        small = words.of(self.reading.text).lower()
        return small in self.reference.grammar["pronoun"] and (
            self.known[words] is None or (gender is not None and GENDERS.get(small) != gender)
        )

    def _fits(self, entity: Entity, gender: str | None) -> bool:
        return gender is None or self.genders.get(entity.key, gender) == gender

    def _genders(self) -> dict[str, str]:
        """Return the gender of each person whose titles and pronouns agree on one."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for each in self.named.mentions:
            title = (each.role or "").lower().rstrip(".")
            gender = self.reference.genders.get(title) or self.reference.genders.get(title.split(" ")[-1])
            if each.type == "PER" and gender:
                found[each.entity.key].add(gender)
        return {key: genders.pop() for key, genders in found.items() if len(genders) == 1}
