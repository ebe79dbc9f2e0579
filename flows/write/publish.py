"""Publishing: gives committed files their final names in the order of the log, also after a crash."""

from __future__ import annotations

import re

import orjson

from flows.write.generations import swap
from flows.write.log import Commit, read_log, record_names, seq_of
from flows.write.output import Output
from flows.write.store import CATALOG, WATERMARK, Move


def publish(output: Output, record: Commit) -> None:
    """Give the files of a commit their final names, then set the watermark.

    It may be interrupted anywhere and repeated. A file is either staged or published, whole. A writer that was stopped
    here and continues when others have published later commits does not set the watermark back.

    Raises:
        LostFile: a committed file is neither.
    """
    store = output.store
    if record.generation is None:
        store.publish(record.stage, [Move(file.staged, file.path, file.bytes) for file in record.files])
    else:
        swap(output, record)
    store.advance(WATERMARK, orjson.dumps({"seq": record.seq}), lambda found: _seq_in(found) < record.seq)
    store.forget_stage(record.stage)


def recover(output: Output) -> int:
    """Complete an interrupted run: publish what it committed, and remove the files that it did not commit.

    The caller holds the lock. Returns the sequence number of the last commit, 0 in a new output.
    """
    last = read_watermark(output)
    # Otherwise a power cut may leave published files, and not the record that names them.
    output.store.sync_log()
    for record in read_log(output, after=last):
        publish(output, record)
        last = record.seq
    output.store.sweep(last)
    return last


def is_settled(output: Output) -> bool:
    """Return True if every commit is published and in the catalogue, and nothing is staged or spooled.

    False for a new output, and for one that was copied without its empty folders.
    """
    last = max(map(seq_of, record_names(output)), default=0)
    return 0 < last == read_watermark(output) and output.store.is_swept() and _is_catalogued(output, last)


def _is_catalogued(output: Output, last: int) -> bool:
    """Return True if the catalogue names the commit as the last; it does so before it lists the files."""
    try:
        start = output.store.read(CATALOG, 0, 4096)
    except FileNotFoundError:
        return False
    return re.search(rb'"dateline:sequence":\s*%d\b' % last, start) is not None


def read_watermark(output: Output) -> int:
    """Return the last published sequence number: 0 where no commit was published, or the watermark is lost or damaged.

    A run then publishes the log again from its first record.
    """
    try:
        return _seq_in(output.store.read(WATERMARK))
    except FileNotFoundError:
        return 0


def _seq_in(watermark: bytes) -> int:
    try:
        seq: int = orjson.loads(watermark)["seq"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return 0
    return seq
