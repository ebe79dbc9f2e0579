"""The parts of a clause in the dependency tree: who acts, on what or whom, and the phrases beside it, in active and passive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.enrich.events.lazy import lazy
from flows.syntax import Syntax

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass", "expl"))
WRITTEN_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
OBJECTS = ("dobj", "obj")
OF_PREPOSITIONS = frozenset(("pobj", "pcomp"))
PREPOSITIONS = frozenset(("prep", "prt", "agent", "dative", "advmod"))
PREPOSITION_TAGS = frozenset(("IN", "TO", "RP", "RB"))
COMPLEMENTS = frozenset(("xcomp", "ccomp"))
RELATIVE_TAGS = frozenset(("WDT", "WP", "WP$", "WRB"))
RELATIVE_WORDS = frozenset(("that", "which", "who", "whom"))
MAX_STEPS = 8
"""Longest way up the tree in search of a subject."""
PARTS = frozenset(("poss", "amod", "compound", "nmod"))
PLACE_NAME, PERSON_NAME = "<place>", "<person>"
"""What stands for a name in the classes of event_words.tsv."""
DONE_TO = frozenset(
    "sentence jail imprison arrest detain charge indict convict acquit kidnap abduct murder assassinate behead lynch bomb shell raid deport expel oust exile extradite release free ban".split()
)
"""Verbs that somebody else does to their subject where they are a participle without an auxiliary: `Minister sentenced to three years`."""
ADVERBIAL = ("off", "down", "up")
"""Particles that may pass for prepositions: `sealed off the town`."""


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """What is known of the words of a text beside their grammar.

    `controllers` are the lemmas of verbs whose object acts in their infinitive: `urged X to go`. `partitive` are nouns that only measure
    what follows them: `a series of attacks`. `times` are lowercase words that say when, not on whom: `on Monday`. `names` maps the last token of a name to PLACE_NAME or PERSON_NAME.
    """

    controllers: frozenset[str]
    partitive: frozenset[str]
    times: frozenset[str]
    names: Mapping[int, str]


class Clause:
    """A verb, noun or adjective with what depends on it. Tokens are numbers of `Syntax.tokens`."""

    def __init__(self, syntax: Syntax, head: int, words: ClauseWords, known: dict[int, Clause]) -> None:
        """Take the clauses of the same text that are known, which are added to."""
        known[head] = self
        self.known = known
        self.syntax = syntax
        self.tokens = syntax.tokens
        self.head = head
        self.children = syntax.children(head)
        self.words = words
        self.lemmas: dict[str, frozenset[str]] = {}

    def of(self, head: int) -> Clause:
        """Return the clause of another token of the same text."""
        found = self.known.get(head)
        return found if found is not None else Clause(self.syntax, head, self.words, self.known)

    @lazy
    def first(self) -> dict[str, int]:
        """The first child of each label."""
        tokens = self.tokens
        return {tokens[n].dep: n for n in reversed(self.children)}

    def child(self, *labels: str) -> int | None:
        """Return the first child with one of the labels."""
        first = self.first
        return min([first[label] for label in labels if label in first], default=None)

    @lazy
    def beside(self) -> frozenset[str]:
        """The words that depend on the head, in lowercase."""
        tokens = self.tokens
        return frozenset([tokens[n].text.lower() for n in self.children])

    @lazy
    def is_verb(self) -> bool:
        """Whether the head is a verb by its tag."""
        return self.tokens[self.head].tag[:2] in ("VB", "MD")

    @lazy
    def is_passive(self) -> bool:
        """Whether the grammatical subject undergoes what the verb says; participles behind a noun count: `students held in Cairo`."""
        token = self.tokens[self.head]
        if not self.is_verb:
            return False
        if self.child("nsubjpass", "auxpass", "agent", "csubjpass") is not None:
            return True
        if token.tag in ("VBN", "VBD") and token.dep == "acl":
            return True
        if token.tag == "VBN" and self._is_of_headline():
            return True
        if token.tag == "VBN" and token.dep == "conj" and self.child("aux", "nsubj") is None:
            return self.of(token.head).is_passive
        return token.tag == "VBN" and token.dep in ("advcl",) and self.child("aux", "nsubj", "dobj") is None

    def _is_of_headline(self) -> bool:
        """Return whether a participle is all the verb that a clause has: `Minister sentenced to three years`."""
        return (
            self.tokens[self.head].dep in ("ROOT", "ccomp")
            and self.tokens[self.head].lemma.lower() in DONE_TO
            and self.child("nsubj") is not None
            and self.child("aux", "auxpass", "dobj", "ccomp", "xcomp") is None
            and not any(
                self.of(n).child("dobj") is not None for n in self.children if self.tokens[n].dep == "conj"
            )
        )

    @lazy
    def subject(self) -> int | None:
        """Who acts: the subject, of a passive the agent; where the clause has none, that of the clause it belongs to."""
        if not self.is_verb:
            return self._subject_of_noun()
        if self.is_passive:
            return self._agent()
        return self._grammatical(MAX_STEPS)

    @lazy
    def object(self) -> int | None:
        """What or whom it is done to: the object, of a passive the subject."""
        if self.is_passive:
            token = self.tokens[self.head]
            retained = self.child(*OBJECTS)
            if retained is not None:
                # `were given rice`: the subject is who receives it.
                return retained
            if token.dep == "acl" and token.tag in ("VBN", "VBD"):
                return token.head
            return self._grammatical(MAX_STEPS)
        own = self.child(*OBJECTS)
        if own is None:
            own = next(iter(self.phrases(*ADVERBIAL)), None)
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
        token = self.tokens[self.head]
        # The last of two, since a dateline before the sentence may pass for a subject.
        own = [n for n in self.children if self.tokens[n].dep in WRITTEN_SUBJECTS]
        if own:
            return self._antecedent(own[-1])
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
            if token.dep == "xcomp" and self.tokens[token.head].lemma in self.words.controllers:
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
        word, token = self.tokens[subject], self.tokens[self.head]
        if word.tag in RELATIVE_TAGS or word.text.lower() in RELATIVE_WORDS:
            here = self.head
            for _ in range(MAX_STEPS):
                token = self.tokens[here]
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
            token = self.tokens[here]
            if token.head == here:
                return None
            above = token.head
            if self.tokens[above].tag[:2] == "VB":
                clause = self.of(above)
                if token.dep in SUBJECTS:
                    return None
                return clause.subject
            here = above
        return None

    def _relative_object(self) -> int | None:
        token = self.tokens[self.head]
        if token.dep != "relcl":
            return None
        subject = self.child("nsubj")
        if subject is None or self.tokens[subject].tag in RELATIVE_TAGS:
            return None
        return token.head

    def _shared_object(self) -> int | None:
        """Return the object that a coordinated verb states for both: `captured and killed two soldiers`."""
        tokens = self.tokens
        after = next((n for n in self.children if tokens[n].dep == "conj" and n > self.head), None)
        if after is None or tokens[after].tag != tokens[self.head].tag or after - self.head > 2:
            return None
        return self.of(after).child(*OBJECTS)

    def carried(self, noun: int) -> int:
        """Return what a noun that only measures is followed by: of `series of attacks` the attacks."""
        for _ in range(3):
            if self.tokens[noun].lemma.lower() not in self.words.partitive:
                return noun
            inner = self.of(noun).phrases("of")
            if not inner:
                return noun
            noun = inner[0]
        return noun

    @lazy
    def objects(self) -> list[tuple[str, int]]:
        """The nouns behind the prepositions that depend on the head, with these in lowercase; of `out of X`, X behind both."""
        tokens, children, times = self.tokens, self.syntax.children, self.words.times
        found = []
        for preposition in _prepositions(self.syntax, self.children):
            inner = children(preposition)
            word = tokens[preposition].text.lower()
            found += [
                (word, n)
                for n in inner
                if tokens[n].dep in OF_PREPOSITIONS and tokens[n].text.lower() not in times
            ]
            for below in _prepositions(self.syntax, inner):
                word = tokens[below].text.lower()
                found += [(word, n) for n in children(below) if tokens[n].dep in OF_PREPOSITIONS]
        return found

    def phrases(self, *words: str) -> list[int]:
        """Return the nouns behind the given prepositions that depend on the head."""
        return [noun for preposition, noun in self.objects if preposition in words]

    @lazy
    def all_objects(self) -> list[tuple[str, int]]:
        """The nouns behind the prepositions beside the head, then beside its object and beside what that measures."""
        if (
            not self.is_verb
            or self.object is None
            or (self.is_passive and self.tokens[self.head].dep == "acl")
        ):
            return self.objects
        found = self.objects + self.of(self.object).objects
        carried = self.carried(self.object)
        return found if carried == self.object else found + self.of(carried).objects

    def places_of(self, word: str) -> list[int]:
        """Return the nouns behind a preposition: beside the head, then beside its object."""
        return [noun for preposition, noun in self.all_objects if preposition == word]

    def has_particle(self, word: str) -> bool:
        """Return whether a particle or a preposition depends on the head, or a noun that makes an idiom with it, as `fire` in `set fire`."""
        if word not in self.beside:
            return False
        tokens = self.tokens
        for number in self.children:
            if tokens[number].text.lower() == word and tokens[number].dep not in SUBJECTS:
                nouns = [
                    tokens[n].text.lower() for n in self.syntax.children(number) if tokens[n].dep == "pobj"
                ]
                if not nouns or not self.words.times.issuperset(nouns):
                    return True
        return False

    def complement(self) -> int | None:
        """Return the clause that completes the head: `threatened to attack`."""
        tokens = self.tokens
        for number in self.children:
            if tokens[number].dep in COMPLEMENTS and tokens[number].tag[:2] in ("VB", "MD", "JJ", "NN", "IN"):
                return number
        return None

    def owners(self, noun: int) -> Iterator[int]:
        """Yield who a noun belongs to: its possessor, then the nouns behind `of`, `by` and `from`."""
        tokens = self.tokens
        for number in self.syntax.children(noun):
            if tokens[number].dep == "poss":
                yield number
        for word in ("by", "from", "of"):
            yield from self.of(noun).phrases(word)


def _prepositions(syntax: Syntax, numbers: Sequence[int]) -> list[int]:
    """Return those of the tokens that are prepositions or particles."""
    tokens = syntax.tokens
    return [n for n in numbers if tokens[n].dep in PREPOSITIONS and tokens[n].tag in PREPOSITION_TAGS]


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
