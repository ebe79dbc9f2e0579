"""Everything raised on purpose: what was found, what was wanted, and where."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


class DatelineError(Exception):
    """Something Dateline expects to go wrong. `retryable`: the same call may succeed later."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the fields, since exceptions made by keyword do not survive pickling."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]  # every subclass is a dataclass


class DispatchError(DatelineError):
    """One dispatch, or one whole file, cannot be understood: it becomes a row of `rejects`."""


@dataclass(eq=False)
class UnknownFormat(DispatchError):
    """The bytes are in no form that Dateline reads."""

    code: ClassVar[str] = "format.unknown"
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"the bytes begin {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class BrokenRecord(DispatchError):
    """The form is known, but this record of it is damaged."""

    code: ClassVar[str] = "format.record.broken"
    format: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.format}: found {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class NoNews(DispatchError):
    """A file whose form is known, and which holds no news."""

    code: ClassVar[str] = "format.no_news"
    found: str

    def __str__(self) -> str:
        return f"found {self.found}, wanted a news dispatch"


@dataclass(eq=False)
class RefusedEntity(DispatchError):
    """An XML entity that reaches outside its document, or that could grow without end."""

    code: ClassVar[str] = "markup.entity.refused"
    name: str
    found: str

    def __str__(self) -> str:
        return f"entity {self.name} is {self.found}, wanted a short entity of plain characters"


@dataclass(eq=False)
class OversizeHeader(DispatchError):
    """A header longer than any that a person or a wire writes."""

    code: ClassVar[str] = "header.oversize"
    found: int
    wanted: int

    def __str__(self) -> str:
        return f"a header of {self.found:,} characters, wanted at most {self.wanted:,}"


@dataclass(eq=False)
class UnreadableField(DispatchError):
    """A header key was recognised, but its value cannot be read."""

    code: ClassVar[str] = "header.field.unreadable"
    line: int
    key: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key} is {self.found!r}, wanted {self.wanted}"


@dataclass(eq=False)
class AmbiguousDate(UnreadableField):
    """A date whose day and month may be either way round."""

    code: ClassVar[str] = "header.date.ambiguous"


@dataclass(eq=False)
class UnreadableDate(UnreadableField):
    """A publication date in no form that Dateline reads, or that is on no calendar."""

    code: ClassVar[str] = "header.date.unreadable"


@dataclass(eq=False)
class FutureDate(UnreadableField):
    """A publication date more than a day after the bytes were fetched."""

    code: ClassVar[str] = "header.date.after_fetch"


@dataclass(eq=False)
class UndecodableBytes(DispatchError):
    """Bytes that are text in no encoding that was declared or detected."""

    code: ClassVar[str] = "text.undecodable"
    byte: int
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"byte {self.byte} of the dispatch is {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class UnpairedSurrogate(DispatchError):
    """Half of a UTF-16 pair, which no Parquet file can hold."""

    code: ClassVar[str] = "text.unpaired_surrogate"
    field: str
    found: str

    def __str__(self) -> str:
        return f"{self.field} holds {self.found}, half of a surrogate pair, wanted Unicode text"


@dataclass(eq=False)
class EmptyDispatch(DispatchError):
    """Neither a headline nor a body."""

    code: ClassVar[str] = "body.empty"
    found: str

    def __str__(self) -> str:
        return f"found {self.found}, wanted a headline or a body"


@dataclass(eq=False)
class OversizeDispatch(DispatchError):
    """A single dispatch longer than any news text."""

    code: ClassVar[str] = "dispatch.oversize"
    found: int
    wanted: int

    def __str__(self) -> str:
        return f"one dispatch of {self.found:,} bytes, wanted at most {self.wanted:,}"


@dataclass(eq=False)
class BrokenCompression(DispatchError):
    """A compressed file that cannot be unpacked whole."""

    code: ClassVar[str] = "fetch.compression.broken"
    uri: str
    found: str

    def __str__(self) -> str:
        return f"{self.uri}: {self.found}, wanted a whole compressed file"


