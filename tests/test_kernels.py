"""The compiled network gives the annotations that spaCy's own network gives, whatever the processor and the batch."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc
from thinc.api import Model

from flows.enrich.language import kernels
from flows.enrich.language.kernels import KERNELS_MISSING, Embedding, Network, instruction_sets
from flows.enrich.language.packages import installed
from flows.enrich.language.pipeline import load_pipeline
from flows.enrich.language.vectors import TokenVectors, UnsupportedModel

from .conftest import SEEDS

WIDTH = 96
SETS = [name for name, _ in instruction_sets()]
needs_kernels = pytest.mark.skipif(KERNELS_MISSING is not None, reason=str(KERNELS_MISSING))


@pytest.fixture(scope="module")
def pipeline():
    """spaCy's pipeline with its own network."""
    found = load_pipeline(installed(None)[1], ["senter", "attribute_ruler", "lemmatizer"])
    # The vocabulary is loaded without its strings.
    moves = [part for name in found.get_pipe("parser").move_names for part in name[2:].split("||")]
    for label in (*found.get_pipe("tagger").labels, *moves):
        found.vocab.strings.add(label)
    return found


@pytest.fixture(scope="module")
def network(pipeline):
    return Network(pipeline)


@pytest.fixture(scope="module")
def documents(pipeline):
    texts = [path.read_text(errors="replace") for path in sorted(SEEDS.glob("*.txt"))]
    return [pipeline.make_doc(text) for text in [*texts, "", "Bamako", *texts[0].splitlines()]]


def words_of(pipeline, words):
    """Make one document of words; those that are blank are white space tokens."""
    return Doc(pipeline.vocab, words=list(words), spaces=[False] * len(words))


def lengths_of(documents):
    return np.array([len(each) for each in documents], dtype=np.int32)


def blanks_of(documents):
    return np.array([token.is_space for each in documents for token in each], dtype=np.uint8)


def entities_by_spacy(pipeline, documents, vectors):
    """Return what the recogniser finds where its vectors are the given ones."""
    layers = pipeline.get_pipe("ner").model.get_ref("tok2vec").layers
    ends = np.cumsum(lengths_of(documents)).tolist()
    rows = {id(each): vectors[end - len(each) : end] for each, end in zip(documents, ends, strict=True)}
    given = lambda _, found, is_train: ([rows[id(each)] for each in found], None)  # noqa: E731, ARG005
    own, layers[0] = layers[0], Model("given", given)
    try:
        list(pipeline.get_pipe("ner").pipe(documents))
    finally:
        layers[0] = own
    return [
        (end - len(each) + entity.start, end - len(each) + entity.end, entity.label_)
        for each, end in zip(documents, ends, strict=True)
        for entity in each.ents
    ]


def trees_by_spacy(pipeline, documents, vectors):
    """Return the head and the label of each token where the parser's vectors are the given ones."""
    end = 0
    for each in documents:
        each.tensor = vectors[end : end + len(each)]
        end += len(each)
    parsed = [each for each in documents if len(each)]
    # As one batch, since the parser takes the vectors of another batch from the documents.
    list(pipeline.get_pipe("parser").pipe(parsed, batch_size=4 * len(parsed) + 4))
    return tree_of_tokens(documents)


def tree_of_tokens(documents):
    heads, deps, first = [], [], 0
    for each in documents:
        heads += [first + token.head.i for token in each]
        deps += [token.dep_ for token in each]
        first += len(each)
    return heads, deps


def trees_of(network, vectors, lengths):
    heads, deps = network.trees(vectors, lengths)
    return heads.tolist(), [network.dep_labels[dep] for dep in deps]


def test_the_network_is_compiled_wherever_there_is_a_compiler():
    if shutil.which("gcc") and os.environ.get("DATELINE_KERNELS") != "0":
        assert KERNELS_MISSING is None


