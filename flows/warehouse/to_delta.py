"""Registers committed files in Delta tables, one for each table: hard links, and a log that names them.

The files are not copied where the output and the target are on one file system. Absolute paths in the log
would need no links, but polars and pyarrow take them for relative ones (decision 0010). Each commit of a
Delta table carries the output and its sequence number as an application transaction; delta-rs refuses the
second of two that run at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import WrongUse
from flows.schema import BATCH_SEQ
from flows.tables import BY_NAME
from flows.warehouse.altering import check_required
from flows.warehouse.load_errors import MissingLibrary, TargetBusy, TargetFailed, TargetSchemaDiffers
from flows.warehouse.marks import check_output, check_tables
from flows.warehouse.relations import LOADED, MARKS, RELATIONS, Relation
from flows.warehouse.rows import count_wanted
from flows.warehouse.target import Group, TargetFile, no_target
from flows.write import disk
from flows.write.arrow import ARROW
from flows.write.output import Output

try:
    from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
    from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
    from deltalake.transaction import AddAction, RemoveAction

    from flows.warehouse.delta_log import addition, registered_files, removal, sync_log
except ImportError:
    raise MissingLibrary("deltalake", "delta") from None


class DeltaTarget:
    """A folder of Delta tables."""

    def __init__(self, shown: str, root: Path) -> None:
        self.shown = shown
        self._root = root
        self._output_id = ""
        self._is_exchanged = False

    def prepare(self, output_id: str) -> None:
        """Add columns, and make the tables that are missing."""
        opened = {each.name: table for each in RELATIONS if (table := self._opened(each.name))}
        check_tables(self.shown, opened)
        self.read_mark(output_id)
        for relation in RELATIONS:
            if relation.name in opened:
                self._add_columns(relation, opened[relation.name])
        for relation in [MARKS, *LOADED]:
            if relation.name not in opened:
                disk.make_folder(self._root / relation.name)
                DeltaTable.create(
                    self._root / relation.name,
                    _schema_of(relation),
                    partition_by=relation.partition_by,
                    name=relation.name,
                    description=relation.grain,
                )
                sync_log(self._root / relation.name)

    def _add_columns(self, relation: Relation, table: DeltaTable) -> None:
        """Add the columns that a table lacks. No type is widened: files that are registered keep theirs.

        Raises:
            TargetSchemaDiffers: a column that cannot be null is missing, or one is of another type.
        """
        present = {field.name: field.type for field in table.schema().fields}
        check_required(self.shown, relation, {name: str(kind) for name, kind in present.items()})
        wanted = Schema.from_arrow(_schema_of(relation)).fields
        for field in wanted:
            if field.name in present and present[field.name] != field.type:
                found = f"column {field.name} of type {present[field.name]}"
                raise TargetSchemaDiffers(self.shown, relation.name, found, str(field.type))
        if added := [field for field in wanted if field.name not in present]:
            table.alter.add_columns(added)
            sync_log(self._root / relation.name)

    @contextmanager
    def transaction(self, output_id: str) -> Iterator[int]:
        """Give the mark; each table has its own transaction, and is not written twice."""
        self._output_id = output_id
        self._is_exchanged = False
        yield self.read_mark(output_id)

    def remove(self, group: Group, mark: int) -> None:  # noqa: ARG002  # whole files are replaced
        """Put the files of the partitions in which files were replaced in the place of those registered; each table in one commit.

        Where something was erased, the files that are registered no longer are removed too: older versions of the tables
        cannot be read after that.
        """
        self._is_exchanged = True
        for table, partitions in group.moved.items():
            wanted = [file for file in group.files.get(table, ()) if file.partition in partitions]
            self._link(wanted)
            delta = DeltaTable(self._root / table)
            registered = {
                path
                for path in registered_files(delta)
                if path.partition("/")[0].partition("=")[2] in partitions
            }
            names = {file.relative.partition("/")[2]: file for file in wanted}
            partition_by = BY_NAME[table].partition_by
            gone = sorted(registered - names.keys())
            actions: list[AddAction | RemoveAction] = [
                *(removal(path, partition_by, self._root / table / path) for path in gone),
                *(addition(file, partition_by) for path, file in names.items() if path not in registered),
            ]
            if actions:
                delta.create_write_transaction(actions, "append", delta.schema(), partition_by=partition_by)
                sync_log(self._root / table)
        if group.erases:
            self._remove_unregistered(group)

    def _remove_unregistered(self, group: Group) -> None:
        for table, partitions in group.moved.items():
            kept = set(registered_files(DeltaTable(self._root / table)))
            for partition in partitions:
                folder = self._root / table / f"{BY_NAME[table].partition_by}={partition}"
                for path in sorted(folder.glob("*.parquet")):
                    if f"{folder.name}/{path.name}" not in kept:
                        disk.remove(path)

    def insert(self, table: str, files: Sequence[TargetFile]) -> int:
        """Link files and register those that are new, in one commit; return the wanted rows in them."""
        delta = DeltaTable(self._root / table)
        # The same application transaction is taken twice without an error: ask the very handle that writes.
        known = delta.transaction_version(self._output_id) or 0
        self._link(files)
        registered = set(registered_files(delta)) if self._is_exchanged else set()
        new = [
            file for file in files if file.seq > known and file.relative.partition("/")[2] not in registered
        ]
        if new:
            delta.create_write_transaction(
                [addition(file, BY_NAME[table].partition_by) for file in new],
                "append",
                delta.schema(),
                partition_by=BY_NAME[table].partition_by,
                commit_properties=self._properties(max(file.seq for file in new)),
            )
            sync_log(self._root / table)
        return sum(count_wanted(replace(file, path=self._root / file.relative)) for file in files)

    def _link(self, files: Sequence[TargetFile]) -> None:
        for file in files:
            link_file(file.path, self._root / file.relative)
        for each in {(self._root / file.relative).parent for file in files}:
            disk.sync_folder(each)

    def add_marks(self, output_id: str, group: Group) -> None:
        """Record each commit of the group."""
        delta = DeltaTable(self._root / MARKS.name)
        if (delta.transaction_version(output_id) or 0) >= group.last_seq:
            raise TargetBusy(self.shown, "another load")
        names = MARKS.column_names
        rows = [dict(zip(names, (output_id, *each), strict=True)) for each in group.seqs]
        write_deltalake(
            delta,
            pa.Table.from_pylist(rows, schema=_schema_of(MARKS)),
            mode="append",
            commit_properties=self._properties(group.last_seq),
        )
        for path in (self._root / MARKS.name).glob("*.parquet"):
            disk.sync_file(path)
        sync_log(self._root / MARKS.name)

    def add_keys(self, tables: Sequence[str]) -> None:
        """Do nothing: a Delta table has no keys."""

    def read_mark(self, output_id: str) -> int:
        """Return the last sequence number loaded."""
        marks: dict[str, int] = {}
        for path in self._files(MARKS.name):
            for row in pq.read_table(path, partitioning=None).to_pylist():
                marks[row["output_id"]] = max(row["seq"], marks.get(row["output_id"], 0))
        return check_output(self.shown, output_id, marks)

    def read_keys(self, table: str, mark: int) -> pa.RecordBatchReader:
        """Return the keys, in no order, of the files that the table's log names."""
        (key,) = BY_NAME[table].key
        schema = pa.schema([pa.field("key", pa.string())])

        def batches() -> Iterator[pa.RecordBatch]:
            for path in self._files(table):
                found = pq.read_table(path, columns=[key, BATCH_SEQ.name], partitioning=None)
                kept = found.filter(pa.compute.less_equal(found[BATCH_SEQ.name], mark))
                yield from pa.table({"key": kept[key]}, schema=schema).to_batches()

        return pa.RecordBatchReader.from_batches(schema, batches())

    def _opened(self, table: str) -> DeltaTable | None:
        try:
            return DeltaTable(self._root / table)
        except TableNotFoundError:
            return None

    def _files(self, table: str) -> list[str]:
        delta = self._opened(table)
        return [] if delta is None else delta.file_uris()

    def _properties(self, seq: int) -> CommitProperties:
        return CommitProperties(app_transactions=[Transaction(self._output_id, seq)])


