"""Web servers that misbehave: each ends as a failure that names it, within the deadline; no half answer is ever a dispatch."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from flows.fetch import web

from .coordinating import run_here

TEXT = b"date 2020-02-20 Two soldiers were killed near the border.\n" * 20
HEAD = b"HTTP/1.1 200 OK\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(TEXT) + TEXT
LOGIN = b"<html><body>" + b"<p>Please sign in to read the news of your town.</p>" * 9 + b"</body></html>"

Send = Callable[[asyncio.StreamWriter], Awaitable[None]]


def sending(*pieces: bytes, seconds: float = 0.0, forever: bool = False) -> Send:
    """Send pieces, with a pause after each; the last one again and again, or then close the connection."""

    async def send(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)
        while forever:
            writer.write(pieces[-1])
            await writer.drain()
            await asyncio.sleep(seconds)

    return send


NEVER = asyncio.Event()


async def silent(_: asyncio.StreamWriter) -> None:
    await NEVER.wait()


async def resetting(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 5000\r\n\r\n" + TEXT)
    await writer.drain()
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


LATE = "no whole answer in time"
BEHAVIOURS: dict[str, tuple[Send, str]] = {
    "short": (sending(HEAD + b"Content-Length: 5000\r\n\r\n" + TEXT), "peer closed connection"),
    "no-length": (sending(HEAD + b"Connection: close\r\n\r\n" + TEXT), "an answer without its length"),
    "cut-chunk": (
        sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFF\r\n" + TEXT),
        "peer closed connection",
    ),
    "no-last-chunk": (
        sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(TEXT), TEXT)),
        "peer closed connection",
    ),
    "reset": (resetting, "ReadError: "),
    "hang": (silent, LATE),
    "drip": (sending(HEAD + b"Content-Length: 5000\r\n\r\n", b"A", seconds=0.05, forever=True), LATE),
    "drip-head": (sending(HEAD + b"X-Slow: ", b"a", seconds=0.05, forever=True), LATE),
    "infinite": (
        sending(HEAD + b"Content-Length: 99999999999\r\n\r\n", b"A" * 65536, forever=True),
        "more than ",
    ),
    "huge-head": (sending(HEAD + b"X-Big: " + b"h" * 200_000 + b"\r\n\r\n"), "RemoteProtocolError: "),
    "nothing": (sending(b""), "RemoteProtocolError: "),
    "no-http": (sending(b"220 mail.example ESMTP\r\n"), "RemoteProtocolError: "),
    "busy": (sending(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), "status 503"),
    "tomorrow": (
        sending(b"HTTP/1.1 429 Later\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n"),
        "status 429",
    ),
}
"""What a server sends for a path, and what the failure says."""

READ: dict[str, tuple[Send, str]] = {
    "ok": (sending(WHOLE), "article"),
    "many-headers": (
        sending(
            WHOLE.replace(
                b"\r\n\r\n", b"\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(2000)) + b"\r\n", 1
            )
        ),
        "article",
    ),
    "wrong-type": (
        sending(
            HEAD + b"Content-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(LOGIN) + LOGIN
        ),
        "article",
    ),
    "cut-gzip": (
        sending(
            HEAD
            + b"Content-Encoding: gzip\r\nContent-Length: 60\r\n\r\n"
            + gzip.compress(bytes(range(256)))[:60]
        ),
        "fetch.compression.broken",
    ),
}
"""What a server sends whole, and what is made of it: an article, or a reject of this code."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server that answers each path in its way."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().strip("/")
        try:
            await (BEHAVIOURS | READ)[path][0](writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(answer, "127.0.0.1", 0), loop).result()
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def stop() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def rows(output: Path, table: str) -> list[dict[str, str]]:
    return ds.dataset(output / table, format="parquet").to_table().to_pylist()


def test_each_server_that_misbehaves_is_named_and_what_is_whole_is_committed(address, tmp_path, monkeypatch):
    """One run asks them all; none of them stops it, nor makes it wait beyond the deadline of each."""
    monkeypatch.setattr(web, "MAX_SECONDS", 1.5)
    monkeypatch.setattr(web, "MAX_HTTP_BYTES", 1 << 20)
    monkeypatch.setattr(web, "WAIT_SECONDS", 0.01)
    output = tmp_path / "out"

    summary = run_here(
        *(f"{address}/{path}" for path in (*BEHAVIOURS, *READ)),
        output=output,
        fields=frozenset(),
        allow_private=True,
    )

    failures = {line.removeprefix(f"{address}/").partition(":")[0]: line for line in summary.failures}
    assert failures.keys() == BEHAVIOURS.keys()
    for path, (_, said) in BEHAVIOURS.items():
        assert said in failures[path]
    read = {row["uri"].rpartition("/")[2]: "article" for row in rows(output, "articles")}
    refused = {row["uri"].rpartition("/")[2]: row["code"] for row in rows(output, "rejects")}
    assert read | refused == {path: made for path, (_, made) in READ.items()}
