"""The items of a feed at an address: each is a source of its own, committed once.

A feed lists its last items in each answer. An item is identified by its id; one whose bytes are known
is skipped, and one that has changed is a new version of that item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from flows.fetch.slices import Slice
from flows.parse.ranges import Ranges
from flows.records import FEED_ITEM, identify

FEEDS = ("feed", "json_feed")
KEY = re.compile(
    rb"<(?:guid|id|atom:id)\b[^<>]*>\s*(?:<!\[CDATA\[\s*)?([^<\]]{1,2000})|\brdf:about\s*=\s*[\"']([^\"']{1,2000})"
    rb"|\"id\"\s*:\s*\"([^\"]{1,2000})\"|<link>\s*([^<]{1,2000})|<link\b[^<>]*\bhref\s*=\s*[\"']([^\"']{1,2000})"
)

Known = Mapping[str, tuple[str, int]]
"""By an item's key: the sha256 of its newest bytes, and the version that they are."""


def new_items(feed: Slice, known: Known, read: Callable[[int, int], bytes]) -> Iterator[tuple[Slice, str]]:
    """Yield a slice for each item that is not known, and its key; `read` gives the bytes of a range."""
    seen = dict(known)
    for start, end in feed.ranges:
        payload = read(start, end)
        digest = sha256(payload).hexdigest()
        found = KEY.search(payload)
        named = next((group for group in found.groups() if group), b"") if found else b""
        key = identify("item", named.strip().hex() or digest)[:16]
        before = seen.get(key)
        if before and before[0] == digest:
            continue
        version = before[1] + 1 if before else 1
        seen[key] = digest, version
        source = replace(
            feed.source,
            uri=f"{feed.source.uri}{FEED_ITEM}{key}",
            sha256=digest,
            version=version,
            supersedes=before[0] if before else None,
        )
        yield replace(feed, source=source, ranges=Ranges([(start, end)])), key
