"""Objects of stores such as S3, by fsspec. The length of each is checked: fsspec returns what came (decision 0005)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import fsspec

from flows.addresses import without_secrets
from flows.errors import SourceMoved, UnreachableSource, WrongUse
from flows.fetch.local import FoundFile
from flows.fetch.streams import CHUNK

STORES = {"s3": ("s3fs", "s3"), "gs": ("gcsfs", "gcs"), "gcs": ("gcsfs", "gcs")}
"""Schemes, the module that reads each, and the extra that installs it."""


def find_objects(address: str) -> list[FoundFile]:
    """Return the objects that an address names: one, all of a folder, or those that match a glob.

    Raises:
        WrongUse: an extra that is not installed, or no such object.
        UnreachableSource: the store does not answer.
    """
    scheme = urlsplit(address).scheme
    module, extra = STORES[scheme]
    if find_spec(module) is None:
        raise WrongUse(
            "source", without_secrets(address), f"the extra that reads it: pip install 'dateline[{extra}]'"
        )
    store, path = fsspec.core.url_to_fs(address)
    try:
        infos = list(_infos(store, path))
    except (OSError, ValueError) as error:
        # ValueError: an invalid name of a bucket.
        raise _unreachable(without_secrets(address), error, "a list of objects") from None
    if not infos:
        raise WrongUse(
            "source", without_secrets(address), "an object, a folder of objects or a glob that matches one"
        )
    return sorted((_found(scheme, info) for info in infos), key=lambda file: file.uri)


def _infos(store: Any, path: str) -> Iterator[Any]:
    store.invalidate_cache()
    if any(mark in path for mark in "*?["):
        yield from (info for info in store.glob(path, detail=True).values() if info["type"] == "file")
    elif store.isfile(path):
        yield store.info(path)
    else:
        yield from (info for info in store.find(path, detail=True).values() if info["type"] == "file")


def _found(scheme: str, info: Any) -> FoundFile:
    changed = info.get("LastModified") or info.get("updated") or info.get("mtime")
    nanoseconds = int(changed.timestamp() * 1e9) if isinstance(changed, datetime) else 0
    etag = str(info.get("ETag") or info.get("etag") or "").strip('"')
    return FoundFile(f"{scheme}://{info['name']}", int(info["size"]), nanoseconds, 0, True, etag)


def object_chunks(file: FoundFile) -> Iterator[bytes]:
    """Yield the bytes of an object, and check that it was the same from beginning to end.

    Raises:
        SourceMoved: it changed meanwhile, or no longer exists.
        UnreachableSource: the store closes the connection.
    """
    store, path = fsspec.core.url_to_fs(file.uri)
    read = 0
    try:
        with store.open(path, "rb", cache_type="none", block_size=CHUNK) as content:
            while chunk := content.read(CHUNK):
                read += len(chunk)
                yield chunk
        store.invalidate_cache()
        info = store.info(path)
    except FileNotFoundError:
        raise SourceMoved(file.uri) from None
    except OSError as error:
        raise _unreachable(file.uri, error, "the object") from None
    if read != file.size or _found(urlsplit(file.uri).scheme, info).stamp != file.stamp:
        raise SourceMoved(file.uri)


def _unreachable(uri: str, error: Exception, wanted: str) -> UnreachableSource:
    return UnreachableSource(uri, f"{type(error).__name__}: {error}"[:300], wanted)
