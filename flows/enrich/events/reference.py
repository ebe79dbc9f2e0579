"""The tables that events are coded with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.enrich.entities.reference import EntityReference
from flows.enrich.events.actor_reference import ActorReference, read_actor_reference
from flows.enrich.events.codebooks import Codebooks, read_codebooks
from flows.enrich.events.triggers import Triggers, read_triggers, read_word_classes
from flows.enrich.language.reference import LanguageReference
from flows.enrich.lexicons import table

REFUSE = "refuse"
"""The act of those words that say no."""
SAME = "same"
"""In `event_acts.tsv`: the code of the act is that of its content."""


@dataclass(frozen=True, slots=True)
class EventReference:
    """The tables that events are coded with.

    `lemmas` are those of all triggers. `acts` maps an act and the beginning of the code of its content to a CAMEO code, None for the
    content's own. `controllers` are verbs whose object acts in their infinitive, `partitive` nouns that only measure another, `times` words that say when, `human` nouns for
    people, fighters and weapons, `incidents` nouns by which a text refers to an event. `agents` are
    nouns for who or what can act, `weapons` nouns for weapons and attacks, `quantifiers` words before a number, `violence` words of attacks, `forces` nouns for troops and police, `disasters` of nature and accidents, `markets` of trade and finance, `notices` words of notices to the reader, `refusals` words that say no, `of_any_cause` verbs for what both do. `effects` maps
    an effect of a claim to the beginnings of the codes that have it.
    """

    triggers: Triggers
    lemmas: frozenset[str]
    acts: Mapping[str, Mapping[str, str | None]]
    controllers: frozenset[str]
    partitive: frozenset[str]
    times: frozenset[str]
    human: frozenset[str]
    incidents: frozenset[str]
    agents: frozenset[str]
    weapons: frozenset[str]
    quantifiers: frozenset[str]
    violence: frozenset[str]
    forces: frozenset[str]
    disasters: frozenset[str]
    markets: frozenset[str]
    notices: frozenset[str]
    refusals: frozenset[str]
    of_any_cause: frozenset[str]
    effects: Mapping[str, tuple[str, ...]]
    codebooks: Codebooks
    actors: ActorReference

    def code_of(self, act: str, content: str | None) -> str | None:
        """Return the code of an act by the code of what it is about, None where the act alone is no event."""
        codes = self.acts[act]
        for size in range(len(content or ""), -1, -1):
            prefix = (content or "")[:size]
            if prefix in codes:
                return codes[prefix] or content
        return None


def read_event_reference(entities: EntityReference, language: LanguageReference) -> EventReference:
    """Read the tables."""
    triggers = read_triggers()
    classes = read_word_classes()
    acts: dict[str, dict[str, str | None]] = {}
    for row in table("event_acts"):
        acts.setdefault(row["act"], {})[row["content"]] = None if row["code"] == SAME else row["code"]
    return EventReference(
        triggers=triggers,
        lemmas=frozenset(lemma for _, lemma in triggers),
        acts=acts,
        controllers=classes["CONTROLLER"],
        partitive=classes["PARTITIVE"],
        times=classes["TIME"],
        incidents=classes["INCIDENT"],
        agents=frozenset().union(
            *(
                classes[name]
                for name in ("PEOPLE", "TROOPS", "POLICE", "WEAPON", "AIRCRAFT", "POLITICS", "AGENT")
            )
        ),
        weapons=(classes["WEAPON"] | classes["PROJECTILE"] | classes["AIRCRAFT"] | classes["ATTACK"])
        - classes["TROOPS"],
        quantifiers=classes["QUANTIFIER"],
        violence=classes["VIOLENCE"],
        forces=(classes["TROOPS"] | classes["POLICE"]) - classes["TEAM"],
        disasters=classes["DISASTER"],
        markets=classes["MARKET"],
        notices=classes["NOTICE"],
        refusals=frozenset(
            lemma for (_, lemma), rows in triggers.items() if any(each.code == REFUSE for each in rows)
        ),
        of_any_cause=classes["OF_ANY_CAUSE"],
        human=frozenset().union(
            *(classes[name] for name in ("PEOPLE", "TROOPS", "POLICE", "WEAPON", "PRISONER"))
        ),
        effects={row["effect"]: tuple(row["codes"].split("|")) for row in table("event_effects")},
        codebooks=read_codebooks(),
        actors=read_actor_reference(entities, language),
    )
