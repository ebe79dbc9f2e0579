"""An output checked against its commit log, and a target against the output."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from flows.errors import LostFile, WrongUse
from flows.tables import TABLES
from flows.warehouse.load import check_file, check_mark, identify_output, next_group
from flows.warehouse.relations import BY_NAME
from flows.warehouse.rows import connect, key_of, source_of
from flows.warehouse.target import Target, TargetFile, open_target
from flows.write.log import read_log
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
    """Compare each published file with the log: there, of its size, sha256 and rows, and no file beside them.

    With a target, compare for each table the number of rows and the sum of the sorted keys with the
    Parquet of the commits that the target has. Nothing is changed.

    Raises:
        WrongUse: no output there, or no such target.
        ForeignTarget, TargetAhead, TargetBusy, TargetFailed: the target cannot be compared.
    """
    place = Output(output)
    output_id = identify_output(place)
    # The files first: a file that a run publishes meanwhile is in the log already.
    seen = {name for table in TABLES for name in place.store.names(table.name) if name.endswith(".parquet")}
    last = read_watermark(place)
    files: list[TargetFile] = []
    differences: list[str] = []
    for record in read_log(place):
        paths = [file.path for file in record.files]
        seen.difference_update(paths)
        if record.seq > last:
            continue
        with place.store.at_hand(paths) as folder:
            for file in record.files:
                committed = TargetFile(
                    folder / file.path, file.path, "", record.seq, file.rows, file.bytes, file.sha256
                )
                files.append(committed)
                differences += _differences_of(committed)
    differences += [f"{path}: found a file, wanted none: no commit has it" for path in sorted(seen)]
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
        row_count=sum(file.rows for file in files),
        differences=tuple(differences),
    )


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
        raise WrongUse("TARGET", f"{target.shown} (nothing loaded)", "a target that was loaded")
    return mark


def _differences_of(file: TargetFile) -> Iterator[str]:
    try:
        check_file(file)
    except LostFile as error:
        yield str(error)
        return
    rows = pq.read_metadata(file.path).num_rows
    if rows != file.rows:
        yield f"{file.relative}: found {rows} rows, wanted {file.rows} rows"


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
    files: dict[str, list[TargetFile]] = {}
    after = 0
    while group := next_group(place, after=after, last=mark):
        for table, found in group.files.items():
            files.setdefault(table, []).extend(found)
        after = group.last_seq
    return files
