"""Undo a merge: take articles out of their story into one of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from flows.enrich.stories.membership import Membership
from flows.enrich.stories.stories import Story, begun, revised
from flows.errors import WrongUse
from flows.fields import ALL, fields_named
from flows.history.reading import read_history
from flows.records import identify
from flows.schema import Row
from flows.stories.committed import Committed, committed_files, membership_from, stories_in
from flows.tables import rows_of
from flows.tables.signatures import signature_from
from flows.versions import versions
from flows.write.deliver import deliver, stage_of
from flows.write.log import Commit, refuse_older
from flows.write.output import Output
from flows.write.publish import recover
from flows.write.stage import stage_checked

SPLIT = "split"
"""The kind of its commits, and the reason of the memberships in them."""


def split_story(output: Output, article_ids: Sequence[str], began: datetime) -> Commit:
    """Move articles of one story into a new story, and commit both as they stand then.

    The rows of the old memberships stay; the views `story_members_latest` and `stories_latest` show the new ones. Later runs
    never join the two stories.

    Raises:
        WrongUse: an article that is in no story, articles of several stories, or all articles of one.
        OutputBusy: a run is writing to the output.
    """
    output.prepare()
    with output.locked():
        seq = recover(output) + 1
        history = read_history(output)
        refuse_older(output, history.schema)
        committed = committed_files(output, history.files())
        members = newest_members(committed)
        moving, story_id = _moving(members, article_ids)
        staying = [
            row for key, row in members.items() if row["story_id"] == story_id and key not in article_ids
        ]
        if not staying:
            raise WrongUse("articles", "all articles of the story", "some of them")
        run_id = identify(SPLIT, began.isoformat(), *sorted(article_ids))
        new_id = identify("story", SPLIT, seq, *sorted(article_ids))
        only = ("article_id", [row["article_id"] for row in (*moving, *staying)])
        found = map(signature_from, committed.rows(committed.of("signatures"), only=only))
        signatures = {each.article_id: each for each in found}
        moved = [
            replace(
                membership_from(row, signatures), story_id=new_id, reason=SPLIT, revision=row["revision"] + 1
            )
            for row in moving
        ]
        old = stories_in(committed, {story_id}, None)[story_id]
        left = revised(
            replace(begun(story_id), revision=old.revision),
            [membership_from(row, signatures) for row in staying],
        )
        nouns: tuple[Membership | Story, ...] = (*moved, revised(begun(new_id), moved), left)
        rows = [row for noun in nouns for row in rows_of(noun)]
        with stage_of(output, seq, run_id).folder() as folder:
            files = stage_checked(rows, folder=folder, name=SPLIT, batch_seq=seq)
        return deliver(
            output,
            seq=seq,
            kind=SPLIT,
            batch_id=identify(SPLIT, *(file.sha256 for file in files)),
            run_id=run_id,
            staged_at=began,
            versions=versions(fields=fields_named(history.fields) if history.fields else ALL),
            files=files,
        )


def newest_members(committed: Committed) -> dict[str, Row]:
    """Return the newest membership of each article, in the order of their publication."""
    newest: dict[str, Row] = {}
    for row in committed.rows(committed.of("story_members")):
        known = newest.get(row["article_id"])
        if known is None or known["revision"] < row["revision"]:
            newest[row["article_id"]] = row
    in_time = sorted(newest.items(), key=lambda each: (str(each[1]["published_at"] or "~"), each[0]))
    return dict(in_time)


def _moving(members: dict[str, Row], article_ids: Iterable[str]) -> tuple[list[Row], str]:
    wanted = set(article_ids)
    if unknown := sorted(wanted - members.keys()):
        raise WrongUse("articles", unknown[0], "ids of articles that are in a story")
    moving = [row for key, row in members.items() if key in wanted]
    stories = {str(row["story_id"]) for row in moving}
    if len(stories) != 1:
        raise WrongUse("articles", f"articles of {len(stories)} stories", "articles of one story")
    return moving, stories.pop()
