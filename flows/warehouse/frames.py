"""The committed rows of a table as a pandas data frame, all versions or the newest of each source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from flows.errors import WrongUse
from flows.schema import columns_of
from flows.tables import BY_NAME
from flows.warehouse.snapshot import Snapshot


def read_frame(root: Path | str, table: str, *, latest: bool, columns: Sequence[str] | None) -> pd.DataFrame:
    """Return the published rows of a table, in the order of their commits; see `flows.api.to_pandas`."""
    known = BY_NAME.get(table)
    if known is None:
        raise WrongUse("table", table, "one of " + ", ".join(BY_NAME))
    declared = [column.name for column in columns_of(known)]
    wanted = declared if columns is None else list(columns)
    if unknown := [name for name in wanted if name not in declared]:
        raise WrongUse("columns", ", ".join(unknown), f"columns of {table}: {', '.join(declared)}")
    rows = Snapshot(root).rows(table, wanted, latest=latest)
    frame: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    return frame
