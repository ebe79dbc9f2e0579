"""From the head of a noun phrase to coded actors: the words of the phrase, coordination, possessives and pronouns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flows.enrich.events.actors import Actor, Actors
from flows.enrich.events.clauses import coordinated
from flows.enrich.events.reference import EventReference
from flows.records import Span
from flows.syntax import Syntax

ENDING = frozenset(("relcl", "acl", "advcl", "parataxis"))
"""What depends on a noun with these labels is not part of its phrase."""
MODIFIERS = frozenset(("amod", "compound", "nmod"))
MAX_TOKENS = 40


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
        owner = self.owner(head)
        if owner is not None and not any(each.country for each in found):
            whose = self._of_pronoun(owner, speaker)
            if whose and whose[0].country:
                found = [self._of_country(each, whose[0]) for each in found]
        return unique_actors(found)

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

    def owner(self, head: int) -> int | None:
        """Return the possessive pronoun of a noun: `its troops`."""
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


def unique_actors(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    """Return the actors without those whose code and words have come before."""
    found: dict[tuple[str | None, Span], Actor] = {}
    for each in actors:
        found.setdefault((each.code, each.span), each)
    return tuple(found.values())
