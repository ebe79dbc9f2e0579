"""An output checked against its commit log, and a target against the output."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import LostFile, WrongUse
from flows.history.reading import live_files
from flows.schema_versions import removed_from
from flows.tables import TABLES
from flows.warehouse.load import check_file, check_mark, identify_output
from flows.warehouse.relations import BY_NAME
from flows.warehouse.rows import connect, key_of, source_of
from flows.warehouse.target import Target, TargetFile, open_target
from flows.write.arrow import schema_of
from flows.write.evolve import is_read_as
from flows.write.generations import files_below, kept_generations
from flows.write.log import (
    Commit,
    LiveFiles,
    StagedFile,
    read_log,
    read_outline,
    record_name,
    record_names,
    seq_of,
)
from flows.write.output import Output
from flows.write.publish import read_watermark


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and each difference in a line; `mark` is how far the target is loaded, None without one."""

    output: str
    target: str | None
    last_seq: int
    mark: int | None
    file_count: int
    row_count: int
    differences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it in plain types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class KeySum:
    """How many rows there are, and the sha256 of their keys in order, each with a line end."""

    rows: int
    sha256: str


def verify(output: Path | str, target: str | None = None) -> Verification:
    """Compare each live file with the log, and what the log says with what is there.

    Each file is there, of its size, sha256, schema and rows, and every page of it has its checksum; there is no other file in the
    folders of the tables; each record of the log is whole, and there is one for each commit that `loads` names; the files
    of generations that are kept are those of their commits. With a target, compare for each table the number of rows and the
    sum of the sorted keys with the Parquet of the commits that the target has. Nothing is changed.

    Raises:
        WrongUse: no output there, or no such target.
        ForeignTarget, TargetAhead, TargetBusy, TargetFailed: the target cannot be compared.
    """
    place = Output(output)
    output_id = identify_output(place)
    for _ in range(MAX_LOOKS):
        # The files first: a file that a run publishes meanwhile is in the log already.
        began = read_watermark(place)
        seen = {name for table in TABLES for name in place.store.names(table.name)}
        log = _read(place)
        if read_watermark(place) == began:
            break
    last = began
    live = LiveFiles()
    for record in log.records:
        if record.seq <= last:
            live.add_record(record)
        else:
            seen.difference_update(file.path for file in record.files)
    files = live.files()
    differences = [*log.differences, *_differences_of_files(place, files)]
    unlisted = sorted(seen - {file.path for _, file in files})
    differences += [f"{path}: found a file, wanted none: no commit has it" for path in unlisted]
    if not differences:
        differences += _missing_records(place, files, {record.seq for record in log.records})
    if place.is_folder:
        differences += _differences_of_kept(place, log.records)
    shown, mark = None, None
    if target is not None:
        with open_target(target, place, must_exist=True) as opened:
            shown, mark = opened.shown, _mark_of(opened, output_id)
            check_mark(place, opened, mark)
            differences += _differences_in(opened, place, mark)
    return Verification(
        output=str(output),
        target=shown,
        last_seq=last,
        mark=mark,
        file_count=len(files),
        row_count=sum(file.rows for _, file in files),
        differences=tuple(differences),
    )


MAX_LOOKS = 5
"""How often the files are listed again because a commit was published meanwhile."""

FILES_AT_A_TIME = 64


@dataclass(frozen=True, slots=True)
class _Log:
    """The records that are whole, and a line about each that is damaged."""

    records: list[Commit]
    differences: list[str]


def _read(place: Output) -> _Log:
    log = _Log([], [])
    after = 0
    while True:
        try:
            for record in read_outline(place, after):
                log.records.append(record)
                after = record.seq
        except LostFile as error:
            log.differences.append(str(error))
            after = min(seq for name in record_names(place, after) if (seq := seq_of(name)) > after)
        else:
            return log


def _differences_of_files(place: Output, files: Sequence[tuple[int, StagedFile]]) -> Iterator[str]:
    for start in range(0, len(files), FILES_AT_A_TIME):
        some = files[start : start + FILES_AT_A_TIME]
        with place.store.at_hand([file.path for _, file in some]) as folder:
            for seq, file in some:
                yield from _differences_of(_target_file(folder, seq, file))


def _target_file(folder: Path, seq: int, file: StagedFile) -> TargetFile:
    return TargetFile(folder / file.path, file.path, "", seq, file.rows, file.bytes, file.sha256)


def _missing_records(place: Output, files: Sequence[tuple[int, StagedFile]], seqs: set[int]) -> Iterator[str]:
    """Yield a line for each commit of which rows are there and no record: numbers alone may have gaps."""
    found: set[int] = set()
    for _, file in files:
        if file.table == "loads" and file.rows:
            rows = pq.read_table(place.store.opened(file.path), columns=["batch_seq"], partitioning=None)
            found.update(rows["batch_seq"].to_pylist())
    for seq in sorted(found - seqs):
        yield f"{place.address}/{record_name(seq)}: found no record, wanted that of the commit of rows in loads"


