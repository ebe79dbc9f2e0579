"""The catalogue of an output: `datapackage.json`, a Data Package (v2) that names every committed file.

It is built from the commit log up to the watermark, and can be removed and made again. What the standard
has no place for is in properties that begin with `dateline:`. A partition is in the name of a folder
and in no file, and so not among the fields. `fieldsMatch` is not stated: the text of the standard wants a
string there, and its published profile 2.0 an array.

Source: https://datapackage.org/standard/data-package/ and its pages on resources and table schemas.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from flows.history.reading import live_files
from flows.schema import BATCH_SEQ, Column, Table, Type, columns_of
from flows.tables import BY_NAME, TABLES
from flows.warehouse.load import identify_output
from flows.write.log import StagedFile
from flows.write.output import Output
from flows.write.publish import read_watermark
from flows.write.store import CATALOG

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA_TYPE = "application/vnd.apache.parquet"

_INTEGER = {"type": "integer"}
_SPAN = {"char_start": _INTEGER, "char_end": _INTEGER}
_TOPIC = {
    "code": {"type": "string"},
    "name": {"type": "string"},
    "level": _INTEGER,
    "score": {"type": "number"},
}
FIELD_TYPES: dict[Type, tuple[str, dict[str, Any] | None]] = {
    Type.TEXT: ("string", None),
    Type.INT64: ("integer", None),
    Type.FLOAT64: ("number", None),
    Type.BOOL: ("boolean", None),
    Type.INSTANT: ("datetime", None),
    Type.DATE: ("date", None),
    Type.TEXT_LIST: ("array", {"type": "array", "items": {"type": "string"}}),
    Type.TEXT_MAP: ("object", {"type": "object", "additionalProperties": {"type": "string"}}),
    Type.SPAN_LIST: ("array", {"type": "array", "items": {"type": "object", "properties": _SPAN}}),
    Type.SEGMENT_LIST: (
        "array",
        {"type": "array", "items": {"type": "object", "properties": {"kind": {"type": "string"}, **_SPAN}}},
    ),
    Type.TOPIC_LIST: ("array", {"type": "array", "items": {"type": "object", "properties": _TOPIC}}),
}
"""The standard's type of each type of column, and the JSON Schema of what is nested in it."""


def catalog(root: Path | str) -> dict[str, Any]:
    """Return the catalogue of an output in plain types.

    Raises:
        WrongUse: nothing was ever published there.
        LostFile: a damaged record of the log.
    """
    output = Output(root)
    output_id, last = identify_output(output), read_watermark(output)
    files: dict[str, list[dict[str, Any]]] = {table.name: [] for table in TABLES}
    for seq, file in live_files(output, up_to=last):
        files.setdefault(file.table, []).append(_file(file, seq))
    resources = [_resource(BY_NAME[name], found) for name, found in files.items() if name in BY_NAME]
    return {
        "$schema": PROFILE,
        "name": "dateline-output",
        "title": "News dispatches as tables",
        "description": "Tables of news dispatches in Parquet, written by Dateline; README.md beside this file explains "
        "each column. A file that an older version wrote may lack a column, whose values are null there.",
        "dateline:output_id": output_id,
        "dateline:sequence": last,
        "dateline:row_counts": {each["name"]: each["dateline:row_count"] for each in resources},
        "resources": resources,
    }


def _file(file: StagedFile, seq: int) -> dict[str, Any]:
    return {
        "path": file.path,
        "partition": file.partition,
        "rows": file.rows,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "seq": seq,
    }


def _resource(table: Table[Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    *_, partition = columns_of(table)
    return {
        "name": table.name,
        "type": "table",
        "title": table.name.capitalize(),
        "description": f"One row is {table.grain}.",
        "path": [file["path"] for file in files],
        "format": "parquet",
        "mediatype": MEDIA_TYPE,
        "schema": _schema(table),
        "dateline:partition": {
            "name": partition.name,
            "type": FIELD_TYPES[partition.type][0],
            "description": partition.means,
        },
        "dateline:row_count": sum(file["rows"] for file in files),
        "dateline:byte_count": sum(file["bytes"] for file in files),
        "dateline:files": files,
    }


def _schema(table: Table[Any]) -> dict[str, Any]:
    columns = (*table.columns, BATCH_SEQ)
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in columns],
        # Parquet has nulls of its own: no text stands for one.
        "missingValues": [],
        "primaryKey": list(table.key),
    }
    foreign_keys = [
        {
            "fields": [column.name],
            "reference": {"resource": column.refers_to, "fields": list(BY_NAME[column.refers_to].key)},
        }
        for column in columns
        if column.refers_to
    ]
    return schema | ({"foreignKeys": foreign_keys} if foreign_keys else {})


def _field(column: Column) -> dict[str, Any]:
    kind, nested = FIELD_TYPES[column.type]
    return {
        "name": column.name,
        "type": kind,
        "description": column.means,
        "constraints": {
            "required": not column.nullable,
            **({"jsonSchema": nested} if nested else {}),
        },
    }


def as_bytes(described: dict[str, Any]) -> bytes:
    """Return a catalogue as it is written and printed."""
    return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def rewrite_catalog(root: Path | str) -> str:
    """Write the catalogue of an output anew, while no run writes there.

    Raises:
        WrongUse: nothing was ever published there.
        OutputBusy: a run is writing there.
    """
    output = Output(root)
    identify_output(output)
    with output.locked():
        return write_catalog(output)


def write_catalog(output: Output) -> str:
    """Write the catalogue into the root of an output, at once, and return its path; the caller holds the lock.

    Raises:
        WrongUse: nothing was ever published there.
    """
    data = as_bytes(catalog(output.address))
    try:
        is_there = output.store.read(CATALOG) == data
    except FileNotFoundError:
        is_there = False
    if not is_there:
        output.store.replace(CATALOG, data)
    return f"{output.address}/{CATALOG}"