@dataclass(eq=False)
class CompressionBomb(DispatchError):
    """A compressed file that unpacks to more than the limit."""

    code: ClassVar[str] = "fetch.compression.bomb"
    uri: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.uri}: unpacks to {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class EscapingPath(DispatchError):
    """A file within an archive whose path leads out of it."""

    code: ClassVar[str] = "fetch.archive.path"
    uri: str
    found: str

    def __str__(self) -> str:
        return f"{self.uri}: holds {self.found!r}, wanted paths that stay inside"


@dataclass(eq=False)
class NoFile(DispatchError):
    """A link or a device within an archive."""

    code: ClassVar[str] = "fetch.archive.no_file"
    uri: str
    member: str
    found: str

    def __str__(self) -> str:
        return f"{self.uri}: {self.member} is {self.found}, wanted a file"


@dataclass(eq=False)
class EncryptedMember(DispatchError):
    """A file within an archive that only a password opens."""

    code: ClassVar[str] = "fetch.archive.encrypted"
    uri: str
    member: str

    def __str__(self) -> str:
        return f"{self.uri}: {self.member} is encrypted, wanted a file that can be read"


@dataclass(eq=False)
class UnreadableSource(DispatchError):
    """The operating system refuses to read a file that was named."""

    code: ClassVar[str] = "fetch.source.unreadable"
    uri: str
    found: str

    def __str__(self) -> str:
        return f"{self.uri}: {self.found}, wanted a readable file"


@dataclass(eq=False)
class SourceMoved(DatelineError):
    """A file changed while it was read: nothing of it is used, and a later run reads it again."""

    code: ClassVar[str] = "fetch.source.moved"
    retryable: ClassVar[bool] = True
    uri: str

    def __str__(self) -> str:
        return f"{self.uri} changed while it was read; run again to read it"


@dataclass(eq=False)
class UnreachableSource(DatelineError):
    """A server that does not answer, answers with an error, or breaks off: nothing of it is used."""

    code: ClassVar[str] = "fetch.source.unreachable"
    retryable: ClassVar[bool] = True
    uri: str
    found: str
    wanted: str
    is_passing: bool = True

    def __str__(self) -> str:
        return f"{self.uri}: found {self.found}, wanted {self.wanted}; run again to read it"


@dataclass(eq=False)
class WrongUse(DatelineError):
    """The command was asked for something it cannot do; exit status 2."""

    code: ClassVar[str] = "use.wrong"
    what: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.what}: found {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class OutputBusy(DatelineError):
    """Another run is writing to the same output."""

    code: ClassVar[str] = "write.output.busy"
    retryable: ClassVar[bool] = True
    output: str
    holder: str

    def __str__(self) -> str:
        return f"{self.output} is being written by {self.holder}; run again when it has ended"


@dataclass(eq=False)
class BatchFailed(DatelineError):
    """Batches of a run or loads of its targets failed; everything else is committed."""

    code: ClassVar[str] = "run.batch.failed"
    failures: tuple[str, ...]

    def __str__(self) -> str:
        return "failed, the next run tries again: " + "; ".join(self.failures)


@dataclass(eq=False)
class OutputDiffers(DatelineError):
    """A verification found files or targets that are not as the commit log says."""

    code: ClassVar[str] = "verify.differs"
    differences: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.differences)


@dataclass(eq=False)
class WorkerDied(DatelineError):
    """A worker process was ended from outside, most often because memory ran out, or could not start."""

    code: ClassVar[str] = "run.worker.died"
    retryable: ClassVar[bool] = True
    workers: int

    def __str__(self) -> str:
        return (
            f"one of {self.workers} worker processes was ended by the system (out of memory?), or could not "
            "start (its error is printed above); what is committed stays, run again to go on, with fewer "
            "workers if it happens again"
        )


@dataclass(eq=False)
class UnreachableServer(DatelineError):
    """The Prefect server that the settings name does not answer."""

    code: ClassVar[str] = "run.server.unreachable"
    retryable: ClassVar[bool] = True
    url: str
    found: str

    def __str__(self) -> str:
        return (
            f"PREFECT_API_URL {self.url}: found {self.found}, wanted a Prefect server that answers; "
            "start it, or unset PREFECT_API_URL to run without one"
        )


@dataclass(eq=False)
class SequenceTaken(DatelineError):
    """Another writer committed the record that this run was about to commit."""

    code: ClassVar[str] = "write.sequence.taken"
    retryable: ClassVar[bool] = True
    seq: int

    def __str__(self) -> str:
        return f"commit {self.seq} was made by another writer; run again to go on after it"


