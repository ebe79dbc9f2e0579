"""`places` and `mentions` agree on each span: a place in one is a place in the other."""

from __future__ import annotations

from collections.abc import Iterator

from flows.enrich.findings import Enriched, Findings, find_all
from flows.journey import read
from flows.parse.body import body_as_is

from .behaviour.cases import read_cases
from .conftest import ROOT, SEEDS, loaded_reference
from .test_golden import outcomes_of

PLACES = frozenset({"GPE", "LOC", "FAC"})


def contradictions(found: Findings, text: str) -> Iterator[str]:
    """Yield the spans on which `places` and `mentions` disagree."""
    places = {place.span for place in found.places if not place.is_adjective}
    names = {each.span: each.type for each in found.mentions if each.kind == "name"}
    for span in places & names.keys():
        if names[span] not in PLACES:
            yield f"{span.of(text)} is a place and {names[span]}"
    for span, kind in names.items():
        if kind in PLACES and span not in places:
            yield f"{span.of(text)} is {kind} and no place"
        if kind == "PER":
            for place in places:
                if span.start <= place.start and place.end <= span.end:
                    yield f"{place.of(text)} is a place within the person {span.of(text)}"


def test_places_and_mentions_agree_on_the_behaviour_suite():
    cases = read_cases([ROOT / "tests" / "behaviour" / "cases"])
    reference = loaded_reference()
    readings = read([(body_as_is(case.text), None) for case in cases], reference)

    found = {
        case.id: list(contradictions(find_all(reading, reference), reading.text))
        for case, reading in zip(cases, readings, strict=True)
    }

    assert len(found) > 1000
    assert {case: errors for case, errors in found.items() if errors} == {}


def test_places_and_mentions_agree_on_the_sample_dispatches():
    every = [
        outcome
        for path in sorted(SEEDS.iterdir())
        if path.name != "README.md"
        for outcome in outcomes_of(path, loaded_reference())
        if isinstance(outcome, Enriched)
    ]

    found = [error for each in every for error in contradictions(each.found, each.reading.text)]

    assert sum(len(each.found.places) for each in every) > 50
    assert found == []
