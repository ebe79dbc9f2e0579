"""The text that `compact`, `erase` and `enrich` print without `--json`."""

from __future__ import annotations

from flows.generations.rewriting import Changed
from flows.report.summary import counted, minute_of


def describe_change(found: Changed) -> str:
    """Return a line about a generation, and where the replaced files are."""
    if found.seq is None:
        return f"Nothing to {found.kind}: {found.output} has {found.files_after:,} files."
    removed = "".join(
        f", {counted(count, 'row', 'rows')} of {table} removed" for table, count in found.rows_removed.items()
    )
    kept = f" The replaced files are kept until {minute_of(found.kept_until)}." if found.kept_until else ""
    return (
        f"Commit {found.seq:,}: {found.files_before:,} files ({found.bytes_before:,} bytes) are now "
        f"{found.files_after:,} ({found.bytes_after:,} bytes){removed}.{kept}"
    )
