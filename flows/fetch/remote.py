"""Sources at an address: a page, a feed, or objects of a store."""

from __future__ import annotations

from urllib.parse import urlsplit

from flows.errors import WrongUse
from flows.fetch import stores, web
from flows.fetch.local import FoundFile


def find_remote(address: str) -> list[FoundFile]:
    """Return the files that an address names; a page is not requested yet.

    Raises:
        WrongUse: an unknown scheme, an extra that is not installed, or no such object.
        UnreachableSource: the store does not answer.
    """
    scheme = urlsplit(address).scheme
    if scheme in web.SCHEMES:
        return [FoundFile(address, -1, 0, 0, True)]
    if scheme in stores.STORES:
        return stores.find_objects(address)
    raise WrongUse("source", address, "a path, or an address of http, https, " + ", ".join(stores.STORES))
