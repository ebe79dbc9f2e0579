"""What a warehouse does for a load, and which module does it for which address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from flows.addresses import full_address, without_secrets
from flows.errors import WrongUse
from flows.write.output import Output

KINDS = "duckdb:///FILE, postgresql://…, clickhouse:///FOLDER or delta:FOLDER"


@dataclass(frozen=True, slots=True)
class TargetFile:
    """One committed Parquet file with rows, as its commit describes it; `relative` is its path in the output.

    `path` is where it is read: the same, until it is `below` a folder of this machine. Of its rows those of the commits `after` a
    number are wanted: a generation writes rows of earlier commits anew.
    """

    path: Path
    relative: str
    partition: str
    seq: int
    rows: int
    bytes: int
    sha256: str
    after: int = 0

    def below(self, folder: Path) -> TargetFile:
        """Return the file as it is read in a folder that holds the output, or this file of it."""
        return replace(self, path=folder / self.relative)


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive commits, (seq, rows) each, that one transaction loads, with their files by table.

    Where a generation is among them, `rewritten` has the partitions of which the target's rows are deleted first, up to its mark, and
    `moved` those of which files were replaced, both by table; `erases` says that the deleted rows must not be kept anywhere.
    """

    seqs: tuple[tuple[int, int], ...]
    files: dict[str, tuple[TargetFile, ...]]
    rewritten: Mapping[str, frozenset[str]] = field(default_factory=dict)
    moved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    erases: bool = False

    def paths(self) -> list[str]:
        """Return the paths in the output of all files."""
        return [file.relative for files in self.files.values() for file in files]

    def below(self, folder: Path) -> Group:
        """Return the group with its files as they are read in a folder."""
        files = {table: tuple(file.below(folder) for file in found) for table, found in self.files.items()}
        return replace(self, files=files)

    @property
    def first_seq(self) -> int:
        """The first commit."""
        return self.seqs[0][0]

    @property
    def last_seq(self) -> int:
        """The last commit: the mark when the transaction has ended."""
        return self.seqs[-1][0]


class Target(Protocol):
    """A warehouse that is open. `shown` is its address without the password."""

    shown: str

    def prepare(self, output_id: str) -> None:
        """Add and widen columns; make the tables that are missing, with comments and views but without keys.

        Raises:
            ForeignTarget: it holds rows of another output, or tables that no load made.
            TargetSchemaDiffers: a table lacks columns that cannot be null, or has columns of other types.
        """

    def transaction(self, output_id: str) -> AbstractContextManager[int]:
        """Keep other loads out, give the last sequence number loaded, and commit at the end of the block."""

    def remove(self, group: Group, mark: int) -> None:
        """Delete the rows up to the mark in the partitions that a generation of the group has rewritten."""

    def insert(self, table: str, files: Sequence[TargetFile]) -> int:
        """Add the rows of files to a table, those after a commit that is the same for all files; return how many the warehouse counts."""

    def add_marks(self, output_id: str, group: Group) -> None:
        """Record the commits of a group as loaded."""

    def add_keys(self, tables: Sequence[str]) -> None:
        """Add the keys and indexes that these tables lack; foreign keys where both tables are among them.

        Raises:
            DoubledKeys: two rows of a table have one key.
        """

    def read_mark(self, output_id: str) -> int:
        """Return the last sequence number loaded, 0 for none; change nothing."""

    def read_keys(self, table: str, mark: int) -> pa.RecordBatchReader:
        """Return the key of each row of the commits up to the mark, in any order."""


class Opener(Protocol):
    """Opens a target of one kind."""

    def __call__(self, address: str, place: Output, *, must_exist: bool) -> AbstractContextManager[Target]:
        """Open it, and close it at the end."""


@contextmanager
def open_target(address: str, place: Output, *, must_exist: bool = False) -> Iterator[Target]:
    """Open the warehouse at an address, and close it at the end.

    A database file or a folder is made where there is none, unless it must exist.

    Raises:
        WrongUse: no such kind of target.
        MissingLibrary, TargetBusy, TargetFailed: it cannot be opened.
    """
    full = full_address(address)
    with _opener_of(full)(full, place, must_exist=must_exist) as target:
        yield target


def _opener_of(address: str) -> Opener:
    # The library of a target may not be installed, and takes time to import: only that of the target that is named.
    kind = address.partition(":")[0]
    if kind == "duckdb":
        from flows.warehouse.to_duckdb import open_duckdb  # noqa: PLC0415  # start-up

        return open_duckdb
    if kind in ("postgresql", "postgres"):
        from flows.warehouse.to_postgres import open_postgres  # noqa: PLC0415  # start-up

        return open_postgres
    if kind == "clickhouse":
        from flows.warehouse.to_clickhouse import open_clickhouse  # noqa: PLC0415  # start-up

        return open_clickhouse
    if kind == "delta":
        from flows.warehouse.to_delta import open_delta  # noqa: PLC0415  # start-up

        return open_delta
    # What precedes an @ may be a password, also where there is no scheme.
    raise WrongUse("TARGET", without_secrets(address).rpartition("@")[2], KINDS)


def path_in(address: str, scheme: str, wanted: str) -> Path:
    """Return the path of an address such as `duckdb:///news.duckdb`; absolute with four slashes.

    Raises:
        WrongUse: the address names a host, or nothing.
    """
    start, path = f"{scheme}:///", address.removeprefix(f"{scheme}:///")
    if not address.startswith(start) or not path or path == ":memory:":
        raise WrongUse("TARGET", address, wanted)
    return Path(path)


def no_target(path: Path) -> WrongUse:
    """Return the error for a target that must exist and does not."""
    return WrongUse("TARGET", f"{path} (no such file)", "a target that `dateline load` has loaded")
