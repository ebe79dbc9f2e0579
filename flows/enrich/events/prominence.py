"""Which codings a sentence tells, and which are background or only the content of another."""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.events.frames import Coding
from flows.syntax import Syntax

MAIN_LABELS = frozenset("ROOT conj ccomp xcomp parataxis dep acomp oprd attr".split())
"""Labels on the way from a trigger to the root of its sentence where the event is what the sentence tells."""

NOUN_LABELS = frozenset(("nsubj", "nsubjpass", "conj"))
"""The same from a noun to its verb: `talks were held`, but not `after the talks`. Objects are coded with their verbs."""

CLAUSE_LABELS = frozenset(("advcl", "pcomp"))
FINITE_TAGS = frozenset(("VBD", "VBP", "VBZ", "VBN"))

MAX_STEPS = 20
"""Longest way from a noun to its verb."""

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


class Prominence:
    """Tells the main clauses of a text from the others. Answers are kept, since each word asks for those above it."""

    def __init__(self, syntax: Syntax) -> None:
        """Take the syntax of the text."""
        self.syntax = syntax
        self._known: dict[int, bool] = {}

    def is_main(self, head: int) -> bool:
        """Return whether what a word names is what its sentence tells, not background: in the main clause, or in what is said there."""
        tokens = self.syntax.tokens
        is_noun = tokens[head].tag[:2] == "NN" or (
            tokens[head].tag == "VBG" and tokens[head].dep in NOUN_LABELS
        )
        steps = 0
        while is_noun and tokens[head].head != head and steps < MAX_STEPS:
            if tokens[head].dep not in NOUN_LABELS:
                return False
            head = tokens[head].head
            is_noun = tokens[head].tag[:2] not in ("VB", "MD")
            steps += 1
        return self._is_main_clause(head)

    def _is_main_clause(self, head: int) -> bool:
        tokens = self.syntax.tokens
        way = []
        found = True
        while True:
            if head in self._known:
                found = self._known[head]
                break
            way.append(head)
            if tokens[head].head == head:
                break
            if tokens[head].dep not in MAIN_LABELS and not _is_predicate(head, self.syntax):
                found = False
                break
            head = tokens[head].head
        for number in way:
            self._known[number] = found
        return found

    def is_told(self, head: int) -> bool:
        """Return whether a verb has a subordinate clause of its own, with subject: `three days after soldiers killed a rebel`."""
        tokens = self.syntax.tokens
        return (
            tokens[head].dep in CLAUSE_LABELS
            and tokens[head].tag in FINITE_TAGS
            and any(tokens[n].dep in ("nsubj", "nsubjpass") for n in self.syntax.children(head))
        )


def _is_predicate(number: int, syntax: Syntax) -> bool:
    """Return whether a participle behind a noun is what is told: `there were ten soldiers killed`, `Ten soldiers killed in Kidal`."""
    tokens = syntax.tokens
    noun = tokens[number].head
    if tokens[number].dep != "acl":
        return False
    if tokens[noun].head == noun:
        return tokens[noun].tag[:2] == "NN" and tokens[number].tag in FINITE_TAGS
    verb = tokens[noun].head
    return tokens[noun].dep == "attr" and any(tokens[n].dep == "expl" for n in syntax.children(verb))
