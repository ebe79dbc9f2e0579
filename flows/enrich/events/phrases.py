"""From heads of noun phrases to coded actors: the words of a phrase, pronouns, and who stands for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flows.enrich.entities.mentions import Mention
from flows.enrich.events.actor_facts import INTERNATIONAL
from flows.enrich.events.actors import Actor, Actors
from flows.enrich.events.clauses import PERSON_NAME, PLACE_NAME, coordinated
from flows.enrich.events.frames import Coding
from flows.enrich.events.reference import EventReference
from flows.enrich.gazetteer_index import Kind
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span
from flows.syntax import Syntax

ENDING = frozenset(("relcl", "acl", "advcl", "parataxis"))
"""What depends on a noun with these labels is not part of its phrase."""
PRONOUNS = frozenset(
    ("he", "she", "it", "they", "we", "i", "him", "her", "them", "itself", "himself", "themselves")
)
MODIFIERS = frozenset(("amod", "compound", "nmod"))
COMMON_NOUNS = frozenset(("NN", "NNS", "VBN", "VBD"))
"""Tags of heads that name an actor only by their words; participles stand for those of wrong trees: `forced eviction`."""
MAX_TOKENS = 40
MEETINGS = ("040", "041", "045", "046")
"""Codes of meetings and talks, whose place is no party to them."""
BY_GOVERNMENTS = frozenset("01 02 03 04 05 06 08 09 10 11 12 13 16".split())
"""Categories in which no town acts that is no capital: the `Allegheny` that agrees is a company or a person."""
TOWNS = frozenset((Kind.TOWN, Kind.SEAT, Kind.QUARTER, Kind.DISTRICT))


class PhraseCoder:
    """Codes the actors that tokens name. Answers are kept, since several events may name one actor."""

    def __init__(
        self,
        syntax: Syntax,
        actors: Actors,
        reference: EventReference,
        names: Mapping[int, str],
        towns: frozenset[int],
    ) -> None:
        """Take the syntax of the text, the coder of its actors, the tables, and the last tokens of its names and of its towns."""
        self.syntax = syntax
        self.actors = actors
        self.reference = reference
        self.names = names
        self.towns = towns
        self._known: dict[int, tuple[Actor, ...]] = {}

    def sources_of(self, coding: Coding) -> tuple[Actor, ...]:
        """Return who acts: the actors of the first phrases that name any; a pronoun is its antecedent."""
        if coding.rule == "noun" and len(coding.sources) > 1 and self._is_list(coding.sources):
            return _unique(actor for head in coding.sources for actor in self.actors_at(head))
        for head in coding.sources:
            found = self.actors_at(head, coding.speaker)
            if (
                found
                and not (head in self.towns and coding.code[:2] in BY_GOVERNMENTS)
                and not self._is_weapon_alone(head, found)
                and (coding.rule == "noun" or self._can_act(head, found))
            ):
                return found
        return ()

    def _is_weapon_alone(self, head: int, found: tuple[Actor, ...]) -> bool:
        """Return whether a weapon or an attack stands where who acts would, and nothing says whose it is: `by an air strike`."""
        if self.syntax.tokens[head].lemma not in self.reference.weapons:
            return False
        return all(each.rule == "surroundings" or each.lacks_country for each in found)

    def _can_act(self, head: int, found: tuple[Actor, ...]) -> bool:
        """Return whether a phrase names who acts: not `Japanese growth`, of which only the country is known, nor the `Senate bill`."""
        token = self.syntax.tokens[head]
        if token.tag in COMMON_NOUNS and not self._is_agent(head):
            return False
        return (
            any(each.sector or each.code != each.country for each in found)
            or token.tag[:2] in ("JJ", "PR")
            or head in self.names
            or token.text[0].isupper()
            or token.lemma in self.reference.agents
        )

    def _is_where(self, head: int) -> bool:
        """Return whether a place says where: `met in Vienna`."""
        tokens = self.syntax.tokens
        return self.names.get(head) == PLACE_NAME and tokens[tokens[head].head].text.lower() in ("in", "at")

    def _is_agent(self, head: int) -> bool:
        """Return whether a common noun is one for who or what can act, by itself or as part of a name or of the word for a role."""
        token = self.syntax.tokens[head]
        return (
            token.lemma in self.reference.agents
            or token.lemma in self.reference.partitive
            or token.text.lower() in self.actors.reference.closing
            or token.lemma in self.reference.weapons
            or token.text[0].isupper()
            or head in self.names
        )

    def targets_of(
        self, coding: Coding, sources: tuple[Actor, ...], is_reciprocal: bool
    ) -> tuple[Actor, ...]:
        """Return on whom they act: the actors of the first phrase that names others than the sources."""
        codes = {each.code for each in sources}
        spans = {each.span for each in sources}
        for head in coding.targets if is_reciprocal else (*coding.targets, *coding.loose):
            if head in coding.sources or (
                head not in coding.targets and coding.code.startswith(MEETINGS) and self._is_where(head)
            ):
                continue
            found = tuple(each for each in self.actors_at(head, coding.speaker) if each.span not in spans)
            if self._owner(head) is not None and {each.country for each in found} <= {
                each.country for each in sources
            }:
                continue
            if found and not all(each.code in codes and each.sector is None for each in found):
                return found
        return ()

    def of_place(self, place: PlaceMention, sources: tuple[Actor, ...]) -> tuple[Actor, ...]:
        """Return the country of a place as an actor; none if the place is part of who acts."""
        if any(each.span.start <= place.span.start < each.span.end for each in sources):
            return ()
        iso = place.point.country if place.point else None
        country = self.actors.reference.iso3.get(iso) if iso else None
        if country is None:
            return ()
        return (Actor(place.span, country, None, country, None, frozenset(), None, "place", None),)

    def located(
        self, actors: tuple[Actor, ...], place: PlaceMention | None, near: Sequence[PlaceMention]
    ) -> tuple[Actor, ...]:
        """Return the actors; one whose role alone is known is of the country of the place, else of the only one of the sentence."""
        if all(each.country or not each.sector or each.sector in INTERNATIONAL for each in actors):
            return actors
        countries = {each.point.country for each in near if each.point and each.point.country}
        iso = (
            place.point.country if place and place.point else countries.pop() if len(countries) == 1 else None
        )
        country = self.actors.reference.iso3.get(iso) if iso else None
        if country is None:
            return actors
        return tuple(
            replace(each, country=country, code=country + each.sector, rule="place")
            if each.sector and not each.country and each.sector not in INTERNATIONAL
            else each
            for each in actors
        )

    def _is_list(self, heads: tuple[int, ...]) -> bool:
        return all(self.syntax.tokens[head].dep in ("pobj", "conj") for head in heads)

    def actors_at(self, head: int, speaker: int | None = None) -> tuple[Actor, ...]:
        """Return the actors of the noun phrase of a token, those coordinated with it included."""
        found = self._known.get(head)
        if found is None:
            self._known[head] = ()
            found = self._known[head] = self._coded(head, speaker)
        return found

    def _coded(self, head: int, speaker: int | None) -> tuple[Actor, ...]:
        tokens = self.syntax.tokens
        if tokens[head].tag[:2] == "PR":
            return self._of_pronoun(head, speaker)
        is_role = tokens[head].text.lower() in self.actors.reference.modifiers
        if tokens[head].dep == "amod" and tokens[head].text.islower() and not is_role:
            # `within its general interventions`
            return ()
        found: list[Actor] = []
        last = -1
        for each in coordinated(self.syntax, head):
            if each <= last:
                continue
            first, last = self._edges(each)
            if not self._may_name(first, last):
                continue
            found.extend(self.actors.actors_of(Span(tokens[first].start, tokens[last].end)))
        found += self._other_countries(head, found)
        owner = self._owner(head)
        if owner is not None and not any(each.country for each in found):
            whose = self._of_pronoun(owner, speaker)
            if whose and whose[0].country:
                found = [self._of_country(each, whose[0]) for each in found]
        return _unique(found)

    def _may_name(self, first: int, last: int) -> bool:
        """Return False for a phrase without a name or a noun for a role, which most are: coding those takes long."""
        nouns = self.actors.reference.nouns
        return any(
            not token.text.islower() or token.text.lower() in nouns
            for token in self.syntax.tokens[first : last + 1]
        )

    def _other_countries(self, head: int, found: list[Actor]) -> list[Actor]:
        """Return the further actors of `the leaders of Greece and Cyprus`, of whom the words name the second country only."""
        tokens = self.syntax.tokens
        if len(found) != 1 or not found[0].sector or not found[0].country or tokens[head].tag != "NNS":
            return []
        others: list[Actor] = []
        for preposition in self.syntax.children(head):
            if tokens[preposition].text.lower() != "of":
                continue
            for noun in self.syntax.children(preposition):
                for each in coordinated(self.syntax, noun)[1:]:
                    country = next((a.country for a in self.actors_at(each) if a.country), None)
                    if country and country != found[0].country:
                        span = Span(tokens[each].start, tokens[each].end)
                        others.append(
                            replace(
                                found[0],
                                span=span,
                                country=country,
                                code=country + found[0].sector,
                                entity=None,
                            )
                        )
        return others

    def _of_country(self, actor: Actor, owner: Actor) -> Actor:
        """Return the actor with the country of who it belongs to: `its troops`."""
        if actor.country or not actor.sector or not owner.country:
            return actor
        return replace(actor, country=owner.country, code=owner.country + actor.sector, rule="owner")

    def _owner(self, head: int) -> int | None:
        tokens = self.syntax.tokens
        return next((n for n in self.syntax.children(head) if tokens[n].tag == "PRP$"), None)

    def _edges(self, head: int) -> tuple[int, int]:
        """Return the first and the last token of the phrase: up to the first clause that depends on it."""
        tokens = self.syntax.tokens
        first, last = self.syntax.edges(head)
        if tokens[head].dep in MODIFIERS:
            return first, min(last, head)
        for number in self.syntax.children(head):
            if tokens[number].dep in ENDING and number > head:
                last = min(last, self.syntax.edges(number)[0] - 1)
        first = max(first, head - MAX_TOKENS)
        if tokens[first].tag == "CD" or tokens[first].text.lower() in self.reference.quantifiers:
            first = self._after_number(first, head)
        return first, max(head, min(last, head + MAX_TOKENS))

    def _after_number(self, first: int, head: int) -> int:
        """Return the first token behind a number and the words before that: of `as many as 50 Syrian soldiers` the adjective."""
        tokens = self.syntax.tokens
        here = first
        while here < head and (
            tokens[here].tag == "CD" or tokens[here].text.lower() in self.reference.quantifiers
        ):
            here += 1
        return here

    def _of_pronoun(self, head: int, speaker: int | None) -> tuple[Actor, ...]:
        """Return the actors that a pronoun stands for: its entity, else who speaks, else the subject of a clause before it."""
        token = self.syntax.tokens[head]
        own = self.actors.actors_of(Span(token.start, token.end))
        if own:
            return own
        if speaker is not None and speaker != head and speaker not in self.towns:
            found = self.actors_at(speaker)
            if found:
                return found
        for number in self._subjects_before(head):
            found = self.actors_at(number)
            if found:
                return found
        return ()

    def _subjects_before(self, head: int) -> Iterator[int]:
        """Yield the subjects of the clauses above a token, then of the sentence before."""
        tokens = self.syntax.tokens
        root = head
        for number in self.syntax.ancestors(head):
            for child in self.syntax.children(number):
                if (
                    tokens[child].dep in ("nsubj", "nsubjpass")
                    and child < head
                    and tokens[child].tag[:2] != "PR"
                    and child not in self.towns
                ):
                    yield child
            root = number
        before = self.syntax.edges(root)[0] - 1
        if before >= 0:
            for number in (before, *self.syntax.ancestors(before)):
                for child in self.syntax.children(number):
                    if tokens[child].dep in ("nsubj", "nsubjpass") and tokens[child].tag[:2] != "PR":
                        yield child


def names_of(syntax: Syntax, places: Sequence[PlaceMention], mentions: Sequence[Mention]) -> dict[int, str]:
    """Return what the names of places and persons stand for in the tables, by their last token."""
    named = [(each.span, PLACE_NAME) for each in places if not each.is_adjective]
    named += [(each.span, PERSON_NAME) for each in mentions if each.type == "PER" and each.kind != "nominal"]
    found = {}
    for span, kind in named:
        numbers = syntax.within(span.start, span.end)
        if numbers:
            found[numbers[-1]] = kind
    return found


def towns_of(syntax: Syntax, places: Sequence[PlaceMention]) -> frozenset[int]:
    """Return the last tokens of the names of towns that are no capital: they stand for no government."""
    numbers = (
        syntax.within(each.span.start, each.span.end)
        for each in places
        if each.place and each.place.kind in TOWNS and not each.is_adjective
    )
    return frozenset(each[-1] for each in numbers if each)


def _unique(actors: Iterator[Actor] | list[Actor]) -> tuple[Actor, ...]:
    found: dict[tuple[str | None, Span], Actor] = {}
    for each in actors:
        found.setdefault((each.code, each.span), each)
    return tuple(found.values())
