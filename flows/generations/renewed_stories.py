"""What stories say of articles whose rows are made anew: tolls and changes. Which article is in which story stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from flows.generations.reading import unchecked_batches_of
from flows.generations.rewriting import Rewriting
from flows.schema import BATCH_SEQ, Row
from flows.stories.committed import Committed, committed_files, membership_from
from flows.stories.step import revisions_of
from flows.tables import rows_of
from flows.tables.signatures import signature_from
from flows.write.arrow import arrow_table
from flows.write.log import StagedFile

TOLLS = ("killed_low", "killed_high", "injured_low", "injured_high")

Toll = tuple[int | None, ...]
Tolls = dict[str, Toll]
"""The values of TOLLS of each article that states one of them."""

NO_TOLL: Toll = (None,) * len(TOLLS)

CHUNK = 500
"""Memberships whose texts are compared at a time."""


def renew_stories(new: Rewriting, tolls: Tolls) -> None:
    """Rewrite what stories say of the rows of articles that were made anew. Which article is in which story stays."""
    newest = _newest_members(new)
    for (table, partition), files in new.by_partition().items():
        if table == "story_members" and any(file.rows for file in files):
            new.replace(table, partition, files, _with_tolls(new, files, tolls), is_rewritten=True)
    of_story = _tolls_by_story(newest, tolls)
    revisions = _newest_revisions(new)
    for (table, partition), files in new.by_partition().items():
        if table == "stories" and any(file.rows for file in files):
            rows = _stories_with_tolls(new, files, of_story, revisions)
            new.replace(table, partition, files, rows, is_rewritten=True)
    _renew_changes(new, newest)


def _newest_members(new: Rewriting) -> dict[str, Row]:
    """Return the newest membership of each article: its story, and what it updates."""
    columns = ["article_id", "story_id", "revision", "updates_article_id"]
    newest: dict[str, Row] = {}
    for file in new.live:
        if file.table == "story_members" and file.rows:
            for rows in unchecked_batches_of(new.output, file, columns):
                for row in rows.to_pylist():
                    known = newest.get(row["article_id"])
                    if known is None or known["revision"] < row["revision"]:
                        newest[row["article_id"]] = row
    return newest


def _newest_revisions(new: Rewriting) -> dict[str, int]:
    newest: dict[str, int] = {}
    for file in new.live:
        if file.table == "stories" and file.rows:
            for rows in unchecked_batches_of(new.output, file, ["story_id", "revision"]):
                for row in rows.to_pylist():
                    newest[row["story_id"]] = max(row["revision"], newest.get(row["story_id"], 0))
    return newest


def _set_tolls(rows: pa.Table, values: Sequence[Toll]) -> pa.Table:
    for at, name in enumerate(TOLLS):
        column = pa.array([toll[at] for toll in values], pa.int64())
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    return rows


def _with_tolls(new: Rewriting, files: Sequence[StagedFile], tolls: Tolls) -> Iterator[pa.Table]:
    for file in files:
        for rows in new.rows_of(file):
            yield _set_tolls(rows, [tolls.get(key, NO_TOLL) for key in rows["article_id"].to_pylist()])


def _tolls_by_story(newest: Mapping[str, Row], tolls: Tolls) -> Tolls:
    stated: defaultdict[str, list[Toll]] = defaultdict(list)
    for key, toll in tolls.items():
        if key in newest:
            stated[newest[key]["story_id"]].append(toll)
    return {
        story_id: tuple(map(_range_end, TOLLS, zip(*some, strict=True))) for story_id, some in stated.items()
    }


def _range_end(name: str, values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return (min(known) if name.endswith("low") else max(known)) if known else None


def _stories_with_tolls(
    new: Rewriting, files: Sequence[StagedFile], tolls: Tolls, revisions: Mapping[str, int]
) -> Iterator[pa.Table]:
    for file in files:
        for rows in new.rows_of(file):
            found = rows.select(["story_id", "revision", *TOLLS]).to_pylist()
            values = [
                tolls.get(row["story_id"], NO_TOLL)
                if row["revision"] == revisions[row["story_id"]]
                else tuple(row[name] for name in TOLLS)
                for row in found
            ]
            yield _set_tolls(rows, values)


def _renew_changes(new: Rewriting, newest: Mapping[str, Row]) -> None:
    """Compare the versions of each dispatch again; where one of the two is there no longer, what was found before stays."""
    pending = committed_files(new.output, new.pending_files())
    pending = _Pending(pending.output, pending.files, pending.seq_of, new.places_of_pending())
    updating = {
        key: row["updates_article_id"] for key, row in newest.items() if row["updates_article_id"] in newest
    }
    anew: defaultdict[str, list[pa.Table]] = defaultdict(list)
    keys = sorted(updating)
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        ids = {*some, *(updating[key] for key in some)}
        only = ("article_id", ids)
        found = [signature_from(row) for row in pending.rows(pending.of("signatures"), only=only)]
        signatures = {each.article_id: each for each in found}
        rows = list(pending.rows(pending.of("story_members"), only=("article_id", some)))
        members = {
            row["article_id"]: row
            for row in sorted(rows, key=lambda row: (row["article_id"], row["revision"]))
        }
        memberships = [membership_from(members[key], signatures) for key in some]
        for revision in revisions_of(pending, found, memberships):
            seq = members[revision.member.signature.article_id][BATCH_SEQ.name]
            for changes, partition, row in rows_of(revision):
                anew[partition].append(arrow_table(changes, [row], seq))
    compared = pa.array(keys, pa.string())
    for (table, partition), files in new.by_partition().items():
        if table == "changes" and (any(file.rows for file in files) or partition in anew):
            rows_left = _changes_left(new, files, compared)
            new.replace(table, partition, files, chain(rows_left, anew.pop(partition, ())), is_rewritten=True)
    for partition, tables in anew.items():
        new.replace("changes", partition, [], iter(tables), is_rewritten=True)


def _changes_left(new: Rewriting, files: Sequence[StagedFile], compared: pa.Array) -> Iterator[pa.Table]:
    for file in files:
        for rows in new.rows_of(file):
            yield rows.filter(pc.invert(pc.is_in(rows["article_id"], value_set=compared)))


@dataclass(frozen=True, slots=True)
class _Pending(Committed):
    """The files that are live when the generation is committed, of which some are in the stage still: by their final paths."""

    places: Mapping[str, str]

    def place_of(self, file: StagedFile) -> str:
        """Return where a file is now."""
        return self.places.get(file.path, file.path)
