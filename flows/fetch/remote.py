"""Sources at an address: a page, a feed, or objects of a store."""

from __future__ import annotations

from urllib.parse import urlsplit

from flows.addresses import full_address, without_secrets
from flows.errors import WrongUse
from flows.fetch import stores, web
from flows.fetch.local import FoundFile


def find_remote(address: str, *, allows_private: bool = False) -> list[FoundFile]:
    """Return the files that an address names; a page is not requested yet.

    `allows_private` permits a page on a private network or on this machine. Secrets of the address are not part of a uri.

    Raises:
        WrongUse: an unknown scheme, an extra that is not installed, or no such object.
        UnreachableSource: the store does not answer.
    """
    full = full_address(address)
    try:
        scheme = urlsplit(full).scheme
    except ValueError:
        raise WrongUse("source", without_secrets(full), "an address that can be read") from None
    if scheme in web.SCHEMES:
        return [FoundFile(without_secrets(full), -1, 0, 0, True, address=full, allows_private=allows_private)]
    if scheme in stores.STORES:
        return stores.find_objects(full)
    raise WrongUse(
        "source",
        without_secrets(address),
        "a path, or an address of http, https, " + ", ".join(stores.STORES),
    )
