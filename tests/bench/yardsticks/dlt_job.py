"""Load JSON lines to Parquet files by dlt, with its own reader of files: FOLDER OUTPUT."""

from __future__ import annotations

import sys

import dlt
from dlt.sources.filesystem import readers


def main(folder: str, output: str) -> None:
    """Run one pipeline into a filesystem destination."""
    pipeline = dlt.pipeline(
        "dispatches",
        pipelines_dir=f"{output}/state",
        destination=dlt.destinations.filesystem(f"{output}/parquet"),
        dataset_name="news",
    )
    source = readers(bucket_url=f"file://{folder}", file_glob="*.jsonl").read_jsonl()
    pipeline.run(source.with_name("dispatches"), loader_file_format="parquet", write_disposition="append")
    counts = pipeline.last_trace.last_normalize_info.row_counts
    sys.stdout.write(f'{{"dispatches": {counts["dispatches"]}}}\n')


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
