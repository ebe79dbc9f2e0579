"""The inputs of one bench, made when they are first asked for, and how its commands are run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

from tests.bench.ratios import corpus, inputs
from tests.bench.ratios.cluster import dask_cluster
from tests.bench.ratios.environments import python_of
from tests.bench.ratios.spent import Spent, spend
from tests.bench.ratios.variables import ROOT, clean_environment, quiet_environment

DATELINE = str(Path(sys.executable).with_name("dateline"))
TEXT_CHARS, LONG_TEXT_CHARS = 1500, 12_000
"""Characters of the texts that are made, on average."""

YARDSTICKS = ROOT / "tests" / "bench" / "yardsticks"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many dispatches or files each group of measures reads; the defaults take `make bench` half an hour on two cores.

    The stock pipeline reads one dispatch of `stock_share`; its time is scaled to the words of all.
    """

    model: int = 4000
    stock_share: int = 8
    without_model: int = 8000
    known: int = 100_000
    new: int = 100
    memory: int = 400
    prefect: int = 20_000
    cluster: int = 2000
    header_memory: int = 20_000
    large_bytes: int = 5_000_000_000
    many_files: int = 1_000_000

    def scaled(self, factor: float) -> Sizes:
        """Return sizes that are so many times as large, at least a few dispatches each."""
        return Sizes(
            **{
                name: getattr(self, name)
                if name == "stock_share"
                else max(6, round(getattr(self, name) * factor))
                for name in self.__slots__
            }
        )


@dataclass
class Bench:
    """Where a bench works, on what, and with which environments."""

    work: Path
    cache: Path
    bulk: Path
    sizes: Sizes = field(default_factory=Sizes)
    cores: int = 2

    def __post_init__(self) -> None:
        self._numbers = count()
        self._started = ExitStack()

    def __enter__(self) -> Bench:
        self.work.mkdir()
        return self

    def __exit__(self, *raised: object) -> None:
        self._started.close()

    def python_of(self, yardstick: str) -> str:
        """Return the interpreter of a yardstick's environment."""
        return str(python_of(yardstick, self.cache))

    def dispatches(self, size: int) -> list[bytes]:
        """Return lines of the bulk corpora, or lines that are made where they are not there."""
        if any(self.bulk.glob("*.jsonl.gz")):
            return corpus.read_bulk(self.bulk, size)
        return list(corpus.make_lines(size))

    @property
    def is_made(self) -> bool:
        """Return True if the corpora are not there and the dispatches are made."""
        return not any(self.bulk.glob("*.jsonl.gz"))

    @cached_property
    def model_input(self) -> Path:
        """A folder of JSON lines in twelve files, none larger than a part."""
        return self._folder_of(self.sizes.model)

    @cached_property
    def stock_input(self) -> tuple[Path, float]:
        """One dispatch of `stock_share` in `model_input`, and the factor by which all of them have more words."""
        lines = self.dispatches(self.sizes.model)
        some = lines[:: self.sizes.stock_share]
        folder = corpus.write_files(some, self.work / "stock", 1)
        return folder, corpus.word_count(lines) / corpus.word_count(some)

    @cached_property
    def without_model_input(self) -> Path:
        """A folder of JSON lines for what reads no language."""
        return self._folder_of(self.sizes.without_model)

    @cached_property
    def prefect_input(self) -> Path:
        """A folder of JSON lines for the share of Prefect."""
        return self._folder_of(self.sizes.prefect)

    @cached_property
    def cluster_input(self) -> Path:
        """A folder of JSON lines for two workers of a cluster."""
        return self._folder_of(self.sizes.cluster)

    @cached_property
    def scheduler(self) -> str:
        """The address of the scheduler of a cluster of two workers, which runs until the bench ends."""
        return self._started.enter_context(dask_cluster(self.work / "cluster", self.cores))

    def memory_input(self, times: int) -> Path:
        """A folder of JSON lines that is so many times as large as the smallest."""
        folder = self.work / f"memory-{times}"
        return (
            folder
            if folder.exists()
            else corpus.write_files(self.dispatches(self.sizes.memory * times), folder, 12)
        )

    def _folder_of(self, size: int) -> Path:
        folder = self.work / f"dispatches-{size}"
        return folder if folder.exists() else corpus.write_files(self.dispatches(size), folder, 12)

    def header_memory_input(self, times: int) -> Path:
        """A folder of JSON lines that are made, so many times as large as the smallest."""
        folder = self.work / f"header-memory-{times}"
        if not folder.exists():
            folder.mkdir()
            size = self.sizes.header_memory * times * TEXT_CHARS
            inputs.write_stream(inputs.json_lines(size, TEXT_CHARS), folder / "lines.jsonl")
        return folder

    @contextmanager
    def large_file(self, name: str) -> Iterator[Path]:
        """Give a folder with one large file, by the name of what is in it; it is removed afterwards, since two do not fit every disk."""
        folder = self.work / f"large-{name}"
        folder.mkdir()
        size = self.sizes.large_bytes
        try:
            if name == "lines":
                inputs.write_stream(inputs.json_lines(size, LONG_TEXT_CHARS), folder / "lines.jsonl")
            elif name == "mbox":
                inputs.write_stream(inputs.messages(size, LONG_TEXT_CHARS), folder / "messages.mbox")
            else:
                inputs.write_one_line(folder / "line.txt", size)
            yield folder
        finally:
            shutil.rmtree(folder)

    @cached_property
    def many(self) -> tuple[Path, Path, Spent]:
        """A folder of small files, the output that knows them all, and what the first run over them spent."""
        folder = inputs.write_files(self.work / "many", 0, self.sizes.many_files)
        output = self.work / "many-output"
        return folder, output, self.dateline_run(folder, output, fields="header", has_memory=True)

    def add_to_many(self) -> None:
        """Add files that the output of `many` does not know."""
        first = self.sizes.many_files + next(self._numbers) * self.sizes.new
        inputs.write_files(self.many[0], first, self.sizes.new)

    @cached_property
    def known(self) -> tuple[Path, Path, Spent]:
        """A folder of many small files, the output that knows them all, and what the first run over them spent."""
        folder = corpus.write_one_each(corpus.make_lines(self.sizes.known, seed=1), self.work / "known")
        output = self.work / "known-output"
        return folder, output, self.dateline_run(folder, output, fields="header")

    def add_new(self) -> None:
        """Add files that the output of `known` does not know."""
        number = next(self._numbers)
        folder = self.known[0] / f"new-{number}"
        corpus.write_one_each(corpus.make_lines(self.sizes.new, seed=2 + number), folder)

    @contextmanager
    def new_output(self) -> Iterator[Path]:
        """Give the path of a folder that does not exist yet; what was written there is removed afterwards."""
        folder = self.work / f"output-{next(self._numbers)}"
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def dateline_run(
        self,
        folder: Path,
        output: Path,
        *options: str,
        fields: str = "all",
        workers: int | None = None,
        has_memory: bool = False,
    ) -> Spent:
        """Run `dateline run` as a user does."""
        command = [
            DATELINE, "run", str(folder), "--output", str(output), "--json",
            "--fields", fields, "--workers", str(workers or self.cores), *options,
        ]  # fmt: skip
        return spend(command, cwd=self.work, env=clean_environment(), has_memory=has_memory)

    def yardstick(self, environment: str, script: str, *arguments: object) -> Spent:
        """Run a script of `yardsticks/` in its environment."""
        command = [self.python_of(environment), str(YARDSTICKS / script), *map(str, arguments)]
        return spend(command, cwd=self.work, env=quiet_environment())
