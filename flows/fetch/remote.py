"""Files elsewhere: pages and feeds by HTTP, objects in a store by fsspec. Every length is checked.

A body that breaks off is an error here, where HTTP clients and fsspec return what came (decision 0005).
"""

from __future__ import annotations

import ipaddress
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.util import find_spec
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import fsspec
import httpx

from flows import __version__
from flows.errors import SourceMoved, UnreachableSource, WrongUse
from flows.fetch.local import FoundFile
from flows.fetch.streams import CHUNK, MOST_BYTES

HTTP = ("http", "https")
STORES = {"s3": ("s3fs", "s3"), "gs": ("gcsfs", "gcs"), "gcs": ("gcsfs", "gcs")}
"""Schemes, the module that reads each, and the extra that installs it."""

SECONDS = 30.0
"""Without a byte for so long a server is taken to be dead."""

MOST_SECONDS = 600.0
"""So is one that drips: a file has so long in all."""

MOST_HTTP_BYTES = min(MOST_BYTES, 1 << 30)
MEMORY_BYTES = 8 << 20
MOST_REDIRECTS = 5
TRIES = 3
PAUSE_SECONDS = 0.2
"""Between two tries, times the number of the try: a server that is busy is not asked again at once."""

REDIRECTS = (301, 302, 303, 307, 308)
PASSING = (408, 425, 429, 500, 502, 503, 504)


def find_remote(address: str) -> list[FoundFile]:
    """Return the files that an address names: a page or a feed, an object, a folder or a glob of objects.

    Raises:
        WrongUse: a scheme that nothing here reads, an extra that is not installed, or no such object.
        UnreachableSource: the store does not answer.
    """
    scheme = urlsplit(address).scheme
    if scheme in HTTP:
        return [FoundFile(address, -1, 0, 0, True)]
    if scheme not in STORES:
        raise WrongUse("source", address, "a path, or an address of http, https, " + ", ".join(STORES))
    module, extra = STORES[scheme]
    if find_spec(module) is None:
        raise WrongUse("source", address, f"the extra that reads it: pip install 'dateline[{extra}]'")
    store, path = fsspec.core.url_to_fs(address)
    try:
        infos = list(_infos(store, path))
    except (OSError, ValueError) as error:
        raise UnreachableSource(
            address, f"{type(error).__name__}: {error}"[:300], "a list of objects"
        ) from None
    if not infos:
        raise WrongUse("source", address, "an object, a folder of objects or a glob that matches one")
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
    """Yield the bytes of an object of a store, and check that it was the same from beginning to end.

    Raises:
        SourceMoved: it is gone, or changed meanwhile.
        UnreachableSource: the store breaks off.
    """
    store, path = fsspec.core.url_to_fs(file.uri)
    read = 0
    try:
        with store.open(path, "rb", cache_type="none", block_size=CHUNK) as content:
            while chunk := content.read(CHUNK):
                read += len(chunk)
                yield chunk
        store.invalidate_cache()
        now = _found(urlsplit(file.uri).scheme, store.info(path))
    except FileNotFoundError:
        raise SourceMoved(file.uri) from None
    except OSError as error:
        raise UnreachableSource(file.uri, f"{type(error).__name__}: {error}"[:300], "the object") from None
    if read != file.size or now.stamp != file.stamp:
        raise SourceMoved(file.uri)


@dataclass(slots=True)
class Answer:
    """What a server answered: the file with its validators, the declared charset, the stored bytes."""

    file: FoundFile
    charset: str | None
    chunks: Iterable[bytes]


def ask(file: FoundFile, known_etag: str) -> Answer | None:
    """Ask a server for a page or a feed; None where it says that nothing has changed.

    `known_etag` is the `FoundFile.etag` of the last answer: ETag and Last-Modified. What may pass by
    itself is tried again, three times in all.

    Raises:
        UnreachableSource: no answer, an error, a redirection that leads inside, a body that breaks off.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _asked(file, known_etag)
        except UnreachableSource as error:
            if attempt == TRIES or not error.is_passing:
                raise
            # Here and not in a task: a source that fails is left to the next run, and the plan goes on.
            time.sleep(PAUSE_SECONDS * attempt)
    raise AssertionError("the last try returns or raises")


def _asked(file: FoundFile, known_etag: str) -> Answer | None:
    etag, _, modified = known_etag.partition("\n")
    headers = {
        "User-Agent": f"dateline/{__version__}",
        "Accept": "*/*",
        # What is packed is unpacked here, within limits.
        "Accept-Encoding": "identity",
        **({"If-None-Match": etag} if etag else {}),
        **({"If-Modified-Since": modified} if modified else {}),
    }
    ends_at = time.monotonic() + MOST_SECONDS
    address = file.uri
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=True) as client:
            for _ in range(MOST_REDIRECTS + 1):
                with client.stream("GET", address, headers=headers) as answer:
                    if answer.status_code in REDIRECTS:
                        address = _led_to(file.uri, address, answer.headers.get("location", ""))
                        continue
                    if answer.status_code == 304:
                        return None
                    if answer.status_code != 200:
                        passes = answer.status_code in PASSING
                        raise UnreachableSource(file.uri, f"status {answer.status_code}", "200", passes)
                    kept = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115  # closed by who reads it back
                    try:
                        return _answer(file, answer, ends_at, kept)
                    except BaseException:
                        kept.close()
                        raise
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise UnreachableSource(
            file.uri, f"{type(error).__name__}: {error}"[:300], "a whole answer"
        ) from None
    raise UnreachableSource(file.uri, f"more than {MOST_REDIRECTS} redirections", "fewer", False)


def _answer(file: FoundFile, answer: httpx.Response, ends_at: float, kept: IO[bytes]) -> Answer:
    """Read the body whole into `kept`, so that nothing of one that breaks off is used."""
    size = 0
    for piece in answer.iter_raw(CHUNK):
        size += len(piece)
        if time.monotonic() > ends_at:
            raise UnreachableSource(file.uri, f"{size:,} bytes in {MOST_SECONDS:.0f} s", "a whole answer")
        if size > MOST_HTTP_BYTES:
            raise UnreachableSource(file.uri, f"more than {size:,} bytes", f"at most {MOST_HTTP_BYTES:,}")
        kept.write(piece)
    stated = answer.headers.get("content-length")
    if stated and stated.isdigit() and int(stated) != size:
        raise UnreachableSource(file.uri, f"{size:,} bytes", f"{int(stated):,}, as Content-Length says")
    etag = answer.headers.get("etag", "")
    modified = answer.headers.get("last-modified", "")
    seen = replace(file, size=size, etag=f"{etag}\n{modified}" if etag or modified else "")
    return Answer(seen, answer.charset_encoding, _read_back(kept))


def _read_back(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while chunk := kept.read(CHUNK):
            yield chunk


def _led_to(uri: str, address: str, location: str) -> str:
    """Return where a redirection leads. From a public address it may not lead to a private one."""
    target = urljoin(address, location)
    if urlsplit(target).scheme not in HTTP:
        raise UnreachableSource(
            uri, f"a redirection to {target[:200]!r}", "an address of http or https", False
        )
    if not _is_inside(address) and _is_inside(target):
        raise UnreachableSource(uri, f"a redirection to {target[:200]!r}", "one to a public address", False)
    return target


def _is_inside(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        found: Sequence[Any] = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return any(not ipaddress.ip_address(entry[4][0].partition("%")[0]).is_global for entry in found)
