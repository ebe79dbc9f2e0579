"""What an act of speech or will is about: a clause, the object, or the noun behind a preposition."""

from __future__ import annotations

from collections.abc import Callable

from flows.enrich.events.clauses import Clause
from flows.enrich.events.modality import BACKSHIFTED, FUTURE, OBLIGED, auxiliaries
from flows.enrich.events.triggers import ACCUSE, APPEAL, DEMAND, INTEND, THREATEN, Trigger

CONTENTS = ("for", "to", "on", "upon", "about", "of", "with", "against")
"""Prepositions before what an act is about."""

CONDITIONALLY = frozenset(("could", "might"))
"""Auxiliaries of a clause that states a possibility, not a fact."""


def content_of(clause: Clause, trigger: Trigger, act: str, names_event: Callable[[int], bool]) -> int | None:
    """Return the head of what an act is about: a clause, the object, or the noun behind the preposition of the verb."""
    complement = clause.complement()
    if complement is not None:
        return complement
    if act == ACCUSE:
        return next((n for word in ("of", "for", "with") for n in clause.places_of(word)), None)
    beside = _clause_beside(clause, act)
    if beside is not None:
        return beside
    if trigger.particle in CONTENTS and not (act == APPEAL and trigger.particle in ("on", "upon")):
        behind = clause.phrases(trigger.particle)
        if behind:
            return clause.carried(behind[0])
    if clause.is_verb and clause.object is not None:
        noun = clause.carried(clause.object)
        # Who is asked is no content if that stands behind `for`; nor is who was asked, unless it names an event.
        is_addressee = act == APPEAL and clause.phrases("for")
        if not is_addressee and (not clause.is_passive or names_event(noun)):
            return noun
    nouns = [n for word in CONTENTS for n in clause.phrases(word)]
    return clause.carried(nouns[0]) if nouns else None


def _clause_beside(clause: Clause, act: str) -> int | None:
    """Return the clause that a noun, or a verb with an object, has beside it: `its threat to attack`, `called on X to leave`."""
    tokens = clause.tokens
    for number in clause.children:
        if number < clause.head or tokens[number].tag[:2] != "VB":
            continue
        if not clause.is_verb and tokens[number].dep in ("acl", "relcl"):
            return number
        if (
            tokens[number].dep == "advcl"
            and act in (APPEAL, DEMAND, INTEND, THREATEN)
            and any(tokens[n].tag == "TO" for n in clause.syntax.children(number))
        ):
            return number
    return None


def is_statement(content: Clause) -> bool:
    """Return whether a clause says what is so, not what should be: it is finite and has no `must` and no future."""
    tokens = content.tokens
    tag = tokens[content.head].tag
    if tag[:2] not in ("VB", "MD") or auxiliaries(content) & (OBLIGED | FUTURE | BACKSHIFTED | CONDITIONALLY):
        return False
    if tag in ("VBD", "VBZ"):
        # Not VBP, which the subjunctive looks like: `demanded that X release`.
        return bool(content.own_subject())
    return any(
        tokens[n].dep in ("aux", "auxpass") and tokens[n].tag in ("VBD", "VBZ", "VBP")
        for n in content.children
    )


def has_addressee(clause: Clause, content: Clause | None) -> bool:
    """Return whether it is said who is to act: `asked X to arrest Y`."""
    if content is not None and content.own_subject():
        return True
    return clause.is_verb and clause.object is not None and (content is None or clause.object != content.head)


def is_of_speaker(clause: Clause, content: Clause) -> bool:
    """Return True if the subject of the content is the speaker: the same token as the subject of the act, or a pronoun."""
    subject = content.subject
    return subject is not None and (subject == clause.subject or content.tokens[subject].tag == "PRP")
