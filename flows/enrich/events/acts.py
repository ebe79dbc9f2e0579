"""Acts of speech and will: what is said, wanted, promised, refused, threatened or begun is coded by what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flows.enrich.events.clauses import Clause
from flows.enrich.events.frames import (
    BETWEEN,
    Coding,
    named_in,
    sources_of,
    sources_of_noun,
    targets_at,
    words_of,
)
from flows.enrich.events.modality import (
    ASSERTED,
    BACKSHIFTED,
    DENIED,
    FUTURE,
    HYPOTHETICAL,
    OBLIGED,
    PLANNED,
    auxiliaries,
    is_conditional,
    is_negated,
    modality_of,
    modality_of_noun,
)
from flows.enrich.events.reference import EventReference
from flows.enrich.events.triggers import ADJECTIVE, NOUN, Trigger

REPORT, INTEND, APPEAL, DEMAND, REFUSE, THREATEN, ACCUSE, DENY, BEGIN, TRY, PLAN, ALLOW, CONSIDER, WISH = (
    "report intend appeal demand refuse threaten accuse deny begin try plan allow consider wish".split()
)
"""The acts, in the words of `event_triggers.tsv` and `event_acts.tsv`."""

UNSPECIFIED = frozenset(("020", "030", "100", "112", "081"))
"""Codes of acts whose content names no event, and that private life has as well: `agreed to`, `asked for`."""

ADDRESSEES = ("on", "upon", "to", "with", "from")
"""Prepositions before who is asked."""

CONTENTS = ("for", "to", "on", "upon", "about", "of", "with", "against")
"""Prepositions before what an act is about."""

CONSENTING = frozenset("agree accept consent promise commit willing ready prepared approve".split())
"""Words of intention whose negation is a refusal; who has not decided has not refused."""

FAIL, WARN = "fail", "warn"
CONDITIONALLY = frozenset(("could", "might"))
PROMISED = ("05", "06", "07", "08")
"""Categories of cooperation that are a promise while they are to come."""

CONFLICT = ("14", "15", "16", "17", "18", "19", "20")


Code = Callable[[int, int], Coding | None]
"""Codes the event that a token names, given the number of acts around it."""


def as_intended(coding: Coding, reference: EventReference) -> Coding:
    """Return help that somebody will give as an intention: `will provide aid`."""
    if coding.modality != PLANNED or coding.code[:2] not in PROMISED or not coding.sources:
        return coding
    code = reference.code_of(INTEND, coding.code)
    return replace(coding, code=code, rule=INTEND) if code else coding


class Acts:
    """Codes the acts of one text."""

    def __init__(self, reference: EventReference, coding_of: Code) -> None:
        """Take the tables and what codes the content of an act."""
        self.reference = reference
        self.coding_of = coding_of

    def coded(
        self, clause: Clause, trigger: Trigger, kind: str, depth: int, about: int | None = None
    ) -> Coding | None:
        """Return the event of an act, or None where it is none without its content. `about` is the head of the content if that is known."""
        act = trigger.code
        if about is None:
            about = self._content(clause, trigger, act, depth)
        inner = self.coding_of(about, depth + 1) if about is not None else None
        content = clause.of(about) if about is not None else None
        if act == REPORT or (
            act in (APPEAL, DEMAND, INTEND) and content is not None and is_statement(content)
        ):
            # `insisted that the talks had failed`
            return self._reported(clause, content, inner)
        if act in (BEGIN, TRY, PLAN):
            return self._carried_on(clause, act, content, inner)
        if act == DENY:
            return _denied(clause, inner)
        if (
            trigger.lemma == WARN
            and content is not None
            and (is_statement(content) or clause.tokens[content.head].tag == "VBP")
        ):
            return None
        if trigger.lemma == FAIL and (inner is None or inner.code[:2] in CONFLICT):
            return None
        resolved = self._resolved(clause, act, trigger, content)
        code = self._code(clause, resolved, content, inner) if resolved else None
        if resolved is None or code is None:
            return None
        return Coding(
            head=clause.head,
            words=words_of(clause, trigger),
            code=code,
            sources=_sources(clause, trigger, kind),
            targets=tuple(self._targets(clause, resolved, trigger, content, inner)),
            modality=modality_of_noun(clause) if kind == NOUN else modality_of(clause),
            content=_contents(content, inner),
            rule=resolved,
            loose=tuple(named_in(content, self.reference.triggers)) if content else (),
            about=about,
        )

    def _resolved(self, clause: Clause, act: str, trigger: Trigger, content: Clause | None) -> str | None:
        """Return which act it is: a wish of what others should do is an appeal, consent that is denied a refusal; None for no act."""
        if act == WISH:
            act = APPEAL if content is not None and content.own_subject() else INTEND
        if act == INTEND and is_negated(clause):
            return REFUSE if trigger.lemma in CONSENTING else None
        return act

    def _code(self, clause: Clause, act: str, content: Clause | None, inner: Coding | None) -> str | None:
        code = inner.code if inner else None
        if act == APPEAL and code and code[:2] in CONFLICT and _has_addressee(clause, content):
            # Only `called for sanctions on X` rallies against X; `asked X to arrest Y` does not.
            code = None
        return self.reference.code_of(act, code)

    def _content(self, clause: Clause, trigger: Trigger, act: str, depth: int) -> int | None:
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
            if not is_addressee and (not clause.is_passive or self.coding_of(noun, depth + 1) is not None):
                return noun
        nouns = [n for word in CONTENTS for n in clause.phrases(word)]
        return clause.carried(nouns[0]) if nouns else None

    def _targets(
        self, clause: Clause, act: str, trigger: Trigger, content: Clause | None, inner: Coding | None
    ) -> Iterator[int]:
        """Yield where the target of an act is named: who is asked, accused or threatened, else whom its content is done to."""
        triggers = self.reference.triggers
        is_clause = content is not None and content.tokens[content.head].tag[:2] in ("VB", "MD", "JJ")
        if act in (APPEAL, DEMAND, ALLOW):
            if content is not None and is_clause:
                yield from content.own_subject()
            if (
                clause.is_verb
                and clause.object is not None
                and (content is None or clause.object != content.head)
            ):
                yield clause.object
            yield from (n for n in clause.phrases(*ADDRESSEES) if content is None or n != content.head)
            if inner is not None and act != ALLOW and inner.code[:2] not in CONFLICT:
                yield from inner.sources
        if act in (ACCUSE, THREATEN) and clause.is_verb and clause.object is not None:
            yield clause.object
        if content is not None and act == ACCUSE and is_clause:
            yield from content.own_subject()
        if content is not None and act == REFUSE and not is_clause:
            yield from clause.owners(content.head)
        yield from targets_at(clause, trigger.targets, triggers)
        yield from inner.targets if inner else ()
        if act in (INTEND, REFUSE, THREATEN, CONSIDER):
            yield from targets_at(clause, ("with", "to", "against", "from", "on", "for"), triggers)

    def _carried_on(
        self, clause: Clause, act: str, content: Clause | None, inner: Coding | None
    ) -> Coding | None:
        """Code what somebody begins, tries or plans by what it is: `continued to send arms`."""
        if inner is None or content is None:
            return None
        modality = modality_of(clause)
        if modality == ASSERTED:
            modality = PLANNED if act == PLAN else inner.modality
        is_noun = content.tokens[content.head].tag[:2] == "NN"
        # `led to clashes between X and Y`
        is_mutual = any(content.tokens[content.tokens[n].head].text.lower() in BETWEEN for n in inner.sources)
        # `held that the law allows employers to …`
        is_of_others = not is_noun and is_statement(content)
        beside = ("against", "on", "with", "to", "in") if is_noun else ()
        coding = replace(
            inner,
            head=clause.head,
            words=(clause.head, *inner.words) if is_noun else inner.words,
            sources=inner.sources if is_mutual or is_of_others else sources_of(clause) or inner.sources,
            targets=(*inner.targets, *targets_at(clause, beside, self.reference.triggers)),
            modality=modality,
            content=_contents(content, inner),
        )
        return as_intended(coding, self.reference)

    def _reported(self, clause: Clause, content: Clause | None, inner: Coding | None) -> Coding | None:
        """Code what somebody says: a duty of others is a demand, a future of his own an intention, all else what it says."""
        if content is None:
            return None
        own = auxiliaries(content)
        if own & OBLIGED and (inner is not None or not content.is_passive):
            addressee = content.object if content.is_passive else content.subject
            return self._said(clause, content, DEMAND, addressee, inner)
        if inner is None:
            return None
        if own & (FUTURE | BACKSHIFTED) and not is_conditional(content) and _is_own(clause, content):
            if not is_negated(content):
                return self._said(clause, content, INTEND, None, inner)
            if inner.code[:2] not in CONFLICT:
                return self._said(clause, content, REFUSE, None, inner)
        modality = inner.modality
        if own & BACKSHIFTED and modality == HYPOTHETICAL and not is_conditional(content):
            # `said a delegation would leave`
            modality = PLANNED
        return replace(inner, modality=modality, speaker=clause.subject)

    def _said(
        self, clause: Clause, content: Clause, act: str, addressee: int | None, inner: Coding | None
    ) -> Coding | None:
        code = self.reference.code_of(act, inner.code if inner else None)
        if code is None:
            return None
        targets = inner.targets if inner else tuple(named_in(content, self.reference.triggers))
        return Coding(
            head=clause.head,
            words=(clause.head,),
            code=code,
            sources=sources_of(clause),
            targets=targets if addressee is None else (addressee, *targets),
            modality=modality_of(clause),
            content=_contents(content, inner),
            rule=act,
            loose=inner.loose if inner else (),
            about=content.head,
        )


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


def _denied(clause: Clause, inner: Coding | None) -> Coding | None:
    """Code `denied that it had attacked X` as an attack that is denied."""
    if inner is None:
        return None
    return replace(inner, modality=ASSERTED if is_negated(clause) else DENIED, speaker=clause.subject)


def _sources(clause: Clause, trigger: Trigger, kind: str) -> tuple[int, ...]:
    """Return who acts: of a noun who it belongs to, of a state such as `is opposed` its subject."""
    if kind == NOUN:
        return (*sources_of_noun(clause, trigger), *sources_of(clause))
    if kind == ADJECTIVE and clause.is_passive and clause.object is not None:
        return (clause.object,)
    return sources_of(clause)


def _contents(content: Clause | None, inner: Coding | None) -> frozenset[int]:
    own = frozenset() if content is None else frozenset((content.head,))
    return own | inner.content if inner else own


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


def _has_addressee(clause: Clause, content: Clause | None) -> bool:
    """Return whether it is said who is to act: `asked X to arrest Y`."""
    if content is not None and content.own_subject():
        return True
    return clause.is_verb and clause.object is not None and (content is None or clause.object != content.head)


def _is_own(clause: Clause, content: Clause) -> bool:
    """Return whether who says something speaks of himself: with a pronoun, or without a subject of its own."""
    subject = content.subject
    return subject is not None and (subject == clause.subject or content.tokens[subject].tag == "PRP")
