"""Fit the weights of `flows/enrich/lexicons/places.json` on labelled texts, and report what they reach on a corpus left out.

    python tests/bench/fit_places.py GOLD [--write]

GOLD holds `lgl.jsonl`, `trnews.jsonl`, `geovirus.jsonl` and `gwn.jsonl`: JSON lines with `text`, `published` and
`gold.places` (`start`, `end`, `geonameid`, `lat`, `lon`, `country`). Two models of few parameters: whether words name a place
(logistic regression) and which place it is (a softmax over the candidates of a name). Each corpus is measured with weights fitted on
the other three; the weights written are fitted on all four. Nothing of the texts is kept.

News of one sentence is rare in these corpora and frequent in dispatches. So single sentences are cut out of the labelled texts and
read alone, some of them in capitals or in title case, and fitted on beside the whole texts. The model knows the names of these
corpora better than those of most dispatches; so sentences are also read with their places replaced by others, all of one country drawn
at random. Whether words name a place is fitted on these, which place is not. None of the sentences is measured.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from anyascii import anyascii

from flows.enrich.gazetteer_index import TOWNS, Kind
from flows.enrich.language.sentences import SentenceRules, sentences_in
from flows.enrich.lexicons import LEXICONS
from flows.enrich.places.choosing import Featured, choose, features_in
from flows.enrich.places.gazetteer import Gazetteer, Place
from flows.enrich.places.mentions import MIN_SCORE, PlaceMention, resolved
from flows.enrich.places.reference import PlaceReference, PlaceWeights
from flows.enrich.places.resolution import Resolver, key_of
from flows.enrich.reference import Reference
from flows.evaluation.places import km_between, place_figures
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Reading
from flows.reference import load_reference
from tests.bench.fitting import Group, fit_logistic, fit_softmax, rounded

SETS = {"lgl": 1.0, "trnews": 1.5, "geovirus": 1.2, "gwn": 1.2}
"""Each corpus with the weight of its texts: the smaller ones count for more."""

RIDGE_OF_NAMING, RIDGE_OF_MEANING = 20.0, 5.0
"""That of naming is tuned by the mean F1 of the corpora left out: 88.4 at 1, 88.9 at 2, 89.2 at 8, 89.3 at 20 and 40. That of meaning is not tuned."""
ROUNDS_OF_MEANING = 3
RADIUS_KM = 161.0

SENTENCE_WEIGHT, CASED_WEIGHT, MOVED_WEIGHT = 0.4, 0.3, 1.2
"""What a sentence counts beside a whole text, one in another case, and one with other places."""
CASED_SHARE, MOVED_SHARE = 0.3, 1.0
"""Share of the sentences that are read in capitals and in title case as well, and with other places."""
MIN_KNOWN_POPULATION, KNOWN_SHARE = 15_000, 0.5
"""This share of the places that replace others have so many people, the rest are any: news names smaller ones less often."""
MIN_WORDS, MAX_WORDS = 4, 40
SMALL_IN_TITLES = frozenset("of in on at to by or and the a an as for from with".split())
WORD = re.compile(r"[^\W\d_]+")


@dataclass
class Labelled:
    """A labelled text or sentence, read, with the phrases that may name a place and which of them do."""

    set: str
    document: dict[str, Any]
    weight: float
    is_whole: bool
    reading: Reading
    phrases: list[Featured]
    wanted: list[bool]


def main() -> None:
    """Print the measures of each corpus left out, and write the weights fitted on all where asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("gold", type=Path)
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    reference = load_reference()
    texts = with_phrases(read_texts(units(given.gold, reference), reference), reference.places)
    for name, figures in left_out(texts, reference.places):
        cells = "  ".join(f"{what} {100 * value:.1f}" for what, value in figures.items() if value is not None)
        sys.stdout.write(f"{name:<9} {cells}\n")
    if given.write:
        weights = fitted(texts, reference.places.words.division)
        stored = {
            "fitted by": "tests/bench/fit_places.py",
            "fitted on": f"{sum(text.is_whole for text in texts)} texts, and sentences of them alone: parts of LGL, TR-News, GeoVirus and GeoWebNews",
            "naming": rounded(weights.naming),
            "meaning": rounded(weights.meaning),
        }
        (LEXICONS / "places.json").write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")


