"""The client for S3 of this process, on a thread of its own: all threads share its connections.

Options come from the environment, as for every client of S3: `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_DEFAULT_REGION`, `AWS_PROFILE`.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from flows.s3_errors import USER, RequestFailed

MAX_REQUESTS = 16
"""Requests at a time."""

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 20.0
"""Timeout for a server that sends no bytes."""

MAX_ATTEMPTS = 4
"""Attempts of one request, the first included."""

Answer = TypeVar("Answer")


class _SharedClient:
    """The client of one process, and the thread on which its requests run."""

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
_shared: _SharedClient | None = None


def shared_client() -> _SharedClient:
    """Return the client that all threads of this process share."""
    global _shared
    with _lock:
        if _shared is None or _shared.process != os.getpid():
            _shared = _SharedClient()
        return _shared


@atexit.register
def close() -> None:
    """Close the client; the next request makes another from the environment of its time."""
    global _shared
    with _lock:
        if _shared is not None and _shared.process == os.getpid():
            _shared.close()
        _shared = None
