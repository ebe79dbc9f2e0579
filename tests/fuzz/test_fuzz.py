"""The fuzz targets on their corpus and on a fixed number of changed inputs, the same in every run; `make fuzz` runs them for long."""

from __future__ import annotations

import random

import pytest

from flows.parse.headers import FORMATS
from tests.fuzz import state
from tests.fuzz.mutation import mutated
from tests.fuzz.samples import CORPUS, dispatches
from tests.fuzz.targets import BY_TARGET, TARGETS

KEPT = sorted(CORPUS.glob("*/*"))


@pytest.fixture(scope="module", autouse=True)
def _removed_afterwards():
    yield
    state.forget()


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_an_input_of_the_corpus_keeps_the_properties_of_its_target(path):
    """Seeds, and each input that once broke a property: the name of the file says what it did."""
    BY_TARGET[path.parent.name].check(path.read_bytes())


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_changed_inputs_keep_the_properties_of_a_target(target):
    chance = random.Random(f"{target.name} 1")  # noqa: S311  # the same inputs in every run
    inputs = target.samples()
    for _ in range(target.ci):
        data = mutated(chance.choice(inputs), chance, inputs)
        try:
            target.check(data)
        except BaseException as error:
            error.add_note(f"{target.name} of {data!r}")
            raise


def test_each_format_is_a_target_and_each_folder_of_the_corpus_belongs_to_one():
    names = {target.name for target in TARGETS}

    assert {f"format.{known.name}" for known in FORMATS} <= names
    assert {path.parent.name for path in KEPT} <= names


def test_changes_are_the_same_from_the_same_seed_and_keep_within_the_size():
    first, again = (mutated(dispatches()[0], random.Random(7), dispatches()) for _ in range(2))  # noqa: S311

    assert first == again != dispatches()[0]
