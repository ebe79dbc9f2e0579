"""Which codings are events of politics and conflict: business, sports and disasters use the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.enrich.events.actors import Actor
from flows.enrich.events.codebooks import ARMED, PROTESTER
from flows.enrich.events.frames import MODIFIERS, Coding
from flows.enrich.events.reference import EventReference
from flows.enrich.events.triggers import REFUSE
from flows.syntax import Syntax

PRIVATE = frozenset("BUS MED CVL EDU HLH AGR MNC ENV LAB REF".split())
"""CAMEO's roles of those whose words and dealings among themselves are no politics."""

TRADING = frozenset(("BUS", "MNC"))
"""Roles of those who give for money."""

STATEMENTS = ("010", "011", "012", "013", "014")
"""Codes of mere words: an event only if they are about somebody."""

REFUSAL = "120"
DEALS = ("030", "0311")
"""Codes of what private people agree to among themselves and with anybody: `agreed to buy the unit`."""

UNSPECIFIED = frozenset(("020", "030", "100", "112", "081"))
"""Codes of acts whose content names no event, and that private life has as well: `agreed to`, `asked for`."""

DEMANDED = "100"
RETREAT = "087"
FIGHTING = ("15", "19")
LAWSUIT = "115"
AGAINST_STATES = ("10", "11", "13")
"""Categories in which private people may act on a whole country."""

BY_ACTORS = frozenset("15 17 19".split())
"""Categories of force that only actors use: `you can take control` is none."""

