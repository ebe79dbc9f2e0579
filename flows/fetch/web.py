"""Pages and feeds by HTTP. Every length is checked: an incomplete body is an error (decision 0005)."""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import IO
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
import stamina

from flows import __version__
from flows.addresses import redacted, without_secrets
from flows.errors import UnreachableSource
from flows.fetch import connections
from flows.fetch.connections import Guard, kind_of
from flows.fetch.local import FoundFile
from flows.fetch.streams import CHUNK, MAX_BYTES

SCHEMES = ("http", "https")
MAX_SECONDS = 600.0
"""Maximum time for one file, over all attempts and redirections."""

MAX_HTTP_BYTES = min(MAX_BYTES, 1 << 30)
MEMORY_BYTES = 8 << 20
MAX_REDIRECTS = 5
MAX_ATTEMPTS = 3
WAIT_SECONDS = 0.2
"""Before the second attempt, plus up to as much at random; before the third twice as long."""

REDIRECTS = (301, 302, 303, 307, 308)
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)

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


def request(file: FoundFile, known_etag: str) -> Answer | None:
    """Request a page or a feed; None where the server says that nothing has changed.

    `known_etag` is the `FoundFile.etag` of the last answer: ETag and Last-Modified. After a transient error the
    request is repeated here and not in a task: a source that fails is left to the next run, and the plan goes on.
    All attempts and redirections together end after MAX_SECONDS.

    Raises:
        UnreachableSource: no answer, an error, an address that is not allowed, an incomplete body.
    """
    return _attempt(file, known_etag, time.monotonic() + MAX_SECONDS)


@stamina.retry(
    on=is_transient, attempts=MAX_ATTEMPTS, timeout=None, wait_initial=WAIT_SECONDS, wait_jitter=WAIT_SECONDS
)
def _attempt(file: FoundFile, known_etag: str, ends_at: float) -> Answer | None:
    etag, _, modified = known_etag.partition("\n")
    asked = {
        "User-Agent": f"dateline/{__version__}",
        "Accept": "*/*",
        # What is compressed is decompressed here, within limits.
        "Accept-Encoding": "identity",
        **({"If-None-Match": etag} if etag else {}),
        **({"If-Modified-Since": modified} if modified else {}),
    }
    address = file.address or file.uri
    allows_private = file.allows_private
    for _ in range(MAX_REDIRECTS + 1):
        guard = Guard(file.uri, allows_private, ends_at)
        with _answer_of(file, address, asked, guard) as answer:
            headers = httpx.Headers(answer.headers)
            if answer.status in REDIRECTS:
                address = _redirected(file.uri, address, headers.get("location", ""))
                # A public server may not choose what is read of a private network.
                allows_private = allows_private and not _is_public(answer)
                continue
            if answer.status == 304:
                return None
            if answer.status != 200:
                transient = answer.status in TRANSIENT
                raise UnreachableSource(file.uri, f"status {answer.status}", "200", transient)
            return _read(file, answer, headers)
    raise UnreachableSource(file.uri, f"more than {MAX_REDIRECTS} redirections", "fewer", False)


@contextmanager
def _answer_of(
    file: FoundFile, address: str, asked: dict[str, str], guard: Guard
) -> Iterator[httpcore.Response]:
    """Request an address, and close the connection at the end of the block."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        # Its message quotes parts of the address.
        raise UnreachableSource(
            file.uri, "an address that cannot be read", "an address of http or https", False
        ) from None
    headers = httpx.Headers({"Host": url.netloc.decode("ascii"), **asked, "Connection": "close"})
    if url.userinfo:
        word = base64.b64encode(f"{url.username}:{url.password}".encode()).decode("ascii")
        headers["Authorization"] = f"Basic {word}"
    with ExitStack() as opened:
        try:
            answer = opened.enter_context(connections.request(url, headers, guard))
        except connections.ERRORS as error:
            raise _broken(file, address, error) from None
        yield answer


def _pieces(file: FoundFile, answer: httpcore.Response) -> Iterator[bytes]:
    pieces = answer.iter_stream()
    while True:
        try:
            piece = next(pieces, None)
        except connections.ERRORS as error:
            raise _broken(file, file.address, error) from None
        if piece is None:
            return
        yield piece


def _broken(file: FoundFile, address: str, error: Exception) -> UnreachableSource:
    found = redacted(redacted(f"{type(error).__name__}: {error}", address), file.address)
    return UnreachableSource(file.uri, found[:300], "a whole answer")


def _read(file: FoundFile, answer: httpcore.Response, headers: httpx.Headers) -> Answer:
    """Read the whole body before any of it is used, so that an incomplete one is discarded; in memory while it is small."""
    if "content-length" not in headers and headers.get("transfer-encoding", "").lower() != "chunked":
        # It ends where the connection does, as it would if it broke off.
        wanted = "Content-Length, or chunks"
        raise UnreachableSource(file.uri, "an answer without its length", wanted, False)
    with ExitStack() as on_error:
        kept = on_error.enter_context(tempfile.SpooledTemporaryFile(MEMORY_BYTES))
        size = 0
        for piece in _pieces(file, answer):
            size += len(piece)
            if size > MAX_HTTP_BYTES:
                raise UnreachableSource(
                    file.uri, f"more than {size:,} bytes", f"at most {MAX_HTTP_BYTES:,}", False
                )
            kept.write(piece)
        stated = headers.get("content-length")
        if stated and stated.isdigit() and int(stated) != size:
            raise UnreachableSource(file.uri, f"{size:,} bytes", f"{int(stated):,}, as Content-Length says")
        etag = headers.get("etag", "")
        modified = headers.get("last-modified", "")
        seen = replace(file, size=size, etag=f"{etag}\n{modified}" if etag or modified else "")
        on_error.pop_all()
        return Answer(seen, httpx.Response(200, headers=headers).charset_encoding, _read_back(kept))


def _read_back(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while chunk := kept.read(CHUNK):
            yield chunk


def _redirected(uri: str, address: str, location: str) -> str:
    """Return where a redirection leads."""
    try:
        target = urljoin(address, location)
        scheme = urlsplit(target).scheme
    except ValueError:
        target, scheme = location, ""
    if scheme not in SCHEMES:
        found = f"a redirection to {without_secrets(target)[:200]!r}"
        raise UnreachableSource(uri, found, "an address of http or https", False)
    return target


def _is_public(answer: httpcore.Response) -> bool:
    """Return True if the server that answered has a public address."""
    peer = answer.extensions["network_stream"].get_extra_info("server_addr")
    return kind_of(str(peer[0])) is None
