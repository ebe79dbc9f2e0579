"""An output below a prefix of an S3 bucket: no rename, no lock, and answers that get lost.

Options come from the environment, as for every client of S3: `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_DEFAULT_REGION`, `AWS_PROFILE`.

A commit is one conditional put (`If-None-Match: *`). Nobody can be locked out, so that only what can never be
committed is swept: what is staged for a number that the log has passed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.errors import LostFile, UnreachableStore
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

REQUESTS_AT_A_TIME = 16

MAX_DELETED = 1000
"""Objects that one request may delete. Source: the reference of DeleteObjects."""

MAX_CREATES = 4
"""Tries of a conditional put that the store answers with `409 Conflict`: another one of the same name was under way."""

TAKEN = frozenset({"PreconditionFailed", "412"})
CONFLICT = frozenset({"ConditionalRequestConflict", "409"})


def object_store(address: str) -> ObjectStore:
    """Return the store at an address `s3://bucket/prefix`.

    Raises:
        WrongUse: another scheme, no bucket, a query, or an extra that is not installed.
    """
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise wrong_output(address, "a folder, or s3://BUCKET/PREFIX")
    if find_spec("s3fs") is None:
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
        except FileNotFoundError:
            raise wrong_output(f"{self.uri} (no such bucket)", "a bucket that exists") from None
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
        """Hold a lease. It is a courtesy: a run that has lost it stays correct."""
        with held(self):
            yield

    def names(self, folder: str, after: str = "") -> list[str]:
        """List the objects below a folder; with `after` the pages before it are not requested."""
        start = len(self._key(""))
        return [each["Key"][start:] for each in self._listed(f"{folder}/", after)]

    def _listed(self, prefix: str, after: str = "") -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {"Prefix": self._key(prefix)}
        if after:
            asked["StartAfter"] = self._key(after)
        while True:
            page = self.call("list_objects_v2", **asked)
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def read(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """Get an object, and check that its body is whole: a connection may end early."""
        if end is not None and end <= start:
            return b""
        ranged = (
            {} if start == 0 and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        )
        body: bytes = self._run(name, _whole_body, {"Key": self._key(name), **ranged})
        return body

    def read_all(self, names: Sequence[str]) -> Iterator[bytes]:
        """Get several objects at a time."""
        with ThreadPoolExecutor(REQUESTS_AT_A_TIME) as pool:
            for at in range(0, len(names), REQUESTS_AT_A_TIME):
                yield from pool.map(self.read, names[at : at + REQUESTS_AT_A_TIME])

    def size(self, name: str) -> int | None:
        """Ask for its head."""
        try:
            return int(self.call("head_object", Key=self._key(name))["ContentLength"])
        except FileNotFoundError:
            return None

    def age(self, name: str) -> timedelta:
        """Return how long ago an object was written, by the clock of the store."""
        head = self.call("head_object", Key=self._key(name))
        now = parsedate_to_datetime(head["ResponseMetadata"]["HTTPHeaders"]["date"])
        written: datetime = head["LastModified"]
        return now - written

    def create(self, name: str, data: bytes) -> None:
        """Put an object on the condition that there is none, and look when the answer is not clear.

        A lost answer may be that of a put which was done, or is still under way: nothing is deleted.
        """
        for attempt in range(1, MAX_CREATES + 1):
            try:
                self._put(name, data, IfNoneMatch="*")
            except FileExistsError:
                refused = True
            except UnreachableStore as unclear:
                refused = unclear.found.partition(":")[0] in TAKEN
                failure = unclear
            else:
                return
            try:
                found = self.read(name)
            except FileNotFoundError:
                if not refused and failure.found.partition(":")[0] in CONFLICT and attempt < MAX_CREATES:
                    # The other put has no end that could be waited for.
                    time.sleep(0.1 * 2**attempt)
                    continue
                raise UnreachableStore(
                    f"{self.uri}/{name}", "no clear answer", "a put that succeeds or is refused"
                ) from None
            if found == data:
                return
            raise FileExistsError(name)

    def replace(self, name: str, data: bytes) -> None:
        """Put an object, which replaces an older one as a whole."""
        self._put(name, data)

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects, many in a request."""
        keys = [{"Key": self._key(name)} for name in names]
        for at in range(0, len(keys), MAX_DELETED):
            answer = self.call(
                "delete_objects", Delete={"Objects": keys[at : at + MAX_DELETED], "Quiet": True}
            )
            for error in answer.get("Errors", ()):
                raise UnreachableStore(f"{self.uri}/{error['Key']}", error["Code"], "a deletion")

    @contextmanager
    def staging(self, stage: str) -> Iterator[Path]:
        """Give a temporary folder, and put what is in it."""
        with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
            yield Path(folder)
            self.add_to_stage(stage, Path(folder))

    def add_to_stage(self, stage: str, folder: Path) -> None:
        """Put files with their checksums, which the store compares with what it has received."""

        def put(path: Path) -> None:
            self._put(f"{STAGE}/{stage}/{path.name}", path.read_bytes())

        _each(put, sorted(folder.iterdir()))

    def sync_stage(self, stage: str) -> None:
        """Nothing: what is put is lasting."""

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
        """Delete all below the folder."""
        self.delete(self.names(f"{STAGE}/{stage}"))

    def keep_stage(self, stage: str, folder: str) -> None:
        """Copy objects within the store, then delete those of the stage."""
        self.remove_folder(folder)
        start = f"{STAGE}/{stage}"

        def copy(name: str) -> None:
            source = {"Bucket": self.bucket, "Key": self._key(name)}
            self.call("copy_object", Key=self._key(folder + name.removeprefix(start)), CopySource=source)

        _each(copy, self.names(start))
        self.forget_stage(stage)

    def remove_folder(self, folder: str) -> None:
        """Delete all below it."""
        self.delete(self.names(folder))

    def sweep(self, last: int) -> None:
        """Delete what was staged for numbers that the log has: a run that goes on with them can never commit it."""
        staged = re.compile(rf"{re.escape(STAGE)}/([0-9]{{{SEQ_DIGITS}}})-")
        names = self.names(STAGE)
        self.delete(name for name in names if (match := staged.match(name)) and int(match[1]) <= last)

    def is_swept(self) -> bool:
        """List the stage."""
        return not self.call("list_objects_v2", Prefix=self._key(f"{STAGE}/"), MaxKeys=1).get("Contents")

    @contextmanager
    def spooling(self) -> Iterator[Path]:
        """Give a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="dateline-spool-") as folder:
            yield Path(folder)

    @contextmanager
    def at_hand(self, names: Collection[str]) -> Iterator[Path]:
        """Get objects into a temporary folder; one that is missing is not in it."""
        with tempfile.TemporaryDirectory(prefix="dateline-") as folder:

            def fetch(name: str) -> None:
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    path.write_bytes(self.read(name))
                except FileNotFoundError:
                    return

            _each(fetch, names)
            yield Path(folder)

    def opened(self, name: str) -> Any:
        """Return all of its bytes: s3fs may read fewer than there are, without an error."""
        return BytesIO(self.read(name))

    def for_pyarrow(self) -> tuple[Any, str]:
        """Return s3fs as pyarrow takes it."""
        from pyarrow import fs  # noqa: PLC0415  # start-up

        files = _client()
        files.invalidate_cache()
        return fs.PyFileSystem(fs.FSSpecHandler(files)), f"{self.bucket}/{self.prefix}".rstrip("/")

    def call(self, method: str, **asked: Any) -> Any:
        """Call a method of the S3 client on the bucket.

        Raises:
            FileNotFoundError: no such object, or no such bucket.
            FileExistsError: the condition of a put does not hold.
            UnreachableStore: another error; the first word of `found` is its code.
        """
        return self._run(asked.get("Key", ""), _called, {"method": method, **asked})

    def _put(self, name: str, data: bytes, **asked: Any) -> None:
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        self.call("put_object", Key=self._key(name), Body=data, ChecksumSHA256=checksum, **asked)

    def _run(self, name: str, function: Callable[..., Any], asked: dict[str, Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # an extra, and start-up
        from fsspec.asyn import sync  # noqa: PLC0415  # start-up

        client = _client()
        try:
            return sync(client.loop, function, client, Bucket=self.bucket, **asked)
        except (FileNotFoundError, FileExistsError):
            raise
        except (OSError, BotoCoreError) as error:
            cause = error.__cause__
            code = (
                cause.response["Error"].get("Code", "")
                if isinstance(cause, ClientError)
                else type(error).__name__
            )
            raise UnreachableStore(
                f"{self.uri}/{name}", f"{code}: {error}"[:300], "an answer of the store"
            ) from error

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name


def _each(function: Callable[[Any], None], items: Iterable[Any]) -> None:
    """Call a function for each item, several at a time; raise the first error when all have ended."""
    with ThreadPoolExecutor(REQUESTS_AT_A_TIME) as pool:
        for future in [pool.submit(function, item) for item in items]:
            future.result()


async def _called(client: Any, method: str, **asked: Any) -> Any:
    return await client._call_s3(method, **asked)


async def _whole_body(client: Any, **asked: Any) -> bytes:
    answer = await client._call_s3("get_object", **asked)
    async with answer["Body"] as body:
        data: bytes = await body.read()
    if len(data) != answer["ContentLength"]:
        raise OSError(f"{len(data)} of {answer['ContentLength']} bytes")
    return data


@cache
def _client() -> Any:
    """Return the client that all outputs of this process share."""
    import s3fs  # noqa: PLC0415  # an extra

    return s3fs.S3FileSystem(use_listings_cache=False)
