"""Checks of an output: what commits need of its disk or of its object store, tried with files that are removed again."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from flows.doctor.finding import OK, PROBLEM, WARNING, Asked, Finding, of_error, of_system
from flows.doctor.reference_data import existing
from flows.errors import DatelineError
from flows.history.reading import read_history
from flows.write import disk
from flows.write.folder import FolderStore
from flows.write.log import refuse_older
from flows.write.output import Output
from flows.write.store import STATE, Store

MIN_FREE = 1 << 30
LEAST_FREE = 100 << 20
"""Free space below which there is a warning, and a problem."""

DISK = "disk"
STORE = "store"


def check_output(asked: Asked) -> Iterator[Finding]:
    """Check the place of an output, and then what it holds."""
    place = Output(asked.output)
    found = [*(_check_folder(place.root) if place.is_folder else _check_objects(place))]
    yield from found
    # Of what another program's files or a store that does not answer hide, nothing can be said.
    if not any(each.level == PROBLEM and each.check in ("output", STORE) for each in found):
        yield from _check_log(place)


def _check_folder(root: Path) -> Iterator[Finding]:
    base = existing(root)
    where = f"{root}" if base == root.absolute() else f"{base}, where {root.name} will be made"
    advice = f"give yourself permission to write {base}, mount it writable, or name another --output"
    if not base.is_dir():
        yield Finding(DISK, PROBLEM, f"{base} is no folder", "a folder", "name another --output")
        return
    yield _free_space(base, where)
    try:
        FolderStore(root).refuse_foreign()
        probe = Path(tempfile.mkdtemp(prefix=".dateline-doctor-", dir=base))
    except DatelineError as error:
        yield of_error("output", error)
        return
    except OSError as error:
        yield of_system(DISK, error, "a folder that can be written", advice)
        return
    try:
        yield from _try_disk(probe, where)
    except (OSError, DatelineError) as error:
        found = error if isinstance(error, OSError) else OSError(0, str(error))
        yield of_system(DISK, found, "writes, syncs and links that succeed", advice)
    finally:
        shutil.rmtree(probe, ignore_errors=True)


def _free_space(base: Path, where: str) -> Finding:
    free = shutil.disk_usage(base).free
    found = f"{where}: {free / 1e9:,.1f} GB free"
    if free < MIN_FREE:
        level = PROBLEM if free < LEAST_FREE else WARNING
        wanted = f"{MIN_FREE / 1e9:.1f} GB; {LEAST_FREE / 1e6:.0f} MB at the least"
        return Finding("free space", level, found, wanted, "free space, or name an --output on another disk")
    return Finding("free space", OK, found)


def _try_disk(probe: Path, where: str) -> Iterator[Finding]:
    """Do what a commit does: write and sync a file, link it, hold a lock, exchange two folders."""
    file = probe / "file"
    disk.write_new(file, b"dateline")
    try:
        disk.link_new(file, probe / "link")
    except OSError as error:
        yield of_system(DISK, error, "hard links, by which a commit is decided", "name an --output on another file system, such as ext4 or xfs")  # fmt: skip
        return
    with (probe / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield Finding(DISK, OK, f"{where}: files can be written, synced, linked and locked")
    first, second = probe / "first", probe / "second"
    first.mkdir()
    second.mkdir()
    if disk.exchange(first, second):
        yield Finding("exchange of folders", OK, "supported, as `compact`, `enrich` and `erase` need it")
        return
    wanted = "rename with RENAME_EXCHANGE, without which `compact`, `enrich` and `erase` do not work"
    yield Finding("exchange of folders", WARNING, f"{where}: not supported", wanted, "use a file system such as ext4, xfs or btrfs for them")  # fmt: skip


def _check_objects(place: Output) -> Iterator[Finding]:
    try:
        store = place.store
        # It lists, and makes nothing.
        store.prepare()
        yield _conditional_put(store)
    except DatelineError as error:
        yield of_error(STORE, error)


def _conditional_put(store: Store) -> Finding:
    """Put an object on the condition that there is none, twice: the second must be refused. Then delete it."""
    name = f"{STATE}/doctor-{uuid.uuid4().hex}"
    wanted = "a put with If-None-Match that is refused, by which a commit is decided"
    try:
        store.create(name, b"first")
        store.create(name, b"second")
    except FileExistsError:
        return Finding(STORE, OK, f"{store.uri}: credentials, listing, conditional puts and deletes work")
    finally:
        store.delete([name])
    remedy = "use a store that implements conditional puts, such as AWS S3 or a recent MinIO"
    return Finding(STORE, PROBLEM, f"{store.uri}: an object was overwritten", wanted, remedy)


def _check_log(place: Output) -> Iterator[Finding]:
    """Read the commit log."""
    if place.is_folder and not place.state.is_dir():
        if not place.root.exists() or os.access(place.root, os.R_OK):
            yield Finding("output", OK, f"{place.address}: empty, the first run begins it")
        return
    try:
        history = read_history(place)
        count = len(history.files())
        refuse_older(place, history.schema)
    except DatelineError as error:
        yield of_error("output", error)
    except OSError as error:
        yield of_system(
            "output", error, "a commit log that can be read", "give yourself permission to read it"
        )
    else:
        yield Finding(
            "output",
            OK,
            f"{place.address}: {count:,} committed files, fields {history.fields or 'not chosen yet'}",
        )
