"""Measure the time of each stage relative to the language model, in one run, since absolute times vary.

python tests/bench/stages.py FOLDER [MAX_DISPATCHES]
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from flows.enrich.entities.mentions import mentions_in
from flows.enrich.language.sentences import sentences_in
from flows.enrich.places.mentions import places_in
from flows.enrich.quotes.quotations import quotes_in
from flows.enrich.times.expressions import times_in
from flows.errors import UnknownFormat
from flows.fetch.local import find_files
from flows.journey import article_or_rejected, read
from flows.parse import sniff
from flows.parse.formats import Sample
from flows.records import Article, RawDispatch, Source
from flows.reference import load_reference

WORDS = 500


def main(folder: str, max_dispatches: int) -> None:
    """Print the cost of each stage for 500 words, and its share of the model's."""
    spent: dict[str, float] = defaultdict(float)
    reference = load_reference()
    model, detector, rules = reference.model, reference.detector, reference.language.sentences
    raws = []
    for file in find_files([folder], outside=Path("output")):
        payload = file.path.read_bytes()
        try:
            known = sniff(Sample(file.path.name, payload))
        except UnknownFormat:
            continue
        source = Source(file.uri, "", known.name, 1, None, datetime.now(UTC))
        raws += [RawDispatch(source, n, a, b, payload[a:b]) for n, (a, b) in enumerate(known.split(payload))]

    def timed(stage, act, *arguments):
        began = process_time()
        result = act(*arguments)
        spent[stage] += process_time() - began
        return result

    outcomes = [timed("parse", article_or_rejected, raw) for raw in raws[:max_dispatches]]
    articles = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    for article in articles:
        timed("language", detector.language_of, article.body.text)
        timed("sentences", sentences_in, article.body.text, article.body.paragraphs, rules)
    texts = [
        (
            article.body.text,
            article.body.paragraphs,
            sentences_in(article.body.text, article.body.paragraphs, rules),
        )
        for article in articles
    ]
    timed("model", lambda: list(model.read(texts)))
    for reading in read([(article.body, article.published_on) for article in articles], reference):
        places = timed("places", places_in, reading, reference.places)
        timed("mentions", mentions_in, reading, places, reference.entities)
        timed("times", times_in, reading)
        timed("quotes", quotes_in, reading, reference.quotes)

    words = sum(len(text.split()) for text, _ in texts)
    lines = [
        f"{len(articles)} articles, {words:,} words",
        "",
        f"{'stage':<12}{'ms / 500 words':>16}{'of the model':>14}",
    ]
    lines += [
        f"{stage:<12}{seconds * 1000 * WORDS / words:>16.2f}{seconds / spent['model']:>14.3f}"
        for stage, seconds in spent.items()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
