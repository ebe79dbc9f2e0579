"""Output that nobody reads any more, as after `dateline run | head`."""

from __future__ import annotations

import errno
import os
import select


def is_unread(error: OSError) -> bool:
    """Return True if an error comes from output that nobody reads any more, as after `| head`."""
    if error.errno != errno.EPIPE:
        return False
    poll = select.poll()
    poll.register(1, 0)
    poll.register(2, 0)
    return any(state & select.POLLERR for _, state in poll.poll(0))


def discard_output() -> None:
    """Discard what is still printed, and what is printed from now on, where nobody reads it."""
    with open(os.devnull, "w") as nowhere:
        for number in (1, 2):
            poll = select.poll()
            poll.register(number, 0)
            if poll.poll(0):
                os.dup2(nowhere.fileno(), number)
