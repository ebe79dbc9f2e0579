"""Stories without articles that are erased: made from the memberships, which are not decided again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.stories import Story, begun, revised
from flows.generations.reading import unchecked_batches_of
from flows.generations.rewriting import Rewriting
from flows.schema import BATCH_SEQ, Row
from flows.stories.committed import membership_from, moment_of
from flows.tables import BY_NAME, rows_of
from flows.tables.signatures import signature_from
from flows.write.arrow import arrow_table, schema_of
from flows.write.log import StagedFile

REFERENCES: Mapping[str, Mapping[str, object]] = {
    "linked_article_id": {
        "linked_article_id": None,
        "link_probability": None,
        "text_similarity": None,
        "lead_similarity": None,
        "name_similarity": None,
        "place_similarity": None,
        "days_apart": None,
        "shared_terms": [],
        "shared_place_ids": [],
    },
    "duplicate_of": {"duplicate_of": None, "duplicate_kind": None, "duplicate_jaccard": None},
    "updates_article_id": {"updates_article_id": None, "update_rule": None},
}
"""What a membership says of another article, by the column that names it; and what it says when that is erased."""


def erase_from_stories(new: Rewriting, gone: Collection[str]) -> None:
    """Rewrite memberships and stories without the articles that are gone.

    A story keeps its id and the number of its newest revision; earlier revisions of it, which counted what is gone, are removed, and
    so is a story without a member. What articles that stay were compared with is not computed again.
    """
    ids = pa.array(sorted(gone), pa.string())
    partitions = new.by_partition()
    affected = _story_ids(new, ids)
    members: dict[str, Row] = {}
    for (table, partition), files in partitions.items():
        if table != "story_members":
            continue
        for row in _rows_with(new, files, "story_id", affected):
            known = members.get(row["article_id"])
            if row["article_id"] not in gone and (known is None or known["revision"] < row["revision"]):
                members[row["article_id"]] = _without(row, gone)
        some = [file for file in files if file.rows and _refers(new, file, ids)]
        if some:
            new.replace(table, partition, some, _members_left(new, some, gone), is_rewritten=True)
    anew = _stories_of(new, members, affected)
    for (table, partition), files in partitions.items():
        if table == "stories":
            some = [
                file
                for file in files
                if file.rows and any(True for _ in _rows_with(new, [file], "story_id", affected))
            ]
            rows = anew.pop(partition, [])
            if some or rows:
                new.replace(
                    table, partition, some, _stories_left(new, some, affected, rows), is_rewritten=True
                )
    for partition, rows in anew.items():
        new.replace("stories", partition, [], iter(rows), is_rewritten=True)


def _story_ids(new: Rewriting, ids: pa.Array) -> set[str]:
    found: set[str] = set()
    for file in new.live:
        if file.table == "story_members" and file.rows:
            for rows in unchecked_batches_of(new.output, file, ["article_id", "story_id"]):
                of_gone = rows.filter(pc.is_in(rows["article_id"], value_set=ids))
                found.update(of_gone["story_id"].to_pylist())
    return found


def _rows_with(
    new: Rewriting, files: Sequence[StagedFile], column: str, values: Collection[str]
) -> Iterator[Row]:
    wanted = pa.array(sorted(values), pa.string())
    for file in files:
        if file.rows:
            for rows in unchecked_batches_of(new.output, file):
                yield from rows.filter(pc.is_in(rows[column], value_set=wanted)).to_pylist()


def _refers(new: Rewriting, file: StagedFile, ids: pa.Array) -> bool:
    columns = ["article_id", *REFERENCES]
    return any(
        pc.any(pc.is_in(rows[name], value_set=ids)).as_py()
        for rows in unchecked_batches_of(new.output, file, columns)
        for name in columns
    )


def _members_left(new: Rewriting, files: Sequence[StagedFile], gone: Collection[str]) -> Iterator[pa.Table]:
    schema = schema_of("story_members")
    for file in files:
        for rows in new.rows_of(file):
            found = rows.to_pylist()
            left = [_without(row, gone) for row in found if row["article_id"] not in gone]
            new.count_removed(file.table, len(found) - len(left))
            yield pa.Table.from_pylist(left, schema=schema)


def _without(row: Row, gone: Collection[str]) -> Row:
    changed = dict(row)
    for column, values in REFERENCES.items():
        if row[column] in gone:
            changed |= values
    return changed


def _stories_of(
    new: Rewriting, members: Mapping[str, Row], affected: Collection[str]
) -> dict[str, list[pa.Table]]:
    """Return the rows of stories as they stand without what is gone, by partition."""
    newest: dict[str, Row] = {}
    files = [file for file in new.live if file.table == "stories"]
    for row in _rows_with(new, files, "story_id", affected):
        if row["story_id"] not in newest or newest[row["story_id"]]["revision"] < row["revision"]:
            newest[row["story_id"]] = row
    files = [file for file in new.live if file.table == "signatures"]
    signatures: dict[str, Signature] = {
        row["article_id"]: signature_from(row) for row in _rows_with(new, files, "article_id", members)
    }
    by_story: defaultdict[str, list[Row]] = defaultdict(list)
    for key in sorted(members, key=lambda key: moment_of(signatures[key])):
        by_story[members[key]["story_id"]].append(members[key])
    anew: defaultdict[str, list[pa.Table]] = defaultdict(list)
    for story_id, group in sorted(by_story.items()):
        before = newest[story_id]
        story: Story = revised(
            replace(begun(story_id), revision=before["revision"] - 1),
            [membership_from(row, signatures) for row in group],
        )
        for table, partition, row in rows_of(story):
            anew[partition].append(arrow_table(table, [row], before[BATCH_SEQ.name]))
    return dict(anew)


def _stories_left(
    new: Rewriting, files: Sequence[StagedFile], affected: Collection[str], anew: Sequence[pa.Table]
) -> Iterator[pa.Table]:
    ids = pa.array(sorted(affected), pa.string())
    for file in files:
        for rows in new.rows_of(file):
            left = rows.filter(pc.invert(pc.is_in(rows["story_id"], value_set=ids)))
            new.count_removed(file.table, rows.num_rows - left.num_rows)
            yield left
    new.count_removed(BY_NAME["stories"].name, -sum(rows.num_rows for rows in anew))
    yield from anew
