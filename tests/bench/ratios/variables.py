"""The environment variables of what the bench starts."""

from __future__ import annotations

import os
from pathlib import Path

from tests.processes import without_prefect

ROOT = Path(__file__).parents[3]


def clean_environment() -> dict[str, str]:
    """Return the environment for commands of this project: this tree of it, and no Prefect server."""
    return without_prefect() | {"PYTHONPATH": str(ROOT)}


def quiet_environment() -> dict[str, str]:
    """Return the environment for yardsticks: nothing of this project, and no messages to their makers."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PREFECT_", "PYTHON", "OPENBLAS_"))
    }
    return own | {"DO_NOT_TRACK": "1", "RUNTIME__DLTHUB_TELEMETRY": "false"}
