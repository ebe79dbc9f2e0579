"""The benchmarks: what a command spends, how rounds and ratios are made of it, and each command at a tiny size."""

from __future__ import annotations

import gzip
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.ratios import __main__ as suite
from tests.bench.ratios import corpus, environments
from tests.bench.ratios.bench import Bench, Sizes
from tests.bench.ratios.commands import COMMANDS
from tests.bench.ratios.environments import NotInstalled, pins, python_of
from tests.bench.ratios.measures import GROUPS, MEASURES, Measure
from tests.bench.ratios.spent import CommandFailed, Spent, spend
from tests.bench.ratios.without_prefect import run_plain
from tests.bench.same_tables import compare
from tests.bench.stages import Sampler, measure

from .conftest import SEEDS, dateline

BURN = "import time\nwhile time.process_time() < {}: pass\n"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench of a few dispatches that are made, since there are no corpora in its folder."""
    sizes = Sizes(
        model=6,
        stock_share=2,
        without_model=12,
        known=30,
        new=3,
        memory=2,
        prefect=6,
        cluster=6,
        header_memory=2,
        large_bytes=2_000_000,
        many_files=12,
    )
    with Bench(tmp_path / "work", tmp_path / "cache", tmp_path / "no-corpora", sizes) as made:
        yield made


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_processor_time_of_a_process_that_is_left_behind_counts(tmp_path):
    """A fork server outlives the command that started it, and its workers are not the command's to wait for."""
    left_behind = BURN.format(0.3)
    spent = spend(
        python(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {left_behind!r}])"),
        cwd=tmp_path,
    )

    assert spent.cpu >= 0.3


def test_memory_is_the_sum_over_processes_and_that_of_the_largest(tmp_path):
    held = f"held = b'x' * {60 << 20}; {BURN.format(0.3)}"
    both = f"import subprocess, sys\nrun = [subprocess.Popen([sys.executable, '-c', {held!r}]) for _ in range(2)]\n[each.wait() for each in run]"
    spent = spend(python(both), cwd=tmp_path, has_memory=True)

    assert 60 << 20 < spent.memory_largest < 120 << 20 < spent.memory


def test_what_a_command_says_is_the_object_on_its_last_line(tmp_path):
    assert spend(python("print('working'); print('{\"dispatches\": 3}')"), cwd=tmp_path).said == {
        "dispatches": 3
    }
    assert spend(python("print('working')"), cwd=tmp_path).said == {}


def test_a_command_that_fails_is_an_error_with_its_last_words(tmp_path):
    with pytest.raises(CommandFailed, match="status 3: no corpora"):
        spend(python("import sys; sys.stderr.write('no corpora'); sys.exit(3)"), cwd=tmp_path)


def test_a_yardstick_that_cannot_be_installed_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "pins", lambda: {"missing": (str(tmp_path / "no-such-package"),)})

    with pytest.raises(NotInstalled, match="no-such-package"):
        python_of("missing", tmp_path / "cache")


def test_an_environment_is_made_anew_when_its_pins_change(tmp_path, monkeypatch):
    """Two sets of pins are two folders; one that is ready is used as it is."""
    installed = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)
        else:
            installed.append(command[-1])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(environments.subprocess, "run", run)
    for pin in ("a==1", "a==2", "a==1"):
        monkeypatch.setattr(environments, "pins", lambda pin=pin: {"yardstick": (pin,)})
        python_of("yardstick", tmp_path)

    assert installed == ["a==1", "a==2"]


def test_every_pin_names_one_version():
    assert all("==" in pin for packages in pins().values() for pin in packages)


def test_every_command_is_measured_and_every_measure_has_its_commands():
    assert {name for each in MEASURES for name in each.commands} == set(COMMANDS)


def test_a_ratio_is_of_two_commands_in_one_round():
    """The ratio of the medians would be 2: the machine was slower in the second round."""
    spent = [
        {"a": Spent(2, 1), "b": Spent(1, 1)},
        {"a": Spent(30, 3), "b": Spent(10, 1)},
        {"a": Spent(4, 1), "b": Spent(2, 1)},
    ]
    found = suite.values_of(Measure("group", "a / b", "a", "b"), suite.Rounds(spent))

    assert (found["values"], found["median"], found["spread"], found["cpu_median"]) == (
        [2, 3, 2],
        2,
        [2, 3],
        1,
    )


def test_a_share_is_what_the_other_command_does_without():
    spent = {"with": Spent(10, 4), "without": Spent(9, 3)}
    share, difference = (
        Measure("group", kind, "with", "without", kind=kind).value(spent) for kind in ("share", "difference")
    )

    assert share == pytest.approx(0.1)
    assert difference == 1


def test_commands_take_turns_and_every_other_round_is_reversed(monkeypatch, bench):
    ran = []
    for name in ("a", "b"):
        monkeypatch.setitem(COMMANDS, name, lambda _, name=name: ran.append(name) or Spent(1, 1))
    suite.run_rounds(bench, ("a", "b"), 3)

    assert ran == ["a", "b", "b", "a", "a", "b"]


def test_a_command_that_fails_leaves_its_measures_out_and_no_others(monkeypatch, bench):
    def fail(_: Bench) -> Spent:
        raise NotInstalled("dlt: no such version")

    monkeypatch.setitem(COMMANDS, "a", lambda _: Spent(2, 1))
    monkeypatch.setitem(COMMANDS, "b", fail)
    result = suite.run_rounds(bench, ("a", "b"), 2)

    assert suite.values_of(Measure("group", "a", "a"), result)["median"] == 2
    missing = suite.values_of(Measure("group", "a / b", "a", "b"), result)
    assert missing["not_measured"] == "dlt: no such version"
    assert suite.line_of(missing).endswith("not measured: dlt: no such version")


