"""The commit log: one record a commit, created once, never changed. The only truth of an output."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from flows.errors import LostFile, SequenceTaken
from flows.write import disk
from flows.write.output import Output

NAME = re.compile(r"[0-9]{20}\.json")


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One Parquet file: its name in the stage, its place under the output, what is in it."""

    table: str
    staged: str
    path: str
    rows: int
    bytes: int
    sha256: str

    @property
    def partition(self) -> str:
        """The value of its partition, as in `2020-02`, which only the name of the folder states."""
        return self.path.split("/")[1].partition("=")[2]

    def as_json(self) -> dict[str, Any]:
        """Return the file as a commit record stores it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit record. `stage` is the folder its files were staged in."""

    seq: int
    kind: str
    batch_id: str
    run_id: str
    staged_at: str
    stage: str
    versions: dict[str, str]
    inputs: list[dict[str, Any]]
    files: list[StagedFile]

    @property
    def fields(self) -> str:
        """The name of the fields of the output. Commits before it was recorded have all."""
        return self.versions.get("fields", "all")


def read_log(output: Output, after: int = 0) -> Iterator[Commit]:
    """Yield the commits after a sequence number, in order; none where there is no log.

    Raises:
        LostFile: a record that is not whole: the log was damaged from outside.
    """
    if not output.log.is_dir():
        return
    for name in sorted(path.name for path in output.log.iterdir() if NAME.fullmatch(path.name)):
        if int(name[:20]) <= after:
            continue
        path = output.log / name
        try:
            loaded = orjson.loads(path.read_bytes())
            files = [StagedFile(**file) for file in loaded.pop("files")]
            yield Commit(files=files, **loaded)
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise LostFile(str(path), f"a damaged record ({error})", "a commit record") from None


def commit(output: Output, record: Commit) -> None:
    """Commit a batch as a whole, by linking its record into the log.

    Raises:
        SequenceTaken: another writer has this number; nothing was changed.
    """
    draft = output.log / f".{record.seq:020d}.{uuid.uuid4().hex}"
    disk.write_new(draft, orjson.dumps(record))
    try:
        disk.link_new(draft, output.log / f"{record.seq:020d}.json")
    except FileExistsError:
        raise SequenceTaken(record.seq) from None
    finally:
        disk.remove(draft)
