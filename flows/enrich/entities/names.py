"""The names of a text: candidates are classified, then chosen so that no two conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flows.enrich.entities.candidates import KINDS, NameCandidate, candidates_in
from flows.enrich.entities.casing import casing_of
from flows.enrich.entities.classification import classify, kind_of
from flows.enrich.entities.features import TextContext, features_of
from flows.enrich.entities.form_features import form_of
from flows.enrich.entities.reference import Actor, EntityReference
from flows.enrich.entities.roles import title_before
from flows.enrich.entities.weapons import weapons_in
from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.places.unplaced import BEYOND
from flows.records import Reading, Span

LABELS: Mapping[str, str] = {
    "NORP": "NORP",
    "EVENT": "EVENT",
    "PRODUCT": "PRODUCT",
    "WORK_OF_ART": "WORK",
    "LAW": "LAW",
    "LANGUAGE": "LANGUAGE",
}
"""Maps the model's other labels to `mentions.type`."""


TYPE_OF: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.COUNTRY, Kind.REGION, Kind.DISTRICT, *TOWNS), "GPE"),
    Kind.BUILDING: "FAC",
}
"""The type of a place by its kind; others are LOC."""


class Named(NamedTuple):
    """A name that was found: its type, its source, and the office before it.

    `probability` is that of the type, None where it was not classified; `canonical` and `category` are a weapon's name and kind.
    """

    span: Span
    type: str
    label: str | None
    place: PlaceMention | None
    rule: str
    probability: float | None
    role: str | None
    canonical: str | None = None
    category: str | None = None


def names_in(reading: Reading, places: Sequence[PlaceMention], reference: EntityReference) -> list[Named]:
    """Return the names in reading order; two overlap only if one lies within the name of an organisation or an event."""
    casing = casing_of(reading.text, reading.words, reading.sentences)
    candidates = candidates_in(reading, places, casing, reference)
    unsure = [candidate for candidate in candidates if candidate.certain is None]
    persons = [candidate.surface for candidate in candidates if candidate.certain == "PER"]
    persons += _titled(unsure, reading.text, reference)
    companies = [
        candidate.surface.split()[0] for candidate in candidates if _is_company(candidate, reference)
    ]
    companies += _without_legal_form(candidates, reference)
    context = TextContext(reading, candidates, casing)
    features = [features_of(candidate, context, reference) for candidate in unsure]
    classified = classify(unsure, features, reference.weights, persons, companies)
    probabilities = {candidate.span: kinds for candidate, kinds in zip(unsure, classified, strict=True)}
    chosen = Chosen()
    for weapon in weapons_in(reading.text, reading.words, reading.sentences, reference.weapons):
        chosen.add(Named(weapon.span, "WEAPON", None, None, "weapon", None, None, weapon.name, weapon.kind))
    for named in _by_precedence(_typed(candidates, probabilities, reading.text, reference)):
        chosen.add(named)
    names = [_without_demonym(each, reading.text, reference.actors) for each in chosen.names]
    return sorted(names, key=lambda each: (each.span.start, -each.span.end))


def _titled(candidates: Sequence[NameCandidate], text: str, reference: EntityReference) -> list[str]:
    """Return the single words that a title stands before once in the text: `Gov. Nakamura` makes every `Nakamura` that person."""
    return [
        candidate.surface
        for candidate in candidates
        if candidate.label in (None, "PERSON")
        and candidate.surface.isalpha()
        and candidate.surface.lower() not in reference.ordinary
        and title_before(text, candidate.span.start, reference.titles)
    ]


def _without_legal_form(candidates: Sequence[NameCandidate], reference: EntityReference) -> list[str]:
    """Return the names of two words and more that companies bear without `Ltd` and `Inc`."""
    names = []
    for candidate in candidates:
        if candidate.certain != "ORG":
            continue
        form = form_of(candidate.surface, reference)
        size = len(form.words)
        while size and form.small[size - 1] in reference.words["company"]:
            size -= 1
        if 1 < size < len(form.words):
            names.append(" ".join(form.words[:size]))
    return names


