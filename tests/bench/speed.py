"""The model with times, places and entities, over the stock pipeline with all its components as it comes: one text, one run.

python tests/bench/speed.py GOLD [ROUNDS]

GOLD is a folder of JSON lines with `text`; three rounds take turns, CPU time of one thread, the least of each counts.
"""

from __future__ import annotations

import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from datetime import date
from pathlib import Path
from time import process_time

import orjson

from flows.enrich.findings import find_all
from flows.enrich.language.packages import installed
from flows.journey import read
from flows.parse.body import body_as_is
from flows.reference import load_for_process

PUBLISHED = date(2020, 2, 20)
BATCH = 64
WORDS = 500


def main(gold: str, rounds: int) -> None:
    """Print milliseconds for 500 words of both, and their ratio."""
    texts = [
        document["text"]
        for path in sorted(Path(gold).glob("*.jsonl"))
        for document in map(orjson.loads, path.read_bytes().splitlines())
        if document.get("text")
    ][:600]
    words = sum(len(text.split()) for text in texts)
    # The stock pipeline first: Dateline sets numpy's BLAS for the process when it loads.
    import spacy  # noqa: PLC0415  # the stock pipeline first
    from thinc.api import NumpyOps, get_current_ops, set_current_ops  # noqa: PLC0415  # the stock pipeline first

    as_it_comes = get_current_ops()
    stock = spacy.load(installed(None)[1])
    reference = load_for_process()
    spent: dict[str, list[float]] = {"stock": [], "dateline": []}
    for _ in range(rounds):
        set_current_ops(as_it_comes)
        began = process_time()
        for _document in stock.pipe(texts, batch_size=BATCH):
            pass
        spent["stock"].append(process_time() - began)
        set_current_ops(NumpyOps(use_blis=False))
        began = process_time()
        for at in range(0, len(texts), BATCH):
            for reading in read(
                [(body_as_is(text), PUBLISHED) for text in texts[at : at + BATCH]], reference
            ):
                find_all(reading, reference)
        spent["dateline"].append(process_time() - began)
    best = {name: min(seconds) for name, seconds in spent.items()}
    for name, seconds in best.items():
        sys.stdout.write(f"{name:<9} {1000 * seconds * WORDS / words:6.1f} ms for {WORDS} words\n")
    sys.stdout.write(
        f"ratio     {best['dateline'] / best['stock']:6.2f}   fast vectors: {reference.model.slow_reason is None}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
