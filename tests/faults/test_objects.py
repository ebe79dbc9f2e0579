"""A thin selection of the faults between a run and its S3 server, and of several writers there. `python -m tests.faults` tries them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import object_sources, object_writers
from .objects import DONE, RECORD, Bench, at_request, bench
from .trial import Rows


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("objects")) as made:
        yield made


@pytest.fixture(scope="module")
def read(shared: Bench) -> tuple[str, Rows, int]:
    return object_sources.sources(shared)


@pytest.mark.parametrize(
    ("fault", "only", "at"),
    [
        pytest.param("kill -9 before a request", RECORD, 2, marks=pytest.mark.slow),
        ("kill -9 after a request", RECORD, 2),
        pytest.param("kill -9 after a request", "COPY", 19, marks=pytest.mark.slow),
        ("503 SlowDown", "PUT .dateline/stage/", 5),
        pytest.param("500, not done", "LIST", 2, marks=pytest.mark.slow),
        pytest.param("500, done", "DELETE", 1, marks=pytest.mark.slow),
        pytest.param("429", RECORD, 1, marks=pytest.mark.slow),
        pytest.param("connection reset, not done", RECORD, 2, marks=pytest.mark.slow),
        ("connection reset, done", RECORD, 2),
        pytest.param("answer cut off, done", RECORD, 3, marks=pytest.mark.slow),
        pytest.param("body cut off, done", "GET .dateline/log/", 1, marks=pytest.mark.slow),
        pytest.param("hang, not done", "COPY", 3, marks=pytest.mark.slow),
        ("hang, done", RECORD, 2),
        pytest.param("drip, done", "LIST", 1, marks=pytest.mark.slow),
        ("error in a 200", "COPY", 4),
        pytest.param("partial deletion", "DELETE", 1, marks=pytest.mark.slow),
        ("damaged answer", "GET .dateline/log/", 1),
    ],
)
def test_a_fault_of_a_request_loses_and_doubles_nothing(shared, fault, only, at):
    trial = at_request(shared, fault, at, only=only)

    assert trial.point.startswith(f"{at} {only}")
    assert (trial.lost, trial.doubled, trial.orphans, trial.differing) == (0, 0, 0, ())


@pytest.mark.parametrize(
    ("fault", "only", "at"), [("503 SlowDown", "", 60), ("connection reset, done", RECORD, 1)]
)
def test_a_store_that_does_not_come_back_during_the_run_loses_and_doubles_nothing(shared, fault, only, at):
    trial = at_request(shared, fault, at, only=only, is_sticky=True)

    assert (trial.lost, trial.doubled, trial.orphans, trial.differing) == (0, 0, 0, ())


@pytest.mark.parametrize("name", object_writers.STOPS)
def test_a_writer_that_continues_after_another_has_taken_over_changes_nothing(shared, name):
    """Its record is refused. It plans again, and finds the output settled, or the other writer at work."""
    trial, ended = object_writers.stopped(shared, name, 2, only=RECORD)

    assert ended == DONE
    assert (trial.lost, trial.doubled, trial.orphans, trial.differing) == (0, 0, 0, ())


def test_of_many_starts_at_once_one_commits_and_the_others_say_who_is_writing(shared):
    trial, ended = object_writers.started_at_once(shared, 6)

    others = [each for each in ended if each != DONE]
    assert len(others) < 6
    assert all(each.startswith("OutputBusy: ") and "is being written by " in each for each in others)
    assert (trial.lost, trial.doubled, trial.orphans, trial.differing) == (0, 0, 0, ())


@pytest.mark.parametrize(
    ("fault", "at", "is_sticky"),
    [
        ("body cut off, done", 3, False),
        ("connection reset, done", 2, False),
        ("answer cut off, done", 3, True),
        pytest.param("hang, done", 3, False, marks=pytest.mark.slow),
        pytest.param("drip, done", 4, False, marks=pytest.mark.slow),
        ("damaged answer", 3, False),
    ],
)
def test_an_object_is_read_whole_or_left_to_the_next_run(shared, read, fault, at, is_sticky):
    """A truncated object is never taken for a whole one: two sources of 400 dispatches each. One that is read later is in a later commit."""
    trial = object_sources.reading(shared, *read[:2], fault, at, is_sticky=is_sticky)

    assert (trial.lost, trial.doubled, trial.orphans) == (0, 0, 0)
    assert [
        name for name in trial.differing if not name.startswith("loads.") and not name.endswith(".batch_seq")
    ] == []