def units(folder: Path, reference: Reference) -> list[tuple[str, float, bool, dict[str, Any]]]:
    """Return (corpus, weight, is a whole text, document) of the texts and of their sentences."""
    found = []
    moves = Moves(reference.places.gazetteer)
    chance = random.Random(0)  # noqa: S311  # a sample, not a secret
    for name, weight in SETS.items():
        for line in (folder / f"{name}.jsonl").read_bytes().splitlines():
            document = orjson.loads(line)
            found.append((name, weight, True, document))
            for sentence in single_sentences(document, reference.language.sentences):
                found.append((name, weight * SENTENCE_WEIGHT, False, sentence))
                if chance.random() < MOVED_SHARE and (moved := moves.moved(sentence, chance)):
                    found.append((name, weight * MOVED_WEIGHT, False, moved))
                for change in (str.upper, in_title_case):
                    text = change(sentence["text"])
                    if chance.random() < CASED_SHARE and len(text) == len(sentence["text"]):
                        found.append((name, weight * CASED_WEIGHT, False, sentence | {"text": text}))
    return found


class Moves:
    """Moves a sentence to another country: each labelled place becomes one of its places."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """List the places of each country."""
        self._gazetteer = gazetteer
        self._countries: defaultdict[str, list[Place]] = defaultdict(list)
        for number in range(gazetteer.size):
            place = gazetteer.place(number)
            is_local = place.kind is Kind.REGION or place.kind in TOWNS
            if is_local and place.country:
                self._countries[place.country].append(place)
        self._known = {
            country: [each for each in places if each.population >= MIN_KNOWN_POPULATION] or places
            for country, places in self._countries.items()
        }

    def moved(self, sentence: dict[str, Any], chance: random.Random) -> dict[str, Any] | None:
        """Return the sentence in another country, or None if it names no place or a demonym."""
        country = chance.choice(sorted(self._countries))
        text, places, shift = sentence["text"], [], 0
        for gold in sentence["gold"]["places"]:
            surface = sentence["text"][gold["start"] : gold["end"]]
            candidates = self._gazetteer.candidates(surface)
            if self._gazetteer.demonym(surface) or not candidates:
                return None
            is_country = candidates[0].place.kind is Kind.COUNTRY
            local = self._known if chance.random() < KNOWN_SHARE else self._countries
            place = self._gazetteer.country(country) if is_country else chance.choice(local[country])
            if place is None:
                return None
            name = anyascii(place.name)
            start = gold["start"] + shift
            text = text[:start] + name + text[gold["end"] + shift :]
            shift += len(name) - len(surface)
            places.append({"start": start, "end": start + len(name), "lat": None, "lon": None})
        return (
            {"text": text, "published": sentence["published"], "gold": {"places": places}} if places else None
        )


def single_sentences(document: dict[str, Any], rules: SentenceRules) -> Iterator[dict[str, Any]]:
    """Yield the sentences of a document as documents, with their labels."""
    body = body_as_is(document["text"])
    for start, end in ((each.start, each.end) for each in sentences_in(body.text, body.paragraphs, rules)):
        text = document["text"][start:end]
        if MIN_WORDS <= len(text.split()) <= MAX_WORDS and text == body.text[start:end]:
            places = [
                gold | {"start": gold["start"] - start, "end": gold["end"] - start}
                for gold in document["gold"]["places"]
                if start <= gold["start"] and gold["end"] <= end
            ]
            yield {"text": text, "published": document["published"], "gold": {"places": places}}


def in_title_case(text: str) -> str:
    """Return a text as headlines are written: small words in lowercase, others with a capital."""
    return WORD.sub(
        lambda word: (
            word.group()
            if word.group().lower() in SMALL_IN_TITLES and word.start()
            else word.group()[:1].upper() + word.group()[1:]
        ),
        text,
    )


def read_texts(
    documents: Sequence[tuple[str, float, bool, dict[str, Any]]], reference: Reference
) -> Iterator[tuple[tuple[str, float, bool, dict[str, Any]], Reading]]:
    """Yield each document with its reading, those in another language without the detector's guess."""
    bodies = [
        (
            body_as_is(document["text"]),
            date.fromisoformat(document["published"][:10]) if document["published"] else None,
        )
        for *_, document in documents
    ]
    yield from zip(documents, read(bodies, reference), strict=True)