@dataclass(eq=False)
class LostFile(DatelineError):
    """A committed file is neither staged nor published whole: the output was damaged from outside."""

    code: ClassVar[str] = "write.file.lost"
    path: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class DiskFull(DatelineError):
    """A file cannot be written: the disk is full, the quota is used up, or the file is over a limit."""

    code: ClassVar[str] = "write.disk.full"
    path: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return (
            f"cannot write {self.path}: {self.found}, wanted {self.wanted}; "
            "what is committed is kept, run again to continue"
        )


@dataclass(eq=False)
class BrokenRow(DatelineError):
    """A row that its table's declaration does not allow: a bug, which stops its batch."""

    code: ClassVar[str] = "write.row.broken"
    table: str
    column: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} is {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class BrokenModel(DatelineError):
    """The language model is not installed, or its files are not the pinned ones."""

    code: ClassVar[str] = "enrich.model.broken"
    name: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"language model {self.name}: found {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class BrokenGazetteer(DatelineError):
    """The gazetteer's package is not installed, or its index cannot be written."""

    code: ClassVar[str] = "enrich.gazetteer.broken"
    name: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"gazetteer {self.name}: found {self.found}, wanted {self.wanted}"


@dataclass(eq=False)
class ForeignTarget(DatelineError):
    """A load's target holds rows of another output, or tables that no load made."""

    code: ClassVar[str] = "load.target.foreign"
    target: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.target}: found {self.found}, wanted {self.wanted}; nothing was changed"


@dataclass(eq=False)
class TargetAhead(DatelineError):
    """A target was loaded up to a commit that the output does not have: it is an older copy."""

    code: ClassVar[str] = "load.target.ahead"
    target: str
    found: int
    wanted: int

    def __str__(self) -> str:
        return (
            f"{self.target}: found rows up to commit {self.found}, wanted at most commit {self.wanted}, "
            "the last of the output; nothing was changed"
        )


@dataclass(eq=False)
class TargetSchemaDiffers(DatelineError):
    """A table of the target lacks columns that this version of Dateline loads."""

    code: ClassVar[str] = "load.target.schema"
    target: str
    table: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return (
            f"{self.target}: table {self.table} has {self.found}, wanted {self.wanted}; "
            "add the columns, or load into a new target; nothing was changed"
        )


@dataclass(eq=False)
class RowsDiffer(DatelineError):
    """The target counts other rows than were committed; its transaction was rolled back."""

    code: ClassVar[str] = "load.rows.differ"
    target: str
    table: str
    found: int
    wanted: int

    def __str__(self) -> str:
        return f"{self.target}: table {self.table} took {self.found} rows, wanted {self.wanted}"


@dataclass(eq=False)
class DoubledKeys(DatelineError):
    """Committed rows share a key, which an older version of Dateline let pass in `mentions`."""

    code: ClassVar[str] = "load.keys.doubled"
    target: str
    found: str

    def __str__(self) -> str:
        return (
            f"{self.target}: {self.found}; wanted one row for each key. Nothing of the transaction is kept; make "
            "the output anew with this version, and load it into a new target"
        )


@dataclass(eq=False)
class TargetBusy(DatelineError):
    """Another process is writing to the target."""

    code: ClassVar[str] = "load.target.busy"
    retryable: ClassVar[bool] = True
    target: str
    holder: str

    def __str__(self) -> str:
        return f"{self.target} is in use by {self.holder}; load again when it has ended"


@dataclass(eq=False)
class TargetFailed(DatelineError):
    """The target cannot be reached, refuses, or breaks off; what was marked before stays."""

    code: ClassVar[str] = "load.target.failed"
    retryable: ClassVar[bool] = True
    target: str
    found: str

    def __str__(self) -> str:
        return f"{self.target}: {self.found}; what was loaded before is kept, load again to go on"


@dataclass(eq=False)
class MissingLibrary(DatelineError):
    """A target needs a library that comes with an extra."""

    code: ClassVar[str] = "load.library.missing"
    library: str
    extra: str

    def __str__(self) -> str:
        return f"{self.library} is not installed, wanted: pip install 'dateline[{self.extra}]'"
