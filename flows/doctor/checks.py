"""The checks of `dateline doctor`, in the order of its lines."""

from __future__ import annotations

from pathlib import Path

from flows.doctor.finding import Asked, Check, Finding
from flows.doctor.installation import (
    check_extras,
    check_kernels,
    check_libraries,
    check_python,
    check_settings,
)
from flows.doctor.machine import check_clock, check_limits, check_memory, check_text
from flows.doctor.output_place import check_output
from flows.doctor.reference_data import check_gazetteer, check_model
from flows.doctor.services import check_prefect, check_target
from flows.errors import DatelineError

CHECKS: tuple[Check, ...] = (
    check_settings,
    check_python,
    check_libraries,
    check_extras,
    check_kernels,
    check_model,
    check_gazetteer,
    check_memory,
    check_text,
    check_clock,
    check_limits,
    check_output,
    check_target,
    check_prefect,
)


def findings(output: Path | str, target: str | None, settings: DatelineError | None) -> list[Finding]:
    """Return what every check finds; nothing is changed, and files that are made to try the disk are removed."""
    asked = Asked(output, target, settings)
    return [each for check in CHECKS for each in check(asked)]
