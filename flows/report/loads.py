"""The text that `load` and `verify` print without `--json`."""

from __future__ import annotations

from collections.abc import Iterator

from flows.warehouse.load import LoadSummary
from flows.warehouse.verify import Verification


def describe_load(summary: LoadSummary) -> str:
    """Return one line about a load."""
    if summary.first_seq is None:
        return (
            f"Nothing new: {summary.target} has all commits up to {summary.mark:,} ({summary.seconds:.1f} s)."
        )
    commits = (
        f"commit {summary.first_seq:,}"
        if summary.first_seq == summary.last_seq
        else f"commits {summary.first_seq:,} to {summary.last_seq:,}"
    )
    return (
        f"Loaded {summary.row_count:,} {'row' if summary.row_count == 1 else 'rows'} of {commits} "
        f"into {summary.target} in {summary.seconds:.1f} s."
    )


def describe_verification(found: Verification) -> Iterator[str]:
    """Yield a line for each difference, or one that says what was compared."""
    yield from found.differences
    if found.differences:
        return
    yield (
        f"{found.output}: {found.file_count:,} files with {found.row_count:,} rows are as committed, "
        f"up to commit {found.last_seq:,}."
    )
    if found.target is not None:
        yield f"{found.target}: rows and keys are those of the files up to commit {found.mark:,}."
