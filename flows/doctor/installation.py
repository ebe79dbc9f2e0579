"""Checks of the installation: Python, the versions of libraries, extras, compiled code, settings."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from flows import __version__
from flows.doctor.finding import OK, PROBLEM, WARNING, Asked, Finding, of_error
from flows.enrich.language import kernels
from flows.settings import FILE

DISTRIBUTION = "dateline"
MIN_PYTHON = (3, 11)

EXTRAS = {
    "s3": ("aiobotocore", "an output or sources on S3"),
    "gcs": ("gcsfs", "sources on Google Cloud Storage"),
    "dask": ("prefect_dask", "--engine dask"),
    "clickhouse": ("chdb", "loads into ClickHouse"),
    "delta": ("deltalake", "loads into Delta tables"),
}
"""Each extra with the module that it brings, and what it is for."""


def check_settings(asked: Asked) -> Iterator[Finding]:
    """Say whether the settings file was read."""
    if asked.settings:
        yield of_error("settings", asked.settings)
    else:
        here = Path(FILE).exists()
        yield Finding(
            "settings", OK, f"{FILE} is valid" if here else f"no {FILE} here: the defaults are used"
        )


def check_python(asked: Asked) -> Iterator[Finding]:
    """Compare the version of Python with the oldest that is supported."""
    del asked
    found = f"{platform.python_version()} on {platform.uname().system} {platform.machine()}, Dateline {__version__}"
    if sys.version_info < MIN_PYTHON:
        yield Finding(
            "python", PROBLEM, found, "3.11 or newer", "make a virtual environment with a newer Python"
        )
    elif sys.platform != "linux":
        yield Finding(
            "python", WARNING, found, "Linux, on which Dateline is tested", "use a Linux machine or container"
        )
    else:
        yield Finding("python", OK, found)


def check_libraries(asked: Asked) -> Iterator[Finding]:
    """Compare the installed versions with the requirements of the distribution, such as sqlalchemy < 2.1 for Prefect."""
    del asked
    install = "pip install --require-hashes -r requirements.txt, or pip install --upgrade dateline"
    try:
        declared = [Requirement(each) for each in metadata.requires(DISTRIBUTION) or ()]
    except metadata.PackageNotFoundError:
        yield Finding(
            "libraries", PROBLEM, "dateline is not installed", "an installed distribution", "pip install -e ."
        )
        return
    wanted = [each for each in declared if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong = [line for each in wanted if (line := _unmet(each))]
    for line in wrong:
        found, _, need = line.partition("; ")
        yield Finding("libraries", PROBLEM, found, need, install)
    if not wrong:
        yield Finding("libraries", OK, f"{len(wanted)} have the versions that Dateline requires")


def _unmet(wanted: Requirement) -> str:
    """Return what is installed and what is required, separated by a semicolon; empty where the version is right."""
    try:
        found = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return f"{wanted.name} is not installed; {wanted.name} {wanted.specifier}"
    if wanted.specifier.contains(found, prereleases=True):
        return ""
    return f"{wanted.name} {found}; {wanted.name} {wanted.specifier}"


def check_extras(asked: Asked) -> Iterator[Finding]:
    """List the extras that are installed; one that the output or the target needs is a problem of theirs."""
    del asked
    have = [name for name, (module, _) in EXTRAS.items() if find_spec(module)]
    lack = [f"{name} ({purpose})" for name, (module, purpose) in EXTRAS.items() if not find_spec(module)]
    without = f"; not installed: {', '.join(lack)}" if lack else ""
    yield Finding("extras", OK, f"{', '.join(have) or 'none'}{without}")


def check_kernels(asked: Asked) -> Iterator[Finding]:
    """Say whether the network of the language model runs in compiled code."""
    del asked
    if kernels.KERNELS_MISSING is None:
        sets = ", ".join(name for name, _ in kernels.instruction_sets())
        yield Finding("compiled code", OK, f"built, for {sets}")
        return
    yield Finding(
        "compiled code",
        WARNING,
        f"{kernels.KERNELS_MISSING}; all works, more slowly",
        "the compiled network",
        "install a C compiler and reinstall Dateline; unset DATELINE_KERNELS if it is 0",
    )
