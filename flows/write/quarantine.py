"""Batches that did not pass the checks: their staged files with the reason, kept for inspection; no reader sees them.

Each is a folder `.dateline/quarantine/SEQ-BATCH`, which holds the staged files and `reason.json`. Nothing of it is ever committed:
the sources of the batch are not in the log, so that the next run reads them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from flows.checks import Violation
from flows.commits import Input
from flows.write import disk
from flows.write.deliver import Stage
from flows.write.output import Output
from flows.write.store import QUARANTINE, SEQ_DIGITS

REASON = "reason.json"

MAX_KEPT = 10
"""Batches that are kept, the newest: enough to see what is wrong, and at most 640 MB of input (`plan.BATCH_BYTES`)."""


def quarantine(
    stage: Stage,
    *,
    seq: int,
    batch_id: str,
    violations: Iterable[Violation],
    inputs: Sequence[Input],
    versions: dict[str, str],
) -> str:
    """Move what is staged for a batch into quarantine, with the reason; return the name of the folder.

    An older folder of the same batch is replaced, and of all folders the newest are kept.
    """
    store = stage.output.store
    reason = {
        "seq": seq,
        "batch_id": batch_id,
        "violations": [asdict(each) for each in violations],
        "inputs": [{"uri": each.uri, "sha256": each.sha256} for each in inputs],
        "versions": versions,
    }
    with stage.folder() as folder:
        # A part may have failed before it staged a file.
        disk.write_new(folder / REASON, orjson.dumps(reason, option=orjson.OPT_INDENT_2))
    name = f"{seq:0{SEQ_DIGITS}d}-{batch_id[:8]}"
    folders = {each.split("/")[2] for each in store.names(QUARANTINE)} - {name}
    same = {each for each in folders if each.endswith(name[SEQ_DIGITS:])}
    oldest = sorted(folders - same)[: max(0, len(folders - same) - MAX_KEPT + 1)]
    for each in (*same, *oldest):
        store.remove_folder(f"{QUARANTINE}/{each}")
    store.keep_stage(stage.name, f"{QUARANTINE}/{name}")
    return f"{QUARANTINE}/{name}"


def quarantined(output: Output) -> list[dict[str, Any]]:
    """Return the reason of each batch in quarantine with its `folder`, the oldest first."""
    names = [name for name in output.store.names(QUARANTINE) if name.endswith(f"/{REASON}")]
    reasons = zip(names, output.store.read_all(names), strict=True)
    return [{"folder": name.rpartition("/")[0], **orjson.loads(found)} for name, found in reasons]
