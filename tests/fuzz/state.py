"""Damaged bytes of an output's own files: read as written, refused with LostFile, or passed over, never read as something else."""

from __future__ import annotations

import random
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from flows.commits import Input
from flows.errors import DatelineError
from flows.history.checkpoints import write_checkpoints
from flows.history.reading import read_history
from flows.write.log import Commit, StagedFile, commit, read_log
from flows.write.output import Output
from flows.write.publish import read_watermark

RECORDS = 6


@cache
def whole() -> tuple[Path, dict[str, bytes], Any]:
    """Return a folder with a log, a checkpoint of its beginning and a watermark; its files; and what it says."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-state-"))
    output = Output(folder)
    output.store.prepare()
    for seq in range(1, RECORDS + 1):
        inputs = [
            Input(f"file:///in/{n:03d}.txt", f"{seq:x}", seq, None, n, seq, seq, "plain", 1)
            for n in range(seq, seq + 4)
        ]
        path = f"articles/published_month=2020-02/b{seq:08d}.parquet"
        files = [StagedFile("articles", "a.staged", path, 1, 10, "0" * 64)]
        commit(
            output,
            Commit(
                seq,
                "batch",
                f"b{seq}",
                "run",
                "2026-01-01T00:00:00+00:00",
                "",
                {},
                [i.as_json() for i in inputs],
                files,
            ),
        )
        if seq == RECORDS - 2:
            write_checkpoints(output)
    output.store.replace(".dateline/watermark.json", b'{"seq":6}')
    state = folder / ".dateline"
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(state.rglob("*"))
        if path.is_file() and path.stat().st_size
    }
    return folder, found, known(output)


def known(output: Output) -> Any:
    """Return all that a run takes from the log. The watermark is read too, and may be any number: it is a hint, and is not compared."""
    assert read_watermark(output) >= 0
    history = read_history(output)
    ledger = history.ledger()
    return (
        list(read_log(output)),
        {uri: ledger.of(uri) for uri in sorted(ledger.uris())},
        sorted(ledger.left_out()),
        list(history.files()),
    )


def check_damage(data: bytes) -> None:
    """The first bytes choose a file and a kind of damage, the others are what it is damaged with."""
    folder, files, expected = whole()
    chance = random.Random(data[:8])  # noqa: S311  # the same again from the same bytes
    name = chance.choice([*files])
    before = files[name]
    at = chance.randrange(len(before))
    after = (
        before[:at],
        before[:at] + data[8:],
        before[:at] + data[8:] + before[at + len(data[8:]) :],
        before[:at] + before[at + 1 :],
        data[8:],
        before + data[8:],
        before[:at] + bytes([before[at] ^ (1 << chance.randrange(8))]) + before[at + 1 :],
    )[chance.randrange(7)]
    path = folder / name
    path.write_bytes(after)
    try:
        found = known(Output(folder))
    except DatelineError:
        return
    finally:
        path.write_bytes(before)
    assert found == expected, f"{name} of {after[:200]!r} is read as something else"


def forget() -> None:
    """Remove the folder."""
    if whole.cache_info().currsize:
        shutil.rmtree(whole()[0])
        whole.cache_clear()
