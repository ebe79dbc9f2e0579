"""What a result was measured on and with."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from flows import __version__
from flows.enrich.language.kernels import KERNELS_MISSING

PACKAGES = ("duckdb", "numpy", "pandas", "prefect", "pyarrow", "rensa", "spacy", "thinc")


def describe_machine() -> dict[str, object]:
    """Return processor, cores that this process may use, memory and system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "has_avx512f": "avx512f" in flags,
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE"),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": os.getloadavg()[0],
    }


def describe_versions(root: Path) -> dict[str, str]:
    """Return the versions of Dateline, its commit, Python and the libraries that shape its speed."""
    return {
        "dateline": __version__,
        "commit": _git(root, "rev-parse", "HEAD") + ("-changed" if _git(root, "status", "--porcelain", "flows") else ""),
        "compiled_network": KERNELS_MISSING or "in use",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }  # fmt: skip


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()
