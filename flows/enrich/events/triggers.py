"""The words that name an event, and the patterns in the dependency tree that decide which event they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.enrich.events.clauses import Clause
from flows.enrich.events.patterns import ANY_VERB, Condition
from flows.enrich.lexicons import table

NOUN_CODE = "@noun"
"""Code of a verb whose object names the event: `hold talks`."""

NO_EVENT = "none"
"""Code of a pattern that names no event: `executed the plan`."""

REPORT, INTEND, APPEAL, DEMAND, REFUSE, THREATEN, ACCUSE, DENY, BEGIN, TRY, PLAN, ALLOW, CONSIDER, WISH = (
    "report intend appeal demand refuse threaten accuse deny begin try plan allow consider wish".split()
)
"""The acts, in the words of `event_triggers.tsv` and `event_acts.tsv`."""

VERB, NOUN, ADJECTIVE = "verb", "noun", "adjective"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One pattern of a trigger word: a CAMEO code or an act, and the places where the target is named.

    `particle` is the second word of a verb such as `call for`, or None. `code` may be `NOUN_CODE` or `NO_EVENT`.
    """

    lemma: str
    particle: str | None
    conditions: tuple[Condition, ...]
    code: str
    targets: tuple[str, ...]

    @property
    def is_act(self) -> bool:
        """Whether the code depends on what the complement says."""
        return self.code[0].isalpha() and self.code != NO_EVENT

    @property
    def specificity(self) -> int:
        """How much the pattern asks for: a condition on words counts double, and so does a particle."""
        asked = sum(1 if each.words is None or each.negated else 2 for each in self.conditions)
        return asked + (2 if self.particle else 0)

    def matches(self, clause: Clause) -> bool:
        """Return whether the clause of the word has the particle and fulfils every condition."""
        if self.particle and not clause.has_particle(self.particle):
            return False
        for condition in self.conditions:  # noqa: SIM110  # `all` takes twice as long
            if not condition.holds_for(clause):
                return False
        return True


Triggers = Mapping[tuple[str, str], tuple[Trigger, ...]]
"""The patterns by part of speech and lemma, in the order in which they are tried."""


def read_triggers() -> Triggers:
    """Read `event_triggers.tsv` with the classes of `event_words.tsv`; patterns with more conditions come first."""
    classes = read_word_classes()
    found: dict[tuple[str, str], list[Trigger]] = {}
    for row in table("event_triggers"):
        conditions = tuple(_condition(item, classes) for item in row["pattern"].split())
        targets = tuple(row["target"].split("|")) if row["target"] else ()
        for word in row["words"].split("|"):
            lemma, _, particle = word.partition(" ")
            trigger = Trigger(lemma, particle or None, conditions, row["code"], targets)
            found.setdefault((row["pos"], lemma), []).append(trigger)
    return {
        key: tuple(sorted(triggers, key=lambda each: -each.specificity)) for key, triggers in found.items()
    }


def read_word_classes() -> Mapping[str, frozenset[str]]:
    """Return the lemmas of each class of `event_words.tsv`."""
    return {row["class"]: frozenset(row["words"].split("|")) for row in table("event_words")}


def _condition(item: str, classes: Mapping[str, frozenset[str]]) -> Condition:
    place, colon, words = item.removeprefix("-").partition(":")
    return Condition(
        place, frozenset(_words(words.split("|"), classes)) if colon and words else None, item.startswith("-")
    )


def _words(names: Iterable[str], classes: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for name in names:
        if name.isupper() and name != ANY_VERB:
            yield from classes[name]
        else:
            yield name
