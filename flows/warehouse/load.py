"""What an output has committed, loaded into a warehouse: in order, in transactions, each commit once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.errors import LostFile, WrongUse
from flows.history.reading import live_files
from flows.tables import TABLES
from flows.warehouse.load_errors import RowsDiffer, TargetAhead
from flows.warehouse.rows import count_wanted
from flows.warehouse.target import Group, Target, TargetFile, open_target
from flows.write.log import Commit, StagedFile, read_log, read_outline, record_name
from flows.write.output import Output
from flows.write.publish import read_watermark

MAX_TRANSACTION_BYTES = 256 * 2**20
"""Parquet that one transaction loads, if it is more than one commit: what a load that is killed does again. All
of the bulk corpus is 160 MB, which is 7 s of DuckDB and 14 s of PostgreSQL (decision 0010)."""

ALL = tuple(table.name for table in TABLES)


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did. `first_seq` and `last_seq` are None where nothing was new; `mark` is the target's last."""

    output: str
    target: str
    mark: int
    first_seq: int | None
    last_seq: int | None
    row_counts: dict[str, int]
    transaction_count: int
    seconds: float

    @property
    def row_count(self) -> int:
        """Rows added, over all tables."""
        return sum(self.row_counts.values())

    def as_json(self) -> dict[str, Any]:
        """Return the summary in plain types."""
        return asdict(self) | {"row_count": self.row_count}


def load(output: Path | str, target: str) -> LoadSummary:
    """Add the rows of each published commit that the target does not have yet.

    A transaction holds the rows of some commits and their marks, so that a load that is stopped anywhere
    and started again ends as one that was not. Two loads at once into one target do not double a row. A new
    target gets its keys in the last transaction, since tables without are filled faster. Where a generation has rewritten
    rows, those of the target are replaced in the transaction that marks it.

    Raises:
        WrongUse: no such kind of target, or a folder that holds no output.
        LostFile: a file that is not as it was committed; nothing of its transaction is kept.
        DoubledKeys: committed rows share a key; nothing of their transaction is kept.
        RowsDiffer: the target counts other rows than were committed; nothing of its transaction is kept.
        ForeignTarget, TargetAhead, TargetSchemaDiffers: the target holds something else; it is not changed.
        TargetBusy, TargetFailed: the database refuses or breaks off; what is marked stays.
        MissingLibrary: the target needs an extra that is not installed.
    """
    began = time.monotonic()
    place = Output(output)
    output_id = identify_output(place)
    last, transactions = read_watermark(place), 0
    first_seq: int | None = None
    counts: dict[str, int] = {}
    with open_target(target, place) as opened:
        opened.prepare(output_id)
        while True:
            with opened.transaction(output_id) as mark:
                check_mark(place, opened, mark)
                group = next_group(place, after=mark, last=last)
                if group is None:
                    opened.add_keys(ALL)
                    break
                with place.store.at_hand(group.paths()) as folder:
                    here = group.below(folder)
                    if here.moved:
                        opened.remove(here, mark)
                    for table, files in here.files.items():
                        counts[table] = counts.get(table, 0) + _load_table(opened, table, files)
                        if group.last_seq == last:
                            # At once, while its pages are in memory: cheaper than after the commit (decision 0010).
                            opened.add_keys([table])
                opened.add_marks(output_id, group)
                if group.last_seq == last:
                    opened.add_keys(ALL)
            transactions += 1
            first_seq = first_seq or group.first_seq
        return LoadSummary(
            output=str(output),
            target=opened.shown,
            mark=mark,
            first_seq=first_seq,
            last_seq=mark if transactions else None,
            row_counts=counts,
            transaction_count=transactions,
            seconds=round(time.monotonic() - began, 3),
        )


def identify_output(place: Output) -> str:
    """Return the id of an output: that of the run which made its first commit.

    Raises:
        WrongUse: nothing was ever published there.
    """
    first = next(read_log(place), None)
    if first is None or not read_watermark(place):
        raise WrongUse("--output", f"{place.address} (no published commit)", "the output of `dateline run`")
    return first.run_id


def check_mark(place: Output, target: Target, mark: int) -> None:
    """Check that an output has the commit that the target was loaded up to.

    Raises:
        TargetAhead: the output was restored from an older copy.
    """
    if mark and place.store.size(record_name(mark)) is None:
        raise TargetAhead(target.shown, mark, max(record.seq for record in read_log(place)))


