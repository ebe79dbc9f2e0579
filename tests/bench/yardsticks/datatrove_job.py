"""Read JSON lines, write Parquet and, with `signature`, MinHash signatures, by datatrove: FOLDER OUTPUT WORKERS [signature].

A dispatch keeps its id and its text alone: with its metadata the writer ends with a schema mismatch, since it takes the schema
from the first document of a file. Everything else is as it comes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import ParquetWriter


def without_metadata(self, data, path, id_in_file):
    """Return what a document is made of; called by the reader."""
    del self, path, id_in_file
    return {"id": data["id"], "text": data["text"], "metadata": {}}


def main(folder: str, output: str, workers: int, *, has_signature: bool) -> None:
    """Run one pipeline, a task for each worker; each reads its share of the files."""
    pipeline = [
        JsonlReader(folder, adapter=without_metadata, add_file_path=False, glob_pattern="*.jsonl"),
        ParquetWriter(str(Path(output, "parquet"))),
    ]
    if has_signature:
        pipeline.append(MinhashDedupSignature(str(Path(output, "signatures"))))
    executor = LocalPipelineExecutor(
        pipeline, tasks=workers, workers=workers, logging_dir=str(Path(output, "log"))
    )
    stats = executor.run()
    written = next(step for step in stats.stats if "Parquet" in step.name).stats["total"].total
    sys.stdout.write(f'{{"dispatches": {written}}}\n')


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), has_signature="signature" in sys.argv[4:])