def _is_company(candidate: NameCandidate, reference: EntityReference) -> bool:
    """Return True for a name whose other words are generic: `Banner Industries Inc`."""
    words = form_of(candidate.surface, reference).small
    return (
        len(words) > 1
        and words[0] not in reference.ordinary
        and reference.organisations.heads.issuperset(words[1:])
    )


def _typed(
    candidates: Sequence[NameCandidate],
    probabilities: Mapping[Span, tuple[float, ...]],
    text: str,
    reference: EntityReference,
) -> Iterator[Named]:
    """Yield the candidates that are names, with their types."""
    for candidate in candidates:
        kinds = probabilities.get(candidate.span, ())
        kind = kind_of(candidate, kinds)
        type_ = _type_of(candidate, kind)
        if type_ is None:
            continue
        probability = None if candidate.certain else kinds[KINDS.index(kind)] if kind != "OTHER" else None
        role = title_before(text, candidate.span.start, reference.titles) if type_ == "PER" else None
        yield Named(
            candidate.span, type_, candidate.label, candidate.place, candidate.source, probability, role
        )


def _type_of(candidate: NameCandidate, kind: str) -> str | None:
    if kind == "OTHER":
        return LABELS.get(candidate.label or "")
    if kind != "LOC":
        return kind
    place = candidate.place
    if place is not None and place.place:
        return TYPE_OF.get(place.place.kind, "LOC")
    if place is not None and place.null_reason == BEYOND:
        return "LOC"
    return candidate.label if candidate.label in ("GPE", "LOC", "FAC") else "GPE"


def _by_precedence(names: Iterable[Named]) -> list[Named]:
    """Return the names in the order in which they are chosen: a name before those it contains, then the most probable first."""
    ranked = []
    holders: list[Named] = []
    for named in sorted(names, key=lambda each: (each.span.start, -each.span.end)):
        holders = [other for other in holders if other.span.end > named.span.start]
        depth = sum(contains(other.span, named.span) for other in holders)
        probability = 1.0 if named.probability is None else named.probability
        ranked.append((depth, -probability, named.span.start - named.span.end, named.span.start, named))
        if named.type in HOLDERS:
            holders.append(named)
    ranked.sort(key=lambda each: each[:-1])
    return [each[-1] for each in ranked]


BLOCK = 64
"""Size of the blocks by which overlapping names are looked up, in characters. It affects only the speed."""

HOLDERS = frozenset({"PER", "ORG", "EVENT", "GPE", "LOC", "FAC"})
"""Types whose names are chosen whole, rather than a name within them."""


def contains(outer: Span, inner: Span) -> bool:
    """Return True if a span contains another one and is longer."""
    return outer.start <= inner.start and inner.end <= outer.end and outer != inner


class Chosen:
    """The names chosen so far, by the block of text that they lie in."""

    def __init__(self) -> None:
        self.names: list[Named] = []
        self._in_block: defaultdict[int, list[Named]] = defaultdict(list)

    def add(self, named: Named) -> None:
        """Add a name unless it conflicts with one that was chosen."""
        blocks = range(named.span.start // BLOCK, (named.span.end - 1) // BLOCK + 1)
        if any(_clash(named, other) for block in blocks for other in self._in_block.get(block, ())):
            return
        self.names.append(named)
        for block in blocks:
            self._in_block[block].append(named)


def _clash(named: Named, other: Named) -> bool:
    """Return True if two names overlap and exclude each other; a place or an ethnic group may lie within an organisation's name."""
    if not named.span.overlaps(other.span):
        return False
    inner, outer = (named, other) if contains(other.span, named.span) else (other, named)
    return not (
        contains(outer.span, inner.span)
        and inner.type in ("GPE", "LOC", "FAC", "NORP")
        and outer.type in ("ORG", "FAC", "EVENT")
    )


def _without_demonym(named: Named, text: str, actors: Mapping[str, Actor]) -> Named:
    """Remove the demonym from a well-known organisation: `Turkish Anadolu` is Anadolu."""
    words = named.span.of(text).split(" ")
    if named.type == "ORG" and len(words) == 2 and words[1] in actors and named.span.of(text) not in actors:
        return named._replace(span=Span(named.span.end - len(words[1]), named.span.end))
    return named
