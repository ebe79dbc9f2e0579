"""Pages and feeds by HTTP. Every length is checked: an incomplete body is an error (decision 0005)."""

from __future__ import annotations

import ipaddress
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import IO
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from flows import __version__
from flows.errors import UnreachableSource
from flows.fetch.local import FoundFile
from flows.fetch.streams import CHUNK, MAX_BYTES

SCHEMES = ("http", "https")
SECONDS = 30.0
"""Timeout for a server that sends no bytes."""

MAX_SECONDS = 600.0
"""Maximum time for one file."""

MAX_HTTP_BYTES = min(MAX_BYTES, 1 << 30)
MEMORY_BYTES = 8 << 20
MAX_REDIRECTS = 5
MAX_ATTEMPTS = 3
WAIT_SECONDS = 0.2
"""Before the second attempt, plus up to as much at random; before the third twice as long."""

REDIRECTS = (301, 302, 303, 307, 308)
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
HTTP_ERRORS = (httpx.HTTPError, httpx.InvalidURL, OSError)

# The summary of a run reports what failed in the end; stamina would log each attempt on standard output.
stamina.instrumentation.set_on_retry_hooks(())


@dataclass(slots=True)
class Answer:
    """What a server answered: the file with its validators, the declared charset, the stored bytes."""

    file: FoundFile
    charset: str | None
    chunks: Iterator[bytes]


def is_transient(error: Exception) -> bool:
    """Return True if the same request may succeed at once: the server is busy, or it broke off."""
    return isinstance(error, UnreachableSource) and error.is_transient


@stamina.retry(
    on=is_transient, attempts=MAX_ATTEMPTS, timeout=None, wait_initial=WAIT_SECONDS, wait_jitter=WAIT_SECONDS
)
def request(file: FoundFile, known_etag: str) -> Answer | None:
    """Request a page or a feed; None where the server says that nothing has changed.

    `known_etag` is the `FoundFile.etag` of the last answer: ETag and Last-Modified. After a transient error the
    request is repeated here and not in a task: a source that fails is left to the next run, and the plan goes on.

    Raises:
        UnreachableSource: no answer, an error, a redirection to a private address, an incomplete body.
    """
    etag, _, modified = known_etag.partition("\n")
    headers = {
        "User-Agent": f"dateline/{__version__}",
        "Accept": "*/*",
        # What is compressed is decompressed here, within limits.
        "Accept-Encoding": "identity",
        **({"If-None-Match": etag} if etag else {}),
        **({"If-Modified-Since": modified} if modified else {}),
    }
    ends_at = time.monotonic() + MAX_SECONDS
    address = file.uri
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=True) as client:
        for _ in range(MAX_REDIRECTS + 1):
            with closing(_answer_of(client, file.uri, address, headers)) as answer:
                if answer.status_code in REDIRECTS:
                    address = _redirected(file.uri, address, answer.headers.get("location", ""))
                    continue
                if answer.status_code == 304:
                    return None
                if answer.status_code != 200:
                    transient = answer.status_code in TRANSIENT
                    raise UnreachableSource(file.uri, f"status {answer.status_code}", "200", transient)
                return _read(file, answer, ends_at)
    raise UnreachableSource(file.uri, f"more than {MAX_REDIRECTS} redirections", "fewer", False)


def _answer_of(client: httpx.Client, uri: str, address: str, headers: dict[str, str]) -> httpx.Response:
    try:
        return client.send(client.build_request("GET", address, headers=headers), stream=True)
    except HTTP_ERRORS as error:
        raise _broken(uri, error) from None


def _pieces(uri: str, answer: httpx.Response) -> Iterator[bytes]:
    pieces = answer.iter_raw(CHUNK)
    while True:
        try:
            piece = next(pieces, None)
        except HTTP_ERRORS as error:
            raise _broken(uri, error) from None
        if piece is None:
            return
        yield piece


def _broken(uri: str, error: Exception) -> UnreachableSource:
    return UnreachableSource(uri, f"{type(error).__name__}: {error}"[:300], "a whole answer")


def _read(file: FoundFile, answer: httpx.Response, ends_at: float) -> Answer:
    """Read the whole body before any of it is used, so that an incomplete one is discarded; in memory while it is small."""
    with ExitStack() as on_error:
        kept = on_error.enter_context(tempfile.SpooledTemporaryFile(MEMORY_BYTES))
        size = 0
        for piece in _pieces(file.uri, answer):
            size += len(piece)
            if time.monotonic() > ends_at:
                raise UnreachableSource(file.uri, f"{size:,} bytes in {MAX_SECONDS:.0f} s", "a whole answer")
            if size > MAX_HTTP_BYTES:
                raise UnreachableSource(file.uri, f"more than {size:,} bytes", f"at most {MAX_HTTP_BYTES:,}")
            kept.write(piece)
        stated = answer.headers.get("content-length")
        if stated and stated.isdigit() and int(stated) != size:
            raise UnreachableSource(file.uri, f"{size:,} bytes", f"{int(stated):,}, as Content-Length says")
        etag = answer.headers.get("etag", "")
        modified = answer.headers.get("last-modified", "")
        seen = replace(file, size=size, etag=f"{etag}\n{modified}" if etag or modified else "")
        on_error.pop_all()
        return Answer(seen, answer.charset_encoding, _read_back(kept))


def _read_back(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while chunk := kept.read(CHUNK):
            yield chunk


def _redirected(uri: str, address: str, location: str) -> str:
    """Return where a redirection leads. From a public address it may not lead to a private one."""
    try:
        target = urljoin(address, location)
        scheme = urlsplit(target).scheme
    except ValueError:
        target, scheme = location, ""
    if scheme not in SCHEMES:
        raise UnreachableSource(
            uri, f"a redirection to {target[:200]!r}", "an address of http or https", False
        )
    if not _is_private(address) and _is_private(target):
        raise UnreachableSource(uri, f"a redirection to {target[:200]!r}", "one to a public address", False)
    return target


def _is_private(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        # UnicodeError: a label that no host can have. The request will say so.
        return False
    return any(not ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)
