"""The columns that lead from a dispatch back to its bytes, for `articles` and `rejects` alike."""

from __future__ import annotations

from typing import Any

from flows.checks import Between, InOrder
from flows.records import RawDispatch
from flows.schema import Column, Type

LINEAGE = (
    Column(
        "uri",
        Type.TEXT,
        "Where the bytes were fetched from. A file in an archive is `archive!/path`; an item of a feed is `address#item-…`.",
    ),
    Column(
        "source_sha256",
        Type.TEXT,
        "sha256 of the whole file as fetched. For a file in an archive: of the unpacked file.",
    ),
    Column(
        "source_version",
        Type.INT64,
        "Version of the source: 1 for the first content of this uri, increased by one with each change.",
    ),
    Column(
        "supersedes_sha256",
        Type.TEXT,
        "sha256 of the content that this version replaces; for a file in an archive, that of the archive. Null for the first version.",
        nullable=True,
    ),
    Column("dispatch_no", Type.INT64, "Position of the dispatch within the file, from 0."),
    Column("byte_start", Type.INT64, "Offset of the first byte of the dispatch within the (unpacked) file."),
    Column("byte_end", Type.INT64, "Offset after the last byte of the dispatch."),
    Column("format", Type.TEXT, "The format it was read as; see `dateline formats`."),
    Column("fetched_at", Type.INSTANT, "Start of the run that fetched the bytes."),
)

LINEAGE_CHECKS = (
    Between("source_version", 1),
    Between("dispatch_no", 0),
    Between("byte_start", 0),
    InOrder(("byte_start", "byte_end")),
)


def lineage(raw: RawDispatch) -> dict[str, Any]:
    """Return the values of the lineage columns."""
    return {
        "uri": raw.source.uri,
        "source_sha256": raw.source.sha256,
        "source_version": raw.source.version,
        "supersedes_sha256": raw.source.supersedes,
        "dispatch_no": raw.number,
        "byte_start": raw.byte_start,
        "byte_end": raw.byte_end,
        "format": raw.source.format,
        "fetched_at": raw.source.fetched_at,
    }
