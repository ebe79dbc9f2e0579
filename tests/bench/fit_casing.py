"""Fit the weights of `flows/enrich/lexicons/casing.json` on news in mixed case, and print their accuracy on corpora that they were not fitted on.

    python tests/bench/fit_casing.py NAME=FILE … [--write]

Each FILE holds JSON lines with `text`. The case of the words of a sentence but the first is what is fitted. Each corpus is measured with weights
that were fitted on the others. The texts are not stored.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from flows.enrich.casing.features import CaselessWord, features_of, names_among, words_in
from flows.enrich.casing.reference import CASES, CasingReference
from flows.enrich.casing.truecasing import cases_of, is_in_capitals
from flows.enrich.language.sentences import sentences_in
from flows.enrich.lexicons import LEXICONS
from flows.enrich.reference import Reference
from flows.parse.body import body_as_is
from flows.reference import load_reference

MIN_OCCURRENCES = 12
"""A word is a feature of its own from so many occurrences on."""

MIN_WEIGHT = 0.15
"""Features whose weights are all smaller are not stored. 0.3 would store a third of these, for one to two points of accuracy."""
INVERSE_RIDGE = 1.0
"""scikit-learn's C; not tuned."""

MAX_WORDS = 250_000
"""Words of one corpus that are fitted on."""

Weights = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence and how they are written; None for the first, whose capital says nothing."""

    words: list[CaselessWord]
    cases: list[str | None]


def case_of(word: str) -> str:
    """Return how a word of a text is written."""
    if len(word) > 1 and word.isupper():
        return "upper"
    return "capital" if word[0].isupper() else "lower"


def sentences_of(path: Path, reference: Reference) -> list[Sentence]:
    """Read sentences in mixed case, in random order of the documents."""
    lines = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).splitlines()
    texts = [text for line in lines if (text := orjson.loads(line).get("text"))]
    random.Random(7).shuffle(texts)  # noqa: S311  # a sample, no secret
    found: list[Sentence] = []
    count = 0
    for text in texts:
        body = body_as_is(text)
        for span in sentences_in(text, body.paragraphs, reference.language.sentences):
            written = text[span.start : span.end]
            if is_in_capitals(written) or written.istitle() or not written.rstrip().endswith("."):
                continue
            words = words_in(text, span.start, span.end, reference.casing)
            cases = [case_of(text[word.start : word.start + len(word.text)]) for word in words]
            shown = [
                None if at == 0 or word.before[-1:] in "\"“'‘" else cases[at] for at, word in enumerate(words)
            ]
            # A line that writes most words with a capital is a headline.
            if len(words) > 3 and cases.count("lower") >= len(words) / 3:
                found.append(Sentence(words, shown))
                count += len(words)
        if count > MAX_WORDS:
            break
    return found


def examples(
    sentences: Sequence[Sentence], reference: CasingReference, common: frozenset[str]
) -> Iterator[tuple[list[str], str]]:
    """Yield the features and the case of each word; the case of the word before is the written one."""
    for sentence in sentences:
        names = names_among(sentence.words, reference)
        for at, case in enumerate(sentence.cases):
            if case:
                before = (sentence.cases[at - 1] or "capital") if at else "none"
                yield list(features_of(sentence.words, at, names, before, common)), case


def fit(sentences: Sequence[Sentence], reference: CasingReference) -> dict[str, list[float]]:
    """Return the weights of each feature, by case."""
    counts = Counter(word.text for sentence in sentences for word in sentence.words)
    common = frozenset(word for word, count in counts.items() if count >= MIN_OCCURRENCES)
    features, wanted = zip(*examples(sentences, reference, common), strict=True)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([dict.fromkeys(names, 1.0) for names in features])
    model = LogisticRegression(C=INVERSE_RIDGE, fit_intercept=False, max_iter=200)
    model.fit(matrix, [CASES.index(case) for case in wanted])
    return {
        name: [round(float(row[at]), 2) for row in model.coef_]
        for at, name in enumerate(vectorizer.get_feature_names_out())
        if max(abs(row[at]) for row in model.coef_) >= MIN_WEIGHT
    }


def measure(sentences: Sequence[Sentence], reference: CasingReference) -> str:
    """Return accuracy, and precision, recall and F1 of words that are not in lowercase."""
    right = total = hit = found = wanted = 0
    for sentence in sentences:
        for case, guess in zip(sentence.cases, cases_of(sentence.words, reference), strict=True):
            if case:
                total += 1
                right += case == guess
                wanted += case != "lower"
                found += guess != "lower"
                hit += case == guess != "lower"
    return f"{total} words, accuracy {right / total:.4f}, cased P {hit / found:.4f} R {hit / wanted:.4f} F1 {2 * hit / (found + wanted):.4f}"


def main() -> None:
    """Print the measures of each corpus; with --write, store weights that were fitted on all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpora", nargs="+", metavar="NAME=FILE")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    reference = load_reference()
    corpora = {
        name: sentences_of(Path(file), reference)
        for name, _, file in (each.partition("=") for each in options.corpora)
    }
    for name, sentences in corpora.items():
        others = [each for other, all_of in corpora.items() if other != name for each in all_of]
        if others:
            weights = {**fit(others, reference.casing)}
            sys.stdout.write(
                f"{name}: {measure(sentences, replace(reference.casing, weights=weights))}, {len(weights)} weights\n"
            )
            sys.stdout.flush()
    if options.write:
        weights_of_all = fit([each for all_of in corpora.values() for each in all_of], reference.casing)
        (LEXICONS / "casing.json").write_bytes(
            orjson.dumps(weights_of_all, option=orjson.OPT_SORT_KEYS) + b"\n"
        )


if __name__ == "__main__":
    main()
