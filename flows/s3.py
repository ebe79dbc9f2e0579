"""Requests to S3. Each has a deadline, whatever the server does, and ends with an answer or with one of three errors.

A request that may succeed is repeated: by botocore until it is answered, and here when the body of an answer breaks off.

Options come from the environment, as for every client of S3: `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_DEFAULT_REGION`, `AWS_PROFILE`.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import stamina

MAX_REQUESTS = 16
"""Requests at a time."""

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 20.0
"""Timeout for a server that sends no bytes."""

REQUEST_SECONDS = 120.0
"""Maximum time for a request with all its attempts, besides the time for its bytes."""

MIN_BYTES_PER_SECOND = 1 << 18
MAX_ATTEMPTS = 4
WAIT_SECONDS = 0.2
CHUNK_BYTES = 1 << 20

ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion"})
UNMET = frozenset({"412", "PreconditionFailed"})
"""Codes of a condition that does not hold. A request that is repeated meets its own first attempt."""

PERMISSIONS = {
    "copy_object": "s3:GetObject and s3:PutObject",
    "delete_objects": "s3:DeleteObject",
    "get_object": "s3:GetObject and s3:ListBucket",
    "head_object": "s3:GetObject and s3:ListBucket",
    "list_objects_v2": "s3:ListBucket",
    "put_object": "s3:PutObject",
}
"""What each method needs. Without s3:ListBucket, S3 says of an object that does not exist that it is forbidden."""

_KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_PERMITTED = "permission for {permissions} on {bucket}"
_REGION = "the region of {bucket} in AWS_DEFAULT_REGION"
REMEDIES = {
    "301": _REGION,
    "403": _PERMITTED,
    "AccessDenied": _PERMITTED,
    "AllAccessDisabled": _PERMITTED,
    "AuthorizationHeaderMalformed": _REGION,
    "ExpiredToken": "credentials that have not expired",
    "Forbidden": _PERMITTED,
    "IllegalLocationConstraintException": _REGION,
    "InvalidAccessKeyId": f"credentials that the store knows: {_KEYS}",
    "InvalidBucketName": "the name of a bucket",
    "InvalidToken": "an AWS_SESSION_TOKEN that belongs to the credentials",
    "NoCredentialsError": f"credentials: {_KEYS}",
    "NoSuchBucket": "a bucket that exists",
    "NotImplemented": "a store that implements S3 with conditional puts",
    "PartialCredentialsError": f"complete credentials: {_KEYS}",
    "ParamValidationError": "the name of a bucket",
    "PermanentRedirect": _REGION,
    "ProfileNotFound": "a profile that exists in AWS_PROFILE",
    "RequestTimeTooSkewed": "a machine whose clock is right",
    "SignatureDoesNotMatch": f"credentials that belong together: {_KEYS}",
    "TokenRefreshRequired": "credentials that have not expired",
    "UnauthorizedSSOTokenError": "credentials that have not expired: aws sso login",
}
"""What the operator must provide, by the code of a refusal. With any other code the same request may succeed later."""

USER = re.compile(r"//[^/@\s]*@")

Answer = TypeVar("Answer")

# What failed in the end is reported by the caller; stamina would log each attempt on standard output.
stamina.instrumentation.set_on_retry_hooks(())


@dataclass(eq=False)
class RequestFailed(Exception):
    """A request without the answer that was wanted. `code` is that of the store, or names the failure of the connection.

    `remedy` says what the operator must provide; it is empty where the same request may succeed later.
    """

    code: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"

    @property
    def is_unmet(self) -> bool:
        """Whether the condition of a put does not hold."""
        return self.code in UNMET


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
    """Return an object, of whose bytes the number has been checked.

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
        requests().loop.call_soon_threadsafe(answer["Body"].close)


def _read(answer: Any, asked: dict[str, Any], count: int | None, expected: int) -> bytes:
    """Read so many bytes of a body at most, or all of them, in the time that the expected number may take."""
    seconds = SILENT_SECONDS + expected / MIN_BYTES_PER_SECOND

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
        shared = requests()
        return shared.run(request(shared.client))
    except ClientError as error:
        stated = error.response.get("Error", {})
        code, text = str(stated.get("Code", "")), str(stated.get("Message", error))
    except (BotoCoreError, ConnectionFailed, OSError) as error:
        code, text = type(error).__name__, str(error)
    if code in ABSENT:
        raise FileNotFoundError(asked.get("Key", ""))
    raise failure(method, asked["Bucket"], code, text or "no answer in time")


def failure(method: str, bucket: str, code: str, text: str) -> RequestFailed:
    """Return the error for an answer that states one."""
    remedy = REMEDIES.get(code, "").format(permissions=PERMISSIONS.get(method, method), bucket=bucket)
    # The address of an endpoint may hold a password.
    return RequestFailed(code, USER.sub("//", text)[:300], remedy)


class _Requests:
    """The client of this process, and the thread on which its requests run."""

    def __init__(self) -> None:
        from aiobotocore.config import AioConfig  # noqa: PLC0415  # an extra, and start-up
        from aiobotocore.session import get_session  # noqa: PLC0415

        options = AioConfig(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=SILENT_SECONDS,
            max_pool_connections=MAX_REQUESTS,
            retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        )
        self.process = os.getpid()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="s3", daemon=True)
        self._thread.start()
        self._opened = AsyncExitStack()
        try:
            self.client: Any = self.run(
                self._opened.enter_async_context(get_session().create_client("s3", config=options))
            )
        except ValueError as error:
            self.close()
            raise RequestFailed(
                "ValueError", USER.sub("//", str(error)), "an address in AWS_ENDPOINT_URL"
            ) from None
        except BaseException:
            self.close()
            raise

    def run(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def close(self) -> None:
        self.run(self._opened.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


_lock = threading.Lock()
_requests: _Requests | None = None


def requests() -> _Requests:
    """Return the client that all threads of this process share."""
    global _requests
    with _lock:
        if _requests is None or _requests.process != os.getpid():
            _requests = _Requests()
        return _requests


@atexit.register
def close() -> None:
    """Close the client; the next request makes another, by the environment of then."""
    global _requests
    with _lock:
        if _requests is not None and _requests.process == os.getpid():
            _requests.close()
        _requests = None