@needs_kernels
@pytest.mark.parametrize("name", SETS)
def test_vectors_entities_tags_and_trees_are_those_of_spacys_network(pipeline, documents, name):
    network = Network(pipeline, name)
    of_entities = TokenVectors(pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0])
    of_sentences = TokenVectors(pipeline.get_pipe("tok2vec").model)
    sentences = [
        words_of(pipeline, [token.text for token in each if not token.is_space]) for each in documents
    ]
    for layer, found, encode in (
        (of_entities, documents, network.entity_vectors),
        (of_sentences, sentences, network.sentence_vectors),
    ):
        expected = np.concatenate(layer(found))
        rows = layer._rows_of(found)
        vectors = encode(layer._table, rows.astype(np.int32), lengths_of(found))
        np.testing.assert_allclose(vectors, expected, atol=1e-5)
        if layer is of_entities:
            entities = network.entities(vectors, lengths_of(found), blanks_of(found))
    tags = network.tags(vectors)
    trees = trees_of(network, vectors, lengths_of(sentences))

    list(pipeline.get_pipe("ner").pipe(documents))
    for component in ("tok2vec", "tagger", "parser"):
        sentences = list(pipeline.get_pipe(component).pipe(sentences, batch_size=len(sentences) * 4))
    assert [(documents_text(documents, start, end), label) for start, end, label in entities] == [
        (entity.text, entity.label_) for each in documents for entity in each.ents
    ]
    assert [network.tag_labels[tag] for tag in tags] == [token.tag_ for each in sentences for token in each]
    assert trees == tree_of_tokens(sentences)
    assert len(entities) > 100


def documents_text(documents, start, end):
    for each in documents:
        if end <= len(each):
            return each[start:end].text
        start, end = start - len(each), end - len(each)
    raise IndexError(start)


@needs_kernels
@given(
    seed=st.integers(0, 2**32 - 1),
    lengths=st.lists(st.integers(0, 40), min_size=1, max_size=12),
    scale=st.sampled_from([0.0, 0.2, 1.0, 4.0]),
)
# Enough tokens for the rarest state: a sentence ends behind a word that has returned to the buffer.
@example(seed=1, lengths=[40] * 400, scale=1.0)
@settings(max_examples=60)
def test_any_vectors_lead_to_the_entities_and_trees_that_spacy_makes(pipeline, network, seed, lengths, scale):
    """Vectors that no text has lead through states that texts seldom reach."""
    random = np.random.default_rng(seed)
    vectors = (random.standard_normal((sum(lengths), WIDTH)) * scale).astype(np.float32)
    texts = [random.choice(["Mali", " "], length, p=[0.9, 0.1]).tolist() for length in lengths]
    with_blanks = [words_of(pipeline, words) for words in texts]
    sentences = [words_of(pipeline, ["Mali"] * length) for length in lengths]

    entities = network.entities(vectors, lengths_of(with_blanks), blanks_of(with_blanks))

    assert entities == entities_by_spacy(pipeline, with_blanks, vectors)
    if sum(lengths):
        assert trees_of(network, vectors, lengths_of(sentences)) == trees_by_spacy(
            pipeline, sentences, vectors
        )


