"""`dateline erase`: all rows of a dispatch or of a source are removed from the files, and later runs do not take it up again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.errors import WrongUse
from flows.generations.erased_stories import erase_from_stories
from flows.generations.reading import unchecked_batches_of
from flows.generations.rewriting import Changed, Rewriting, rewriting
from flows.records import source_keys
from flows.tables import BY_NAME
from flows.write.log import StagedFile
from flows.write.output import Output

ERASE = "erase"

ID = re.compile(r"[0-9a-f]{32}")

EMPTY_TEXT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""sha256 of no bytes: an article without a text is equal to no other by it."""


@dataclass(slots=True)
class _Found:
    """What is to be erased: ids of articles and of rejected dispatches, and keys for the log."""

    articles: set[str] = field(default_factory=set)
    rejects: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


def erase(output: Output, what: Sequence[str], reason: str, began: datetime) -> Changed:
    """Remove all rows of dispatches (by the id of an article or of a rejected dispatch) and of sources (by uri or path).

    A dispatch is erased with every article that has its dispatch key or exactly its text, and with the superseded versions of its file; a
    source with all its versions. Rows that
    describe a story are made anew from the members that are left; rows that compare an article with an erased one are removed, or lose what they
    say of it. The files that are replaced are not kept, and neither are those that earlier generations replaced. The log keeps hashes and the
    reason, and a later run rejects what it reads of the same with `dispatch.erased`.

    Raises:
        WrongUse: an id or a uri that the output does not have; nothing was changed.
        OutputBusy: a run is writing there; nothing was changed.
        LostFile: a file is not as it was committed; nothing was changed.
    """
    if not reason.strip():
        raise WrongUse("--reason", "none", "why it is erased, for the log")
    with rewriting(output, ERASE, began) as new:
        found = _find(new, what)
        for (table, partition), files in new.by_partition().items():
            if table in ("stories", "story_members"):
                continue
            affected = [file for file in files if file.rows and _holds(new, file, found)]
            if affected:
                new.replace(table, partition, affected, _left(new, affected, found), is_rewritten=True)
        erase_from_stories(new, found.articles)
        return new.commit(keep=timedelta(0), erased=sorted(found.keys), reason=reason)


def _find(new: Rewriting, what: Sequence[str]) -> _Found:
    """Find what is named, then what has the same dispatch key or text."""
    ids = {each for each in what if ID.fullmatch(each)}
    uris = {_uri_of(each) for each in what if each not in ids}
    found = _Found()
    for rows in _rows(new, "articles", ("article_id", "uri", "dispatch_key", "content_sha256")):
        by_id = pc.is_in(rows["article_id"], value_set=pa.array(sorted(ids), pa.string()))
        for row in rows.filter(pc.or_(by_id, _is_of(rows, uris))).to_pylist():
            found.articles.add(row["article_id"])
            if row["article_id"] in ids:
                found.named.add(row["article_id"])
                found.keys |= {each for each in (row["dispatch_key"], row["content_sha256"]) if each}
            found.named |= uris & set(_names_of(row["uri"]))
    found.keys.discard(EMPTY_TEXT)
    for rows in _rows(new, "rejects", ("reject_id", "uri")):
        by_id = pc.is_in(rows["reject_id"], value_set=pa.array(sorted(ids), pa.string()))
        for row in rows.filter(pc.or_(by_id, _is_of(rows, uris))).to_pylist():
            found.rejects.add(row["reject_id"])
            found.named |= ({row["reject_id"]} & ids) | (uris & set(_names_of(row["uri"])))
    if unknown := sorted((ids | uris) - found.named):
        raise WrongUse(
            "ID|URI",
            unknown[0],
            "the id of an article or a rejected dispatch, or the uri of a source, of the output",
        )
    _add_copies(new, found)
    _add_superseded(new, found)
    found.keys |= {source_keys(uri)[0] for uri in uris}
    # A rejected dispatch that is named by its id has no text and no key: its row is removed.
    found.keys |= found.rejects & ids
    return found


