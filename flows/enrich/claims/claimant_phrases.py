"""The words that name a claimant, its entity and its type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.enrich.claims.noun_types import lemma_of
from flows.enrich.claims.sources import Sources
from flows.enrich.entities.coreference import Entity
from flows.records import Span

COUNTRY_TYPE = "government"
MAX_NAME_CHARS = 200
"""How far back a name may begin that covers a word."""

PHRASE_LABELS = frozenset("det amod compound nmod poss nummod case predet quantmod punct advmod".split())


def phrase_of(sources: Sources, noun: int) -> Span:
    """Return the words of a noun phrase from its determiner to what `of` or `for` adds, without clauses and appositions."""
    tokens = sources.tokens
    first, last = noun, noun
    children: Sequence[int] = sources.syntax.children(noun)
    for child in reversed([c for c in children if c < noun]):
        left, right = sources.syntax.edges(child)
        if (
            tokens[child].dep not in PHRASE_LABELS
            or right != first - 1
            or (tokens[child].dep == "punct" and tokens[child].text in ',"“')
        ):
            break
        first = left
    for child in (c for c in children if c > noun):
        if tokens[child].dep == "case" and child == last + 1:
            continue
        if (
            tokens[child].dep == "prep"
            and child == last + 1
            and tokens[child].text.lower() in ("of", "for", "in", "at")
        ):
            inner = sources.child(child, "pobj")
            if inner is not None:
                last = max(last, *_right_of(sources, inner))
        elif tokens[child].dep in ("conj", "cc"):
            if tokens[child].dep == "conj" and tokens[child].tag[:2] == "NN":
                last = max(last, child)
        else:
            break
    return sources.span(first, last)


def _right_of(sources: Sources, noun: int) -> Iterator[int]:
    yield noun
    for child in sources.children(noun, "prep"):
        inner = sources.child(child, "pobj")
        if inner is not None and sources.tokens[child].text.lower() == "of":
            yield inner


def entity_in(sources: Sources, words: Span) -> Entity | None:
    """Return the entity of the last mention within the words, a person before an organisation before a country."""
    named = sources.mentions_within(words.start - MAX_NAME_CHARS, words.end)
    inside = [each for each in named if each.span.overlaps(words)]
    for types in (("PER",), ("ORG",), ()):
        for mention in reversed(inside):
            if not types or mention.type in types:
                return mention.entity
    return None


SIDES = frozenset(("rebel", "police", "military"))


def _side_of(sources: Sources, rank: int) -> str | None:
    """Return whose side a rank is of: `a rebel commander`, `the police chief`, `a commander of the guerrillas`."""
    of = sources.object_of(rank, "of", "for", "from", "in")
    before = sources.children(rank, "compound", "amod", "nmod", "poss")
    for word in (*before, *([of] if of is not None else [])):
        lemma = lemma_of(sources, word)
        kind = sources.reference.claimants.get(lemma) or sources.reference.types.get(lemma)
        if kind in SIDES and lemma not in sources.reference.words["rank"]:
            return kind
    return None


def claimant_type_of(sources: Sources, noun: int, entity: Entity | None) -> str | None:
    """Return the type of a claimant: by its noun with the words before it, by the sector of its entity, or a country's as its government."""
    tokens, claimants = sources.tokens, sources.reference.claimants
    lemma = lemma_of(sources, noun)
    words = [lemma]
    found = claimants.get(lemma) or claimants.get(tokens[noun].text.lower())
    before = noun - 1
    while (
        before >= 0
        and len(words) < 4
        and tokens[before].head in (noun, before + 1)
        and tokens[before].dep in ("compound", "amod", "nmod")
    ):
        words.insert(0, tokens[before].text.lower())
        found = claimants.get(" ".join(words)) or found
        before -= 1
    is_rank = lemma in sources.reference.words["rank"]
    if is_rank and (side := _side_of(sources, noun)) is not None:
        return side
    if entity is not None and entity.sector and (found is None or is_rank or lemma in ("agency", "report")):
        found = sources.reference.claimant_sectors.get(entity.sector) or found
    if found is None:
        for child in sources.children(noun, "poss", "compound", "amod", "nmod"):
            found = found or claimants.get(tokens[child].lemma.lower())
        inner = sources.object_of(noun, "of", "for", "from")
        if found is None and inner is not None:
            found = claimant_type_of(sources, inner, None)
    if found is None:
        place = sources.place_at.get(noun)
        if place is not None and not place.is_adjective:
            return COUNTRY_TYPE
    return found
