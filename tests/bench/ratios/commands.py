"""The commands that are timed, Dateline's and those of the yardsticks, by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from tests.bench.ratios.bench import DATELINE, Bench
from tests.bench.ratios.spent import CommandFailed, Spent, cpu_of_children, spend
from tests.bench.ratios.variables import ROOT, clean_environment

THREE_FIELDS = "mentions,places,times"
FIRST_LINE = (
    b'{"id":1,"published":"2020-02-20","text":"Two Turkish soldiers were killed in Idlib on Thursday."}\n'
)


def dateline(
    folder: Callable[[Bench], object], fields: str = "all", workers: int | None = None
) -> Callable[[Bench], Spent]:
    """Return a run of Dateline into a new output."""

    def run(bench: Bench) -> Spent:
        with bench.new_output() as output:
            return bench.dateline_run(folder(bench), output, fields=fields, workers=workers)

    return run


def memory(times: int) -> Callable[[Bench], Spent]:
    """Return a run of Dateline whose memory is watched."""

    def run(bench: Bench) -> Spent:
        with bench.new_output() as output:
            return bench.dateline_run(bench.memory_input(times), output, has_memory=True)

    return run


def header_memory(times: int) -> Callable[[Bench], Spent]:
    """Return a run without the model whose memory is watched."""

    def run(bench: Bench) -> Spent:
        folder = bench.header_memory_input(times)
        with bench.new_output() as output:
            return bench.dateline_run(folder, output, fields="header", has_memory=True)

    return run


def large(name: str) -> Callable[[Bench], Spent]:
    """Return a run without the model over one large file."""

    def run(bench: Bench) -> Spent:
        with bench.large_file(name) as folder, bench.new_output() as output:
            return bench.dateline_run(
                folder, output, "--max-reject-share", "1", fields="header", has_memory=True
            )

    return run


def first_of_many(bench: Bench) -> Spent:
    """Return what the first run over many files spent; it is made once."""
    return bench.many[2]


def none_of_many(bench: Bench) -> Spent:
    """Run over many files that are all known."""
    folder, output, _ = bench.many
    return bench.dateline_run(folder, output, fields="header", has_memory=True)


def some_of_many(bench: Bench) -> Spent:
    """Run over many known files with a few new ones among them."""
    folder, output, _ = bench.many
    bench.add_to_many()
    return bench.dateline_run(folder, output, fields="header", has_memory=True)


def about_many(command: str) -> Callable[[Bench], Spent]:
    """Return a command that reads the output of many files."""

    def run(bench: Bench) -> Spent:
        asked = [DATELINE, command, "--output", str(bench.many[1])]
        return spend(asked, cwd=bench.work, env=clean_environment(), has_memory=True)

    return run


def stock(workers: int) -> Callable[[Bench], Spent]:
    """Return the stock pipeline on a share of the input, its time without loading scaled to all words."""

    def run(bench: Bench) -> Spent:
        folder, factor = bench.stock_input
        spent = bench.yardstick("stock", "stock.py", folder, workers)
        return replace(spent, wall=spent.said["seconds"] * factor, cpu=spent.said["cpu_seconds"] * factor)

    return run


def yardstick(environment: str, script: str, *arguments: object) -> Callable[[Bench], Spent]:
    """Return a script of a yardstick over the input of what reads no language."""

    def run(bench: Bench) -> Spent:
        bench.python_of(environment)
        with bench.new_output() as output:
            return bench.yardstick(environment, script, bench.without_model_input, output, *arguments)

    return run


def first_run(bench: Bench) -> Spent:
    """Return what the first run over the known files spent; it is made once."""
    return bench.known[2]


def nothing_new(bench: Bench) -> Spent:
    """Run over files that are all known."""
    folder, output, _ = bench.known
    return bench.dateline_run(folder, output, fields="header")


def new_among_known(bench: Bench) -> Spent:
    """Run over known files with a few new ones among them."""
    folder, output, _ = bench.known
    bench.add_new()
    spent = bench.dateline_run(folder, output, fields="header")
    if spent.said["article_count"] != bench.sizes.new:
        raise CommandFailed(f"{spent.said['article_count']} new articles, wanted {bench.sizes.new}")
    return spent


def without_prefect(fields: str) -> Callable[[Bench], Spent]:
    """Return a run by the coordinator with a plain pool of processes."""

    def run(bench: Bench) -> Spent:
        with bench.new_output() as output:
            command = [
                sys.executable, "-m", "tests.bench.ratios.without_prefect",
                str(bench.prefect_input), str(output), str(bench.cores), fields,
            ]  # fmt: skip
            return spend(command, cwd=ROOT, env=clean_environment())

    return run


def on_cluster(bench: Bench) -> Spent:
    """Run on two workers of a cluster, which are there before; only the time of the coordinator's processor counts."""
    with bench.new_output() as output:
        return bench.dateline_run(
            bench.cluster_input, output, "--engine", "dask", "--scheduler", bench.scheduler
        )