def with_phrases(
    texts: Iterable[tuple[tuple[str, float, bool, dict[str, Any]], Reading]], reference: PlaceReference
) -> list[Labelled]:
    """Return the texts with their phrases, and which of these are labelled as places."""
    found = []
    for (name, weight, is_whole, document), reading in texts:
        if reading.unread:
            continue
        phrases = features_in(reading, reference)
        spans = [(each.toponym.span.start, each.toponym.span.end) for each in phrases]
        best = {_best(gold["start"], gold["end"], spans) for gold in document["gold"]["places"]}
        wanted = [span in best for span in spans]
        found.append(Labelled(name, document, weight, is_whole, reading, phrases, wanted))
    return found


def _best(start: int, end: int, spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the phrase that a labelled span asks for: itself, else the one that shares most with it."""
    shared = [
        (min(end, to) - max(start, at), -abs((to - at) - (end - start)), at, to)
        for at, to in spans
        if at < end and start < to
    ]
    return max(shared)[2:] if shared else None


def left_out(
    texts: Sequence[Labelled], reference: PlaceReference
) -> Iterator[tuple[str, dict[str, float | None]]]:
    """Yield the measures on each corpus of weights that were fitted on the others."""
    for name in SETS:
        weights = fitted([text for text in texts if text.set != name], reference.words.division)
        pairs = [
            (text.document, [as_line(each) for each in found(text, reference, weights)])
            for text in texts
            if text.set == name and text.is_whole
        ]
        yield name, place_figures(pairs)


def found(text: Labelled, reference: PlaceReference, weights: PlaceWeights) -> tuple[PlaceMention, ...]:
    """Return the mentions of places that these weights find."""
    named = choose(text.phrases, weights.naming, MIN_SCORE)
    return resolved(text.reading, named, replace(reference, weights=weights))


def as_line(mention: PlaceMention) -> dict[str, Any]:
    """Return a mention as the measures read it."""
    point = mention.point
    return {
        "start": mention.span.start,
        "end": mention.span.end,
        "lat": point.latitude if point else None,
        "lon": point.longitude if point else None,
        "country": point.country if point else None,
    }


def fitted(texts: Sequence[Labelled], areas: frozenset[str]) -> PlaceWeights:
    """Fit both models; the second in rounds, since what a name stands for depends on the others."""
    rows = [
        (phrase.features, is_wanted, text.weight)
        for text in texts
        for phrase, is_wanted in zip(text.phrases, text.wanted, strict=True)
    ]
    naming = fit_logistic(*zip(*rows, strict=True), RIDGE_OF_NAMING)
    meaning: dict[str, float] = {}
    for _ in range(ROUNDS_OF_MEANING):
        meaning = fit_softmax(list(_groups(texts, naming, meaning, areas)), RIDGE_OF_MEANING)
    return PlaceWeights(naming, meaning)


def _groups(
    texts: Sequence[Labelled], naming: dict[str, float], meaning: dict[str, float], areas: frozenset[str]
) -> Iterator[Group]:
    """Yield for each name with a label its candidates, 2 for the very place, 1 for one near it."""
    for text in texts:
        toponyms = [each.toponym for each in choose(text.phrases, naming, MIN_SCORE)]
        labels = defaultdict(list)
        for toponym in toponyms:
            for gold in text.document["gold"]["places"]:
                if (
                    gold["lat"] is not None
                    and gold["start"] < toponym.span.end
                    and toponym.span.start < gold["end"]
                ):
                    labels[key_of(toponym)].append((gold["lat"], gold["lon"], gold["geonameid"]))
        if not labels:
            continue
        resolver = Resolver(toponyms, text.reading.text, areas)
        resolver.score(meaning)
        for name, features in resolver.features():
            if own := labels.get(key_of(name.toponyms[0])):
                label = Counter(own).most_common(1)[0][0]
                right = [_right(candidate.place, *label) for candidate in name.candidates]
                if any(right) and not all(right):
                    yield Group(features, right, text.weight * (1 + math.log(len(own))))


def _right(place: Place, latitude: float, longitude: float, geonameid: int | None) -> float:
    """Return 2 for the very place, 1 for one within the radius, else 0."""
    if geonameid and place.geonameid == geonameid:
        return 2.0
    return float(km_between(latitude, longitude, place.latitude, place.longitude) <= RADIUS_KM)


if __name__ == "__main__":
    main()
