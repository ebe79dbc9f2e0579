"""Whether an effect can happen to what is counted: people are killed, houses are destroyed, and guidelines are no prisoners that were released."""

from __future__ import annotations

from flows.enrich.claims.counts import DEFINITE, NAMED, NUMBER, PLURAL, PRONOUN
from flows.enrich.claims.noun_types import lemma_of
from flows.enrich.claims.nouns import Affected
from flows.enrich.claims.reference import ANY, PEOPLE, PERSON_TYPES, UNCOUNTED, Frame
from flows.enrich.claims.sources import Sources

PERSON_SUFFIXES = ("man", "men", "woman", "women", "ist", "ists", "er", "ers", "or", "ors", "ian", "ians")
OF_THINGS_TOO = frozenset("displaced captured missing rescued surrendered".split())
"""Effects whose verbs have things as well: `released 12 guidelines`. What they count must be known as people."""


def is_affected_by(affected: Affected, frame: Frame, sources: Sources) -> bool:
    """Return True if an effect can happen to what is counted; `any` happens to people and to buildings."""
    if not affected.is_bare and sources.tokens[affected.noun].lemma.lower() in sources.reference.deeds:
        return False
    if frame.effect in OF_THINGS_TOO and affected.type is None and not _may_be_people(sources, affected):
        return False
    if frame.affects == ANY:
        return is_countable(affected, sources, people=True) or (
            affected.type in ("building", "settlement") and affected.count.form == NUMBER
        )
    return is_countable(affected, sources, people=frame.affects == PEOPLE)


def _may_be_people(sources: Sources, affected: Affected) -> bool:
    """Return True for a number alone, a noun that ends as those of persons do, and a name: `freed three Tigers`."""
    return (
        affected.is_bare
        or sources.tokens[affected.noun].tag[:3] == "NNP"
        or _looks_like_person(sources, affected.noun)
    )


def is_countable(affected: Affected, sources: Sources, *, people: bool) -> bool:
    """Return True if what is counted can be killed or held (`people`), or destroyed or seized.

    A number without a noun, or with a noun that no table lists, counts people or things by the effect; other forms ask for a known noun.
    """
    kind, form = affected.type, affected.count.form
    if kind == UNCOUNTED or (lemma_of(sources, affected.noun) == "life" and form != NUMBER):
        return False
    if lemma_of(sources, affected.noun) in sources.reference.words["total"]:
        return False
    if kind is None and form == NUMBER and _is_singular_of_many(sources, affected):
        return False
    if people:
        if kind in PERSON_TYPES:
            return True
        if kind is not None:
            return False
        if affected.is_bare:
            return True
        return form == NUMBER or _looks_like_person(sources, affected.noun)
    if kind in PERSON_TYPES:
        return False
    if form in (NAMED, PRONOUN, DEFINITE, PLURAL):
        return False
    return kind is not None or form == NUMBER


def _is_singular_of_many(sources: Sources, affected: Affected) -> bool:
    """Return True for an unknown noun in the singular behind a number of several: it is no count (`a 180 metre section`, `some of the subsoil`)."""
    low, high = affected.count.low, affected.count.high
    return (
        not affected.is_bare
        and sources.tokens[affected.noun].tag == "NN"
        and ((low is not None and low > 1) or high is None or high > 1)
    )


def _looks_like_person(sources: Sources, noun: int) -> bool:
    """Return True for a noun that ends as those of persons do; not for `shoulder`."""
    text = sources.tokens[noun].text.lower()
    return (
        text.endswith(PERSON_SUFFIXES)
        and sources.tokens[noun].tag in ("NN", "NNS")
        and lemma_of(sources, noun) not in sources.reference.words["not_person"]
    )
