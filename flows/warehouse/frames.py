"""The committed rows of a table as a pandas data frame, all versions or the newest of each source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow import fs

from flows.errors import LostFile, WrongUse
from flows.history.reading import live_files
from flows.schema import columns_of
from flows.tables import BY_NAME
from flows.warehouse.load import identify_output
from flows.warehouse.views import OF_ARTICLES, REVISED, VERSIONED
from flows.write.arrow import schema_of
from flows.write.evolve import refuse_unknown
from flows.write.log import StagedFile
from flows.write.output import Output
from flows.write.publish import read_watermark

# Without the checksums a flipped bit in a page may be read as another value.
PARQUET = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True)
)


def read_frame(root: Path | str, table: str, *, latest: bool, columns: Sequence[str] | None) -> pd.DataFrame:
    """Return the published rows of a table, in the order of their commits; see `flows.api.to_pandas`."""
    known = BY_NAME.get(table)
    if known is None:
        raise WrongUse("table", table, "one of " + ", ".join(BY_NAME))
    declared = [column.name for column in columns_of(known)]
    wanted = declared if columns is None else list(columns)
    if unknown := [name for name in wanted if name not in declared]:
        raise WrongUse("columns", ", ".join(unknown), f"columns of {table}: {', '.join(declared)}")
    place = Output(root)
    identify_output(place)
    last = read_watermark(place)
    if not latest:
        rows = _read(place, table, last, wanted)
    elif any(each.name == table for each in VERSIONED):
        rows = _read(place, table, last, [*wanted, *{"uri", "source_version"} - set(wanted)])
        rows = rows.filter(_is_newest(rows, _newest_versions(place, last)))
    elif table == "stories":
        rows = _newest_revisions(_read(place, table, last, declared), REVISED[table])
    elif any(each.name == table for each in OF_ARTICLES):
        articles = _read(place, "articles", last, ["article_id", "uri", "source_version"])
        articles = articles.filter(_is_newest(articles, _newest_versions(place, last)))
        more = {"article_id", "revision"} if table in REVISED else {"article_id"}
        rows = _read(place, table, last, [*wanted, *more - set(wanted)])
        rows = rows.filter(pc.is_in(rows["article_id"], value_set=articles["article_id"]))
        if table in REVISED:
            rows = _newest_revisions(rows, REVISED[table])
    else:
        rows = _read(place, table, last, wanted)
    frame: pd.DataFrame = rows.select(wanted).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _read(place: Output, table: str, last: int, columns: Sequence[str]) -> pa.Table:
    """Return columns of the rows of a table up to a commit, in the order of commits, files and rows.

    A column that a file of an older version lacks is null there.
    """
    schema = schema_of(table).append(pa.field(BY_NAME[table].partition_by, pa.string()))
    files, root = place.store.for_pyarrow()
    try:
        fragments = [
            _fragment(place, file, files, root)
            for _, file in sorted(live_files(place, up_to=last), key=lambda each: (each[0], each[1].path))
            if file.table == table
        ]
        data = ds.FileSystemDataset(fragments, schema, PARQUET, files)
        return data.to_table(columns=list(columns))
    except (OSError, pa.ArrowInvalid) as error:
        raise LostFile(
            f"{place.address}/{table}", f"a damaged file ({error})", "the committed files"
        ) from None


def _fragment(place: Output, file: StagedFile, files: fs.FileSystem, root: str) -> ds.Fragment:
    size = place.store.size(file.path)
    if size is None:
        raise LostFile(file.path, "no file", f"{file.bytes} bytes")
    if size != file.bytes:
        raise LostFile(file.path, f"{size} bytes", f"{file.bytes} bytes")
    # The partition is stated: folders above the output may look like partitions too.
    fragment = PARQUET.make_fragment(
        f"{root}/{file.path}",
        filesystem=files,
        partition_expression=ds.field(BY_NAME[file.table].partition_by) == file.partition,
    )
    refuse_unknown(fragment.physical_schema.names, file.table, file.path)
    return fragment


def _newest_versions(place: Output, last: int) -> pa.Table:
    """Return the columns `root` and `version`: of each file that was fetched, the newest version.

    A version of which every dispatch was refused is one too, and so `rejects` counts as well.
    """
    seen = pa.concat_tables([_read(place, each.name, last, ["uri", "source_version"]) for each in VERSIONED])
    roots = pa.table({"root": _roots(seen["uri"]), "version": seen["source_version"]})
    return roots.group_by("root").aggregate([("version", "max")]).rename_columns(["root", "version"])


def _newest_revisions(rows: pa.Table, key: str) -> pa.Table:
    """Return the rows of the greatest revision of each key, in their order."""
    newest = rows.group_by(key).aggregate([("revision", "max")])
    at = pc.index_in(rows[key], value_set=newest[key])
    return rows.filter(pc.equal(rows["revision"], newest["revision_max"].take(at)))


def _is_newest(rows: pa.Table, newest: pa.Table) -> pa.ChunkedArray:
    at = pc.index_in(_roots(rows["uri"]), value_set=newest["root"])
    return pc.equal(rows["source_version"], newest["version"].take(at))


def _roots(uris: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the part of each uri before `!/`: the file that was fetched."""
    return pc.list_element(pc.split_pattern(uris, "!/", max_splits=1), 0)