@pytest.mark.parametrize(
    ("median", "wanted", "end"),
    [
        (0.5, {"most": 0.4, "least": None}, "at most 0.4: missed"),
        (0.3, {"most": 0.4, "least": None}, "at most 0.4"),
        (1.5, {"most": None, "least": 1.9}, "at least 1.9: missed"),
        (2.0, {"most": None, "least": 1.9}, "at least 1.9"),
        (2.0, {"most": None, "least": None}, "2.000"),
    ],
)
def test_a_line_says_what_was_wanted_and_whether_it_was_missed(median, wanted, end):
    assert suite.line_of(
        {"name": "a", "median": median, "spread": [median, median], "wanted": wanted}
    ).endswith(end)


def test_results_hold_the_machine_the_versions_and_every_figure(monkeypatch, tmp_path, capsys):
    for number, name in enumerate(("help", "first annotation", "python")):
        monkeypatch.setitem(COMMANDS, name, lambda _, number=number: Spent(number + 0.1, 0.1))
    suite.main(["start", "--rounds", "2", "--cache", str(tmp_path), "--bulk", str(tmp_path)])
    written = json.loads((tmp_path / "results.json").read_text())

    assert [each["median"] for each in written["measures"]] == [0.1, 1.1, 2.1]
    assert (
        written["commands"]["help"]
        == [{"wall": 0.1, "cpu": 0.1, "memory": 0, "memory_largest": 0, "memory_proportional": 0}] * 2
    )
    assert written["machine"]["cores"] == len(os.sched_getaffinity(0))
    assert written["versions"].keys() >= {
        "dateline",
        "commit",
        "compiled_network",
        "python",
        "pyarrow",
        "spacy",
        "prefect",
    }
    assert written["rounds"] == 2
    assert "dateline --help, seconds" in capsys.readouterr().out


def test_a_group_that_does_not_exist_is_refused(capsys, tmp_path):
    with pytest.raises(SystemExit):
        suite.main(["speed", "--cache", str(tmp_path)])
    assert "speed: wanted some of " + ", ".join(GROUPS) in capsys.readouterr().err


def test_made_dispatches_are_the_same_each_time_and_of_the_declared_lengths():
    lines = list(corpus.make_lines(2000))
    counts = sorted(len(json.loads(line)["text"].split()) for line in lines)

    assert lines == list(corpus.make_lines(2000))
    assert statistics.median(counts) == pytest.approx(corpus.WORDS_MEDIAN, rel=0.15)
    assert counts[320] == pytest.approx(44, abs=12)
    assert counts[1680] == pytest.approx(311, abs=50)


def test_the_corpora_are_read_evenly(tmp_path):
    for name, size in (("a", 30), ("b", 10)):
        lines = b"\n".join(b'{"text":"%s%d"}' % (name.encode(), number) for number in range(size))
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines))
    found = [json.loads(line)["text"] for line in corpus.read_bulk(tmp_path, 8)]

    assert found == ["a0", "a5", "a10", "a15", "a20", "a25", "b0", "b5"]


def test_a_run_without_prefect_commits_the_same_rows(tmp_path):
    """The share of Prefect is the difference of two runs that do the same."""
    run_plain(str(SEEDS), tmp_path / "plain", 0, "header")
    done = dateline("run", SEEDS, "--output", tmp_path / "flow", "--fields", "header")

    assert done.returncode == 0
    assert [each.table for each in compare(tmp_path / "plain", tmp_path / "flow") if each.difference] == []


def test_a_sample_counts_for_the_outermost_room():
    """What a field calls counts for the field."""
    code = compile("def outer(act):\n    return act()\ndef inner(act):\n    return act()", "made", "exec")
    rooms = [{"__name__": f"flows.enrich.{room}.made"} for room in ("claims", "places")]
    for room in rooms:
        exec(code, room)  # noqa: S102  # functions of modules by these names
    sampler = Sampler()
    rooms[0]["outer"](lambda: rooms[1]["inner"](lambda: sampler._sample(0, sys._getframe())))

    assert list(sampler.rooms) == ["flows.enrich.claims."]
    assert sampler.rooms["flows.enrich.claims."] == {"enrich.places.made.inner": 1}


def test_the_stages_of_a_run_are_sampled(tmp_path):
    sampler, seconds, words = measure(str(SEEDS), "header", tmp_path)

    assert "flows.parse." in sampler.rooms
    assert seconds > 0
    assert words > 1000


OWN = {"pyarrow", "stock"}
"""Yardsticks that run with the packages of this project; those of the others, and Dask, are not installed by tests."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name, marks=() if name in ("python", "help", "pyarrow", "nothing new") else pytest.mark.slow
        )
        for name in COMMANDS
        if "datatrove" not in name and name not in ("dlt", "on a cluster")
    ],
)
def test_a_command_runs_at_a_tiny_size(name, bench, monkeypatch):
    monkeypatch.setattr(Bench, "python_of", lambda _, yardstick: sys.executable if yardstick in OWN else "")
    spent = COMMANDS[name](bench)

    assert spent.wall > 0
    assert spent.cpu > 0
    has_memory = name.startswith(("memory", "header memory", "large", "many"))
    assert (spent.memory > 0, spent.memory_proportional > 0) == (has_memory, has_memory)
    assert not list(bench.work.glob("output-*"))