def next_group(place: Output, *, after: int, last: int) -> Group | None:
    """Return the commits that the next transaction loads, at least one; None where nothing is new.

    Up to the last generation all commits are one group: the files that they added may be there no longer.

    Raises:
        LostFile: a record of the log that is damaged, or a file of a table that this version does not know.
    """
    records = [record for record in read_outline(place, after=after) if record.seq <= last]
    changing = [record for record in records if record.generation is not None]
    if changing:
        return _group_to(place, after, [each for each in records if each.seq <= changing[-1].seq])
    commits: list[Commit] = []
    total = 0
    for record in records:
        total += sum(file.bytes for file in record.files)
        if commits and total > MAX_TRANSACTION_BYTES:
            break
        commits.append(record)
    if not commits:
        return None
    files = [(record.seq, file) for record in commits for file in record.files]
    return Group(seqs=_counted(commits), files=_by_table((seq, file, 0) for seq, file in files))


def _group_to(place: Output, after: int, records: Sequence[Commit]) -> Group:
    """Return the commits up to a generation, with the files that are live after it.

    Where rows were rewritten, and in what refers to them, all rows of a partition are loaded again; elsewhere those after the mark.
    """
    changing = [record.generation for record in records if record.generation is not None]
    rewritten = _partitions(path for each in changing for path in each.rewritten)
    for table in TABLES:
        for column in table.columns:
            if column.refers_to in rewritten:
                rewritten[table.name] = rewritten.get(table.name, frozenset()) | rewritten[column.refers_to]
    moved = _partitions(path for each in changing for path in (*each.replaces, *each.rewritten))
    for name, partitions in rewritten.items():
        moved[name] = moved.get(name, frozenset()) | partitions
    changed = {record.seq for record in records}
    files = []
    for seq, file in live_files(place, up_to=records[-1].seq):
        if file.partition in rewritten.get(file.table, ()):
            files.append((seq, file, 0))
        elif seq in changed or file.partition in moved.get(file.table, ()):
            files.append((seq, file, after))
    return Group(
        seqs=_counted(records),
        files=_by_table(files),
        rewritten=rewritten,
        moved=moved,
        erases=any(each.erased for each in changing),
    )


def _partitions(paths: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the partitions of paths such as `times/publish_month=2020-02/b….parquet`, by table."""
    found: dict[str, frozenset[str]] = {}
    for path in paths:
        table, folder, *_ = path.split("/")
        found[table] = found.get(table, frozenset()) | {folder.partition("=")[2]}
    return found


def _counted(records: Sequence[Commit]) -> tuple[tuple[int, int], ...]:
    """Return the commits with the rows that each added; a generation adds none."""
    return tuple(
        (record.seq, 0 if record.generation else sum(file.rows for file in record.files))
        for record in records
    )


def _by_table(files: Iterable[tuple[int, StagedFile, int]]) -> dict[str, tuple[TargetFile, ...]]:
    found: dict[str, list[TargetFile]] = {table.name: [] for table in TABLES}
    for seq, file, after in files:
        if file.table not in found:
            raise LostFile(file.path, f"a file of table {file.table}", "a newer version of Dateline")
        if file.rows:
            found[file.table].append(
                TargetFile(
                    path=Path(file.path),
                    relative=file.path,
                    partition=file.partition,
                    seq=seq,
                    rows=file.rows,
                    bytes=file.bytes,
                    sha256=file.sha256,
                    after=after,
                )
            )
    return {table: tuple(some) for table, some in found.items() if some}


def check_file(file: TargetFile) -> None:
    """Check that a file is the one that was committed, to the bit.

    Raises:
        LostFile: it is missing or was changed.
    """
    try:
        with file.path.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(0)
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest() if size == file.bytes else ""
    except FileNotFoundError:
        raise LostFile(file.relative, "no file", f"{file.bytes} bytes") from None
    if size != file.bytes:
        raise LostFile(file.relative, f"{size} bytes", f"{file.bytes} bytes")
    if sha256 != file.sha256:
        raise LostFile(file.relative, f"sha256 {sha256}", f"sha256 {file.sha256}")


def _load_table(target: Target, table: str, files: Sequence[TargetFile]) -> int:
    for file in files:
        check_file(file)
    total = 0
    for after in sorted({file.after for file in files}):
        some = [file for file in files if file.after == after]
        wanted = sum(map(count_wanted, some))
        found = target.insert(table, some)
        if found != wanted:
            raise RowsDiffer(target.shown, table, found, wanted)
        total += found
    return total
