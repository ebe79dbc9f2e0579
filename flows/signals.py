"""How the command ends when it is told to: Ctrl-C, `kill`, a terminal that closes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GRACE_SECONDS = 4.0
"""After so long the process ends at once, wherever it is: a commit that is cut short is completed or dropped by the next run."""


class Interrupted(KeyboardInterrupt):
    """The process is told to end by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def status(self) -> int:
        """The exit status that a shell reports for the signal."""
        return 128 + self.number

    def __str__(self) -> str:
        cause = (
            "interrupted" if self.number == signal.SIGINT else f"ended by {signal.Signals(self.number).name}"
        )
        return f"{cause}; committed data is kept, run again to continue"


_told = threading.Event()


def tell(interrupted: KeyboardInterrupt) -> None:
    """Print once, on standard error, that the process was told to end; nobody may be reading it."""
    if not _told.is_set():
        _told.set()
        with suppress(OSError):
            os.write(2, f"dateline: {interrupted}\n".encode())


def end_now(interrupted: Interrupted) -> NoReturn:
    """End the process at once. Its workers end with it."""
    tell(interrupted)
    os._exit(interrupted.status)


def use_defaults() -> None:
    """Leave the signals to a library that handles them itself."""
    defaults = {signal.SIGINT: signal.default_int_handler}
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, defaults.get(number, signal.SIG_DFL))


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise `Interrupted` in the main thread at the first signal that ends a process; end at once at the second.

    A signal that the calling program ignores, as under `nohup`, stays ignored. Outside of the main thread nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: handler for number in ENDING if (handler := signal.getsignal(number)) != signal.SIG_IGN}
    received: list[int] = []

    def act(number: int, frame: FrameType | None) -> None:
        del frame
        received.append(number)
        if len(received) > 1:
            end_now(Interrupted(received[0]))
        raise Interrupted(number)

    for number in before:
        signal.signal(number, act)
    with _deadline(act):
        try:
            yield
        finally:
            if not received:
                for number, handler in before.items():
                    # What is done is done: a late Ctrl-C ends the process, and prints no traceback.
                    is_default = handler is signal.default_int_handler
                    signal.signal(number, signal.SIG_DFL if is_default else handler)


@contextmanager
def _deadline(handler: object) -> Iterator[None]:
    """End the process some seconds after a signal, also while its main thread is in C code, where no handler runs.

    Only for signals of which the handler is still this one: a library may have its own way to end.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    earlier = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def watch() -> None:
        while number := os.read(reader, 1):
            if number[0] in ENDING and signal.getsignal(number[0]) is handler:
                threading.Event().wait(GRACE_SECONDS)
                end_now(Interrupted(number[0]))
        os.close(reader)

    threading.Thread(target=watch, name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(earlier)
        os.close(writer)
