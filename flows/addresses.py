"""Addresses of sources and targets: which words are one, which parts of it are secret, and where those are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from flows.errors import WrongUse

SECRET_NAME = re.compile(
    r"""
    token | secret | passw | pwd | passphrase | credential | signature | session | jwt | bearer | oauth
    | (?:api|access|account|auth|private|shared|subscription|license|app|client|user|feed|rss) [-_.]? key
    | ^ (?: key | k | auth | authorization | sig | sid | hmac | hash | code | pin | pass )  $
    # Parts of a signed address, which are worth nothing without the signature and change with it.
    | ^ x- (?: amz | goog | oss | cos | ms ) - | ^ (?: awsaccesskeyid | googleaccessid | expires | key-pair-id | policy ) $
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Names of parameters whose values are secret: those of API keys, of sessions and of the signed addresses of AWS, Google, Azure, Aliyun and Akamai."""

SHARED_ACCESS = frozenset(
    "sv ss srt sp se st spr sr sip si sdd skoid sktid skt ske sks skv saoid suoid scid".split()
)
"""Parameters beside `sig` in the shared access signature of Azure. Short names that mean something else elsewhere."""

WEB_TOKEN = re.compile(r"eyJ[\w-]{8,2000}\.[\w-]+")
"""A JSON Web Token, whatever its parameter is called (RFC 7519)."""

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
"""How an address begins (RFC 3986, 3.1)."""

_full_addresses: ContextVar[Mapping[str, str]] = ContextVar("full_addresses", default={})  # noqa: B039  # never changed, only replaced


def is_address(source: str) -> bool:
    """Return True for an address such as `https://…` or `s3://…`, False for a path such as `./a://b`."""
    return SCHEME.match(source) is not None


def is_unicode(name: str) -> bool:
    """Return False for a name with bytes that are no UTF-8, which the parameters of a run and the table `runs` cannot hold."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def path_or_address(text: str | os.PathLike[str]) -> Path | str:
    """Return an address as it is, and anything else as a path, which would make one slash of two."""
    named = os.fspath(text)
    return named if is_address(named) else Path(named)


def without_secrets(address: str) -> str:
    """Return the address without user, password, fragment and the parameters that are secret; else to the character as it is.

    Of an address that cannot be read only the scheme is left.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{address.partition(':')[0]}://…"
    query = "&".join(_kept(parts.query))
    if query == parts.query and "@" not in parts.netloc and "#" not in address:
        return address
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" + (f"?{query}" if query else "")


def has_password(address: str) -> bool:
    """Return True if the address contains a secret, and not only the name of a user of a database.

    In an address of http a name alone may be a key.
    """
    user = urlsplit(address).netloc.rpartition("@")[0]
    public = without_secrets(address)
    is_named_alone = user and ":" not in user and not address.startswith("http")
    return public != (address.replace(f"{user}@", "", 1) if is_named_alone else address)


def _kept(query: str) -> Iterator[str]:
    parameters = [(each, *each.partition("=")[::2]) for each in query.split("&")]
    names = {unquote(name).lower() for _, name, _ in parameters}
    for whole, name, value in parameters:
        decoded = unquote(name)
        is_signed = "sig" in names and decoded.lower() in SHARED_ACCESS
        if not (is_signed or SECRET_NAME.search(decoded) or WEB_TOKEN.search(unquote(value))):
            yield whole


def set_secrets_apart(addresses: Iterable[str]) -> list[str]:
    """Return the addresses without their secrets; `full_address` returns each with them in this context.

    Parameters of a run are stored by Prefect, and named in rows, logs and errors: all of them hold these only.

    Raises:
        WrongUse: two addresses that differ in nothing but secrets: their rows could not be told apart.
    """
    full: dict[str, str] = {}
    for address in addresses:
        public = without_secrets(address) if is_address(address) else address
        if full.setdefault(public, address) != address:
            raise WrongUse(
                "addresses", f"two that differ in secrets alone, shown as {public}", "one of them for a run"
            )
    secret = {public: address for public, address in full.items() if public != address}
    _full_addresses.set({**_full_addresses.get(), **secret})
    return list(full)


@contextmanager
def secrets_apart(addresses: Iterable[str]) -> Iterator[list[str]]:
    """Yield the addresses as `set_secrets_apart` returns them, and forget their secrets at the end of the block."""
    before = _full_addresses.get()
    try:
        yield set_secrets_apart(addresses)
    finally:
        _full_addresses.set(before)


def full_address(address: str) -> str:
    """Return the address with the secrets that `secrets_apart` holds of it; the address itself if there are none."""
    return _full_addresses.get().get(address, address)


def redacted(text: str, address: str) -> str:
    """Return the message of a library without the secrets of an address that it may quote, decoded or not."""
    public = without_secrets(address)
    if public == address:
        return text
    text = text.replace(address, public)
    for secret in sorted(_secrets_of(address), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets_of(address: str) -> set[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return {address}
    kept = set(_kept(parts.query))
    values = [each.partition("=")[2] for each in parts.query.split("&") if each not in kept]
    user = parts.netloc.rpartition("@")[0]
    found = {user, user.partition(":")[2], user.partition(":")[0], parts.fragment, *values}
    return {
        form
        for each in found
        for form in (each, unquote(each), quote(unquote(each), safe=""))
        if len(form) > 2
    }
