"""Lengths of time and lasting events over which a total runs: `in ten days of fighting`, `have died in the war`."""

from __future__ import annotations

from collections.abc import Iterable

from flows.enrich.claims.sources import Sources
from flows.records import Span

MIN_DAYS = 5
"""Fewer days are the news itself: `killed nine in two days of clashes`."""

LENGTH_PREPOSITIONS = frozenset(("in", "over", "during", "throughout", "across"))
DEFINITES = frozenset(("the", "this", "that", "its", "their"))


def is_perfect(sources: Sources, verb: int) -> bool:
    """Return True for `have died`, `has been killed`."""
    return any(sources.tokens[aux].lemma.lower() == "have" for aux in sources.children(verb, "aux"))


def length_of_time(sources: Sources, trigger: int, around: Iterable[int]) -> Span | None:
    """Return the length of time that a clause sums up: `in two years`, or its subject in `months of clashes left 300 dead`."""
    tokens, units = sources.tokens, sources.reference.words["time_unit"]
    for at in around:
        if tokens[at].lemma.lower() not in units or not _is_long(sources, at):
            continue
        if _is_subject(sources, trigger, at) or (_governs(sources, at) and not _is_record(sources, at)):
            return sources.span(*sources.syntax.edges(at))
    return None


def lasting_event(sources: Sources, trigger: int, around: Iterable[int]) -> Span | None:
    """Return the lasting event of a verb in the perfect: `have died in the war`, `the epidemic has killed 900`."""
    tokens, lasting = sources.tokens, sources.reference.words["lasting"]
    verb = trigger if is_perfect(sources, trigger) else tokens[trigger].head
    if not is_perfect(sources, verb):
        return None
    for at in around:
        if tokens[at].lemma.lower() not in lasting:
            continue
        is_definite = any(
            tokens[c].text.lower() in DEFINITES or tokens[c].dep == "poss"
            for c in sources.children(at, "det", "poss")
        )
        if _is_subject(sources, trigger, at) or (is_definite and _governs(sources, at)):
            return _without_clauses(sources, at)
    return None


def _is_long(sources: Sources, unit: int) -> bool:
    """Return True for `ten days`, `two years`, `a year`, and `months of fighting`."""
    tokens = sources.tokens
    quantity = next(
        (sources.quantity_at[c] for c in sources.children(unit, "nummod") if c in sources.quantity_at), None
    )
    if quantity is None:
        return (
            tokens[unit].tag == "NNS"
            and sources.object_of(unit, "of") is not None
            and tokens[unit].lemma.lower() != "day"
        )
    if quantity.is_ordinal:
        return False
    return tokens[unit].lemma.lower() != "day" or (quantity.low or 0) >= MIN_DAYS


def _is_subject(sources: Sources, trigger: int, noun: int) -> bool:
    tokens = sources.tokens
    return tokens[noun].dep == "nsubj" and tokens[noun].head in (trigger, tokens[trigger].head)


def _governs(sources: Sources, noun: int) -> bool:
    """Return True if a preposition of length stands before the noun."""
    tokens = sources.tokens
    return tokens[noun].dep == "pobj" and tokens[tokens[noun].head].text.lower() in LENGTH_PREPOSITIONS


def _is_record(sources: Sources, noun: int) -> bool:
    """Return True for `the deadliest attack in two years`, `the first death in ten days`: the length belongs to the rank."""
    tokens = sources.tokens
    ranked = tokens[tokens[noun].head].head
    start = min(ranked, noun)
    return any(tokens[at].tag in ("JJS", "RBS") for at in range(start, noun)) or any(
        tokens[child].tag in ("JJS", "RBS")
        or (child in sources.quantity_at and sources.quantity_at[child].is_ordinal)
        for child in sources.syntax.children(ranked)
        if child < ranked and tokens[ranked].tag[:2] == "NN"
    )


def _without_clauses(sources: Sources, noun: int) -> Span:
    """Return the words from the determiner to the noun."""
    return sources.span(sources.syntax.edges(noun)[0], noun)
