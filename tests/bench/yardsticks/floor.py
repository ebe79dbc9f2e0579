"""Read JSON lines with pyarrow and write one Parquet file: FOLDER OUTPUT. Nothing else is done with a dispatch."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
from pyarrow import json, parquet

TEXT_COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("id", "corpus", "published", "title", "dateline", "text")]
)


def main(folder: Path, output: Path) -> None:
    """Read the files one after the other; pyarrow uses all cores for each."""
    output.mkdir(parents=True)
    options = json.ParseOptions(explicit_schema=TEXT_COLUMNS)
    tables = (json.read_json(file, parse_options=options) for file in sorted(folder.glob("*.jsonl")))
    table = pa.concat_tables(tables, promote_options="default")
    parquet.write_table(table, output / "dispatches.parquet", compression="zstd")
    sys.stdout.write(f'{{"dispatches": {table.num_rows}}}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
