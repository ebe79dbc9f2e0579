"""The errors of loads: the target is foreign, busy or ahead of the output, or it fails."""

from __future__ import annotations

from flows.errors import DatelineError


class ForeignTarget(DatelineError, code="load.target.foreign"):
    """The target contains rows of another output, or tables that no load created."""

    message = "{target}: found {found}, wanted {wanted}; nothing was changed"
    remedy = "load into another target, or remove those tables"
    target: str
    found: str
    wanted: str


class TargetAhead(DatelineError, code="load.target.ahead"):
    """The target was loaded up to a commit that the output does not have: the output is an older copy."""

    message = "{target}: found rows up to commit {found}, wanted at most commit {wanted}, the last of the output; nothing was changed"
    remedy = "restore the newest copy of the output, or load it into a new target"
    target: str
    found: int
    wanted: int


class TargetSchemaDiffers(DatelineError, code="load.target.schema"):
    """A table of the target lacks a column that cannot be null, or has one of another type: a load adds and widens columns only."""

    message = (
        "{target}: table {table} has {found}, wanted {wanted}; load into a new target; nothing was changed"
    )
    remedy = "name a target that does not exist yet, such as duckdb:///new.duckdb"
    target: str
    table: str
    found: str
    wanted: str


class RowsDiffer(DatelineError, code="load.rows.differ"):
    """The target has another number of rows than were committed; its transaction was rolled back."""

    message = "{target}: table {table} has {found} new rows, wanted {wanted}"
    remedy = "load again; if it stays so, run `dateline verify` and load into a new target"
    target: str
    table: str
    found: int
    wanted: int


class DoubledKeys(DatelineError, code="load.keys.doubled"):
    """Committed rows share a key, which an older version allowed in `mentions`."""

    message = "{target}: {found}; wanted one row for each key; the transaction was rolled back. Create the output again with this version, and load it into a new target"
    remedy = "read the sources into a new --output with this version, and load that into a new target"
    target: str
    found: str


class TargetBusy(DatelineError, code="load.target.busy", retryable=True):
    """Another process is writing to the target."""

    message = "{target} is in use by {holder}; load again when it has ended"
    remedy = "load again when {holder} has ended"
    target: str
    holder: str


class TargetFailed(DatelineError, code="load.target.failed", retryable=True):
    """The target cannot be reached, rejects a statement, or closes the connection; earlier commits are kept."""

    message = "{target}: {found}; earlier commits are kept, load again to continue"
    remedy = "check that the target runs and its address, then load again; `dateline doctor --target ADDRESS` tries it"
    target: str
    found: str


class MissingLibrary(DatelineError, code="load.library.missing"):
    """A target needs a library that comes with an extra."""

    message = "{library} is not installed, wanted: pip install 'dateline[{extra}]'"
    remedy = "install the extra: pip install 'dateline[{extra}]'"
    library: str
    extra: str
