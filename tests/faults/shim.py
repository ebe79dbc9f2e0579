"""Builds the shim that makes calls fail (`shim.c`), and states faults for it."""

from __future__ import annotations

import ctypes
import errno
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")

NEEDING_SPACE = "open,write,pwrite,writev,rename,link,mkdir,fsync,fdatasync,ftruncate,copy,sendfile"
"""Calls that fail where there is no room; a name can be removed on a full disk."""

SYNCS = "fsync,fdatasync"
READS = "read"
WRITES = "write,pwrite,writev,copy,sendfile"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the nth call below a folder. `calls` are those that are counted, by default all that change the disk.

    `mode` is one of those in `shim.c`: `count`, `kill`, `torn`, `short`, `zero`, `drop`, or the number of an error.
    """

    mode: str = "count"
    at: int = 0
    calls: str = ""
    is_sticky: bool = False

    @property
    def name(self) -> str:
        """The fault in words."""
        name = errno.errorcode[int(self.mode)] if self.mode.isdigit() else self.mode
        return f"{name}, and at every later call" if self.is_sticky else name


def compiler() -> str | None:
    """Return the path of the C compiler of the system, None where there is none."""
    return shutil.which("cc")


def build(folder: Path) -> Path:
    """Compile the shim into a folder."""
    made = folder / "shim.so"
    command = [
        compiler() or "cc",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        made,
        SOURCE,
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return made


def environment(
    shim: Path,
    below: Path,
    fault: Fault,
    process: str,
    *,
    claim: Path | None = None,
    trace: Path | None = None,
) -> dict[str, str]:
    """Return the variables by which a command, and the processes that it starts, meet a fault.

    `process` is `coordinator` or `worker`. Of several workers only the one that makes the file `claim` meets it.
    """
    return {
        "LD_PRELOAD": str(shim),
        "FAULT_FOLDER": str(below),
        "FAULT_CALLS": fault.calls,
        "FAULT_MODE": fault.mode,
        "FAULT_AT": str(fault.at),
        "FAULT_STICKY": str(int(fault.is_sticky)),
        "FAULT_PROCESS": process,
        "FAULT_CLAIM": str(claim or ""),
        "FAULT_TRACE": str(trace or ""),
    }


@cache
def _loaded() -> ctypes.CDLL:
    shim = ctypes.CDLL(None)
    shim.fault_counted.restype = shim.fault_acted.restype = ctypes.c_long
    shim.fault_arm.argtypes = [*[ctypes.c_char_p] * 3, ctypes.c_long, ctypes.c_int, *[ctypes.c_char_p] * 2]
    return shim


def arm(below: str, fault: Fault, trace: str = "") -> None:
    """Arm the shim, which was preloaded into this process."""
    shim = _loaded()
    named = (each.encode() for each in (below, fault.calls, fault.mode))
    shim.fault_arm(*named, fault.at, fault.is_sticky, b"", trace.encode())


def disarm() -> tuple[int, int]:
    """Let all calls pass; return how many were counted, and how many the fault met."""
    shim = _loaded()
    found = shim.fault_counted(), shim.fault_acted()
    arm("", Fault())
    return found
