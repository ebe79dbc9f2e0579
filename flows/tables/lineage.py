"""The columns that lead from a dispatch back to its bytes, for `articles` and `rejects` alike."""

from __future__ import annotations

from typing import Any

from flows.records import RawDispatch
from flows.schema import Column, Type

LINEAGE = (
    Column(
        "uri",
        Type.TEXT,
        "Where the bytes were fetched from; a file in an archive is `archive!/path`, an item of a feed at an address `address#item-…`.",
    ),
    Column(
        "source_sha256",
        Type.TEXT,
        "sha256 of the whole file, as it was fetched; of a file in an archive, unpacked.",
    ),
    Column("source_version", Type.INT64, "1 for the first content of this uri, one more for each change."),
    Column(
        "supersedes_sha256",
        Type.TEXT,
        "sha256 of the content that this version replaces, of an archive the archive's; null for the first.",
        nullable=True,
    ),
    Column("dispatch_no", Type.INT64, "Number of the dispatch within the file, from 0."),
    Column("byte_start", Type.INT64, "First byte of the dispatch within the file (unpacked)."),
    Column("byte_end", Type.INT64, "Byte after the dispatch."),
    Column("format", Type.TEXT, "The form it was read in; see `dateline formats`."),
    Column("fetched_at", Type.INSTANT, "When the run that fetched the bytes began."),
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
