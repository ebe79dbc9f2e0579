"""Which codings a sentence tells, and which are background or only the content of another."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.events.frames import Coding
from flows.syntax import Syntax

MAIN_LABELS = frozenset("ROOT conj ccomp xcomp parataxis dep acomp oprd attr".split())
"""Labels on the way from a trigger to the root of its sentence where the event is what the sentence tells."""

NOUN_LABELS = frozenset(("nsubj", "nsubjpass", "conj", "dobj"))
"""The same from a noun to its verb: `talks were held`, but not `after the talks`."""

CLAUSE_LABELS = frozenset(("advcl", "pcomp"))
FINITE_TAGS = frozenset(("VBD", "VBP", "VBZ", "VBN"))

VIOLENT = ("173", "175", "18", "19", "20")
"""Codes of events that are told in subordinate clauses as well."""


def outermost(codings: Sequence[Coding], syntax: Syntax) -> list[Coding]:
    """Return the codings of a sentence that are not what another is about; of two with one head, the one that says who reports it."""
    taken = {number for each in codings for number in each.content}
    for each in codings:
        if each.about is not None:
            taken.update(number for number in syntax.subtree(each.about) if number != each.head)
    best: dict[int, Coding] = {}
    for each in codings:
        if each.head not in taken and (each.head not in best or each.speaker is not None):
            best[each.head] = each
    return list(best.values())


def is_main(coding: Coding, syntax: Syntax) -> bool:
    """Return whether a coding is what its sentence tells, not background: in the main clause, or in what is said there."""
    tokens = syntax.tokens
    here = coding.head
    if coding.rule == "noun" or tokens[here].tag[:2] == "NN":
        while tokens[here].tag[:2] not in ("VB", "MD") and tokens[here].head != here:
            if tokens[here].dep not in NOUN_LABELS:
                return False
            here = tokens[here].head
    while tokens[here].head != here:
        if tokens[here].dep not in MAIN_LABELS and not _is_existential(here, syntax):
            return False
        here = tokens[here].head
    return True


def is_told(coding: Coding, syntax: Syntax) -> bool:
    """Return whether a subordinate clause tells of violence, with its own subject and verb: `three days after soldiers killed a rebel`."""
    tokens = syntax.tokens
    return (
        coding.rule == "frame"
        and coding.code.startswith(VIOLENT)
        and tokens[coding.head].dep in CLAUSE_LABELS
        and tokens[coding.head].tag in FINITE_TAGS
        and any(tokens[n].dep in ("nsubj", "nsubjpass") for n in syntax.children(coding.head))
    )


def _is_existential(number: int, syntax: Syntax) -> bool:
    """Return whether a participle tells what there was: `there were ten soldiers killed`."""
    tokens = syntax.tokens
    noun = tokens[number].head
    verb = tokens[noun].head
    return (
        tokens[number].dep == "acl"
        and tokens[noun].dep == "attr"
        and any(tokens[n].dep == "expl" for n in syntax.children(verb))
    )
