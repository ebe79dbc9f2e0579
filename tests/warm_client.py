"""Asks the process of `warm.py` for a command. The program `dateline` of `warm.command_folder` imports this file alone, with nothing but the
standard library, since its start is what each command of the tests costs.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any

OWN = ("PYTEST_", "_RJEM_", "PATH", "PWD", "OLDPWD", "SHLVL", "_")
"""How names of variables begin that a shell, pytest and polars set, and that nothing of Dateline reads while it is imported."""

LENGTH_BYTES = 4


def asked(address: str, order: Mapping[str, Any], handles: Sequence[int]) -> socket.socket:
    """Send an order with the handles of standard input, output and error; return the connection, on which the answer comes in lines.

    The first line is the process id, the second the exit status. Closing the connection earlier kills the command.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    sent = json.dumps(order).encode()
    socket.send_fds(connection, [len(sent).to_bytes(LENGTH_BYTES, "big")], handles)
    connection.sendall(sent)
    return connection


def changed(environment: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    """Return the names of the variables that differ, but for those of `OWN`."""
    return {
        name for name in {**environment, **other}
        if environment.get(name) != other.get(name) and not name.startswith(OWN)
    }  # fmt: skip


def main(address: str, environment: Mapping[str, str], command: str) -> None:
    """Be `dateline`: of the process at the address, or a new one where a variable differs from that process's environment."""
    mine = dict(os.environ)
    if changed(mine, environment):
        os.execv(command, [command, *sys.argv[1:]])  # noqa: S606  # no shell is wanted
    connection = asked(address, {"arguments": sys.argv[1:], "env": mine, "cwd": os.getcwd()}, (0, 1, 2))
    with connection.makefile() as answers:
        _, status = answers
    if int(status) < 0:
        signal.signal(-int(status), signal.SIG_DFL)
        os.kill(os.getpid(), -int(status))
    os._exit(int(status))
