"""Addresses that are kept in Secret blocks of a Prefect server, and named `prefect-secret:NAME` everywhere else.

The value of the block is the whole address, with its password. Parameters, settings and deployments hold the name alone.
"""

from __future__ import annotations

from typing import Any, cast

from flows.addresses import redacted, without_secrets
from flows.errors import UnreachableServer, WrongUse

PREFIX = "prefect-secret:"


def is_reference(text: str) -> bool:
    """Return True for `prefect-secret:NAME`."""
    return text.startswith(PREFIX)


def resolve(text: str) -> str:
    """Return the address that a reference names, and anything else as it is.

    Raises:
        WrongUse: no Prefect server is set, or its block does not exist or is not a string.
        UnreachableServer: the server does not answer.
    """
    return _value_of(text, text.removeprefix(PREFIX)) if is_reference(text) else text


def _value_of(reference: str, name: str) -> str:
    # Prefect takes longer to import than a run with nothing new.
    import httpx  # noqa: PLC0415  # start-up
    from prefect.blocks.system import Secret  # noqa: PLC0415  # start-up
    from prefect.exceptions import PrefectException  # noqa: PLC0415  # start-up
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415  # start-up

    url = PREFECT_API_URL.value()
    if not url:
        raise WrongUse(reference, "no Prefect server", "its address in PREFECT_API_URL")
    server = without_secrets(url)
    try:
        value = cast("Secret[Any]", Secret.load(name)).get()
    except ValueError:
        wanted = f"a block of the type Secret with the name {name}, whose value is the address"
        raise WrongUse(reference, f"no such block on {server}", wanted) from None
    except (httpx.HTTPError, PrefectException, OSError) as error:
        raise UnreachableServer(server, redacted(f"{type(error).__name__}: {error}", url)) from None
    if not isinstance(value, str) or not value:
        raise WrongUse(reference, f"a value of the type {type(value).__name__}", "an address as a string")
    return value
