"""Which event a verb, noun or adjective names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from flows.enrich.events.acts import CONFLICT, Acts, as_intended
from flows.enrich.events.clauses import Clause, ClauseWords
from flows.enrich.events.frames import (
    NOBODY,
    USUAL_TARGETS,
    Coding,
    nested_in,
    sources_of,
    sources_of_noun,
    targets_at,
    words_of,
)
from flows.enrich.events.modality import (
    ASSERTED,
    BACKSHIFTED,
    FUTURE,
    auxiliaries,
    modality_of,
    modality_of_noun,
)
from flows.enrich.events.reference import EventReference
from flows.enrich.events.triggers import ADJECTIVE, NO_EVENT, NOUN, NOUN_CODE, REFUSE, VERB, Trigger
from flows.syntax import Syntax

KINDS = {"VB": VERB, "MD": VERB, "NN": NOUN, "JJ": ADJECTIVE}
"""Parts of speech by the first two letters of a Penn tag."""

MAX_DEPTH = 4
"""Acts within acts that are followed: `said it was ready to agree to …`."""

COPULAS = frozenset("be remain stay seem appear become stand".split())
NOUN_LABELS = frozenset(("nsubj", "nsubjpass", "dobj"))
DESCRIBING = frozenset(("compound", "nmod", "amod", "npadvmod", "poss"))
"""Labels of nouns that describe another, as in `peace talks venue`."""

OWN_MOVES = ("087", "166", "15")
"""Codes of what troops do themselves, in the passive as well: `were withdrawn`."""

FORCE = ("18", "19")
BY_ANY_MEANS = ("180", "190")
"""Codes of killing, which the attack that it was done by makes more precise."""

ATTACKS = ("183", "190", "193", "194", "195")
NARROW = ("15", "18")
"""Categories whose target is named at its place or not at all."""

CONDITIONS = frozenset(("if", "unless", "until"))
PURPOSES = {
    "13": ("02", "10", "11"),
    "14": ("02", "10", "11"),
    "15": ("02", "10", "11"),
    "17": ("17",),
    "19": ("17",),
}
"""Categories of CAMEO whose target may be named by their purpose, with the categories of these: `marched to demand`, `fired to disperse`."""


class Coder:
    """Codes the words of one text."""

    def __init__(self, syntax: Syntax, names: Mapping[int, str], reference: EventReference) -> None:
        """Take the syntax of the text, the kinds of its names by their last token, and the tables."""
        self.syntax = syntax
        self.reference = reference
        self.triggers = reference.triggers
        self._words = ClauseWords(reference.controllers, reference.partitive, reference.times, names)
        self._acts = Acts(reference, self.coding_of)
        self._under_way: set[int] = set()
        self._clauses: dict[int, Clause] = {}

    def coding_of(self, head: int, depth: int = 0) -> Coding | None:
        """Return the event that a token names, or None. `depth` counts the acts around it."""
        if depth > MAX_DEPTH or head in self._under_way:
            return None
        self._under_way.add(head)
        clause = self._clauses.get(head) or Clause(self.syntax, head, self._words, self._clauses)
        found = self._coding_of(clause, depth)
        self._under_way.remove(head)
        return found

    def _coding_of(self, clause: Clause, depth: int) -> Coding | None:
        token = self.syntax.tokens[clause.head]
        kind = KINDS.get(token.tag[:2])
        if kind == VERB and token.lemma in COPULAS:
            state = clause.child("acomp", "oprd")
            if state is not None:
                return self.coding_of(state, depth + 1)
        if kind is None or (kind == NOUN and token.dep in DESCRIBING):
            return None
        kind, triggers = self._triggers(clause, kind)
        for trigger in triggers:
            if trigger.matches(clause):
                if trigger.code == NO_EVENT:
                    return None
                found = self._coded(clause, trigger, kind, depth)
                if found is not None or not trigger.is_act:
                    return found
        return self._unwilling(clause) if kind == VERB else None

    def _triggers(self, clause: Clause, kind: str) -> tuple[str, tuple[Trigger, ...]]:
        """Return the patterns of a word with its part of speech, which is not always that of its tag."""
        token = self.syntax.tokens[clause.head]
        if token.tag == "VBG" and token.dep in NOUN_LABELS:
            # `Fighting erupted`
            return NOUN, self.triggers.get((NOUN, token.text.lower()), ())
        if token.tag == "VBN" and clause.child("auxpass") is not None and clause.child("agent") is None:
            # `is opposed to`: a state, and its subject is who takes it.
            states = self.triggers.get((ADJECTIVE, token.text.lower()))
            if states:
                return ADJECTIVE, states
        return kind, self.triggers.get((kind, token.lemma.lower()), ())

    def _coded(self, clause: Clause, trigger: Trigger, kind: str, depth: int) -> Coding | None:
        if trigger.code == NOUN_CODE:
            return self._coded_by_object(clause, trigger, depth)
        if trigger.is_act:
            found = self._acts.coded(clause, trigger, kind, depth)
            is_own = found is not None and found.head == clause.head and found.about is not None
            return self._with_purpose(clause, found, depth) if found is not None and is_own else found
        if kind == NOUN:
            return self._coded_noun(clause, trigger)
        content = {clause.object} if kind == VERB and clause.object is not None else set()
        if clause.subject is not None and any(
            each.place == "subj" and not each.negated for each in trigger.conditions
        ):
            content.add(clause.subject)
        means = self._means(clause, depth) if self._is_by_any_means(clause, trigger) else None
        sources = self._sources(clause, trigger, depth)
        if means and (not sources or clause.carried(sources[0]) == means.head):
            # An attack does not act: who carries it out does.
            sources = means.sources
        coding = Coding(
            head=clause.head,
            words=words_of(clause, trigger),
            code=means.code if means else trigger.code,
            sources=sources,
            targets=tuple(targets_at(clause, trigger.targets or USUAL_TARGETS, self.triggers)),
            modality=modality_of(clause),
            content=frozenset(content),
            rule="frame",
            loose=() if NOBODY in trigger.targets or trigger.code[:2] in NARROW else tuple(nested_in(clause)),
        )
        return self._with_purpose(clause, as_intended(coding, self.reference), depth)

    def _sources(self, clause: Clause, trigger: Trigger, depth: int) -> tuple[int, ...]:
        """Return who acts: the subject or the agent; troops that are withdrawn, and who carries out the raid in which people are killed."""
        found = sources_of(clause)
        if not clause.is_passive and trigger.targets == ("subj",):
            # `died in police firing`: the subject undergoes what it says.
            found = ()
        if (
            not found
            and clause.is_passive
            and clause.object is not None
            and trigger.code.startswith(OWN_MOVES)
        ):
            return (clause.object,)
        if not found and trigger.code[:2] in FORCE:
            return tuple(self._attackers(clause, depth))
        return found

    def _is_by_any_means(self, clause: Clause, trigger: Trigger) -> bool:
        return (
            trigger.code in BY_ANY_MEANS and clause.tokens[clause.head].lemma in self.reference.of_any_cause
        )

    def _means(self, clause: Clause, depth: int) -> Coding | None:
        """Return the attack by which people are killed: `killed by an air strike`, `died in a car bombing`."""
        for noun in (
            *clause.phrases("by", "in"),
            *(() if clause.is_passive or clause.subject is None else (clause.subject,)),
        ):
            inner = self.coding_of(clause.carried(noun), depth + 1)
            if inner is not None and inner.rule == "noun" and inner.code.startswith(ATTACKS):
                return inner
        return None

    def _attackers(self, clause: Clause, depth: int) -> Iterator[int]:
        """Yield who carries out the attack in which people are killed: `killed in police firing`, `in an Israeli raid`."""
        for noun in clause.phrases("in", "by", "during", "from"):
            inner = self.coding_of(clause.carried(noun), depth + 1)
            if inner is not None and inner.code[:2] in CONFLICT:
                yield from inner.sources

    def _coded_noun(self, clause: Clause, trigger: Trigger) -> Coding:
        places = tuple(place for place in trigger.targets if place != "between")
        return Coding(
            head=clause.head,
            words=words_of(clause, trigger),
            code=trigger.code,
            sources=sources_of_noun(clause, trigger),
            targets=tuple(targets_at(clause, places, self.triggers)),
            modality=modality_of_noun(clause),
            content=frozenset(),
            rule="noun",
        )

    def _coded_by_object(self, clause: Clause, trigger: Trigger, depth: int) -> Coding | None:
        """Code a verb by its object: `carried out an attack on X`, `repeated its demand that X withdraw`."""
        if clause.object is None:
            return None
        noun = clause.carried(clause.object)
        inner = self.coding_of(noun, depth + 1)
        complement = clause.complement()
        if inner is not None and not inner.content and complement is not None:
            inner = self._completed(clause.of(noun), complement, depth) or inner
        if inner is None:
            return None
        modality = modality_of(clause)
        places = tuple(place for place in trigger.targets if place not in ("part", "obj"))
        coding = replace(
            inner,
            head=clause.head,
            words=tuple(sorted((clause.head, noun))),
            sources=sources_of(clause) or inner.sources,
            targets=(*inner.targets, *targets_at(clause, places, self.triggers)),
            modality=modality if modality != ASSERTED else inner.modality,
            content=inner.content | {noun},
        )
        return self._with_purpose(clause, coding, depth)

    def _completed(self, noun: Clause, complement: int, depth: int) -> Coding | None:
        """Code a noun of speech whose content depends on its verb."""
        triggers = self.triggers.get((NOUN, self.syntax.tokens[noun.head].lemma), ())
        trigger = next((each for each in triggers if each.is_act), None)
        return self._acts.coded(noun, trigger, NOUN, depth, complement) if trigger else None

    def _with_purpose(self, clause: Clause, coding: Coding, depth: int) -> Coding:
        """Add those of whom a protest or a threat demands something: `marched to demand that X`, `unless X withdraws`."""
        wanted = PURPOSES.get(coding.code[:2])
        if wanted is None or depth == MAX_DEPTH:
            return coding
        tokens = self.syntax.tokens
        targets, content = list(coding.targets), set(coding.content)
        beside = list(clause.children)
        if clause.is_verb and clause.object is not None:
            beside += [n for n in self.syntax.children(clause.object) if n != clause.head]
        for number in beside:
            if tokens[number].dep not in ("advcl", "xcomp", "acl"):
                continue
            purpose = clause.of(number)
            if any(
                tokens[n].dep == "mark" and tokens[n].text.lower() in CONDITIONS for n in purpose.children
            ):
                targets += purpose.own_subject()
                continue
            inner = self.coding_of(number, MAX_DEPTH)
            if inner is not None and inner.code[:2] in wanted:
                targets += (*inner.targets, *inner.loose)
                content |= {number, *inner.content}
        return replace(coding, targets=tuple(targets), content=frozenset(content))

    def _unwilling(self, clause: Clause) -> Coding | None:
        """Code what somebody will not do, whatever it is, as a refusal."""
        tokens = self.syntax.tokens
        if not any(tokens[n].dep == "neg" for n in clause.children):
            return None
        if clause.is_passive or clause.subject is None or tokens[clause.head].lemma == "be":
            return None
        is_future = bool(auxiliaries(clause) & (FUTURE | BACKSHIFTED))
        code = self.reference.code_of(REFUSE, None)
        if code is None or not is_future:
            return None
        return Coding(
            head=clause.head,
            words=(clause.head,),
            code=code,
            sources=sources_of(clause),
            targets=tuple(targets_at(clause, USUAL_TARGETS, self.triggers)),
            modality=ASSERTED,
            content=frozenset(),
            rule=REFUSE,
        )
