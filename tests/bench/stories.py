"""Measure near-duplicates and stories; fit the weights of stories; count the document frequencies.

    PYTHONPATH=. python tests/bench/stories.py duplicates SHARED/corpora/bulk [--sample 5000]
    PYTHONPATH=. python tests/bench/stories.py events SHARED/gold/facts --reuters SHARED/corpora/bulk/reuters21578.jsonl.gz
    PYTHONPATH=. python tests/bench/stories.py background SHARED/corpora/bulk > flows/enrich/lexicons/background_terms.tsv

`duplicates` compares what the step finds with the exact Jaccard similarity of all pairs, found by an index of the rarest shingles of each
text, which misses none. `events` prints pairwise F1 with the weights as they ship, and with weights that are fitted without the corpus that is
measured; `--fit` prints the weights of all. Pairs of Reuters-21578 whose headlines name different companies count as different events.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from scipy.optimize import minimize

from flows.enrich.findings import Enriched
from flows.enrich.stories.candidates import candidates_of
from flows.enrich.stories.clustering import MIN_AVERAGE, clusters_of
from flows.enrich.stories.shingles import (
    MIN_ESTIMATE,
    NEAR_DUPLICATE,
    jaccard,
    minhash_of,
    shingles_in,
    similar_pairs,
)
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import (
    DAYS,
    INTERCEPT,
    LEAD,
    NAMES,
    PLACES,
    TEXT,
    UNDATED,
)
from flows.enrich.stories.terms import terms_in
from flows.enrich.stories.vectors import MAX_UNFOUNDED, NO_DAYS, Compared, Vectors
from flows.journey import article_or_rejected, enriched
from flows.records import RawDispatch, Source
from flows.reference import load_reference

SHIPPED = np.array([TEXT, LEAD, NAMES, PLACES, DAYS, UNDATED, INTERCEPT])
RIDGE = 1e-3
TICKER = re.compile(r"<([A-Z.]{1,6})>")
MIN_DOCUMENTS = 10
REUTERS_SAMPLE = 2500


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        yield from map(json.loads, lines)


def show(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")


def texts_of(folder: Path) -> dict[str, str]:
    return {
        row["id"]: row["text"] or "" for path in sorted(folder.glob("*.jsonl.gz")) for row in read_lines(path)
    }


# Near-duplicates.


def all_similar(shingles: dict[str, frozenset[str]]) -> set[tuple[str, str]]:
    """Every pair at NEAR_DUPLICATE or above: two sets so similar share one of their rarest shingles."""
    frequency = Counter(shingle for each in shingles.values() for shingle in each)
    rank = {
        shingle: at
        for at, (shingle, _) in enumerate(sorted(frequency.items(), key=lambda each: (each[1], each[0])))
    }
    index: defaultdict[str, list[str]] = defaultdict(list)
    found = set()
    for key in sorted((key for key in shingles if shingles[key]), key=lambda key: (len(shingles[key]), key)):
        own = shingles[key]
        prefix = sorted(own, key=rank.__getitem__)[: len(own) - math.ceil(NEAR_DUPLICATE * len(own)) + 1]
        near = {other for shingle in prefix for other in index[shingle]}
        for other in near:
            if (
                len(shingles[other]) >= NEAR_DUPLICATE * len(own)
                and jaccard(own, shingles[other]) >= NEAR_DUPLICATE
            ):
                found.add((min(key, other), max(key, other)))
        for shingle in prefix:
            index[shingle].append(key)
    return found


def measure_duplicates(folder: Path, sample: int | None) -> None:
    texts = texts_of(folder)
    if sample:
        texts = dict(random.Random(1).sample(sorted(texts.items()), sample))  # noqa: S311
    began = time.perf_counter()
    shingles = {key: shingles_in(text) for key, text in texts.items()}
    hashes = {key: minhash for key, each in shingles.items() if (minhash := minhash_of(each))}
    hashed = time.perf_counter()
    candidates = list(similar_pairs(hashes, list(hashes)))
    checked = [pair for pair in candidates if pair[2] >= MIN_ESTIMATE]
    found = {
        (min(one, other), max(one, other))
        for one, other, _ in checked
        if jaccard(shingles[one], shingles[other]) >= NEAR_DUPLICATE
    }
    ended = time.perf_counter()
    exact = all_similar(shingles)
    # What readers get: each text that repeats an earlier one, with the first it repeats.
    order = {key: at for at, key in enumerate(texts)}
    repeats = {max(pair, key=order.__getitem__) for pair in exact}
    flagged = {max(pair, key=order.__getitem__) for pair in found}
    show(
        {
            "dispatches": len(texts),
            "exact_pairs": len(exact),
            "candidates": len(candidates),
            "compared": len(checked),
            "precision": round(len(found & exact) / len(found), 4),
            "recall": round(len(found & exact) / len(exact), 4),
            "repeating": {"exact": len(repeats), "found": len(flagged), "both": len(repeats & flagged)},
            "signatures_s": round(hashed - began, 1),
            "pairs_s": round(ended - hashed, 1),
        }
    )


# The same event.


@dataclass(frozen=True, slots=True)
class Corpus:
    """Compared pairs with their features, whether they may found a story and are the same event, and the gold clusters, if there are."""

    signatures: list[Signature]
    gold: dict[str, Any]
    pairs: list[tuple[str, str]]
    features: np.ndarray
    founded: np.ndarray
    same: np.ndarray


def read_corpora(gold: Path, reuters: Path) -> dict[str, Corpus]:
    reference = load_reference()
    background = reference.background
    incidents = {row["id"]: row["text"] for row in read_lines(gold / "casualty" / "gva_counts.jsonl.gz")}
    corpora = {}
    for name, path in (("news_cluster", "news_cluster.jsonl"), ("gva_incidents", "gva_incidents.jsonl")):
        rows = list(read_lines(gold / "cluster" / path))
        rows = [row | {"text": row["text"] or incidents.get(row["id"])} for row in rows]
        rows = [row for row in rows if row["text"]]
        made = signatures_of([{"text": row["text"], "date": row["published"]} for row in rows], reference)
        labels = {each.article_id: row["gold"]["cluster"] for each, row in zip(made, rows, strict=True)}
        corpora[name] = compare(made, labels, background)
    rows = [row for _, row in zip(range(REUTERS_SAMPLE), read_lines(reuters), strict=False)]
    rows = [row for row in rows if row["text"]]
    made = signatures_of(
        [{"text": row["text"], "title": row["title"], "date": row["published"]} for row in rows], reference
    )
    corpora["reuters"] = different_companies(compare(made, {}, background))
    return corpora


def signatures_of(rows: Sequence[dict[str, Any]], reference: Any) -> list[Signature]:
    found: list[Signature] = []
    for at in range(0, len(rows), 64):
        payloads = [
            orjson.dumps({key: value for key, value in row.items() if value}) for row in rows[at : at + 64]
        ]
        dispatches = [
            RawDispatch(
                Source(f"file:///{at + number}", "0" * 64, "jsonl", 1, None, datetime.now(UTC)),
                0,
                0,
                len(payload),
                payload,
            )
            for number, payload in enumerate(payloads)
        ]
        outcomes = list(enriched([article_or_rejected(each) for each in dispatches], reference))
        found += [each.signature for each in outcomes if isinstance(each, Enriched)]
    assert len(found) == len(rows), "every text of the corpora is understood"
    return found


def compare(made: list[Signature], labels: dict[str, Any], background: Any) -> Corpus:
    vectors = Vectors(made, background)
    pairs: list[tuple[str, str]] = []
    features, founded = [], []
    for at, others in candidates_of(made, {each.article_id for each in made}, vectors):
        compared = vectors.compared(at, others)
        pairs += [
            (made[min(at, other)].article_id, made[max(at, other)].article_id) for other in others.tolist()
        ]
        features.append(values_of(compared))
        founded.append(compared.is_founded)
    same = [bool(labels) and labels[one] == labels[other] for one, other in pairs]
    return Corpus(
        made, labels, pairs, np.concatenate(features), np.concatenate(founded), np.array(same, dtype=float)
    )


def values_of(found: Compared) -> np.ndarray:
    undated = found.days == NO_DAYS
    days = np.where(undated, 0.0, np.log1p(np.maximum(found.days, 0)))
    return np.column_stack([*np.sqrt(found.similarity), days, undated, np.ones(len(days))])


def different_companies(corpus: Corpus) -> Corpus:
    named = {each.article_id: set(TICKER.findall(each.headline or "")) for each in corpus.signatures}
    kept = [
        bool(named[one] and named[other] and not named[one] & named[other]) for one, other in corpus.pairs
    ]
    same = np.where(kept, 0.0, np.nan)
    return Corpus(corpus.signatures, named, corpus.pairs, corpus.features, corpus.founded, same)


def fitted(corpora: Sequence[Corpus]) -> np.ndarray:
    """Logistic regression with weights of the sign that they must have; each corpus counts the same."""
    kept = [~np.isnan(each.same) for each in corpora]
    features = np.concatenate([each.features[keep] for each, keep in zip(corpora, kept, strict=True)])
    same = np.concatenate([each.same[keep] for each, keep in zip(corpora, kept, strict=True)])
    share = np.concatenate([np.full(keep.sum(), 1 / keep.sum()) for keep in kept]) / len(corpora)
    sign = 2 * same - 1

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = features @ weights * sign
        slope = -(share * sign / (1 + np.exp(margin))) @ features
        slope[:-1] += 2 * RIDGE * weights[:-1]
        return float(share @ np.logaddexp(0, -margin) + RIDGE * weights[:-1] @ weights[:-1]), slope

    bounds = [(0, None)] * 4 + [(None, 0)] * 2 + [(None, None)]
    return np.asarray(minimize(loss, np.zeros(features.shape[1]), jac=True, bounds=bounds).x)


def clustered(corpus: Corpus, weights: np.ndarray) -> list[tuple[str, ...]]:
    found = corpus.features @ weights
    found = np.where(corpus.founded, found, np.minimum(found, MAX_UNFOUNDED))
    scores = dict(zip(corpus.pairs, map(float, found), strict=True))
    return clusters_of([[each.article_id] for each in corpus.signatures], scores)


def pairwise(corpus: Corpus, weights: np.ndarray) -> dict[str, float]:
    """Pairwise precision, recall and F1, as `score.py cluster` computes them."""
    of = {key: at for at, cluster in enumerate(clustered(corpus, weights)) for key in cluster}

    def pairs(counts: Counter[Any]) -> int:
        return sum(count * (count - 1) // 2 for count in counts.values())

    right = pairs(Counter((label, of[key]) for key, label in corpus.gold.items()))
    found, wanted = pairs(Counter(of.values())), pairs(Counter(corpus.gold.values()))
    return {
        "P": round(right / found, 3),
        "R": round(right / wanted, 3),
        "F1": round(2 * right / (found + wanted), 3),
    }


def joined_companies(corpus: Corpus, weights: np.ndarray) -> dict[str, int]:
    """Pairs in the groups of Reuters-21578, by whether their headlines name the same company."""
    counts = Counter(
        "same" if corpus.gold[one] & corpus.gold[other] else "different"
        for cluster in clustered(corpus, weights)
        for one, other in combinations(cluster, 2)
        if corpus.gold[one] and corpus.gold[other]
    )
    return dict(counts)


def measure_events(gold: Path, reuters: Path, *, fit: bool) -> None:
    corpora = read_corpora(gold, reuters)
    if fit:
        names = ("text", "lead", "names", "places", "days", "undated", "intercept")
        found = fitted(list(corpora.values()))
        show(dict(zip(names, found.round(2).tolist(), strict=True)))
    labelled = ("news_cluster", "gva_incidents")
    for name in labelled:
        show(
            {
                "corpus": name,
                "weights": "shipped",
                "min_average": MIN_AVERAGE,
                **pairwise(corpora[name], SHIPPED),
            }
        )
    for name in labelled:
        others = fitted([each for other, each in corpora.items() if other != name])
        show({"corpus": name, "weights": "without it", **pairwise(corpora[name], others)})
    show({"corpus": "reuters", "pairs_joined": joined_companies(corpora["reuters"], SHIPPED)})


# Document frequencies.


def count_documents(folder: Path) -> None:
    """Print the table: the term and the number of documents that have it. The mini newsgroups are part of the others."""
    counts: Counter[str] = Counter()
    total = 0
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name.startswith("mini_"):
            continue
        for row in read_lines(path):
            counts.update(terms_in(f"{row.get('title') or ''}\n{row['text'] or ''}").keys())
            total += 1
    sys.stdout.write(f"*\t{total}\n")
    for term, count in sorted(counts.items()):
        if count >= MIN_DOCUMENTS:
            sys.stdout.write(f"{term}\t{count}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("duplicates", "events", "background"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--reuters", type=Path)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    if options.what == "events" and options.reuters is None:
        parser.error("events needs --reuters, dispatches that are no reports of one event")
    if options.what == "duplicates":
        measure_duplicates(options.folder, options.sample)
    elif options.what == "events":
        measure_events(options.folder, options.reuters, fit=options.fit)
    else:
        count_documents(options.folder)


if __name__ == "__main__":
    sys.exit(main())
