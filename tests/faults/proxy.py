"""A proxy before an S3 server that counts requests, and at one of them, or from it on, does what networks and servers do.

It is a real HTTP server on loopback. The clients under test know nothing of it.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

DRIP_SECONDS = 0.1
"""Between the bytes of an answer that drips."""

OWN_HEADERS = ("host", "expect", "connection", "transfer-encoding", "content-length")
DAMAGED = re.compile(rb"[a-z]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server has answered, or what is answered in its place."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    reason: str = "Reason"

    def as_bytes(self) -> bytes:
        """The answer as it goes over the wire."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower() not in OWN_HEADERS]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""]).encode() + self.body


def error(status: int, code: str, message: str = "A fault of the test.") -> Answer:
    """Make an answer with an error as S3 states it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, [("Content-Type", "application/xml")], body.encode())


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its body; `forward` has the server answer it."""

    request: web.BaseRequest
    body: bytes
    forward: Callable[[], Awaitable[Answer]]

    @property
    def label(self) -> str:
        """The operation, as in `PUT`, `COPY`, `LIST`, and the key without what differs from run to run."""
        request = self.request
        method, key = request.method, request.path.partition("/")[2].partition("/")[2]
        if "list-type" in request.query:
            method, key = "LIST", request.query.get("prefix", "")
        elif "delete" in request.query:
            method, key = "DELETE", ""
        elif "x-amz-copy-source" in request.headers:
            method = "COPY"
        condition = " if" if request.headers.keys() & {"If-None-Match", "If-Match"} else ""
        below = key.partition("/")[2]
        return f"{method}{condition} {re.sub(r'-[0-9a-f]{8,}', '', below)}".rstrip()


Fault = Callable[["Proxy", Asked], Awaitable[Answer | None]]
"""A fault: returns what is answered, or None when it has seen to the connection itself."""


def answering(status: int, code: str, *, is_done: bool = False) -> Fault:
    """Answer with an error, before the request is done or after."""

    async def fault(_: Proxy, asked: Asked) -> Answer:
        if is_done:
            await asked.forward()
        return error(status, code)

    return fault


def breaking(*, is_done: bool, share: float = 0.0) -> Fault:
    """Reset the connection, after a share of the bytes of the answer."""

    async def fault(_: Proxy, asked: Asked) -> None:
        sent = b""
        if is_done:
            answer = (await asked.forward()).as_bytes()
            sent = answer[: int(len(answer) * share)]
        reset(asked.request, sent)

    return fault


def reset(request: web.BaseRequest, sent: bytes = b"") -> None:
    """Send some bytes, and reset the connection."""
    transport = request.transport
    if transport is None:
        return
    transport.write(sent)
    if not sent:
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    transport.close()


def hanging(*, is_done: bool) -> Fault:
    """Answer nothing, and keep the connection open."""

    async def fault(proxy: Proxy, asked: Asked) -> None:
        if is_done:
            await asked.forward()
        await proxy.released.wait()
        reset(asked.request)

    return fault


async def dripping(proxy: Proxy, asked: Asked) -> None:
    """Answer byte by byte, so that a client that waits for the next byte waits for ever."""
    answer = (await asked.forward()).as_bytes()
    for at in range(len(answer)):
        transport = asked.request.transport
        if transport is None or transport.is_closing():
            return
        transport.write(answer[at : at + 1])
        with suppress(TimeoutError):
            await asyncio.wait_for(proxy.released.wait(), DRIP_SECONDS)
    reset(asked.request)


async def error_in_200(_: Proxy, asked: Asked) -> Answer:
    """Say 200 and state an error in the body, as S3 may after it has begun to answer a copy or a deletion."""
    if asked.label.startswith(("COPY", "DELETE")):
        return Answer(200, [("Content-Type", "application/xml")], error(200, "InternalError").body)
    return await asked.forward()


async def partial_deletion(_: Proxy, asked: Asked) -> Answer:
    """Delete nothing, and say so for each object within an answer of success."""
    if not asked.label.startswith("DELETE"):
        return await asked.forward()
    keys = re.findall(rb"<Key>(.*?)</Key>", asked.body)
    errors = b"".join(
        b"<Error><Key>%s</Key><Code>InternalError</Code><Message>Not now.</Message></Error>" % key
        for key in keys
    )
    body = b'<?xml version="1.0" encoding="UTF-8"?><DeleteResult>%s</DeleteResult>' % errors
    return Answer(200, [("Content-Type", "application/xml")], body)


