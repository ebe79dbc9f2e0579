"""The parts of a clause in the dependency tree: who acts, on what or whom, and the phrases beside it, in active and passive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows.syntax import Syntax

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass", "expl"))
OBJECTS = frozenset(("dobj", "obj"))
COMPLEMENTS = frozenset(("xcomp", "ccomp"))
RELATIVE_TAGS = frozenset(("WDT", "WP", "WP$", "WRB"))
RELATIVE_WORDS = frozenset(("that", "which", "who", "whom"))
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow week day month year eve morning night evening afternoon weekend january february march april may june july august september october november december hour minute anniversary".split()
)
"""Behind a preposition, these say when, not on whom."""
MAX_STEPS = 8
"""Longest way up the tree in search of a subject."""
PARTS = frozenset(("poss", "amod", "compound", "nmod"))
PLACE_NAME, PERSON_NAME = "<place>", "<person>"
"""What stands for a name in the classes of event_words.tsv."""
ADVERBIAL = ("off", "down", "up")
"""Particles that may pass for prepositions: `sealed off the town`."""
STANDING_FOR_GROUPS = frozenset(("it", "they", "them", "which", "who", "that"))
"""Pronouns that may stand for a country or its forces."""
OWNERS = frozenset(("of", "by", "from"))
"""Prepositions behind a noun before who it belongs to: `a proposal by the government`."""


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """What is known of the words of a text beside their grammar.

    `controllers` are the lemmas of verbs whose object acts in their infinitive: `urged X to go`. `partitive` are nouns that only measure
    what follows them: `a series of attacks`. `names` maps the last token of a name to PLACE_NAME or PERSON_NAME.
    """

    controllers: frozenset[str]
    partitive: frozenset[str]
    names: Mapping[int, str]


class Clause:
    """A verb, noun or adjective with what depends on it. Tokens are numbers of `Syntax.tokens`."""

    def __init__(self, syntax: Syntax, head: int, words: ClauseWords) -> None:
        self.syntax = syntax
        self.head = head
        self.words = words
        self._lemmas: dict[str, frozenset[str]] = {}

    def of(self, head: int) -> Clause:
        """Return the clause of another token of the same text."""
        return Clause(self.syntax, head, self.words)

    def child(self, *labels: str) -> int | None:
        """Return the first child with one of the labels."""
        tokens = self.syntax.tokens
        return next((n for n in self.syntax.children(self.head) if tokens[n].dep in labels), None)

    def last_child(self, *labels: str) -> int | None:
        """Return the last child with one of the labels."""
        tokens = self.syntax.tokens
        return next((n for n in reversed(self.syntax.children(self.head)) if tokens[n].dep in labels), None)

    @cached_property
    def is_verb(self) -> bool:
        """Whether the head is a verb by its tag."""
        return self.syntax.tokens[self.head].tag[:2] in ("VB", "MD")

    @cached_property
    def is_passive(self) -> bool:
        """Whether the grammatical subject undergoes what the verb says; participles behind a noun count: `students held in Cairo`."""
        token = self.syntax.tokens[self.head]
        if not self.is_verb:
            return False
        if self.child("nsubjpass", "auxpass", "agent", "csubjpass") is not None:
            return True
        if token.tag in ("VBN", "VBD") and token.dep == "acl":
            return True
        if token.tag == "VBN" and token.dep == "conj" and self.child("aux", "nsubj") is None:
            return self.of(token.head).is_passive
        return token.tag == "VBN" and token.dep in ("advcl",) and self.child("aux", "nsubj", "dobj") is None

    @cached_property
    def subject(self) -> int | None:
        """Who acts: the subject, of a passive the agent; where the clause has none, that of the clause it belongs to."""
        if not self.is_verb:
            return self._subject_of_noun()
        if self.is_passive:
            return self._agent()
        return self._grammatical(MAX_STEPS)

    @cached_property
    def object(self) -> int | None:
        """What or whom it is done to: the object, of a passive the subject."""
        if self.is_passive:
            token = self.syntax.tokens[self.head]
            retained = self.child(*OBJECTS)
            if retained is not None:
                # `were given rice`: the subject is who receives it.
                return retained
            if token.dep == "acl" and token.tag in ("VBN", "VBD"):
                return token.head
            return self._grammatical(MAX_STEPS)
        own = self.child(*OBJECTS)
        if own is None:
            own = next(self.phrases(*ADVERBIAL), None)
        if own is None:
            own = self._relative_object()
        if own is None:
            own = self._shared_object()
        return own

    def own_subject(self) -> list[int]:
        """Return the subject as written, if there is one."""
        own = self.child("nsubj", "nsubjpass")
        return [own] if own is not None else []

    def _agent(self) -> int | None:
        by = self.child("agent")
        return self.of(by).child("pobj", "pcomp") if by is not None else None

    def _grammatical(self, steps: int) -> int | None:
        """Return the subject as written, or the one that the clause takes from the clause above it."""
        token = self.syntax.tokens[self.head]
        # The last of two, since a dateline before the sentence may pass for a subject.
        own = self.last_child("nsubj", "nsubjpass", "csubj")
        if own is not None:
            return self._antecedent(own)
        if steps == 0 or token.head == self.head:
            return None
        above = self.of(token.head)
        if token.dep == "acl" and token.tag == "VBG":
            return token.head
        if token.dep == "relcl":
            return token.head
        if token.dep in (
            "conj",
            "advcl",
            "ccomp",
            "xcomp",
            "pcomp",
            "prep",
            "dep",
            "parataxis",
            "acomp",
            "acl",
        ):
            if token.dep == "xcomp" and self.syntax.tokens[token.head].lemma in self.words.controllers:
                controlled = above.object
                if controlled is not None:
                    return controlled
            if above.is_verb:
                return above._grammatical(steps - 1)
            if token.dep in ("acl", "pcomp", "prep", "acomp"):
                return above._subject_of_noun(steps - 1)
        return None

    def _antecedent(self, subject: int) -> int:
        """Return the noun that a relative pronoun stands for, else the subject itself."""
        word, token = self.syntax.tokens[subject], self.syntax.tokens[self.head]
        if word.tag in RELATIVE_TAGS or word.text.lower() in RELATIVE_WORDS:
            here = self.head
            for _ in range(MAX_STEPS):
                token = self.syntax.tokens[here]
                if token.dep == "relcl":
                    return token.head
                if token.head == here:
                    break
                here = token.head
        return subject

    def _subject_of_noun(self, steps: int = MAX_STEPS) -> int | None:
        """Return who acts in a noun or adjective: subject of its copula, or of the verb whose object it is."""
        here = self.head
        for _ in range(steps):
            token = self.syntax.tokens[here]
            if token.head == here:
                return None
            above = token.head
            if self.syntax.tokens[above].tag[:2] == "VB":
                clause = self.of(above)
                if token.dep in SUBJECTS:
                    return None
                return clause.subject
            here = above
        return None

    def _relative_object(self) -> int | None:
        token = self.syntax.tokens[self.head]
        if token.dep != "relcl":
            return None
        subject = self.child("nsubj")
        if subject is None or self.syntax.tokens[subject].tag in RELATIVE_TAGS:
            return None
        return token.head

    def _shared_object(self) -> int | None:
        """Return the object that a coordinated verb states for both: `captured and killed two soldiers`."""
        tokens = self.syntax.tokens
        after = next(
            (n for n in self.syntax.children(self.head) if tokens[n].dep == "conj" and n > self.head), None
        )
        if after is None or tokens[after].tag != tokens[self.head].tag or after - self.head > 2:
            return None
        return self.of(after).child(*OBJECTS)

    def carried(self, noun: int) -> int:
        """Return what a noun that only measures is followed by: of `series of attacks` the attacks."""
        for _ in range(3):
            if self.syntax.tokens[noun].lemma.lower() not in self.words.partitive:
                return noun
            inner = next(self.of(noun).phrases("of"), None)
            if inner is None:
                return noun
            noun = inner
        return noun

    def prepositions(self) -> Iterator[int]:
        """Yield the prepositions and particles beside the head."""
        tokens = self.syntax.tokens
        for number in self.syntax.children(self.head):
            if tokens[number].dep in ("prep", "prt", "agent", "dative", "advmod") and tokens[number].tag in (
                "IN",
                "TO",
                "RP",
                "RB",
            ):
                yield number

    def phrases(self, *words: str) -> Iterator[int]:
        """Yield the nouns behind the given prepositions that depend on the head; of `out of X`, X as well."""
        tokens = self.syntax.tokens
        for preposition in self.prepositions():
            own = self.of(preposition)
            if tokens[preposition].text.lower() in words:
                for number in self.syntax.children(preposition):
                    if tokens[number].dep in ("pobj", "pcomp") and tokens[number].text.lower() not in DAYS:
                        yield number
            for inner in own.prepositions():
                if tokens[inner].text.lower() in words:
                    yield from (n for n in self.syntax.children(inner) if tokens[n].dep in ("pobj", "pcomp"))

    def places_of(self, word: str) -> Iterator[int]:
        """Yield the nouns behind a preposition: beside the head, then beside its object."""
        yield from self.phrases(word)
        if (
            self.is_verb
            and self.object is not None
            and not (self.is_passive and self.syntax.tokens[self.head].dep == "acl")
        ):
            yield from self.of(self.object).phrases(word)
            carried = self.carried(self.object)
            if carried != self.object:
                yield from self.of(carried).phrases(word)

    def has_particle(self, word: str) -> bool:
        """Return whether a particle or a preposition depends on the head, or a noun that makes an idiom with it, as `fire` in `set fire`."""
        tokens = self.syntax.tokens
        for number in self.syntax.children(self.head):
            if tokens[number].text.lower() == word and tokens[number].dep not in SUBJECTS:
                nouns = [
                    tokens[n].text.lower() for n in self.syntax.children(number) if tokens[n].dep == "pobj"
                ]
                if not nouns or not DAYS.issuperset(nouns):
                    return True
        return False

    def complement(self) -> int | None:
        """Return the clause that completes the head: `threatened to attack`."""
        tokens = self.syntax.tokens
        for number in self.syntax.children(self.head):
            if tokens[number].dep in COMPLEMENTS and tokens[number].tag[:2] in ("VB", "MD", "JJ", "NN", "IN"):
                return number
        return None

    def lemmas_at(self, place: str) -> frozenset[str]:
        """Return the lemmas at a place of a condition, empty where nothing is there."""
        found = self._lemmas.get(place)
        if found is None:
            found = self._lemmas[place] = frozenset(self._found_at(place))
        return found

    def _found_at(self, place: str) -> Iterator[str]:
        tokens = self.syntax.tokens
        if place == "obj":
            if self.is_verb and self.object is not None:
                yield from self._noun_lemmas(self.object)
        elif place == "subj":
            if self.subject is not None:
                yield from self._noun_lemmas(self.subject)
        elif place == "mod":
            for number in self.syntax.children(self.head):
                if tokens[number].dep in PARTS:
                    yield tokens[number].lemma.lower()
        elif place == "adv":
            for number in self.syntax.children(self.head):
                if tokens[number].dep == "advmod":
                    yield tokens[number].lemma
        elif place == "compsubj":
            complement = self.complement()
            if complement is not None:
                for own in self.of(complement).own_subject():
                    yield from self._noun_lemmas(own)
            if self.is_verb and self.object is not None:
                yield from self._noun_lemmas(self.object)
        elif place == "inf":
            complement = self.complement()
            if complement is not None and any(
                tokens[n].tag == "TO" for n in self.syntax.children(complement)
            ):
                yield tokens[complement].lemma
        elif place == "comp":
            complement = self.complement()
            if complement is not None:
                yield tokens[complement].lemma
                if tokens[complement].tag[:2] == "VB":
                    yield "VERB"
        else:
            for number in self.places_of(place):
                yield from self._noun_lemmas(number)
            if self.has_particle(place):
                yield place

    def _noun_lemmas(self, noun: int) -> Iterator[str]:
        """Yield the lemma of a noun, of what it carries, and of the nouns coordinated with it."""
        tokens = self.syntax.tokens
        carried = self.carried(noun)
        if tokens[noun].text.lower() in STANDING_FOR_GROUPS:
            yield from ("force", PLACE_NAME)
        yield tokens[carried].lemma.lower()
        if carried != noun:
            yield tokens[noun].lemma.lower()
        if carried in self.words.names:
            yield self.words.names[carried]
        for number in self.syntax.children(carried):
            if tokens[number].dep == "conj":
                yield tokens[number].lemma.lower()

    def owners(self, noun: int) -> Iterator[int]:
        """Yield who a noun belongs to: its possessor, then the nouns behind `of`, `by` and `from`."""
        tokens = self.syntax.tokens
        for number in self.syntax.children(noun):
            if tokens[number].dep == "poss":
                yield number
        for word in ("by", "from", "of"):
            yield from self.of(noun).phrases(word)


def coordinated(syntax: Syntax, head: int) -> Sequence[int]:
    """Return a noun and the nouns coordinated with it, in reading order."""
    found = [head]
    for number in found:
        found.extend(
            n
            for n in syntax.children(number)
            if syntax.tokens[n].dep == "conj" and syntax.tokens[n].tag[:2] != "VB"
        )
    return sorted(found)
