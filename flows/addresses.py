"""Addresses of sources and targets: which words are one, and what of it may be shown."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit


def is_address(source: str) -> bool:
    """Return True for an address such as `https://…` or `s3://…`, False for a path."""
    return "://" in source


def path_or_address(text: str | os.PathLike[str]) -> Path | str:
    """Return an address as it is, and anything else as a path, which would make one slash of two."""
    named = os.fspath(text)
    return named if is_address(named) else Path(named)


def without_secrets(address: str) -> str:
    """Return scheme, host, port and path: the user, the password and the query may be secrets.

    Of an address that cannot be read only the scheme is left.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{address.partition(':')[0]}://…"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
