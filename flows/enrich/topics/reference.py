"""The Media Topics and the words that speak for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.lexicons import table
from flows.enrich.stories.terms import normalised

WEIGHTS: Mapping[str, float] = {"specific": 3.0, "usual": 2.0, "possible": 1.0}
"""What a word is worth by the column of `topic_terms.tsv`. Not tuned: on half of the BBC's news, weights from 2, 2, 1 to 6, 2, 0.5, and words of
the lead counted up to twice, change how many first topics are right by 2 % at most."""

NO_TOPIC = "-"
"""The code of phrases that speak for no topic though a word in them does: `river bank`, `third party`."""

MAX_KNOWN_WORDS = 65_536
"""Words whose terms are kept: some 10 MB."""


@dataclass(frozen=True, slots=True)
class MediaTopic:
    """A concept of the IPTC Media Topics. `parent` is the code of the first level, None for a topic of that level."""

    code: str
    name: str
    parent: str | None

    @property
    def level(self) -> int:
        """Return 1 or 2."""
        return 2 if self.parent else 1


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that speaks for topics: its words after the first, and its weight by the codes of the first and of the second level.

    A topic of the first level has the greatest weight among its own and those of its second level. A phrase of NO_TOPIC has no weights.
    """

    name: str
    words: tuple[str, ...]
    first: tuple[tuple[str, float], ...]
    second: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Starting:
    """The terms that begin with a word: the word alone, and phrases by their second word, the longest first."""

    alone: Term | None
    phrases: Mapping[str, tuple[Term, ...]]


class TermsByWord(dict[str, Starting | None]):
    """The terms that begin with a word as it stands in a text, looked up once for each spelling.

    A term with a capital letter matches only as it is written, any other in any case; a plural matches its singular.
    """

    def __init__(self, terms: Mapping[str, tuple[Term, ...]]) -> None:
        """Take the terms by their first word."""
        super().__init__()
        self._terms = terms

    def __missing__(self, word: str) -> Starting | None:
        """Find the terms of a word that was not looked up before."""
        if len(self) >= MAX_KNOWN_WORDS:
            self.clear()
        lower = word.lower()
        spellings = {word: None, lower: None}
        if lower.endswith("s"):
            spellings[normalised(lower)] = None
        found = [term for each in spellings for term in self._terms.get(each, ())]
        self[word] = _starting(found) if found else None
        return self[word]


def _starting(terms: list[Term]) -> Starting:
    phrases: dict[str, list[Term]] = {}
    for term in terms:
        if term.words:
            phrases.setdefault(term.words[0], []).append(term)
    return Starting(
        next((term for term in terms if not term.words), None),
        {second: tuple(sorted(each, key=_longest_first)) for second, each in phrases.items()},
    )


def _longest_first(term: Term) -> tuple[int, str]:
    return -len(term.words), term.name


@dataclass(frozen=True, slots=True)
class TopicReference:
    """The topics by code, in the order of their table, and the terms by the words of a text."""

    topics: Mapping[str, MediaTopic]
    starts: TermsByWord


def read_topic_reference() -> TopicReference:
    """Read the topics and their terms."""
    topics = {
        row["code"]: MediaTopic(row["code"], row["name"], row["parent"] or None)
        for row in table("media_topics")
    }
    weights: dict[str, dict[str, float]] = {}
    for row in table("topic_terms"):
        for column, weight in WEIGHTS.items():
            for name in filter(None, row[column].split("|")):
                of_term = weights.setdefault(name, {})
                if row["code"] != NO_TOPIC:
                    of_term[row["code"]] = max(weight, of_term.get(row["code"], 0.0))
    terms: dict[str, tuple[Term, ...]] = {}
    for name, of_term in weights.items():
        start, *rest = name.replace("-", " ").split()
        terms[start] = (*terms.get(start, ()), _term(name, tuple(rest), of_term, topics))
    return TopicReference(topics, TermsByWord(terms))


def _term(
    name: str, words: tuple[str, ...], weights: Mapping[str, float], topics: Mapping[str, MediaTopic]
) -> Term:
    first: dict[str, float] = {}
    for code, weight in weights.items():
        root = topics[code].parent or code
        first[root] = max(weight, first.get(root, 0.0))
    second = tuple((code, weight) for code, weight in weights.items() if topics[code].parent)
    return Term(name, words, tuple(first.items()), second)