TARGETS_SUFFICE = frozenset("08 09 11".split())
"""Categories of words and law where it is enough who is affected, if nobody is said to act: `was put under investigation`."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides by the words and the actors of a coding whether it is an event."""

    syntax: Syntax
    reference: EventReference

    def admits(
        self, coding: Coding, sources: tuple[Actor, ...], targets: tuple[Actor, ...], near: frozenset[str]
    ) -> bool:
        """Return whether a coding is an event; `near` are the lemmas of its sentence."""
        root = coding.code[:2]
        if self._is_of_markets(coding, targets, near):
            return False
        if not near.isdisjoint(self.reference.notices):
            return False
        if (
            self._is_of_any_cause(coding)
            and _is_country(sources)
            and not near.isdisjoint(self.reference.disasters)
        ):
            # `An earthquake in rural China has injured 21 people and damaged houses`.
            return False
        if (
            root == "07"
            and sources
            and all(each.sector in TRADING for each in sources)
            and not _is_public(targets)
        ):
            # `The pharmacy provides drugs`.
            return False
        if root == "06" and len({each.code for each in (*sources, *targets)}) < 2:
            # Nobody cooperates alone.
            return False
        if root <= "13" or root == "16":
            return self._is_political(coding, sources, targets) and not (
                root == "13" and not near.isdisjoint(self.reference.disasters)
            )
        if (
            root == "18"
            and coding.rule == "frame"
            and not self._is_violent(coding)
            and not _is_actor(targets)
        ):
            return False
        if not sources and self._is_of_any_cause(coding) and not self._is_by_violence(root, targets, near):
            return False
        if not sources and self._has_subject(coding) and root in BY_ACTORS and not self._is_violent(coding):
            return False
        if root == "19" and len(sources) == 1 and not targets and not _bears_arms(sources):
            return False
        if root in ("15", "17") and coding.code != "173":
            return _is_public(sources) or (not sources and _is_public(targets))
        return (
            bool(sources or targets)
            or self._is_violent(coding)
            or (coding.code == "173" and coding.rule == "frame")
        )

    def needs_source(self, coding: Coding) -> bool:
        """Return whether a coding is no event unless it is known who acts."""
        root = coding.code[:2]
        if root > "13" and root != "16":
            return False
        return bool(coding.sources) or root not in TARGETS_SUFFICE

    def _is_political(self, coding: Coding, sources: tuple[Actor, ...], targets: tuple[Actor, ...]) -> bool:
        root = coding.code[:2]
        if not sources:
            is_foreign = root == "09" and any(each.country for each in targets)
            return (is_foreign or _is_public(targets)) and not self.needs_source(coding)
        is_vague = coding.code in UNSPECIFIED or self._is_mere_refusal(coding)
        if not targets and len(sources) == 1 and (coding.code in STATEMENTS or is_vague):
            return False
        if coding.code in DEALS and not _is_public(sources):
            return False
        if coding.code == DEMANDED and all(each.sector in TRADING for each in sources):
            # `OPEC must hold to its pact, said an analyst of Petroleum Analysis Ltd`.
            return False
        if root == "04":
            return _is_public(sources)
        return (
            _is_public(sources)
            or coding.code == LAWSUIT
            or any(each.sector not in PRIVATE if each.sector else root in AGAINST_STATES for each in targets)
        )

    def _is_mere_refusal(self, coding: Coding) -> bool:
        """Return whether somebody does not do what names no event: `will not go along`, `is reluctant to lower rates`."""
        if coding.code != REFUSAL or coding.rule != REFUSE:
            return False
        tokens = self.syntax.tokens
        if coding.about is not None:
            return tokens[coding.about].tag[:2] == "VB"
        return not coding.targets or tokens[coding.head].lemma.lower() not in self.reference.refusals

    def _is_of_markets(self, coding: Coding, targets: tuple[Actor, ...], near: frozenset[str]) -> bool:
        """Return whether a sentence of trade and finance uses the words of force, retreat or aid: `the bank gave up its position`."""
        if near.isdisjoint(self.reference.markets) or not near.isdisjoint(self.reference.violence):
            return False
        return (
            coding.code.startswith(RETREAT)
            or coding.code[:2] in FIGHTING
            or (coding.code[:2] == "07" and not targets)
        )

    def _is_violent(self, coding: Coding) -> bool:
        """Return whether violence is done to people or by weapons though nobody is coded: `a bomb exploded`."""
        tokens = self.syntax.tokens
        nouns = [n for n in coding.words if tokens[n].tag[:2] == "NN"]
        lemmas = {tokens[n].lemma.lower() for n in (*coding.sources, *coding.targets, *nouns)}
        return coding.code[:2] in ("14", "18", "19", "20") and not lemmas.isdisjoint(self.reference.human)

    def _has_subject(self, coding: Coding) -> bool:
        """Return whether somebody is said to act, though it is not known who: not only what describes a noun, as in `air strike`."""
        return any(self.syntax.tokens[n].dep not in MODIFIERS for n in coding.sources)

    def _is_by_violence(self, root: str, targets: tuple[Actor, ...], near: frozenset[str]) -> bool:
        """Return whether the sentence tells of violence and of no disaster: `were killed` alone says neither."""
        if not near.isdisjoint(self.reference.disasters):
            return False
        if not near.isdisjoint(self.reference.violence):
            return True
        return root in ("18", "19") and (_is_public(targets) or not near.isdisjoint(self.reference.forces))

    def _is_of_any_cause(self, coding: Coding) -> bool:
        """Return whether a flood might do it as well: `were killed`, `was damaged`."""
        return self.syntax.tokens[coding.head].lemma in self.reference.of_any_cause


def _is_public(actors: Iterable[Actor]) -> bool:
    """Return whether one of the actors is a state, an armed group, or part of public life."""
    return any(each.sector not in PRIVATE for each in actors)


def _is_country(actors: tuple[Actor, ...]) -> bool:
    """Return whether who acts is a country or a town, of whom no role is named."""
    return bool(actors) and all(each.sector is None for each in actors)


def _is_actor(actors: Iterable[Actor]) -> bool:
    """Return whether one is an actor by its own words, not by the place behind `in`: `shot the album cover in Goa`."""
    return any(each.sector or each.rule in ("phrase", "entity", "leader") for each in actors)


def _bears_arms(actors: Iterable[Actor]) -> bool:
    return any(ARMED in each.classes or PROTESTER in each.classes for each in actors)
