"""The time of the compiled network, by step and instruction set, and of numpy for the same vectors.

    PYTHONPATH=. python tests/bench/network.py FILE

FILE is a JSON object with a `text` in each line. The steps are given what the model gives them when it reads these texts.
Milliseconds of CPU time for 500 words, the least of five turns; compare the rows of one run.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from flows.enrich.language.compiled import CompiledAnnotator
from flows.enrich.language.kernels import Network, instruction_sets
from flows.enrich.language.packages import installed
from flows.enrich.language.pieces import batches_of, pieces_of
from flows.enrich.language.pipeline import load_pipeline
from flows.enrich.language.pipeline_files import PipelineFiles, read_lemmatizer
from flows.enrich.language.reference import read_language_reference
from flows.enrich.language.sentences import sentences_in
from flows.enrich.language.vectors import TokenVectors
from flows.parse.body import body_as_is

STEPS = ("entity_vectors", "entities", "sentence_vectors", "tags", "trees")
TURNS = 5


class Recorder:
    """Passes calls on to a network and keeps their arguments, copied where they change later."""

    def __init__(self, network: Network) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self._network = network

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._network, name)
        if name not in STEPS:
            return found

        def call(*arguments: Any) -> Any:
            self.calls.append((name, tuple(each.copy() for each in arguments)))
            return found(*arguments)

        return call


def recorded_calls(folder: Path, texts: list[str]) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the calls of the network while the model reads the texts."""
    rules = read_language_reference().sentences
    annotator = CompiledAnnotator(PipelineFiles(folder), read_lemmatizer(folder))
    recorder = annotator._network = Recorder(annotator._network)
    pieces = [
        piece
        for number, text in enumerate(texts)
        for paragraphs in [body_as_is(text).paragraphs]
        for piece in pieces_of(number, text, paragraphs, sentences_in(text, paragraphs, rules))
    ]
    for batch in batches_of(pieces):
        annotator.annotate(batch, with_syntax=True)
    return recorder.calls


def by_numpy(layer: Any, table: Any, rows: Any, lengths: Any) -> None:
    """Compute the vectors of `entity_vectors` or `sentence_vectors` as `vectors.py` does, from the same types."""
    vectors = TokenVectors(layer)
    vectors._table, given = table, iter(np.split(rows, np.cumsum(lengths)[:-1]))
    vectors._rows_of = lambda documents: np.concatenate([next(given) for _ in documents])
    vectors([range(length) for length in lengths.tolist()])


def main(file: str) -> None:
    """Print the table."""
    texts = [json.loads(line)["text"] for line in Path(file).read_text().splitlines()]
    folder = installed(None)[1]
    pipeline = load_pipeline(folder, ["senter", "attribute_ruler", "lemmatizer"])
    calls = recorded_calls(folder, texts)
    layers = {
        "entity_vectors": pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0],
        "sentence_vectors": pipeline.get_pipe("tok2vec").model,
    }
    networks = {name: Network(pipeline, name) for name, _ in instruction_sets()}
    spent: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * TURNS)
    for turn in range(TURNS):
        for name, arguments in calls:
            for row, network in networks.items():
                begun = process_time()
                getattr(network, name)(*arguments)
                spent[row, name][turn] += process_time() - begun
            if name in layers:
                begun = process_time()
                by_numpy(layers[name], *arguments)
                spent["numpy", name][turn] += process_time() - begun
    words = sum(len(text.split()) for text in texts)
    lines = [
        f"{len(texts)} texts, {words} words",
        "",
        f"| | {' | '.join(STEPS)} | all |",
        "|" + " --- |" * (len(STEPS) + 2),
    ]
    for row in (*networks, "numpy"):
        cells = {step: min(spent[row, step]) * 500_000 / words for step in STEPS if (row, step) in spent}
        shown = [f"{cells[step]:.2f}" if step in cells else "" for step in STEPS]
        lines.append(f"| {row} | {' | '.join(shown)} | {sum(cells.values()):.2f} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
