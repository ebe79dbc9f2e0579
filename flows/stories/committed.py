"""What the step reads of the committed rows: the new signatures, those of the months around them, and texts of few articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.enrich.stories.changes import Stated, Version
from flows.enrich.stories.membership import Duplicate, Membership
from flows.enrich.stories.signatures import Signature
from flows.enrich.stories.similarity import MAX_DAYS
from flows.enrich.stories.stories import Story
from flows.enrich.stories.versions import Update
from flows.records import Span
from flows.schema import UNKNOWN_MONTH, Row
from flows.tables import stories as story_table
from flows.tables.signatures import signature_from
from flows.write import disk
from flows.write.log import StagedFile
from flows.write.output import Output

TERMS = ("key_terms", "lead_terms", "name_terms", "place_ids")


@dataclass(frozen=True, slots=True)
class Committed:
    """The files of an output, by table; `seq_of` has the commit of each file."""

    output: Output
    files: dict[str, list[StagedFile]]
    seq_of: dict[str, int]

    def of(self, table: str, months: Collection[str] | None = None) -> list[StagedFile]:
        """Return the files of a table that have rows, of all months or of some, in the order of the log."""
        found = self.files.get(table, [])
        return [file for file in found if file.rows and (months is None or file.partition in months)]

    def place_of(self, file: StagedFile) -> str:
        """Return the name of a file in its output."""
        return file.path

    def rows(
        self,
        files: Iterable[StagedFile],
        columns: Sequence[str] | None = None,
        only: tuple[str, Collection[str]] | None = None,
    ) -> Iterator[Row]:
        """Yield the rows of some files; `only` names a column and the values that are wanted."""
        for file in files:
            with (
                disk.naming_full_disk(f"{self.output.address}/{file.path}"),
                pq.ParquetFile(
                    self.output.store.opened(self.place_of(file)), page_checksum_verification=True
                ) as opened,
            ):
                data = opened.read(list(columns) if columns else None)
            if only is not None:
                data = data.filter(pc.is_in(data[only[0]], value_set=pa.array(sorted(only[1]), pa.string())))
            yield from data.to_pylist()


def committed_files(output: Output, committed: Iterable[tuple[int, StagedFile]]) -> Committed:
    """Sort committed files by table; each comes with the number of its commit, in the order of the log."""
    files: defaultdict[str, list[StagedFile]] = defaultdict(list)
    seq_of = {}
    for seq, file in committed:
        files[file.table].append(file)
        seq_of[file.path] = seq
    return Committed(output, dict(files), seq_of)


def signatures_in(
    committed: Committed, files: Iterable[StagedFile], *, after: int = 0, up_to: int | None = None
) -> list[Signature]:
    """Read the signatures of a range of commits, those of a commit in the order of publication.

    The order does not depend on the files that the rows are in, which change when an output is compacted. Equal terms are one
    object: most articles share theirs with others.
    """
    terms: dict[str, str] = {}
    found = []
    for row in committed.rows(files):
        if row["batch_seq"] > after and (up_to is None or row["batch_seq"] <= up_to):
            shared = {name: [terms.setdefault(term, term) for term in row[name]] for name in TERMS}
            found.append((row["batch_seq"], signature_from({**row, **shared})))
    return [each for _, each in sorted(found, key=lambda each: (each[0], *moment_of(each[1])))]


def moment_of(article: Signature) -> tuple[bool, float, str]:
    """Return what articles are sorted by: their publication, those without a date last, and their id."""
    at = article.published_at
    return at is None, at.timestamp() if at else 0.0, article.article_id


def months_around(new: Iterable[Signature]) -> set[str]:
    """Return the partitions in which articles may be compared with new ones: the months within MAX_DAYS, and that of undated ones if one of them is undated."""
    months = set()
    for on in {each.published_on for each in new}:
        if on is None:
            months.add(UNKNOWN_MONTH)
            continue
        day, last = on - timedelta(MAX_DAYS), on + timedelta(MAX_DAYS)
        while day <= last:
            months.add(f"{day:%Y-%m}")
            day += timedelta(28)
        months.add(f"{last:%Y-%m}")
    return months


def members_in(committed: Committed, months: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return story and version number of each article of these months that has been placed, by its newest revision."""
    newest: dict[str, tuple[int, str, int]] = {}
    columns = ("article_id", "story_id", "revision", "version_no")
    for row in committed.rows(committed.of("story_members", months), columns):
        found = (row["revision"], row["story_id"], row["version_no"])
        newest[row["article_id"]] = max(newest.get(row["article_id"], found), found)
    return {key: (story_id, number) for key, (_, story_id, number) in newest.items()}


def membership_from(row: Row, signatures: Mapping[str, Signature]) -> Membership:
    """Return a membership without its link; what it repeats and updates stays."""
    key = row["article_id"]
    duplicate = (
        Duplicate(key, row["duplicate_of"], row["duplicate_kind"], row["duplicate_jaccard"])
        if row["duplicate_of"]
        else None
    )
    update = Update(key, row["updates_article_id"], row["update_rule"]) if row["updates_article_id"] else None
    return Membership(
        signatures[key],
        row["story_id"],
        row["reason"],
        duplicate=duplicate,
        update=update,
        version_no=row["version_no"],
        revision=row["revision"],
    )


def stories_in(committed: Committed, story_ids: Collection[str], since: str | None) -> dict[str, Story]:
    """Return the newest revision of some stories.

    The partition of a revision is the month of its last article, so that none lies before the month in which a member was found.
    """
    files = [
        file
        for file in committed.of("stories")
        if since is None or file.partition >= since or file.partition == UNKNOWN_MONTH
    ]
    newest: dict[str, Story] = {}
    for row in committed.rows(files, only=("story_id", story_ids)):
        story = story_table.story_from(row)
        if story.story_id not in newest or newest[story.story_id].revision < story.revision:
            newest[story.story_id] = story
    return newest


def texts_of(committed: Committed, articles: Iterable[Signature]) -> dict[str, Version]:
    """Read text, sentences and claims of some articles, by id."""
    wanted = {each.article_id: each for each in articles}
    months = {
        f"{each.published_on:%Y-%m}" if each.published_on else UNKNOWN_MONTH for each in wanted.values()
    }
    only = ("article_id", wanted)
    columns = ("article_id", "body_text", "headline", "sentences")
    claims = stated_in(committed, months, wanted)
    return {
        row["article_id"]: Version(
            wanted[row["article_id"]],
            row["body_text"] or row["headline"] or "",
            tuple(Span(each["char_start"], each["char_end"]) for each in row["sentences"]),
            tuple(claims[row["article_id"]]),
        )
        for row in committed.rows(committed.of("articles", months), columns, only)
    }


CLAIM_COLUMNS = (
    "article_id", "claim_id", "effect", "unit", "claimant", "low", "best", "high", "char_start", "char_end", "surface",
)  # fmt: skip


def stated_in(
    committed: Committed, months: Collection[str], articles: Collection[str]
) -> defaultdict[str, list[Stated]]:
    """Return the claims of some articles, by article, in reading order."""
    found: defaultdict[str, list[Stated]] = defaultdict(list)
    files = committed.of("claims", months)
    for row in committed.rows(files, CLAIM_COLUMNS, ("article_id", articles)):
        found[row["article_id"]].append(
            Stated(
                row["claim_id"],
                row["effect"],
                row["unit"],
                row["claimant"].lower() if row["claimant"] else None,
                (row["low"], row["best"], row["high"]),
                Span(row["char_start"], row["char_end"]),
                row["surface"],
            )
        )
    return found
