"""Who did it and by what: the perpetrator and the weapon of a claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.claims.arguments import subjects_of
from flows.enrich.claims.claimant_phrases import phrase_of
from flows.enrich.claims.noun_types import lemma_of, noun_type
from flows.enrich.claims.reference import DEED, EITHER, OBJECT, PERSON_TYPES, POSSESSOR, STATE, Frame
from flows.enrich.claims.sources import RELATIVE_TAGS, Sources
from flows.records import Span

TREATED = "treated"
"""The outcome of frames whose verb tells of help: `rushed him to the hospital`."""

MEANS = frozenset(("by", "in", "with", "from", "after", "during", "when", "to", "of", "under"))
MAKING = frozenset(("leave", "make", "render"))
"""Verbs whose subject causes what an adjective says: `left five dead`, not `estimated 9,000 dead`."""

FINDING = frozenset(
    "find discover confirm report presume declare pronounce list count recover fear believe locate".split()
)
"""Verbs whose subject learns of it, or helps: `found five dead`."""

ACTOR_TYPES = frozenset(("PER", "ORG", "GPE", "NORP"))


@dataclass(frozen=True, slots=True)
class Agents:
    """The words that name the perpetrator and the weapon; null where the clause does not state them."""

    perpetrator: Span | None
    weapon: Span | None


def agents_of(sources: Sources, trigger: int, frame: Frame, head: int) -> Agents:
    """Return who acted and the weapon, from the subject, the agent and the adjuncts of a trigger."""
    agents = list(_agents(sources, trigger, frame, head))
    users = [
        user
        for at in agents
        for clause in sources.children(at, "acl")
        if (user := sources.object_of(clause, "by"))
    ]
    perpetrator = next((phrase_of(sources, at) for at in (*agents, *users) if _is_actor(sources, at)), None)
    held = [noun for at in agents for noun in [sources.object_of(at, "with")] if noun is not None]
    adjuncts = _adjuncts(sources, trigger, head)
    weapon = next((found for at in (*agents, *held, *adjuncts) if (found := _weapon(sources, at))), None)
    return Agents(perpetrator, weapon)


def _agents(sources: Sources, trigger: int, frame: Frame, head: int) -> Iterator[int]:
    tokens = sources.tokens
    by = sources.object_of(trigger, "by")
    if by is not None and frame.outcome != TREATED and tokens[trigger].lemma.lower() not in FINDING:
        yield by
        yield from sources.children(by, "conj")
    if frame.frame == DEED or frame.outcome == TREATED or tokens[trigger].lemma.lower() in FINDING:
        return
    if frame.frame in (OBJECT, POSSESSOR, EITHER) and sources.child(trigger, "auxpass") is None:
        above = trigger
        if (
            tokens[trigger].dep in ("oprd", "acomp", "ccomp", "conj")
            and tokens[trigger].tag in ("VBN", "JJ")
            and sources.child(trigger, "nsubj") is None
        ):
            above = tokens[trigger].head
        if tokens[above].tag in ("VBN",) and tokens[above].dep in ("acl", "amod"):
            return
        if sources.child(above, "auxpass") is not None:
            agent = sources.object_of(above, "by")
            if agent is not None:
                yield agent
            return
        for subject in subjects_of(sources, above):
            if subject != head and tokens[subject].tag not in RELATIVE_TAGS:
                yield subject
    elif frame.frame == STATE and tokens[tokens[trigger].head].lemma.lower() in MAKING:
        for subject in sources.children(tokens[trigger].head, "nsubj"):
            if subject != head:
                yield subject


def _is_actor(sources: Sources, at: int) -> bool:
    """Return True for people, groups and countries; not for what happens, nor for weapons."""
    lemma = lemma_of(sources, at)
    if lemma in sources.reference.words["event"]:
        return False
    if (
        noun_type(sources, at) in PERSON_TYPES
        or lemma in sources.reference.claimants
        or lemma.endswith("men")
    ):
        return True
    mention = sources.mention_at.get(at)
    if mention is not None:
        return mention.type in ACTOR_TYPES
    return at in sources.place_at or lemma in (
        "force",
        "troops",
        "forces",
        "gang",
        "squad",
        "cartel",
        "mob",
        "patrol",
        "security",
    )


def _adjuncts(sources: Sources, trigger: int, head: int) -> Iterator[int]:
    """Yield the objects of `by`, `in`, `with` … beside a trigger, its verb, and what is affected."""
    tokens = sources.tokens
    bases = [trigger, head]
    if tokens[trigger].dep in ("oprd", "acomp", "attr", "conj", "xcomp"):
        bases.append(tokens[trigger].head)
    for base in bases:
        for prep in sources.children(base, "prep", "agent", "mark"):
            if tokens[prep].text.lower() in MEANS:
                for noun in sources.children(prep, "pobj"):
                    yield noun
                    yield from sources.children(noun, "conj")
        for clause in sources.children(base, "advcl"):
            yield from sources.children(clause, "nsubj", "dobj", "nsubjpass")


def _weapon(sources: Sources, at: int) -> Span | None:
    """Return the words of the weapon that a noun names, alone or with the noun before it: `car bomb`, `an air strike`."""
    tokens, deeds = sources.tokens, sources.reference.words["weapon_deed"]
    mention = sources.mention_at.get(at)
    if mention is not None and mention.type == "WEAPON":
        return mention.span
    first = at
    lemma = tokens[at].lemma.lower()
    if first and tokens[first - 1].head == at and tokens[first - 1].dep in ("compound", "amod", "nmod"):
        pair = f"{tokens[first - 1].text.lower()} {lemma}"
        if pair in deeds:
            return sources.span(first - 1, at)
    if lemma in deeds or tokens[at].text.lower() in deeds:
        return sources.span(first, at)
    for child in sources.children(at, "compound", "nmod"):
        inner = sources.mention_at.get(child)
        if inner is not None and inner.type == "WEAPON":
            return inner.span
    return None