async def damaged(_: Proxy, asked: Asked) -> Answer:
    """Change a letter in the middle of an object."""
    answer = await asked.forward()
    letters = list(DAMAGED.finditer(answer.body))
    if asked.label.startswith("LIST") or not letters:
        return answer
    at = letters[len(letters) // 2].start()
    body = answer.body[:at] + b"Z" + answer.body[at + 1 :]
    return Answer(answer.status, answer.headers, body, answer.reason)


def killing(*, is_done: bool) -> Fault:
    """Kill the client."""

    async def fault(proxy: Proxy, asked: Asked) -> None:
        if is_done:
            await asked.forward()
        os.kill(proxy.victim, signal.SIGKILL)
        reset(asked.request)

    return fault


def stopping(*, is_done: bool) -> Fault:
    """Stop the client, and continue it when the proxy is armed anew; a request that was not done is done only then."""

    async def fault(proxy: Proxy, asked: Asked) -> Answer:
        answer = await asked.forward() if is_done else None
        released = proxy.released
        os.kill(proxy.victim, signal.SIGSTOP)
        proxy.stopped.set()
        await released.wait()
        answer = answer or await asked.forward()
        os.kill(proxy.victim, signal.SIGCONT)
        return answer

    return fault


FAULTS: dict[str, Fault] = {
    "kill -9 before a request": killing(is_done=False),
    "kill -9 after a request": killing(is_done=True),
    "503 SlowDown": answering(503, "SlowDown"),
    "500, not done": answering(500, "InternalError"),
    "500, done": answering(500, "InternalError", is_done=True),
    "429": answering(429, "TooManyRequests"),
    "connection reset, not done": breaking(is_done=False),
    "connection reset, done": breaking(is_done=True),
    "answer cut off, done": breaking(is_done=True, share=0.5),
    "body cut off, done": breaking(is_done=True, share=0.95),
    "hang, not done": hanging(is_done=False),
    "hang, done": hanging(is_done=True),
    "drip, done": dripping,
    "error in a 200": error_in_200,
    "partial deletion": partial_deletion,
    "damaged answer": damaged,
}


@dataclass
class Proxy:
    """The proxy. `fault` happens at the request `at`, counted from 1 since it was armed, and with `is_sticky` at all after it.

    `clock` is added to the dates that the server states. `seen` are the labels of the requests, in their order.
    """

    upstream: str
    loop: asyncio.AbstractEventLoop
    url: str = ""
    fault: Fault | None = None
    at: int = 0
    is_sticky: bool = False
    clock: timedelta = timedelta(0)
    victim: int = 0
    only: str = ""
    seen: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def arm(self, fault: Fault | None, at: int = 1, *, is_sticky: bool = False, only: str = "") -> None:
        """Set what happens, and count from one. `only` limits the requests that count by the start of their labels."""
        self.loop.call_soon_threadsafe(self.released.set)
        self.released = asyncio.Event()
        self.fault, self.at, self.is_sticky, self.only = fault, at, is_sticky, only
        self.seen = []
        self.stopped.clear()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request: as the server does, or with the fault."""
        if "Expect" in request.headers and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            body = await request.read()
        except ConnectionResetError:
            # The client was killed.
            return web.Response()

        async def forward() -> Answer:
            return await self._forwarded(request, body)

        asked = Asked(request, body, forward)
        answer: Answer | None
        if self._is_due(asked.label) and self.fault is not None:
            answer = await self.fault(self, asked)
        else:
            answer = await forward()
        if answer is None:
            return web.Response()
        headers = CIMultiDict((k, v) for k, v in answer.headers if k.lower() not in OWN_HEADERS)
        if request.method == "HEAD":
            lengths = [v for k, v in answer.headers if k.lower() == "content-length"]
            headers.extend([("Content-Length", v) for v in lengths])
            return web.Response(status=answer.status, headers=headers)
        return web.Response(status=answer.status, headers=headers, body=answer.body)

    def _is_due(self, label: str) -> bool:
        if not label.startswith(self.only):
            return False
        self.seen.append(label)
        count = len(self.seen)
        return count == self.at or (self.is_sticky and count > self.at)

    async def _forwarded(self, request: web.BaseRequest, body: bytes) -> Answer:
        headers = CIMultiDict((k, v) for k, v in request.headers.items() if k.lower() not in OWN_HEADERS)
        is_conditional = bool({"If-None-Match", "If-Match"} & headers.keys())
        if not is_conditional:
            return await self._done(request, headers, body)
        # moto looks, and then writes; S3 does both at once.
        async with self._one_at_a_time:
            return await self._done(request, headers, body)

    async def _done(self, request: web.BaseRequest, headers: CIMultiDict[str], body: bytes) -> Answer:
        url = URL(self.upstream + request.raw_path, encoded=True)
        async with (
            aiohttp.ClientSession(auto_decompress=False, skip_auto_headers=("Content-Type",)) as client,
            client.request(
                request.method, url, headers=headers, data=body or None, allow_redirects=False
            ) as found,
        ):
            data = await found.read()
            answered = [
                (k, v) if k.lower() != "date" else (k, self._shifted(v)) for k, v in found.headers.items()
            ]
            return Answer(found.status, answered, data, found.reason or "")

    def _shifted(self, date: str) -> str:
        return format_datetime(parsedate_to_datetime(date) + self.clock, usegmt=True)


@contextmanager
def proxy_before(upstream: str) -> Iterator[Proxy]:
    """Start a proxy on a free port, in a thread, and stop it at the end."""
    loop = asyncio.new_event_loop()
    proxy = Proxy(upstream, loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait_for(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    async def started() -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(proxy.answer, access_log=None), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    runner = wait_for(started())
    host, port = runner.addresses[0][:2]
    proxy.url = f"http://{host}:{port}"
    try:
        yield proxy
    finally:
        proxy.arm(None)
        wait_for(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
