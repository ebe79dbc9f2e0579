"""Whether an event took place as the text has it: asserted, planned, threatened, hypothetical or denied."""

from __future__ import annotations

from flows.enrich.events.clauses import Clause

ASSERTED, PLANNED, THREATENED, HYPOTHETICAL, DENIED = (
    "asserted planned threatened hypothetical denied".split()
)

FUTURE = frozenset(("will", "'ll", "’ll", "shall", "wo", "wilt"))
BACKSHIFTED = frozenset(("would", "'d", "’d"))
"""In reported speech the future of the past: `said it would send troops`."""
POSSIBLE = frozenset(("could", "may", "might", "can"))
OBLIGED = frozenset(("must", "should", "ought", "need"))
CONDITIONAL = frozenset(("if", "unless", "whether", "lest"))
NONE_OF = frozenset(("no", "not", "neither", "nobody", "none"))
MAX_STEPS = 6
"""Longest way up the tree in search of a condition."""


def auxiliaries(clause: Clause) -> frozenset[str]:
    """Return the auxiliaries of a verb, in lowercase; of a coordinated verb without a subject those of the first."""
    tokens = clause.tokens
    own = frozenset(tokens[n].text.lower() for n in clause.children if tokens[n].dep in ("aux", "auxpass"))
    token = tokens[clause.head]
    if (
        not own
        and token.dep == "conj"
        and token.head != clause.head
        and clause.child("nsubj", "nsubjpass") is None
        and token.tag == "VB"
    ):
        return auxiliaries(clause.of(token.head))
    return own


def is_negated(clause: Clause) -> bool:
    """Return whether `not`, `never` or `no` denies the head, or its subject is nobody."""
    tokens = clause.tokens
    for number in clause.children:
        token = tokens[number]
        if token.dep == "neg" or (token.dep == "det" and token.text.lower() in NONE_OF):
            return True
        if token.dep in ("nsubj", "nsubjpass", "dobj"):
            if token.text.lower() in NONE_OF:
                return True
            if _is_none_of(clause, number):
                return True
    return False


def _is_none_of(clause: Clause, noun: int) -> bool:
    """Return whether a noun is denied by the words before it: `no soldier`, `not one soldier`."""
    tokens, children = clause.tokens, clause.syntax.children
    before = [n for n in children(noun) if n < noun]
    numbers = [below for n in before if tokens[n].dep == "nummod" for below in children(n)]
    return any(
        tokens[n].dep in ("det", "neg", "preconj", "cc") and tokens[n].text.lower() in NONE_OF
        for n in (*before, *numbers)
    )


def is_conditional(clause: Clause) -> bool:
    """Return whether the clause, or one that it belongs to, stands behind `if`."""
    tokens = clause.tokens
    here = clause.head
    for _ in range(MAX_STEPS):
        if any(
            tokens[n].dep == "mark" and tokens[n].text.lower() in CONDITIONAL
            for n in clause.syntax.children(here)
        ):
            return True
        if tokens[here].head == here:
            return False
        here = tokens[here].head
    return False


def modality_of(clause: Clause) -> str:
    """Return the modality that the words around the head of a clause give it."""
    if is_negated(clause):
        return DENIED
    if is_conditional(clause):
        return HYPOTHETICAL
    own = auxiliaries(clause)
    if own & POSSIBLE or own & OBLIGED or own & BACKSHIFTED:
        return HYPOTHETICAL
    if own & FUTURE:
        return PLANNED
    return ASSERTED


def modality_of_noun(clause: Clause) -> str:
    """Return the modality of a noun: its own negation, else that of the verb it belongs to."""
    if is_negated(clause):
        return DENIED
    for number in clause.syntax.ancestors(clause.head):
        if clause.tokens[number].tag[:2] == "VB":
            return modality_of(clause.of(number))
    return ASSERTED