def _differences_of_kept(place: Output, records: Sequence[Commit]) -> Iterator[str]:
    """Yield a line for each file of a kept generation that is not as it was committed."""
    known = {file.path: (record.seq, file) for record in records for file in record.files}
    for _, folder in kept_generations(place):
        for table in sorted(folder.iterdir()):
            for name in sorted(files_below(table)):
                where = f"{folder.relative_to(place.root)}/{name}"
                if name not in known:
                    yield f"{where}: found a file, wanted none: no commit has it"
                    continue
                seq, file = known[name]
                kept = _target_file(folder, seq, file)
                yield from _differences_of(replace(kept, relative=where))


def sum_keys(connection: duckdb.DuckDBPyConnection, source: str) -> KeySum:
    """Return the sum of the column `key` of what can be selected from; sorted by the bytes of UTF-8."""
    digest, count = hashlib.sha256(), 0
    for batch in connection.sql(f"SELECT key FROM {source} ORDER BY key").to_arrow_reader(100_000):
        keys = batch.column(0).to_pylist()
        digest.update("".join(f"{key}\n" for key in keys).encode())
        count += len(keys)
    return KeySum(count, digest.hexdigest())


def _mark_of(target: Target, output_id: str) -> int:
    mark = target.read_mark(output_id)
    if not mark:
        raise WrongUse(
            "TARGET", f"{target.shown} (nothing loaded)", "a target that `dateline load` has loaded"
        )
    return mark


def _differences_of(file: TargetFile) -> Iterator[str]:
    try:
        check_file(file)
    except LostFile as error:
        yield str(error)
        return
    try:
        with pq.ParquetFile(file.path, page_checksum_verification=True) as opened:
            yield from _differences_of_schema(file, opened.schema_arrow)
            rows = sum(batch.num_rows for batch in opened.iter_batches())
    except (OSError, pa.ArrowException) as error:
        # The bytes are those that were committed: they were damaged before that.
        yield f"{file.relative}: found a page that cannot be read ({error}), wanted one with its checksum"
        return
    if rows != file.rows:
        yield f"{file.relative}: found {rows} rows, wanted {file.rows} rows"


def _differences_of_schema(file: TargetFile, found: pa.Schema) -> Iterator[str]:
    """Yield a line for each column that is not as declared.

    A file of an older version may lack one that may be null, have one of a narrower type, and have one that was removed.
    """
    table = file.path.parent.parent.name
    declared = schema_of(table)
    for field in declared:
        if field.name not in found.names:
            if not field.nullable:
                yield f"{file.relative}: found no column {field.name}, wanted {field.type}"
        elif not is_read_as(found.field(field.name).type, field.type):
            yield f"{file.relative}: found column {field.name} of type {found.field(field.name).type}, wanted {field.type}"
    for name in found.names:
        if name not in declared.names and name not in removed_from(table):
            yield f"{file.relative}: found column {name}, wanted none of that name"


def _differences_in(target: Target, place: Output, mark: int) -> Iterator[str]:
    files = _files_to(place, mark)
    for table in TABLES:
        wanted_files = files.get(table.name, [])
        with connect() as connection, place.store.at_hand([each.relative for each in wanted_files]) as folder:
            found_keys = target.read_keys(table.name, mark)
            connection.register("found_rows", found_keys)
            connection.execute("CREATE TEMP TABLE found AS SELECT key FROM found_rows")
            if wanted_files:
                source, _ = source_of(connection, [each.below(folder) for each in wanted_files])
                wanted = f"SELECT {key_of(BY_NAME[table.name])} AS key FROM {source}"
            else:
                wanted = "SELECT NULL::VARCHAR AS key WHERE false"
            connection.execute(f"CREATE TEMP VIEW wanted AS {wanted}")
            found, expected = sum_keys(connection, "found"), sum_keys(connection, "wanted")
            if found.rows != expected.rows:
                yield f"{target.shown}: table {table.name}: found {found.rows} rows, wanted {expected.rows}"
            if found != expected:
                yield from _unlike_keys(connection, f"{target.shown}: table {table.name}")


def _unlike_keys(connection: duckdb.DuckDBPyConnection, where: str) -> Iterator[str]:
    for what, first, second in (("lacks", "wanted", "found"), ("has too many", "found", "wanted")):
        query = (
            f"SELECT count(*), min(key) FROM (SELECT key FROM {first} EXCEPT ALL SELECT key FROM {second})"
        )
        ((count, example),) = connection.execute(query).fetchall()
        if count:
            yield f"{where}: {what} {count} keys, as {example}"


def _files_to(place: Output, mark: int) -> dict[str, list[TargetFile]]:
    """Return the live files of the commits up to a mark, by table.

    Raises:
        WrongUse: a generation after the mark has replaced files that are needed for that.
    """
    last = read_watermark(place)
    for record in read_log(place, after=mark):
        if record.generation is not None and record.seq <= last:
            raise WrongUse(
                "TARGET",
                f"loaded up to commit {mark}, and commit {record.seq} has replaced files since",
                "a target that was loaded after that; load it again first",
            )
    files: dict[str, list[TargetFile]] = {}
    for seq, file in live_files(place, up_to=mark):
        if file.rows:
            files.setdefault(file.table, []).append(_target_file(Path(), seq, file))
    return files