def python_alone(bench: Bench) -> Spent:
    """Start Python and end."""
    return spend([sys.executable, "-c", "pass"], cwd=bench.work)


def help_shown(bench: Bench) -> Spent:
    """Show the help of the command."""
    return spend([DATELINE, "--help"], cwd=bench.work, env=clean_environment())


def first_annotation(bench: Bench) -> Spent:
    """Start `dateline annotate`, and stop the clock when it has answered one line; its pipe stays open until then."""
    before, began = cpu_of_children(), perf_counter()
    with subprocess.Popen(
        [DATELINE, "annotate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=bench.work, env=clean_environment(),
    ) as running:  # fmt: skip
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(FIRST_LINE)
        running.stdin.flush()
        answer = running.stdout.readline()
        wall = perf_counter() - began
        running.stdin.close()
    if not answer:
        raise CommandFailed("dateline annotate ended without an answer")
    return Spent(wall, cpu_of_children() - before)


COMMANDS: dict[str, Callable[[Bench], Spent]] = {
    "all fields, 1 worker": dateline(lambda bench: bench.model_input, workers=1),
    "all fields, 2 workers": dateline(lambda bench: bench.model_input, workers=2),
    "three fields, 1 worker": dateline(lambda bench: bench.model_input, THREE_FIELDS, workers=1),
    "stock pipeline, 1 worker": stock(1),
    "stock pipeline, 2 workers": stock(2),
    "without the model": dateline(lambda bench: bench.without_model_input, "header"),
    "datatrove": yardstick("datatrove", "datatrove_job.py", 2),
    "datatrove with signature": yardstick("datatrove", "datatrove_job.py", 2, "signature"),
    "pyarrow": yardstick("pyarrow", "floor.py"),
    "dlt": yardstick("dlt", "dlt_job.py"),
    "first run": first_run,
    "nothing new": nothing_new,
    "new among known": new_among_known,
    "memory, once": memory(1),
    "memory, tenfold": memory(10),
    "header memory, once": header_memory(1),
    "header memory, tenfold": header_memory(10),
    "large file of lines": large("lines"),
    "large mbox": large("mbox"),
    "large line": large("line"),
    "many files": first_of_many,
    "many files, nothing new": none_of_many,
    "many files, some new": some_of_many,
    "many files, status": about_many("status"),
    "many files, catalog": about_many("catalog"),
    "many files, verify": about_many("verify"),
    "with Prefect": dateline(lambda bench: bench.prefect_input, "header"),
    "without Prefect": without_prefect("header"),
    "with Prefect, all fields": dateline(lambda bench: bench.prefect_input),
    "without Prefect, all fields": without_prefect("all"),
    "on a cluster": on_cluster,
    "here": dateline(lambda bench: bench.cluster_input),
    "python": python_alone,
    "help": help_shown,
    "first annotation": first_annotation,
}
"""Each takes the bench, and gives what the command spent."""