def link_file(source: Path, target: Path) -> None:
    """Give a committed file a second name; copy it where the file system or its owner does not allow that."""
    if target.exists():
        return
    disk.make_folder(target.parent)
    disk.link(source, target)


def _schema_of(relation: Relation) -> pa.Schema:
    return pa.schema(
        [
            pa.field(
                column.name, ARROW[column.type], nullable=column.nullable, metadata={"comment": column.means}
            )
            for column in relation.columns
        ]
    )


@contextmanager
def open_delta(address: str, place: Output, *, must_exist: bool) -> Iterator[DeltaTarget]:
    """Open `delta:folder`, which is not within the output: its tables would hold what no commit wrote.

    Raises:
        WrongUse: no path, or one within the output.
        TargetBusy: another load was faster; what it wrote is not written again.
        TargetFailed: a log that cannot be read or written.
    """
    root = Path(address.removeprefix("delta:"))
    if not root.parts or address.startswith("delta://"):
        raise WrongUse("TARGET", address, "delta:FOLDER")
    if place.is_folder and root.resolve().is_relative_to(place.root.resolve()):
        raise WrongUse("TARGET", f"{address} (within the output)", "a folder outside of the output")
    if must_exist and not root.exists():
        raise no_target(root)
    try:
        yield DeltaTarget(address, root)
    except CommitFailedError as error:
        raise TargetBusy(address, f"another load ({error})") from None
    except DeltaError as error:
        raise TargetFailed(address, str(error)) from None
