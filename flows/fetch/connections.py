"""The connections of an HTTP request: each to an address that is allowed, all before a deadline.

A host is resolved once, and the connection is made to one of the addresses that were checked: a name whose answer
changes between the check and the connection gains nothing. Numbers such as 0x7f000001 and names such as
`localhost.example` are judged by what they resolve to.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from flows.errors import UnreachableSource

if TYPE_CHECKING:
    import ssl

SECONDS = 30.0
"""Timeout for a server that sends no bytes."""

ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    OSError,
    # A label that no host can have.
    UnicodeError,
)
"""What a request raises for a server that does not answer as it should."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that a gateway translates into the IPv4 address of their last 32 bits (RFC 6052)."""

LOCAL = ipaddress.IPv4Network("0.0.0.0/8")
"""Addresses of "this network" (RFC 1122); Linux connects them to the machine itself."""

NEVER = ("a link-local address", "a multicast address", "an unspecified or reserved address")
"""Kinds to which no setting allows a connection: under 169.254.169.254 a cloud gives its credentials."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses a request may connect to, and until when (`time.monotonic`); `uri` names the source in errors."""

    uri: str
    allows_private: bool
    ends_at: float

    def seconds_left(self, timeout: float | None) -> float:
        """Return the timeout, shortened to the deadline.

        Raises:
            UnreachableSource: the deadline has passed.
        """
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise UnreachableSource(self.uri, "no whole answer in time", "one before the deadline", False)
        return left if timeout is None else min(timeout, left)

    def addresses_of(self, host: str, port: int) -> list[str]:
        """Resolve a host, and return its addresses.

        Raises:
            UnreachableSource: one of them is not allowed.
            OSError, UnicodeError: the host is not known.
        """
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for each in found:
            kind = kind_of(each)
            if kind is not None and (kind in NEVER or not self.allows_private):
                wanted = "a public address" if kind in NEVER else "a public address, or --allow-private"
                raise UnreachableSource(self.uri, f"{each} for {host}, {kind}", wanted, False)
        return list(dict.fromkeys(found))


def kind_of(address: str) -> str | None:
    """Return what kind of address is not public: private, loopback, link-local, multicast, reserved; None for a public one.

    An IPv6 address that contains an IPv4 address is of the kind of that one.
    """
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = _within(found) or found
    if found.is_loopback:
        return "a loopback address"
    if found.is_link_local:
        return NEVER[0]
    if found.is_multicast:
        return NEVER[1]
    if found.is_unspecified or found.is_reserved or found in LOCAL:
        return NEVER[2]
    return None if found.is_global else "a private address"


def _within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address maps, tunnels or is translated to."""
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


@contextmanager
def request(url: httpx.URL, headers: httpx.Headers, guard: Guard) -> Iterator[httpcore.Response]:
    """Send a GET request and yield its answer, of which no body is read yet.

    The proxies of the environment (HTTPS_PROXY, NO_PROXY) are used. Behind one the host is checked too where this
    machine can resolve it, but the proxy resolves it for itself.

    Raises, also while the body is read:
        UnreachableSource: an address that is not allowed, or the deadline has passed.
        One of ERRORS: no answer.
    """
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path or b"/"
    )
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
    with (
        _pool(url, guard) as pool,
        pool.stream("GET", target, headers=headers.raw, extensions={"timeout": timeouts}) as answer,
    ):
        yield answer


def _pool(url: httpx.URL, guard: Guard) -> httpcore.ConnectionPool:
    proxy = None if urllib.request.proxy_bypass(url.host) else urllib.request.getproxies().get(url.scheme)
    if proxy is None:
        return httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_Guarded(guard))
    # A machine behind a proxy may know no names.
    with suppress(OSError, UnicodeError):
        guard.addresses_of(url.host, url.port or 0)
    named = httpx.Proxy(proxy)
    return httpcore.HTTPProxy(
        proxy_url=httpcore.URL(
            scheme=named.url.raw_scheme, host=named.url.raw_host, port=named.url.port, target=b"/"
        ),
        proxy_auth=named.raw_auth,
        ssl_context=_tls(),
        # The proxy is named by the environment, and may be on any network.
        network_backend=_Guarded(guard, checks=False),
    )


@cache
def _tls() -> ssl.SSLContext:
    """Return the settings of TLS, with the certificates that SSL_CERT_FILE names, if it does; it takes 30 ms to make them."""
    return httpx.create_ssl_context()


class _Guarded(httpcore.NetworkBackend):
    """Connects to what a guard allows."""

    def __init__(self, guard: Guard, *, checks: bool = True) -> None:
        self._guard = guard
        self._checks = checks
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers."""
        try:
            addresses = self._guard.addresses_of(host, port) if self._checks else [host]
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from None
        last: Exception = httpcore.ConnectError(f"no address for {host}")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._guard.seconds_left(timeout), local_address, socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                last = error
            else:
                return _Timed(stream, self._guard)
        raise last


class _Timed(httpcore.NetworkStream):
    """A connection that ends at the deadline, however slowly its server sends."""

    def __init__(self, stream: httpcore.NetworkStream, guard: Guard) -> None:
        self._stream = stream
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._guard.seconds_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._guard.seconds_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._guard.seconds_left(timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
