"""The words of what is attributed: a complement of the cue, with what belongs to it."""

from __future__ import annotations

from flows.enrich.quotes.indirect_reference import CueWords
from flows.enrich.quotes.indirect_trees import SUBJECTS, adds_to_clause, adds_to_cue, subject_of
from flows.syntax import Syntax

Ranges = tuple[tuple[int, int], ...]

ARGUMENTS = frozenset(
    (
        "prep",
        "xcomp",
        "oprd",
        "ccomp",
        "dobj",
        "attr",
        "acomp",
        "dative",
        "pcomp",
        "acl",
        "relcl",
    )
)
"""What after a complement belongs to what is said: `accused the minister of lying`, `called him a liar`."""

AFFECT = "affect"
"""The class of verbs whose object feels something: the subject of the passive is who feels it, `they were worried about the vote`."""

RAISING = "seem"
"""The class of verbs whose subject is part of the content: `the town appears to be empty`."""


def content_of(
    syntax: Syntax, head: int, shape: str, classes: tuple[str, ...], top: int, words: CueWords
) -> Ranges:
    """Return the ranges of token numbers, both ends included, of the content whose head is `top`."""
    first, last = syntax.edges(top)
    if shape == "clause-before":
        return ((_after_semicolon(syntax, first, top), last),)
    if shape == "label" and top < head:
        return _label(syntax, head, top)
    if shape == "preposition" and top < last:
        first = top + 1
    elif top > head:
        first = max(first, head + 1)
    last = max(last, _end_of_arguments(syntax, head, shape, max(top, head), words))
    last = _without_added(syntax, top, first, last, words)
    if shape == "clause":
        last = _without_conjunct(syntax, head, top, last, words)
    while last > first and syntax.tokens[last].tag in ("CC", ",", ":"):
        last -= 1
    raised = _raised(syntax, head, shape, classes, words)
    return ((first, last),) if raised is None or raised == top else (syntax.edges(raised), (first, last))


def _after_semicolon(syntax: Syntax, first: int, top: int) -> int:
    """Return where the last sentence of `The road is open; nobody was hurt, police said` begins."""
    marks = [child for child in syntax.children(top) if syntax.tokens[child].text == ";" and child < top]
    return marks[-1] + 1 if marks else first


def _label(syntax: Syntax, head: int, top: int) -> Ranges:
    """Return `the men` and `heroes` of `the men were called heroes`; only the latter of `what they called a crime`."""
    labels = [syntax.edges(child) for child in syntax.children(head) if syntax.tokens[child].dep == "oprd"]
    named = () if syntax.tokens[top].tag in ("WP", "WDT") else (syntax.edges(top),)
    return (*named, *labels)


def _end_of_arguments(syntax: Syntax, head: int, shape: str, after: int, words: CueWords) -> int:
    last = -1
    for child in syntax.children(head):
        dep = syntax.tokens[child].dep
        if child <= after or dep == "punct":
            continue
        if dep == "cc":
            continue
        is_clause = dep == "advcl" and not adds_to_clause(syntax, child, words)
        if dep in ARGUMENTS or (shape == "clause" and (is_clause or _is_second_clause(syntax, head, child))):
            last = syntax.edges(child)[1]
        else:
            break
    return last


def _is_second_clause(syntax: Syntax, head: int, child: int) -> bool:
    """Return True for the second clause of `adding that two had left, but nobody was hurt`: it is no participle."""
    tokens = syntax.tokens
    return (
        tokens[child].dep == "conj"
        and tokens[head].tag == "VBG"
        and any(tokens[each].dep in SUBJECTS for each in syntax.children(child))
    )


def _raised(syntax: Syntax, head: int, shape: str, classes: tuple[str, ...], words: CueWords) -> int | None:
    """Return the subject that belongs to the content: `the vote is expected to be close`, `the town seems to be empty`."""
    if shape not in ("infinitive", "preposition", "label") or AFFECT in classes:
        return None
    is_passive = any(syntax.tokens[child].dep in ("auxpass", "nsubjpass") for child in syntax.children(head))
    if not is_passive and not (shape == "infinitive" and RAISING in classes):
        return None
    subject = subject_of(syntax, head, words)
    return subject if subject is not None and syntax.edges(subject)[1] < head else None


def _without_added(syntax: Syntax, top: int, first: int, last: int, words: CueWords) -> int:
    """Return where a content ends before `, adding that …`, which the parser may take for a part of it."""
    for child in syntax.children(top):
        if (
            child > top
            and syntax.edges(child) == (child, last)
            and child - 1 > first
            and adds_to_clause(syntax, child, words)
        ):
            return child - 2
    return last


def _without_conjunct(syntax: Syntax, head: int, top: int, last: int, words: CueWords) -> int:
    """Return where a clause ends before a verb that the parser coordinates with it and not with the cue.

    `said it would leave but gave no date`, `said it was safe, and then left`, `said it had left and promised that …`.
    """
    tokens = syntax.tokens
    joint = None
    for child in syntax.children(top):
        dep = tokens[child].dep
        if child > top and dep == "cc":
            joint = child
        elif (
            dep == "conj"
            and joint
            and syntax.edges(child)[1] == last
            and tokens[child].tag == tokens[head].tag
        ):
            own = {tokens[each].dep for each in syntax.children(child)}
            is_apart = tokens[joint - 1].text == "," or tokens[top].tag != tokens[head].tag
            if own.isdisjoint(("nsubj", "nsubjpass", "aux")) and (
                (is_apart and tokens[head].tag == "VBD") or adds_to_cue(syntax, child, words)
            ):
                return joint - 1
    return last
