"""The commit log: one record a commit, created once, never changed. The only truth of an output."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from flows import __version__
from flows.errors import LostFile, NewerOutput, OlderOutput, SequenceTaken
from flows.schema_versions import SCHEMA_VERSION
from flows.write.output import Output
from flows.write.store import LOG, SEQ_DIGITS

NAME = re.compile(rf"{re.escape(LOG)}/[0-9]{{{SEQ_DIGITS}}}\.json")


FIRST_SEQ = 1
"""The first commit of every output: an empty file of each table."""


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
class Generation:
    """What a commit changes of earlier ones: its files take the place of others.

    `replaces` are the paths of files that are live no more. `rewritten` are the partitions, such as `times/publish_month=2020-02`,
    whose rows are not those that they had before; elsewhere rows were only moved to other files. The folders that readers saw
    before are kept until `kept_until`. `erased` are keys of what was erased: hashes, never content; `reason` is the user's.
    """

    replaces: list[str]
    rewritten: list[str] = field(default_factory=list)
    kept_until: str = ""
    erased: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit record. `stage` is the folder its files were staged in; `writer` is like that of no other record.

    `generation` is None for a commit that only adds files.
    """

    seq: int
    kind: str
    batch_id: str
    run_id: str
    staged_at: str
    stage: str
    versions: dict[str, str]
    inputs: list[dict[str, Any]]
    files: list[StagedFile]
    writer: str = ""
    generation: Generation | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the record as the log stores it."""
        record = asdict(self)
        if self.generation is None:
            # So that an older version reads the record.
            del record["generation"]
        return record

    @property
    def fields(self) -> str:
        """The name of the fields of the output. Commits before it was recorded have all."""
        return self.versions.get("fields", "all")

    @property
    def schema(self) -> int:
        """The version of the tables of the output. Commits before it was recorded have 0."""
        return int(self.versions.get("schema", 0))


def record_name(seq: int) -> str:
    """Return the name of a commit record in its output."""
    return f"{LOG}/{seq:0{SEQ_DIGITS}d}.json"


def record_names(output: Output, after: int = 0) -> list[str]:
    """Return the names of the commit records after a sequence number, in order."""
    names = output.store.names(LOG, after=record_name(after) if after else "")
    return [name for name in names if NAME.fullmatch(name)]


def seq_of(name: str) -> int:
    """Return the sequence number in the name of a commit record."""
    return int(name[-SEQ_DIGITS - len(".json") : -len(".json")])


def read_log(output: Output, after: int = 0) -> Iterator[Commit]:
    """Yield the commits after a sequence number, in order; none where there is no log.

    Raises:
        NewerOutput: a newer version of Dateline wrote a record; it may hold what this one does not know.
        LostFile: a record that is not whole: the log was damaged from outside.
    """
    names = record_names(output, after)
    for name, record in zip(names, output.store.read_all(names), strict=True):
        try:
            loaded = _unsealed(record)
            _refuse_newer(output, loaded.get("versions", {}))
            files = [StagedFile(**file) for file in loaded.pop("files")]
            changed = loaded.pop("generation", None)
            generation = None if changed is None else Generation(**changed)
            yield Commit(files=files, generation=generation, **loaded)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            where = f"{output.address}/{name}"
            raise LostFile(where, f"a damaged record ({error})", "a commit record") from None


SEAL = b',"crc32":"%08x"}'
"""The end of a record: the checksum of the bytes before it."""

SEAL_BYTES = len(SEAL % 0)


def _sealed(record: bytes) -> bytes:
    """Return a record with its checksum as the last key, which tells a damaged digit from another record."""
    return record[:-1] + SEAL % zlib.crc32(record[:-1])


def _unsealed(record: bytes) -> dict[str, Any]:
    """Return the content of a record; one that an older version wrote has no checksum.

    Raises:
        ValueError: it is not the record that was written.
    """
    loaded: dict[str, Any] = orjson.loads(record)
    stated = loaded.pop("crc32", None)
    if stated is not None and record[-SEAL_BYTES:] != SEAL % zlib.crc32(record[:-SEAL_BYTES]):
        raise ValueError(f"its checksum is not {stated}")
    return loaded


def _refuse_newer(output: Output, versions: Mapping[str, str]) -> None:
    """Raise NewerOutput for a record with a version of the tables that this program does not know."""
    if int(versions.get("schema", 0)) > SCHEMA_VERSION:
        raise NewerOutput(
            "--output",
            f"{output.address}, written by Dateline {versions['dateline']} with version {versions['schema']} of the tables",
            f"version {SCHEMA_VERSION} or older, which Dateline {__version__} reads; use Dateline {versions['dateline']} or newer",
        )


MIGRATED = "`dateline compact` gives all its files the present columns"
REPLACED = "a new --output takes what is new, since no object store exchanges all files at once"


def refuse_older(output: Output, schema: int) -> None:
    """Raise OlderOutput if the files of an output are of an older version of the tables than those that would be added.

    Readers by glob take the columns of one file for those of all, and most of them drop the new ones without an error.
    """
    if schema < SCHEMA_VERSION:
        raise OlderOutput(
            "--output",
            f"{output.address} with version {schema} of the tables",
            f"version {SCHEMA_VERSION}; it can be read as it is, and "
            + (MIGRATED if output.is_folder else REPLACED),
        )


class LiveFiles:
    """The files that readers see after the commits that were added, in the order of the log.

    `replaced` are paths that a commit replaces and that none of the added commits has.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[int, StagedFile]] = {}
        self.replaced: dict[str, None] = {}

    def add(self, files: Iterable[tuple[int, StagedFile]], replaces: Iterable[str] = ()) -> None:
        """Add a commit, or what several come to: what it replaces, then its files with the number of the commit of each."""
        for path in replaces:
            if self._files.pop(path, None) is None:
                self.replaced[path] = None
        for seq, file in files:
            self._files[file.path] = (seq, file)

    def add_record(self, record: Commit) -> None:
        """Add one commit."""
        replaces = record.generation.replaces if record.generation else ()
        self.add(((record.seq, file) for file in record.files), replaces)

    def files(self) -> list[tuple[int, StagedFile]]:
        """Return each file with the number of its commit."""
        return list(self._files.values())


def commit(output: Output, record: Commit) -> None:
    """Commit a batch as a whole: write its record into the log, if nobody has written one of this number.

    Where no lock keeps other writers out, a number may only follow the one before it: a writer that jumps over
    one leaves it to another, whose commit would then come late and unseen.

    Raises:
        SequenceTaken: another writer has this number; nothing was changed.
    """
    before = record_name(record.seq - 1)
    if not output.is_folder and record.seq > FIRST_SEQ and output.store.size(before) is None:
        raise LostFile(f"{output.address}/{before}", "no record", "that of the commit before")
    try:
        output.store.create(record_name(record.seq), _sealed(orjson.dumps(record.as_json())))
    except FileExistsError:
        raise SequenceTaken(record.seq) from None
