"""An output below a prefix of an S3 bucket: no rename, no lock, and answers that get lost.

A commit is one conditional put (`If-None-Match: *`). Nobody can be locked out, so that only what can never be
committed is swept: what is staged for a number that the log has passed.

The module is long because one class has all methods of the interface `Store`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import stamina

from flows import s3
from flows.errors import LostFile, RefusedByStore, UnreachableStore
from flows.s3_client import MAX_REQUESTS
from flows.s3_errors import RequestFailed, failure
from flows.write import scratch
from flows.write.lease import held
from flows.write.store import (
    GENERATED_BY,
    OWN_FILES,
    SEQ_DIGITS,
    STAGE,
    STATE,
    Move,
    foreign,
    wrong_output,
)

MAX_DELETED = 1000
"""Objects that one request may delete. Source: the reference of DeleteObjects."""

MAX_CREATES = 4
"""Tries of a conditional put that the store answers with `409 Conflict`: another one of the same name was under way."""

PAGE_TYPE = "text/html; charset=utf-8"

CONFLICTS = frozenset({"ConditionalRequestConflict", "409"})


def object_store(address: str) -> ObjectStore:
    """Return the store at an address `s3://bucket/prefix`.

    Raises:
        WrongUse: another scheme, no bucket, a query, or an extra that is not installed.
    """
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise wrong_output(address, "a folder, or s3://BUCKET/PREFIX")
    if find_spec("aiobotocore") is None:
        raise wrong_output(address, "the extra that writes it: pip install 'dateline[s3]'")
    return ObjectStore(parts.netloc, parts.path.strip("/"))


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """The files of an output below a prefix of a bucket. See `Store` for what each method promises."""

    bucket: str
    prefix: str

    @property
    def uri(self) -> str:
        """The address, without a slash at its end."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def prepare(self) -> None:
        """Check that the bucket answers, and that the prefix is free or ours; there are no folders to make."""
        try:
            found = self.call("list_objects_v2", Prefix=self._key(""), Delimiter="/")
        except RefusedByStore as refused:
            raise wrong_output(f"{self.uri} ({refused.found})", refused.wanted) from None
        folders = [each["Prefix"] for each in found.get("CommonPrefixes", ())]
        if self._key(f"{STATE}/") in folders:
            return
        keys = [each["Key"] for each in found.get("Contents", ()) if not self._is_own(each["Key"])]
        names = sorted(key.removeprefix(self._key("")).rstrip("/") for key in (*folders, *keys))
        if names := [name for name in names if name and not name.startswith(".")]:
            raise foreign(self.uri, names)

    def _is_own(self, key: str) -> bool:
        name = key.removeprefix(self._key(""))
        return name in OWN_FILES and GENERATED_BY.encode() in self.read(name, 0, 1000)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold a lease. It only saves work: a run that has lost it stays correct."""
        with held(self):
            yield

    def names(self, folder: str, after: str = "") -> list[str]:
        """List the objects below a folder; with `after` the pages before it are not requested."""
        return self._names(f"{folder}/", after)

    def _names(self, prefix: str, after: str = "") -> list[str]:
        start = len(self._key(""))
        return [each["Key"][start:] for each in self._listed(prefix, after)]

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the sizes of the objects below a folder, by name."""
        start = len(self._key(""))
        return {each["Key"][start:]: each["Size"] for each in self._listed(f"{folder}/" if folder else "")}

    def _listed(self, prefix: str, after: str = "") -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {"Prefix": self._key(prefix)}
        if after:
            asked["StartAfter"] = self._key(after)
        with self._naming(prefix):
            yield from s3.listed(Bucket=self.bucket, **asked)

    def read(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """Get an object, and check that its body is whole: a connection may end early."""
        if end is not None and end <= start:
            return b""
        ranged = (
            {} if start == 0 and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        )
        with self._naming(name):
            return s3.get(Bucket=self.bucket, Key=self._key(name), **ranged).data

    def look(self, name: str) -> s3.Got:
        """Get an object with its tag, by which it can be exchanged, and its age.

        Raises:
            FileNotFoundError: there is no such object.
        """
        with self._naming(name):
            return s3.get(Bucket=self.bucket, Key=self._key(name))

    def read_all(self, names: Sequence[str]) -> Iterator[bytes]:
        """Get several objects at a time."""
        with ThreadPoolExecutor(MAX_REQUESTS) as pool:
            for at in range(0, len(names), MAX_REQUESTS):
                yield from pool.map(self.read, names[at : at + MAX_REQUESTS])

    def size(self, name: str) -> int | None:
        """Request the head of the object."""
        try:
            return int(self.call("head_object", Key=self._key(name))["ContentLength"])
        except FileNotFoundError:
            return None

    def create(self, name: str, data: bytes) -> None:
        """Put an object on the condition that there is none, and look when the answer is not clear.

        A lost answer may be that of a put which was done, or is still under way: nothing is deleted.
        """
        for attempt in stamina.retry_context(
            on=_is_conflict, attempts=MAX_CREATES, timeout=None, wait_initial=s3.WAIT_SECONDS
        ):
            # Another put of this name is under way. It has no end that could be waited for.
            with attempt:
                self._create(name, data)

    def _create(self, name: str, data: bytes) -> None:
        try:
            self._put(name, data, IfNoneMatch="*")
        except FileExistsError:
            failure = None
        except UnreachableStore as unclear:
            failure = unclear
        else:
            return
        try:
            found = self.read(name)
        except FileNotFoundError:
            if failure is not None and _is_conflict(failure):
                raise failure from None
            raise UnreachableStore(
                f"{self.uri}/{name}", "no clear answer", "a put that succeeds or is refused"
            ) from None
        if found != data:
            raise FileExistsError(name)

    def replace(self, name: str, data: bytes) -> None:
        """Put an object, which replaces an older one as a whole; a page with its type, so that a browser shows it."""
        self._put(name, data, **({"ContentType": PAGE_TYPE} if name.endswith(".html") else {}))

    def exchange(self, name: str, data: bytes, tag: str) -> str:
        """Put an object in the place of the one with this tag, and return its own tag.

        Raises:
            FileExistsError: another writer has replaced it. It may be this put, whose first answer was lost.
            FileNotFoundError: another writer has deleted it.
        """
        return self._put(name, data, IfMatch=tag)

    def advance(self, name: str, data: bytes, is_behind: Callable[[bytes], bool]) -> None:
        """Exchange an object for a later one, and leave one that another writer has written and that is not behind."""
        while True:
            try:
                found = self.look(name)
            except FileNotFoundError:
                with suppress(FileExistsError):
                    self.create(name, data)
                    return
                continue
            if not is_behind(found.data):
                return
            with suppress(FileExistsError, FileNotFoundError):
                self.exchange(name, data, found.tag)
                return

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects, many in a request."""
        keys = [{"Key": self._key(name)} for name in names]
        for at in range(0, len(keys), MAX_DELETED):
            answer = self.call(
                "delete_objects", Delete={"Objects": keys[at : at + MAX_DELETED], "Quiet": True}
            )
            for error in answer.get("Errors", ()):
                name = error["Key"].removeprefix(self._key(""))
                with self._naming(name):
                    raise failure("delete_objects", self.bucket, error["Code"], error.get("Message", ""))

    @contextmanager
    def staging(self, stage: str) -> Iterator[Path]:
        """Give a temporary folder, and put its files when the block ends."""
        with scratch.folder() as folder:
            yield folder
            self.add_to_stage(stage, folder)

    def add_to_stage(self, stage: str, folder: Path) -> None:
        """Put files with their checksums, which the store compares with what it has received."""

        def put(path: Path) -> None:
            self._put(f"{STAGE}/{stage}/{path.name}", path.read_bytes())

        _each(put, sorted(folder.iterdir()))

    def sync_stage(self, stage: str) -> None:
        """Do nothing: what is put is durable."""

    def sync_log(self) -> None:
        """Do nothing: what is put is durable."""

    def publish(self, stage: str, moves: Collection[Move]) -> None:
        """Copy objects within the store. Two runs may publish one commit at the same time: they make equal copies."""

        def copy(move: Move) -> None:
            staged = f"{STAGE}/{stage}/{move.staged}"
            source = {"Bucket": self.bucket, "Key": self._key(staged)}
            try:
                self.call("copy_object", Key=self._key(move.name), CopySource=source)
            except FileNotFoundError:
                # It was published before.
                size = self.size(move.name)
                if size is None:
                    raise LostFile(move.name, "neither staged nor published", "one of the two") from None
                if size != move.bytes:
                    raise LostFile(move.name, f"{size} bytes", f"{move.bytes} bytes") from None

        _each(copy, moves)

    def forget_stage(self, stage: str) -> None:
        """Delete all that any run has staged for the number of the commit: the log has it, and takes no other."""
        number = stage.partition("-")[0]
        self.delete(self._names(f"{STAGE}/{number}-"))

    def keep_stage(self, stage: str, folder: str) -> None:
        """Copy objects within the store, then delete those of the stage, and of no other: the log does not have its number yet."""
        self.remove_folder(folder)
        start = f"{STAGE}/{stage}"

        def copy(name: str) -> None:
            source = {"Bucket": self.bucket, "Key": self._key(name)}
            self.call("copy_object", Key=self._key(folder + name.removeprefix(start)), CopySource=source)

        _each(copy, self.names(start))
        self.remove_folder(start)

    def remove_folder(self, folder: str) -> None:
        """Delete all objects below it."""
        self.delete(self.names(folder))

    def sweep(self, last: int) -> None:
        """Delete what was staged for numbers that the log has: a run that goes on with them can never commit it."""
        self.delete(name for name, seq in self._staged() if seq <= last)

    def last_staged(self) -> int:
        """List the stage."""
        return max((seq for _, seq in self._staged()), default=0)

    def _staged(self) -> Iterator[tuple[str, int]]:
        """Yield the name of each staged object, and the number that it is staged for."""
        staged = re.compile(rf"{re.escape(STAGE)}/([0-9]{{{SEQ_DIGITS}}})-")
        for name in self.names(STAGE):
            if match := staged.match(name):
                yield name, int(match[1])

    def is_swept(self) -> bool:
        """List the stage."""
        return not self.call("list_objects_v2", Prefix=self._key(f"{STAGE}/"), MaxKeys=1).get("Contents")

    @contextmanager
    def spooling(self) -> Iterator[Path]:
        """Give a temporary folder, and remove those that killed runs have left."""
        scratch.sweep()
        with scratch.folder() as folder:
            yield folder

    @contextmanager
    def at_hand(self, names: Collection[str]) -> Iterator[Path]:
        """Get objects into a temporary folder; one that is missing is not in it."""
        with scratch.folder() as folder:

            def fetch(name: str) -> None:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    path.write_bytes(self.read(name))
                except FileNotFoundError:
                    return

            _each(fetch, names)
            yield folder

    def opened(self, name: str) -> Any:
        """Return all bytes of the object, as a file."""
        return BytesIO(self.read(name))

    def for_pyarrow(self) -> tuple[Any, str]:
        """Return a file system that reads through this store, and the name of its root."""
        from pyarrow import fs  # noqa: PLC0415  # start-up

        from flows.write.object_files import ROOT, ObjectFiles  # noqa: PLC0415  # it imports fsspec

        return fs.PyFileSystem(fs.FSSpecHandler(ObjectFiles(self))), ROOT

    def call(self, method: str, **asked: Any) -> Any:
        """Call a method of the S3 client on the bucket.

        Raises:
            FileNotFoundError: no such object.
            FileExistsError: the condition of a put does not hold.
            RefusedByStore: an error that the operator must remove.
            UnreachableStore: another error; the first word of `found` is its code.
        """
        with self._naming(asked.get("Key", "").removeprefix(self._key(""))):
            return s3.send(method, Bucket=self.bucket, **asked)

    def _put(self, name: str, data: bytes, **asked: Any) -> str:
        """Put an object with its checksum, which the store compares with what it has received; return its tag."""
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        asked |= {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum}
        answer = self.call("put_object", Key=self._key(name), Body=data, **asked)
        return str(answer["ETag"])

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        """Raise the errors of an output for those of a request."""
        try:
            yield
        except RequestFailed as failed:
            if failed.is_unmet:
                raise FileExistsError(name) from None
            where = f"{self.uri}/{name}"
            if failed.remedy:
                raise RefusedByStore(where, str(failed), failed.remedy) from None
            raise UnreachableStore(where, str(failed), "an answer of the store") from None

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name


def _each(function: Callable[[Any], None], items: Iterable[Any]) -> None:
    """Call a function for each item, several at a time; raise the first error when all have ended."""
    with ThreadPoolExecutor(MAX_REQUESTS) as pool:
        for future in [pool.submit(function, item) for item in items]:
            future.result()


def _is_conflict(error: Exception) -> bool:
    return isinstance(error, UnreachableStore) and error.found.partition(":")[0] in CONFLICTS
