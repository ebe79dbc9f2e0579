"""Codes of event types: CAMEO, and its equivalents in PLOVER and ACLED, as the tables of the lexicons declare them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flows.enrich.lexicons import table

STATE, NONSTATE, PROTESTER, RIOTER, UNARMED, ARMED, NOBODY = (
    "state nonstate protester rioter unarmed armed none".split()
)
"""The classes of actors in `acled.tsv`; who is STATE or NONSTATE may also be ARMED."""


@dataclass(frozen=True, slots=True)
class CameoCode:
    """One event code of CAMEO, as text since zeros lead.

    `quad`: 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict. `goldstein`: from -10,
    conflict, to 10, cooperation.
    """

    code: str
    name: str
    quad: int
    goldstein: float

    @property
    def cue_category(self) -> str:
        """The first two digits: one of the 20 cue categories."""
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class PloverType:
    """PLOVER's equivalent of a CAMEO code; a mode or context that the code does not say is None.

    `type` is a type of the edition of 2018, which the labelled records use; `plover2` one of the 16 types of PLOVER 2, None for
    statements.
    """

    type: str
    plover2: str | None
    mode: str | None
    context: str | None


@dataclass(frozen=True, slots=True)
class AcledType:
    """An event type of ACLED and its sub-event type; `disorder_type` is the kind of both."""

    event_type: str
    sub_event_type: str
    disorder_type: str


@dataclass(frozen=True, slots=True)
class AcledRule:
    """When an event is of a sub-event type: its CAMEO code, the classes of the actors, the weapons; None for any."""

    cameo: tuple[str, ...]
    source: str | None
    target: str | None
    weapons: frozenset[str] | None
    sub_event_type: str


@dataclass(frozen=True, slots=True)
class Codebooks:
    """The codes of CAMEO, with those of PLOVER and ACLED that follow from them."""

    cameo: Mapping[str, CameoCode]
    plover: Mapping[str, PloverType]
    acled: Mapping[str, AcledType]
    acled_rules: tuple[AcledRule, ...]

    def acled_of(
        self,
        cameo: str,
        sources: Collection[frozenset[str]],
        targets: Collection[frozenset[str]],
        weapons: Collection[str] = (),
    ) -> AcledType | None:
        """Return ACLED's type of an event, or None where ACLED has no such event.

        `sources` and `targets` hold the classes of each actor (`Actor.classes`), empty where none is named; `weapons`
        the kinds and the lowercase names of the weapons used.
        """
        named = frozenset(weapons)
        acting, affected = _classes(sources), _classes(targets)
        for rule in self.acled_rules:
            if (
                cameo.startswith(rule.cameo)
                and (rule.source is None or rule.source in acting)
                and (rule.target is None or rule.target in affected)
                and (rule.weapons is None or not rule.weapons.isdisjoint(named))
            ):
                return self.acled[rule.sub_event_type]
        return None


def _classes(actors: Collection[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*actors) if actors else frozenset([NOBODY])


def read_codebooks() -> Codebooks:
    """Read the tables."""
    return Codebooks(
        cameo={
            row["code"]: CameoCode(row["code"], row["name"], int(row["quad"]), float(row["goldstein"]))
            for row in table("cameo")
        },
        plover={
            row["cameo"]: PloverType(
                row["type"], row["plover2"] or None, row["mode"] or None, row["context"] or None
            )
            for row in table("plover")
        },
        acled={
            row["sub_event_type"]: AcledType(row["event_type"], row["sub_event_type"], row["disorder_type"])
            for row in table("acled_types")
        },
        acled_rules=tuple(
            AcledRule(
                tuple(row["cameo"].split("|")),
                row["source"] or None,
                row["target"] or None,
                frozenset(row["weapon"].split("|")) if row["weapon"] else None,
                row["sub_event_type"],
            )
            for row in table("acled")
        ),
    )
