"""Dateline: news dispatches in, committed Parquet tables out. Read `flows/journey.py` first."""

import importlib
import os
from typing import TYPE_CHECKING

# OpenBLAS reads these once, when numpy is first imported. One thread in each process: a second one
# doubled the CPU time of the language model and saved none (decision 0002).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Prefect reads it once. A flow run says so often that it is alive; see `automations.yaml`.
os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")

__version__ = "0.1.0"
__all__ = ["annotate", "load", "run", "to_pandas", "verify"]

if TYPE_CHECKING:
    from flows.api import annotate, load, run, to_pandas, verify


def __getattr__(name: str) -> object:
    """Import a function of the library when it is first asked for; see `flows/api.py`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("flows.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
