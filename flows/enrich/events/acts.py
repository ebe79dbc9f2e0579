"""Acts of speech and will: what is said, wanted, promised, refused, threatened or begun is coded by what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flows.enrich.events.act_contents import content_of, has_addressee, is_of_speaker, is_statement
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
from flows.enrich.events.triggers import (
    ACCUSE,
    ADJECTIVE,
    ALLOW,
    APPEAL,
    BEGIN,
    CONSIDER,
    DEMAND,
    DENY,
    INTEND,
    NOUN,
    PLAN,
    REFUSE,
    REPORT,
    THREATEN,
    TRY,
    WISH,
    Trigger,
)

ADDRESSEES = ("on", "upon", "to", "with", "from")
"""Prepositions before who is asked."""

CONSENTING = frozenset("agree accept consent promise commit willing ready prepared approve".split())
"""Words of intention whose negation is a refusal; who has not decided has not refused."""

FAIL, WARN = "fail", "warn"
BELIEVING = frozenset("believe think suspect guess assume presume suppose imagine".split())
"""Verbs of what the speaker takes to be so: `is believed to have reached an agreement`."""

POSSIBLE = frozenset(("may", "might", "could"))
"""Auxiliaries of what may come to pass."""

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
            about = content_of(clause, trigger, act, lambda noun: self.coding_of(noun, depth + 1) is not None)
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
        if trigger.lemma == WARN and inner is None and content is not None and _is_mere_risk(clause, content):
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
        if act == APPEAL and code and code[:2] in CONFLICT and has_addressee(clause, content):
            # Only `called for sanctions on X` rallies against X; `asked X to arrest Y` does not.
            code = None
        return self.reference.code_of(act, code)

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
        if own & (FUTURE | BACKSHIFTED) and not is_conditional(content) and is_of_speaker(clause, content):
            if not is_negated(content):
                return self._said(clause, content, INTEND, None, inner)
            if inner.code[:2] not in CONFLICT:
                return self._said(clause, content, REFUSE, None, inner)
        modality = inner.modality
        if own & BACKSHIFTED and modality == HYPOTHETICAL and not is_conditional(content):
            # `said a delegation would leave`
            modality = PLANNED
        if modality == ASSERTED and clause.tokens[clause.head].lemma in BELIEVING:
            modality = HYPOTHETICAL
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


def _is_mere_risk(clause: Clause, content: Clause) -> bool:
    """Return True for `warned that the toll may rise`: what may come to pass and is not the speaker's to do."""
    return not POSSIBLE.isdisjoint(auxiliaries(content)) and not is_of_speaker(clause, content)


def _denied(clause: Clause, inner: Coding | None) -> Coding | None:
    """Code `denied that it had attacked X` as an attack that is denied."""
    if inner is None:
        return None
    return replace(inner, modality=ASSERTED if is_negated(clause) else DENIED, speaker=clause.subject)


def _sources(clause: Clause, trigger: Trigger, kind: str) -> tuple[int, ...]:
    """Return who acts: of a noun who it belongs to, of a state such as `is opposed` its subject."""
    if kind == NOUN:
        own = sources_of_noun(clause, trigger)
        if clause.child("poss") is not None:
            # `cited the company's offer`: who cites it offers nothing.
            return own
        return (*own, *sources_of(clause))
    if kind == ADJECTIVE and clause.is_passive and clause.object is not None:
        return (clause.object,)
    return sources_of(clause)


def _contents(content: Clause | None, inner: Coding | None) -> frozenset[int]:
    own = frozenset() if content is None else frozenset((content.head,))
    return own | inner.content if inner else own
