"""One trial of the fault matrix, and the comparison of an output with the rows of an undisturbed run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

import boto3
import pyarrow.parquet as pq

from flows.tables import BY_NAME
from flows.write.log import NAME, read_log
from flows.write.output import Output
from flows.write.store import LOG, SPOOL, STAGE, STATE

Row = dict[str, Any]
Key = tuple[str, str]
Rows = Mapping[Key, Sequence[Row]]
"""Rows by table and key. An undisturbed run has one row of each key."""

RUN_COLUMN = "batch_seq"
MAX_CACHED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome of a fault at one point, after the restarts that followed it.

    `runs` counts the disturbed run and its restarts. `lost` and `doubled` count rows, `orphans` files that no commit names and
    that are still there. `differing` are columns, as in `articles.batch_seq`, whose values are not those of the undisturbed run.
    """

    fault: str
    point: str
    runs: int
    lost: int
    doubled: int
    orphans: int
    recovery_seconds: float
    differing: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, doubled or left over. Columns may differ."""
        return not (self.lost or self.doubled or self.orphans)


@dataclass(frozen=True, slots=True)
class Difference:
    """How the rows of an output differ from those of an undisturbed run."""

    lost: int
    doubled: int
    differing: tuple[str, ...]


def rows_seen(address: Path | str) -> Rows:
    """Return all rows that a plain glob of Parquet files finds, without those that record runs.

    A run that is killed leaves no row of itself, so that `runs`, and the rows of `loads` about it, depend on how often a run was
    started.
    """
    found: dict[Key, list[Row]] = {}
    for name, content in _parquet_files(address):
        table = BY_NAME[name.split("/")[0]]
        if table.name == "runs":
            continue
        (key,) = table.key
        rows = _rows_of(content) if len(content) <= MAX_CACHED_BYTES else _rows_of.__wrapped__(content)
        for row in rows:
            if row.get("table_name") != "runs":
                found.setdefault((table.name, row[key]), []).append(row)
    return found


def difference(found: Rows, wanted: Rows) -> Difference:
    """Compare rows key by key. A row of a key that the undisturbed run does not have counts as doubled."""
    lost = doubled = 0
    differing: set[str] = set()
    for key in found.keys() | wanted.keys():
        here, there = found.get(key, ()), wanted.get(key, ())
        lost += max(0, len(there) - len(here))
        doubled += max(0, len(here) - len(there))
        for one, other in zip(_in_order(here), _in_order(there), strict=False):
            columns = one.keys() | other.keys()
            differing |= {f"{key[0]}.{name}" for name in columns if not _are_equal(one, other, name)}
    return Difference(lost, doubled, tuple(sorted(differing)))


def orphans(address: Path | str) -> list[str]:
    """Return the files that no commit names: Parquet files that a glob reader sees, and what is left in the stage, spool and log."""
    output = Output(address)
    committed = {file.path for record in read_log(output) for file in record.files}
    return sorted(name for name in _names(address) if _is_left_over(name, committed))


def trial_of(
    fault: str,
    point: str,
    address: Path | str,
    wanted: Rows,
    *,
    runs: int,
    recovery_seconds: float,
) -> Trial:
    """Compare an output after its restarts with the rows of the undisturbed run."""
    found = difference(rows_seen(address), wanted)
    left = len(orphans(address))
    return Trial(fault, point, runs, found.lost, found.doubled, left, recovery_seconds, found.differing)


def restart(run: Callable[[], bool], most: int = 5) -> tuple[int, float]:
    """Run until a run succeeds; return how many runs that took, and the seconds of the longest.

    Raises:
        AssertionError: none of them succeeded.
    """
    longest = 0.0
    for number in range(1, most + 1):
        began = perf_counter()
        succeeded = run()
        longest = max(longest, perf_counter() - began)
        if succeeded:
            return number, longest
    raise AssertionError(f"none of {most} restarts succeeded")


def _is_left_over(name: str, committed: set[str]) -> bool:
    if name.startswith(f"{STATE}/"):
        is_record = NAME.fullmatch(name) is not None
        return name.startswith((f"{STAGE}/", f"{SPOOL}/")) or (name.startswith(f"{LOG}/") and not is_record)
    return name.endswith(".parquet") and name not in committed


def _parquet_files(address: Path | str) -> Iterator[tuple[str, bytes]]:
    if Output(address).is_folder:
        root = Path(address)
        for path in sorted(root.rglob("*.parquet")):
            yield path.relative_to(root).as_posix(), path.read_bytes()
        return
    for name, tag in _tags(str(address)).items():
        if name.endswith(".parquet"):
            yield name, _object(f"{address}/{name}", tag)


def _names(address: Path | str) -> list[str]:
    """Return the names of all files of an output, sorted."""
    if Output(address).is_folder:
        root = Path(address)
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return sorted(_tags(str(address)))


def _tags(address: str) -> dict[str, str]:
    """Return the tag of each object of an output, as another client of S3 lists them."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    pages = (
        _client(os.environ.get("AWS_ENDPOINT_URL"))
        .get_paginator("list_objects_v2")
        .paginate(Bucket=bucket, Prefix=f"{prefix}/")
    )
    start = len(f"{prefix}/")
    return {each["Key"][start:]: each["ETag"] for page in pages for each in page.get("Contents", ())}


@lru_cache
def _client(endpoint: str | None) -> Any:
    return boto3.client("s3", endpoint_url=endpoint)


@lru_cache(maxsize=10_000)
def _object(address: str, tag: str) -> bytes:
    """Get an object. Its tag is part of what is remembered: an object that is put again is read again."""
    del tag
    bucket, _, key = address.removeprefix("s3://").partition("/")
    data: bytes = (
        _client(os.environ.get("AWS_ENDPOINT_URL")).get_object(Bucket=bucket, Key=key)["Body"].read()
    )
    return data


@lru_cache(maxsize=10_000)
def _rows_of(content: bytes) -> tuple[Row, ...]:
    """Decode a Parquet file. Trials write the same files again and again."""
    return tuple(pq.read_table(BytesIO(content)).to_pylist())


def _in_order(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=_digest) if len(rows) > 1 else list(rows)


def _digest(row: Row) -> str:
    """Put equal rows of one key beside each other, whatever their position in the log."""
    return hashlib.sha256(repr({**row, RUN_COLUMN: 0}).encode()).hexdigest()


def _are_equal(one: Row, other: Row, name: str) -> bool:
    """Compare as written, so that NaN equals itself and a missing column is not a null one."""
    return (name in one) == (name in other) and repr(one.get(name)) == repr(other.get(name))
