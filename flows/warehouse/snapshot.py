"""The committed rows of an output as Arrow tables, all versions or the newest of each source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow import fs

from flows.errors import LostFile
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


class Snapshot:
    """The rows of an output up to the commit that was published when it was opened: later commits do not show.

    Raises:
        WrongUse: nothing was ever published there.
    """

    def __init__(self, root: Path | str) -> None:
        self.place = Output(root)
        identify_output(self.place)
        self.last = read_watermark(self.place)

    @cached_property
    def _files(self) -> list[StagedFile]:
        """The live files of all tables, in the order of commits and paths."""
        live = sorted(live_files(self.place, up_to=self.last), key=lambda each: (each[0], each[1].path))
        return [file for _, file in live]

    def rows(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        latest: bool = True,
        where: ds.Expression | None = None,
    ) -> pa.Table:
        """Return rows of a table in the order of commits, files and rows; `latest` as in `flows.api.to_pandas`.

        `columns` are declared ones, all by default. `where` is a condition over the columns of the table.

        Raises:
            LostFile: a file that is missing or damaged.
        """
        wanted = [each.name for each in columns_of(BY_NAME[table])] if columns is None else list(columns)
        revised = [REVISED[table], "revision"] if latest and table in REVISED else []
        if latest and any(each.name == table for each in VERSIONED):
            rows = self._read(table, _with(wanted, "uri", "source_version"), where)
            rows = rows.filter(_is_newest(rows, self._newest_versions))
        elif latest and any(each.name == table for each in OF_ARTICLES):
            rows = self._read(table, _with(wanted, "article_id", *revised), where)
            rows = rows.filter(pc.is_in(rows["article_id"], value_set=self._latest_articles))
        else:
            rows = self._read(table, _with(wanted, *revised), where)
        if revised:
            rows = _newest_revisions(rows, REVISED[table])
        return rows.select(wanted)

    def _read(self, table: str, columns: Sequence[str], where: ds.Expression | None = None) -> pa.Table:
        """Return columns of all versions. A column that a file of an older version lacks is null there."""
        schema = schema_of(table).append(pa.field(BY_NAME[table].partition_by, pa.string()))
        files, root = self.place.store.for_pyarrow()
        try:
            fragments = [self._fragment(file, files, root) for file in self._files if file.table == table]
            return ds.FileSystemDataset(fragments, schema, PARQUET, files).to_table(
                columns=list(columns), filter=where
            )
        except (OSError, pa.ArrowInvalid) as error:
            raise LostFile(
                f"{self.place.address}/{table}", f"a damaged file ({error})", "the committed files"
            ) from None

    def _fragment(self, file: StagedFile, files: fs.FileSystem, root: str) -> ds.Fragment:
        size = self.place.store.size(file.path)
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

    @cached_property
    def _newest_versions(self) -> pa.Table:
        """The columns `root` and `version`: of each file that was fetched, the newest version.

        A version of which every dispatch was refused is one too, and so `rejects` counts as well.
        """
        seen = pa.concat_tables([self._read(each.name, ["uri", "source_version"]) for each in VERSIONED])
        roots = pa.table({"root": _roots(seen["uri"]), "version": seen["source_version"]})
        return roots.group_by("root").aggregate([("version", "max")]).rename_columns(["root", "version"])

    @cached_property
    def _latest_articles(self) -> pa.ChunkedArray:
        """The ids of the articles of the newest version of each source."""
        articles = self._read("articles", ["article_id", "uri", "source_version"])
        return articles.filter(_is_newest(articles, self._newest_versions))["article_id"]


def _with(columns: Sequence[str], *more: str) -> list[str]:
    return [*columns, *(name for name in more if name not in columns)]


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
