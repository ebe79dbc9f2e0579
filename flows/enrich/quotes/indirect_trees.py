"""Subjects of verbs in a dependency tree, and which verbs add to what is said."""

from __future__ import annotations

from flows.enrich.quotes.indirect_reference import CueWords
from flows.syntax import Syntax

MAX_STEPS = 6
"""Steps up the tree in search of a subject. Not tuned."""

SUBJECTS = ("nsubj", "nsubjpass", "csubj")
SHARED = frozenset(
    (
        "conj",
        "xcomp",
        "advcl",
        "pcomp",
        "prep",
        "acomp",
        "dobj",
        "pobj",
        "attr",
        "ccomp",
        "oprd",
        "dep",
        "parataxis",
        "acl",
    )
)
"""A verb without a subject that depends on another word in one of these ways has the subject of that one."""

SPOKEN = frozenset(
    (
        "say",
        "add",
        "continue",
        "argue",
        "criticise",
        "accuse",
        "praise",
        "speak",
        "promise",
        "deny",
        "label",
        "suggest",
        "ask",
        "request",
    )
)
"""The classes of verbs that add to what is said: `said that two had died, adding that …`."""


def is_spoken(lemma: str, words: CueWords) -> bool:
    """Return True for a verb that adds to what is said: `adding`, `citing`."""
    return not SPOKEN.isdisjoint(words.verbs.get(lemma, ()))


def subject_of(syntax: Syntax, head: int, words: CueWords) -> int | None:
    """Return the head of the subject of a verb: its own, that of the verb that it depends on, or the noun that it describes.

    None if there is none, or only `there`.
    """
    tokens = syntax.tokens
    at = head
    for _ in range(MAX_STEPS):
        for child in syntax.children(at):
            if tokens[child].dep in SUBJECTS:
                return None if tokens[child].tag == "EX" else child
        dep = tokens[at].dep
        if dep == "relcl" or (dep == "acl" and tokens[at].tag != "VB"):
            return tokens[at].head
        if dep not in SHARED or tokens[at].head == at:
            return None
        above = tokens[at].head
        at = tokens[above].head if adds_to_cue(syntax, at, words) else above
    return None


def adds_to_clause(syntax: Syntax, verb: int, words: CueWords) -> bool:
    """Return True for the participle of `, adding that …` and `, citing …`."""
    tokens = syntax.tokens
    return tokens[verb].tag == "VBG" and tokens[verb - 1].text == "," and is_spoken(tokens[verb].lemma, words)


def adds_to_cue(syntax: Syntax, verb: int, words: CueWords) -> bool:
    """Return True for a verb that goes on with what is said, though the parser takes it for a part of the clause that is said.

    `said that two had died, adding that …`, `admitted that they had left and promised that …`.
    """
    tokens = syntax.tokens
    token = tokens[verb]
    clause = token.head
    if verb <= clause or tokens[clause].dep != "ccomp" or not is_spoken(token.lemma, words):
        return False
    if token.tag == "VBG":
        return True
    children = {tokens[child].dep for child in syntax.children(verb)}
    return (
        token.dep == "conj" and token.tag == tokens[tokens[clause].head].tag and children.isdisjoint(SUBJECTS)
    )
