"""Fit the weights of `flows/enrich/lexicons/cues.json` on labelled attributions, and print their accuracy with each publisher left out.

    python tests/bench/fit_cues.py GOLD [--predict FILE] [--write]

GOLD is a file of JSON lines, which may end in `.gz`, with `text`, `meta.publisher` and `gold.quotes` (`content` and `cue`: pairs of offsets), as
PolNeAR's. The attributions of each publisher are found with weights that were fitted on the others; `--predict` writes them, in the form of
`dateline annotate`. The texts are not stored.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from fitting import fit_logistic, rounded

from flows.enrich.entities.mentions import Mention, mentions_in
from flows.enrich.lexicons import LEXICONS
from flows.enrich.places.mentions import places_in
from flows.enrich.quotes.attributions import attributions_in
from flows.enrich.quotes.indirect import candidates_with_features
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.quotations import quotes_in
from flows.enrich.reference import Reference
from flows.journey import read
from flows.parse.body import body_as_is
from flows.records import Reading, Span
from flows.reference import load_reference

RIDGE = 20.0
"""L2 penalty. Chosen with one publisher left out: overlap F1 of all attributions moves by less than half a point from 5 to 20."""

MIN_OVERLAP, MIN_OVERLAP_ALONE = 0.3, 0.5
"""The overlap (Jaccard, in characters) with a labelled content from which on a candidate is right: with the same cue, and without. The first is
that of the measure."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled text, read, with its mentions, and the features and the label of each candidate."""

    document: dict[str, Any]
    reading: Reading
    mentions: tuple[Mention, ...]
    features: list[list[str]]
    wanted: list[bool]

    @property
    def publisher(self) -> str:
        """Return the publisher."""
        return str(self.document["meta"]["publisher"])


def main() -> None:
    """Print the measures with each publisher left out; with --write, store the weights fitted on all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--predict", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    reference = load_reference()
    texts = list(read_corpus(given.gold, reference))
    predicted = [
        each
        for publisher in sorted({text.publisher for text in texts})
        for each in left_out(texts, publisher, reference)
    ]
    if given.predict:
        given.predict.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in predicted))
    if given.write:
        write_weights(fit(texts))


def read_corpus(file: Path, reference: Reference) -> Iterator[Labelled]:
    """Yield the texts of a file."""
    content = file.read_bytes()
    if file.suffix == ".gz":
        content = gzip.decompress(content)
    documents = [orjson.loads(line) for line in content.splitlines()]
    readings = read([(body_as_is(document["text"]), None) for document in documents], reference)
    for document, reading in zip(documents, readings, strict=True):
        places = places_in(reading, reference.places)
        mentions = mentions_in(reading, places, reference.entities)
        quotes = quotes_in(reading, Named(mentions), reference.quotes)
        features, wanted = [], []
        gold = [
            (_characters(reading.text, quote["content"]), quote["cue"])
            for quote in document["gold"]["quotes"]
        ]
        for each in candidates_with_features(reading, quotes, reference.quotes.cue_words):
            found = _characters(reading.text, [(span.start, span.end) for span in each.content])
            start = reading.syntax.tokens[each.cue.head].start
            features.append(each.features)
            wanted.append(any(_is_right(found, start, content, cue) for content, cue in gold))
        yield Labelled(document, reading, mentions, features, wanted)


def _characters(text: str, spans: Iterable[Sequence[int]]) -> set[int]:
    return {at for start, end in spans for at in range(start, end) if text[at].isalnum()}


def _is_right(found: set[int], start: int, content: set[int], cue: Iterable[Sequence[int]]) -> bool:
    overlap = len(found & content) / max(1, len(found | content))
    same = any(first <= start < last for first, last in cue)
    return overlap >= (MIN_OVERLAP if same else MIN_OVERLAP_ALONE)


def left_out(texts: Sequence[Labelled], publisher: str, reference: Reference) -> Iterator[dict[str, Any]]:
    """Yield the attributions in the texts of a publisher, found with weights fitted on the others; print how many candidates are right."""
    weights = fit([text for text in texts if text.publisher != publisher])
    own = [text for text in texts if text.publisher == publisher]
    words = replace(reference.quotes.cue_words, weights=weights)
    quotes = replace(reference.quotes, cue_words=words)
    chosen = right = wanted = 0
    for text in own:
        for features, is_right in zip(text.features, text.wanted, strict=True):
            is_chosen = sum(weights.get(feature, 0.0) for feature in features) > 0
            chosen += is_chosen
            wanted += is_right
            right += is_chosen and is_right
        yield {
            "id": text.document["id"],
            "quotes": [
                {
                    "type": quote.type,
                    "rule": quote.rule,
                    "content": _pairs(quote.content),
                    "source": _pairs([quote.speaker] if quote.speaker else []),
                    "cue": _pairs([quote.cue] if quote.cue else []),
                }
                for quote in attributions_in(text.reading, text.mentions, quotes)
            ],
        }
    sys.stdout.write(
        f"{publisher}: {len(own)} texts, {wanted} of the candidates are right; at probability 0.5, precision {right / max(1, chosen):.3f}, "
        f"recall {right / max(1, wanted):.3f}\n"
    )


def _pairs(spans: Iterable[Span]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def fit(texts: Sequence[Labelled]) -> Mapping[str, float]:
    """Return the weights of the features."""
    features = [each for text in texts for each in text.features]
    wanted = [each for text in texts for each in text.wanted]
    return rounded(fit_logistic(features, wanted, [1.0] * len(wanted), RIDGE))


def write_weights(weights: Mapping[str, float]) -> None:
    """Store the weights for `read_cue_words`."""
    stored = {
        "fitted by": "tests/bench/fit_cues.py",
        "fitted on": "the training part of PolNeAR 1.0: news of seven publishers, 2015 and 2016",
        "weights": dict(weights),
    }
    (LEXICONS / "cues.json").write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
