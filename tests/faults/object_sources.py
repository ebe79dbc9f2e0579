"""Faults between a run and the S3 server of its sources: what is read is whole, or it is left to the next run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import boto3

from flows import s3

from .objects import DONE, KILLS, Bench, bench, low_limits, run
from .proxy import FAULTS as BY_NAME
from .trial import Rows, Trial, restart, rows_seen, trial_of

FAULTS = "faults of requests to S3 for a source"

LINES = 400
LINE = '{{"text": "It rained on day {0} in the north.", "date": "2020-02-20", "id": {0}}}\n'
CHUNK_BYTES = 4096
"""Of an object, so that it is read in several pieces."""


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Try each fault at each request for two sources, once and from then on."""
    with bench(folder) as shared:
        source, wanted, count = sources(shared)
        for name in BY_NAME:
            for at in range(1, count + 1, every):
                for is_sticky in (False, True):
                    if name not in KILLS:
                        yield reading(shared, source, wanted, name, at, is_sticky=is_sticky)


def sources(shared: Bench) -> tuple[str, Rows, int]:
    """Put two sources into a bucket; return their address, the rows of an undisturbed run, and the number of its requests."""
    client = boto3.client("s3", endpoint_url=shared.proxy.upstream)
    bucket = shared.bucket.removeprefix("s3://")
    for part in range(2):
        lines = "".join(LINE.format(number) for number in range(part * LINES, (part + 1) * LINES))
        client.put_object(Bucket=bucket, Key=f"in/{part}.jsonl", Body=lines.encode())
    source = f"{shared.bucket}/in"
    shared.proxy.arm(None)
    with patch.object(s3, "CHUNK_BYTES", CHUNK_BYTES):
        assert run(source, shared.folder / "undisturbed") == DONE
    return source, rows_seen(shared.folder / "undisturbed"), len(shared.proxy.seen)


def reading(
    shared: Bench, source: str, wanted: Rows, name: str, at: int, *, is_sticky: bool = False
) -> Trial:
    """Read with a fault at a request, then until a run reads everything; what was read meanwhile must be whole, too."""
    fault = f"{name}, from then on" if is_sticky else name
    output = shared.folder / "".join(c if c.isalnum() else "-" for c in f"{fault} {at}")
    with low_limits(), patch.object(s3, "CHUNK_BYTES", CHUNK_BYTES):
        shared.proxy.arm(BY_NAME[name], at, is_sticky=is_sticky)
        run(source, output)
        label = shared.proxy.seen[at - 1] if len(shared.proxy.seen) >= at else "not reached"
        shared.proxy.arm(None)
        count, longest = restart(lambda: run(source, output) == DONE)
    return trial_of(
        f"source: {fault}", f"{at} {label}", output, wanted, runs=1 + count, recovery_seconds=longest
    )
