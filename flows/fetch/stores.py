"""Objects of stores: of S3 by our own requests, of others by fsspec, whose lengths are checked: it returns what came (decision 0005)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import fsspec
from fsspec.utils import glob_translate

from flows import s3
from flows.addresses import without_secrets
from flows.errors import SourceMoved, UnreachableSource, WrongUse
from flows.fetch.local import FoundFile
from flows.fetch.streams import CHUNK
from flows.s3_errors import RequestFailed

STORES = {"s3": ("aiobotocore", "s3"), "gs": ("gcsfs", "gcs"), "gcs": ("gcsfs", "gcs")}
"""Schemes, the module that reads each, and the extra that installs it."""

GLOB_MARKS = "*?["


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
    try:
        infos = list(_s3_infos(address) if scheme == "s3" else _infos(*fsspec.core.url_to_fs(address)))
    except RequestFailed as failed:
        if failed.remedy:
            raise WrongUse("source", f"{without_secrets(address)} ({failed})", failed.remedy) from None
        raise UnreachableSource(without_secrets(address), str(failed), "a list of objects") from None
    except (OSError, ValueError) as error:
        # ValueError: an invalid name of a bucket.
        raise _unreachable(without_secrets(address), error, "a list of objects") from None
    if not infos:
        raise WrongUse(
            "source", without_secrets(address), "an object, a folder of objects or a glob that matches one"
        )
    return sorted((_found(scheme, info) for info in infos), key=lambda file: file.uri)


def _s3_infos(address: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of S3 that an address names. Those whose names end in a slash stand for folders."""
    bucket, path = _bucket_and_key(address)
    first_mark = min((path.index(mark) for mark in GLOB_MARKS if mark in path), default=None)
    if first_mark is not None:
        is_wanted = re.compile(glob_translate(path)).fullmatch
        listed = s3.listed(Bucket=bucket, Prefix=path[:first_mark])
        yield from (_s3_info(bucket, each) for each in listed if is_wanted(each["Key"]))
        return
    if path and not path.endswith("/"):
        try:
            head = s3.send("head_object", Bucket=bucket, Key=path)
        except FileNotFoundError:
            path = f"{path}/"
        else:
            yield _s3_info(bucket, head | {"Key": path, "Size": head["ContentLength"]})
            return
    yield from (
        _s3_info(bucket, each)
        for each in s3.listed(Bucket=bucket, Prefix=path)
        if not each["Key"].endswith("/")
    )


def _s3_info(bucket: str, listed: dict[str, Any]) -> dict[str, Any]:
    return listed | {"name": f"{bucket}/{listed['Key']}", "size": listed["Size"]}


def _bucket_and_key(address: str) -> tuple[str, str]:
    bucket, _, key = address.partition("://")[2].partition("/")
    return bucket, key


def _infos(store: Any, path: str) -> Iterator[Any]:
    store.invalidate_cache()
    if any(mark in path for mark in GLOB_MARKS):
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
    if urlsplit(file.uri).scheme == "s3":
        yield from _s3_chunks(file)
        return
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


def _s3_chunks(file: FoundFile) -> Iterator[bytes]:
    """Yield the bytes of the version of an object that was found."""
    bucket, key = _bucket_and_key(file.uri)
    try:
        yield from s3.chunks(file.size, Bucket=bucket, Key=key, IfMatch=f'"{file.etag}"')
    except FileNotFoundError:
        raise SourceMoved(file.uri) from None
    except RequestFailed as failed:
        if failed.is_unmet:
            raise SourceMoved(file.uri) from None
        raise UnreachableSource(
            file.uri, str(failed), failed.remedy or "the object", is_transient=not failed.remedy
        ) from None


def _unreachable(uri: str, error: Exception, wanted: str) -> UnreachableSource:
    return UnreachableSource(uri, f"{type(error).__name__}: {error}"[:300], wanted)