def _add_copies(new: Rewriting, found: _Found) -> None:
    """Find every article that has the dispatch key or the text of a named one."""
    keys = pa.array(sorted(found.keys), pa.string())
    for rows in _rows(new, "articles", ("article_id", "dispatch_key", "content_sha256")):
        same = pc.or_(
            pc.is_in(rows["dispatch_key"], value_set=keys), pc.is_in(rows["content_sha256"], value_set=keys)
        )
        found.articles.update(rows.filter(same)["article_id"].to_pylist())


def _add_superseded(new: Rewriting, found: _Found) -> None:
    """Find the superseded versions of the files of what is erased: a dispatch without an id of its publisher has another key in each.

    Of the dispatch at the same position the keys are kept too.
    """
    newest = new.history.revised()
    ids = pa.array(sorted(found.articles), pa.string())
    places: dict[str, set[tuple[str, int]]] = {}
    for rows in _rows(new, "articles", ("article_id", "uri", "dispatch_no")):
        for row in rows.filter(pc.is_in(rows["article_id"], value_set=ids)).to_pylist():
            root = _names_of(row["uri"])[1]
            if root in newest:
                places.setdefault(root, set()).add((row["uri"], row["dispatch_no"]))
    if not places:
        return
    columns = ("article_id", "uri", "dispatch_no", "source_version", "dispatch_key", "content_sha256")
    for rows in _rows(new, "articles", columns):
        for row in rows.filter(_is_of(rows, set(places))).to_pylist():
            root = _names_of(row["uri"])[1]
            if row["source_version"] < newest[root]:
                found.articles.add(row["article_id"])
                if (row["uri"], row["dispatch_no"]) in places[root]:
                    found.keys |= {each for each in (row["dispatch_key"], row["content_sha256"]) if each}
    for rows in _rows(new, "rejects", ("reject_id", "uri", "source_version")):
        for row in rows.filter(_is_of(rows, set(places))).to_pylist():
            if row["source_version"] < newest[_names_of(row["uri"])[1]]:
                found.rejects.add(row["reject_id"])
    found.keys.discard(EMPTY_TEXT)


def _uri_of(named: str) -> str:
    return named if "://" in named else Path(os.path.abspath(named)).as_uri()


def _names_of(uri: str) -> tuple[str, str]:
    return uri, uri.partition("!/")[0]


def _is_of(rows: pa.Table, uris: set[str]) -> pa.ChunkedArray:
    """Return which rows are of one of the sources: the file that was fetched, a file of an archive, or an item of a feed."""
    wanted = pa.array(sorted(uris), pa.string())
    roots = pc.list_element(pc.split_pattern(rows["uri"], "!/", max_splits=1), 0)
    return pc.or_(pc.is_in(rows["uri"], value_set=wanted), pc.is_in(roots, value_set=wanted))


def _rows(new: Rewriting, table: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    for file in new.live:
        if file.table == table and file.rows:
            yield from unchecked_batches_of(new.output, file, columns)


def _holds(new: Rewriting, file: StagedFile, found: _Found) -> bool:
    columns = _columns(file.table)
    return bool(columns) and any(
        not pc.all(_stays(file.table, rows, found)).as_py()
        for rows in unchecked_batches_of(new.output, file, columns)
    )


def _columns(table: str) -> list[str]:
    names = {column.name for column in BY_NAME[table].columns}
    wanted = ("reject_id",) if table == "rejects" else ("article_id", "previous_article_id")
    return [name for name in wanted if name in names]


def _stays(table: str, rows: pa.Table, found: _Found) -> pa.ChunkedArray:
    """Return which rows are of nothing that is erased."""
    ids = pa.array(sorted(found.rejects if table == "rejects" else found.articles), pa.string())
    mask = None
    for name in _columns(table):
        stays = pc.invert(pc.is_in(rows[name], value_set=ids))
        mask = stays if mask is None else pc.and_(mask, stays)
    return mask


def _left(new: Rewriting, files: Sequence[StagedFile], found: _Found) -> Iterator[pa.Table]:
    for file in files:
        for rows in new.rows_of(file):
            left = rows.filter(_stays(file.table, rows, found))
            new.count_removed(file.table, rows.num_rows - left.num_rows)
            yield left