@needs_kernels
@given(
    lengths=st.lists(st.integers(0, 30) | st.integers(370, 390) | st.just(800), max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=30)
def test_a_document_has_the_same_bits_alone_and_in_any_batch(network, lengths, seed):
    """The lengths are around that of the pieces in which a document is computed."""
    random = np.random.default_rng(seed)
    table = random.standard_normal((50, WIDTH)).astype(np.float32)
    rows = random.integers(0, 50, sum(lengths)).astype(np.int32)

    together = network.entity_vectors(table, rows, np.array(lengths, dtype=np.int32))

    first = 0
    for length in lengths:
        alone = network.entity_vectors(table, rows[first : first + length], np.array([length]))
        assert alone.tobytes() == together[first : first + length].tobytes()
        first += length


@needs_kernels
@pytest.mark.skipif(not {"avx2", "avx512"} <= set(SETS), reason="the processor has no AVX-512")
def test_vectors_of_eight_and_of_sixteen_numbers_give_the_same_bits(pipeline):
    random = np.random.default_rng(7)
    table = random.standard_normal((50, WIDTH)).astype(np.float32)
    rows, lengths = random.integers(0, 50, 1000).astype(np.int32), np.array([0, 1, 29, 970])

    eight, sixteen = (
        Network(pipeline, name).sentence_vectors(table, rows, lengths) for name in ("avx2", "avx512")
    )

    assert eight.tobytes() == sixteen.tobytes()


@needs_kernels
@pytest.mark.parametrize("name", SETS)
def test_vectors_that_are_no_numbers_and_long_documents_come_to_an_end(pipeline, name):
    network = Network(pipeline, name)
    for vectors in (np.full((300, WIDTH), np.nan), np.zeros((20_000, WIDTH))):
        lengths = np.array([len(vectors)])
        heads, _ = network.trees(vectors, lengths)
        entities = network.entities(vectors, lengths, np.zeros(len(vectors)))

        assert ((heads >= 0) & (heads < len(vectors))).all()
        assert all(0 <= start < end <= len(vectors) for start, end, _ in entities)
        assert len(network.tags(vectors)) == len(vectors)


@needs_kernels
@pytest.mark.parametrize("name", SETS)
def test_any_features_have_the_vectors_of_thincs_embedding(pipeline, name):
    """Features are hashes of 64 bits; which types are embedded together changes no bit."""
    features = np.random.default_rng(3).integers(0, 2**64, (200, 6), dtype=np.uint64)
    for layer, columns in (
        (pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0], 4),
        (pipeline.get_pipe("tok2vec").model, 6),
    ):
        _, _, hashed, mixed, _ = layer.layers[0].layers
        given = features[:, :columns]
        embedding = Embedding(layer, name)

        found = embedding(given)

        expected = mixed.layers[0].predict(hashed.layers[0].predict(given))
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert embedding(given[77:90]).tobytes() == found[77:90].tobytes()


@needs_kernels
def test_no_documents_give_no_annotations(pipeline, network):
    nothing, none = np.zeros((0, WIDTH), dtype=np.float32), np.zeros(0, dtype=np.int32)

    for lengths in (none, np.zeros(3, dtype=np.int32)):
        assert network.entities(nothing, lengths, none) == []
        assert [each.size for each in (*network.trees(nothing, lengths), network.tags(nothing))] == [0, 0, 0]
        assert network.entity_vectors(nothing, none, lengths).shape == (0, WIDTH)
    layer = pipeline.get_pipe("tok2vec").model
    assert Embedding(layer)(np.zeros((0, 6), dtype=np.uint64)).shape == (0, WIDTH)


@needs_kernels
def test_sizes_that_do_not_agree_are_refused(network):
    table = np.zeros((5, WIDTH), dtype=np.float32)
    for rows, lengths in (([5], [1]), ([-1], [1]), ([0, 1], [1]), ([0], [2, -1])):
        with pytest.raises(ValueError, match=r"row|tokens"):
            network.entity_vectors(table, np.array(rows), np.array(lengths))
    with pytest.raises(ValueError, match="bytes"):
        network.entities(table, np.array([5]), np.zeros(4))


@needs_kernels
def test_weights_that_are_not_aligned_are_refused(network, monkeypatch):
    """They would stop the process."""
    inputs, classes, weights, bias = network._tagger
    # numpy aligns to 16 bytes at least.
    unaligned = np.empty(weights.size + 1, dtype=np.float32)[1:]
    monkeypatch.setattr(network, "_tagger", (inputs, classes, unaligned, bias))

    with pytest.raises(ValueError, match="aligned"):
        network.tags(np.zeros((1, WIDTH), dtype=np.float32))


@needs_kernels
def test_a_pipeline_of_another_architecture_is_refused(pipeline, monkeypatch):
    monkeypatch.setitem(pipeline.get_pipe("parser").cfg, "beam_width", 4)

    with pytest.raises(UnsupportedModel, match="beam"):
        Network(pipeline)


def test_without_the_compiled_module_the_reason_is_given(pipeline, monkeypatch):
    monkeypatch.setattr(kernels, "KERNELS_MISSING", "the compiled network is missing: no such module")

    with pytest.raises(UnsupportedModel, match="missing"):
        Network(pipeline)
