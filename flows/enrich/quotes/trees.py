"""Subjects of verbs, read from the dependency trees of their sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flows.records import Span
from flows.syntax import Syntax

SUBJECTS = ("nsubj", "nsubjpass")
SHARED = ("conj", "xcomp", "advcl", "aux", "dep")
"""A verb that depends on another in this way has the other's subject, where it has none of its own."""

INNER = frozenset(
    (
        "det",
        "amod",
        "compound",
        "nmod",
        "poss",
        "nummod",
        "quantmod",
        "prep",
        "case",
        "cc",
        "conj",
        "npadvmod",
    )
)
"""Dependents that belong to the name or the role of somebody; not clauses, nor appositions between commas."""

MAX_STEPS = 4
MAX_DEPTH = 20
"""Words above a quotation in its tree."""

NO_SPEAKERS = frozenset("it this that these those which what there".split())


def subject_in_tree(syntax: Syntax, verb: int, start: int, end: int) -> Span | None:
    """Return the words of a verb's subject within a range, or None; `verb` is the offset where the verb begins."""
    number = syntax.at(verb)
    for _ in range(MAX_STEPS):
        if number is None:
            return None
        token = syntax.tokens[number]
        if not token.tag.startswith(("VB", "MD")):
            return None
        found = next(
            (child for child in syntax.children(number) if syntax.tokens[child].dep in SUBJECTS), None
        )
        if found is None and token.dep == "acl":
            found = token.head
        if found is not None and syntax.tokens[found].tag.startswith("W"):
            # `Ann Lee, who said`
            found = token.head if token.dep == "relcl" else None
        if found is not None:
            span = noun_phrase(syntax, found)
            return span if start <= span.start and span.end <= end and _may_speak(syntax, found) else None
        if token.dep not in SHARED or token.head == number:
            return None
        number = token.head
    return None


def subject_of_sentence(syntax: Syntax, sentence: Span) -> tuple[int, Span] | None:
    """Return the root verb of a sentence and the words of its subject, or None."""
    for number in syntax.within(sentence.start, sentence.end):
        token = syntax.tokens[number]
        if token.dep == "ROOT":
            span = subject_in_tree(syntax, token.start, sentence.start, sentence.end)
            return (number, span) if span else None
    return None


def verbs_above(syntax: Syntax, words: Span) -> Iterator[int]:
    """Yield the verbs of whose object clause the words are a part, from the inside outwards."""
    number = syntax.head_of(words.start, words.end)
    if number is None:
        return
    for above in islice(syntax.ancestors(number), MAX_DEPTH):
        if syntax.tokens[number].dep == "ccomp":
            yield above
        number = above


def noun_phrase(syntax: Syntax, head: int) -> Span:
    """Return the words of a noun with its dependents, up to the first clause, apposition or comma."""
    first = last = head
    for child in syntax.children(head):
        if child < head and syntax.tokens[child].dep in INNER:
            first = min(first, syntax.edges(child)[0])
    for child in syntax.children(head):
        if child < head:
            continue
        if syntax.tokens[child].dep not in INNER:
            break
        last = max(last, syntax.edges(child)[1])
    return Span(syntax.tokens[first].start, syntax.tokens[last].end)


def _may_speak(syntax: Syntax, number: int) -> bool:
    token = syntax.tokens[number]
    return token.tag.startswith(("N", "PRP", "CD", "DT", "JJ")) and token.text.lower() not in NO_SPEAKERS
