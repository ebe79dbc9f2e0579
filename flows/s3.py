"""Requests to S3. Each has a deadline, whatever the server does, and ends with an answer or with one of three errors.

A request that may succeed is repeated: by botocore until it is answered, and here when the body of an answer breaks off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import stamina

from flows import s3_client
from flows.s3_client import MAX_ATTEMPTS, shared_client
from flows.s3_errors import ABSENT, RequestFailed, failure

REQUEST_SECONDS = 120.0
"""Maximum time for a request with all its attempts, besides the time for its bytes."""

MIN_BYTES_PER_SECOND = 1 << 18
WAIT_SECONDS = 0.2
CHUNK_BYTES = 1 << 20

Answer = TypeVar("Answer")

# What failed in the end is reported by the caller; stamina would log each attempt on standard output.
stamina.instrumentation.set_on_retry_hooks(())


@dataclass(frozen=True, slots=True)
class Got:
    """The bytes of an object, the tag of this version of it, and how long ago it was written by the clock of the store."""

    data: bytes
    tag: str
    age: timedelta


def send(method: str, **asked: Any) -> Any:
    """Call a method of the S3 client.

    Raises:
        FileNotFoundError: no such object.
        RequestFailed: another error.
    """
    seconds = REQUEST_SECONDS + len(asked.get("Body", b"")) / MIN_BYTES_PER_SECOND

    async def sent(client: Any) -> Any:
        return await asyncio.wait_for(getattr(client, method)(**asked), seconds)

    return _run(sent, method, asked)


def listed(**asked: Any) -> Iterator[dict[str, Any]]:
    """Yield what `list_objects_v2` lists, on as many pages as there are.

    Raises:
        RequestFailed: no answer, or an error.
    """
    while True:
        page = send("list_objects_v2", **asked)
        yield from page.get("Contents", ())
        if not page.get("IsTruncated"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]


class CutOff(RequestFailed):
    """The body of an answer broke off, or came too slowly, or is not what its checksum says."""


_AGAIN: dict[str, Any] = {
    "on": CutOff,
    "attempts": MAX_ATTEMPTS,
    "timeout": None,
    "wait_initial": WAIT_SECONDS,
    "wait_jitter": WAIT_SECONDS,
}


@stamina.retry(**_AGAIN)
def get(**asked: Any) -> Got:
    """Return an object; the number of its bytes is checked.

    Raises:
        FileNotFoundError: no such object.
        RequestFailed: another error.
    """
    with _answer(asked) as answer:
        length = answer["ContentLength"]
        data = _read(answer, asked, None, length)
    if len(data) != length:
        raise CutOff("IncompleteBody", f"{len(data):,} of {length:,} bytes")
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    return Got(data, answer["ETag"], now - answer["LastModified"])


def chunks(size: int, **asked: Any) -> Iterator[bytes]:
    """Yield the bytes of an object. Where they break off, they are requested again from there on.

    Each chunk has a deadline. `asked` should hold `IfMatch`, since the object may change meanwhile.

    Raises:
        FileNotFoundError: no such object.
        RequestFailed: another error.
    """
    done = 0
    for attempt in stamina.retry_context(**_AGAIN):
        with attempt, _answer({**asked, "Range": f"bytes={done}-"} if done else asked) as answer:
            while chunk := _read(answer, asked, CHUNK_BYTES, CHUNK_BYTES):
                done += len(chunk)
                yield chunk
            if done < size:
                raise CutOff("IncompleteBody", f"{done:,} of {size:,} bytes")


@contextmanager
def _answer(asked: dict[str, Any]) -> Iterator[Any]:
    """Request an object, and close the connection at the end of the block unless its body has been read."""
    answer = send("get_object", **asked)
    try:
        yield answer
    finally:
        shared_client().loop.call_soon_threadsafe(answer["Body"].close)


def _read(answer: Any, asked: dict[str, Any], count: int | None, expected: int) -> bytes:
    """Read at most `count` bytes of a body, or all of them for None, within the time that `expected` bytes may take."""
    seconds = s3_client.SILENT_SECONDS + expected / MIN_BYTES_PER_SECOND

    async def read(_: Any) -> bytes:
        data: bytes = await asyncio.wait_for(answer["Body"].read(count), seconds)
        return data

    try:
        return _run(read, "get_object", asked)
    except RequestFailed as failed:
        raise CutOff(failed.code, failed.text) from None


def _run(request: Callable[[Any], Coroutine[Any, Any, Answer]], method: str, asked: dict[str, Any]) -> Answer:
    """Make a request with the client and wait for it; raise what it failed with as one of our errors."""
    from aiohttp import ClientError as ConnectionFailed  # noqa: PLC0415  # an extra, and start-up
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        shared = shared_client()
        return shared.run(request(shared.client))
    except ClientError as error:
        stated = error.response.get("Error", {})
        code, text = str(stated.get("Code", "")), str(stated.get("Message", error))
    except (BotoCoreError, ConnectionFailed, OSError) as error:
        code, text = type(error).__name__, str(error)
    if code in ABSENT:
        raise FileNotFoundError(asked.get("Key", ""))
    raise failure(method, asked["Bucket"], code, text or "no answer in time")
