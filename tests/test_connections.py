"""Which addresses a source may be read from: a real server on this machine, which is not public, and a resolver that lies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore
import pytest
import stamina

from flows.errors import UnreachableSource, WrongUse
from flows.fetch import connections, remote, web

from .coordinating import run_here
from .processes import readable

TEXT = b"date 2020-02-20 Two soldiers were killed near the border.\n"
GIVEN = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(TEXT), TEXT)
ANY = "0.0.0.0"  # noqa: S104  # every address of this machine, so that a test has two
Answer = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """The environment of these tests names no proxy, and refusals are not waited for."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with stamina.set_testing(True, attempts=web.MAX_ATTEMPTS):
        yield


@contextmanager
def serving(*answers: bytes | Answer) -> Iterator[tuple[int, list[bytes]]]:
    """Answer one connection after the other, the last answer again and again; yields the port and the requests."""
    asked: list[bytes] = []
    server = socket.create_server((ANY, 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                asked.append(client.recv(65536))
                answer = answers[min(len(asked), len(answers)) - 1]
                try:
                    answer(client) if callable(answer) else client.sendall(answer)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1], asked
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def read(address: str, *, allows_private: bool = False) -> bytes:
    (file,) = remote.find_remote(address, allows_private=allows_private)
    answer = web.request(file, "")
    assert answer is not None
    return b"".join(answer.chunks)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.8.9.1", "a loopback address"),
        ("::1", "a loopback address"),
        ("::ffff:127.0.0.1", "a loopback address"),
        ("2002:7f00:1::", "a loopback address"),
        ("64:ff9b::7f00:1", "a loopback address"),
        ("10.0.0.1", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.1.1", "a private address"),
        ("100.64.0.1", "a private address"),
        ("fd00::1", "a private address"),
        ("::ffff:10.0.0.1", "a private address"),
        ("198.18.0.1", "a private address"),
        ("169.254.169.254", "a link-local address"),
        ("fe80::1%eth0", "a link-local address"),
        ("64:ff9b::a9fe:a9fe", "a link-local address"),
        ("224.0.0.1", "a multicast address"),
        ("ff02::1", "a multicast address"),
        (ANY, "an unspecified or reserved address"),
        ("0.1.2.3", "an unspecified or reserved address"),
        ("::", "an unspecified or reserved address"),
        ("255.255.255.255", "an unspecified or reserved address"),
        ("1.1.1.1", None),
        ("2606:4700:4700::1111", None),
    ],
)
def test_the_kind_of_an_address_is_that_of_the_ipv4_address_within_it(address, kind):
    assert connections.kind_of(address) == kind


HOSTS = (
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "①②⑦.⓪.⓪.①",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    ANY,
    "LOCALHOST",
)
"""Spellings of this machine."""


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_this_machine_is_read_unless_it_is_allowed(host):
    """The server is asked nothing, and the refusal is not tried again."""
    with serving(GIVEN) as (port, asked), pytest.raises(UnreachableSource) as refused:
        read(f"http://{host}:{port}/a")

    assert not asked
    assert not refused.value.is_transient


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433"])
def test_this_machine_is_read_where_it_is_allowed(host):
    with serving(GIVEN) as (port, asked):
        assert read(f"http://{host}:{port}/a?b=%20c", allows_private=True) == TEXT

    assert asked[0].startswith(b"GET /a?b=%20c HTTP/1.1\r\n")
    assert f"\r\nhost: {host}:{port}\r\n".encode() in asked[0].lower()


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "224.0.0.1", ANY]
)
def test_the_addresses_of_clouds_credentials_are_never_read(host):
    with pytest.raises(UnreachableSource, match="wanted a public address; run"):
        read(f"http://{host}/latest/meta-data/", allows_private=True)


def test_a_run_reports_a_private_address_and_reads_the_rest(tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXT)
    with serving(GIVEN) as (port, asked):
        address = f"http://127.0.0.1:{port}/feed"
        done = run_here(address, tmp_path / "a.txt", output=tmp_path / "out")

    assert (done.article_count, asked) == (1, [])
    assert done.failures == [
        f"{address}: found 127.0.0.1 for 127.0.0.1, a loopback address, wanted a public address, or --allow-private; "
        "run again to read it"
    ]


class Resolver:
    """A name server whose answers change; each is used once, the last one again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]


class Connected:
    """Takes the place of the connections of httpcore: records where each would lead, and lets none be made."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def connect_tcp(self, host: str, *_: object) -> None:
        self.hosts.append(host)
        raise httpcore.ConnectError("refused by the test")


@pytest.fixture
def connected(monkeypatch) -> Connected:
    made = Connected()
    monkeypatch.setattr(connections.httpcore, "SyncBackend", lambda: made)
    return made


def test_a_name_is_resolved_once_for_each_connection(monkeypatch, connected):
    """What is connected to is the address that was checked, and not what the name has become since (DNS rebinding)."""
    resolver = Resolver(["1.1.1.1"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)

    with pytest.raises(UnreachableSource, match=r"127\.0\.0\.1 for rebinding\.example, a loopback address"):
        read("http://rebinding.example/a")

    assert connected.hosts == ["1.1.1.1"]
    assert resolver.asked == ["rebinding.example"] * 2


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch, connected):
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["1.1.1.1", "10.0.0.7"]))

    with pytest.raises(UnreachableSource, match=r"10\.0\.0\.7 for news\.example, a private address"):
        read("https://news.example/a")

    assert connected.hosts == []


def test_each_address_of_a_name_is_tried(monkeypatch, connected):
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["1.1.1.1", "9.9.9.9", "1.1.1.1"]))

    with pytest.raises(UnreachableSource, match="ConnectError: refused by the test"):
        read("http://news.example/a")

    assert connected.hosts == ["1.1.1.1", "9.9.9.9"] * web.MAX_ATTEMPTS


def test_a_host_that_no_name_can_be_is_unreachable():
    """Python's resolver raises UnicodeError for a label of 70 letters."""
    with pytest.raises(UnreachableSource, match="ConnectError"):
        read("http://" + "a" * 70 + ".example/")


def redirection(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture
def public_loopback(monkeypatch):
    """127.0.0.1 passes for a public address; 127.0.0.2, the same machine, does not."""
    kind_of = connections.kind_of
    for module in (connections, web):
        monkeypatch.setattr(module, "kind_of", lambda each: None if each == "127.0.0.1" else kind_of(each))


@pytest.mark.usefixtures("public_loopback")
@pytest.mark.parametrize("allows_private", [False, True])
def test_a_public_server_leads_to_no_private_one(allows_private):
    """Not even where the operator may name private ones: the server is not the operator."""
    with (
        serving(GIVEN) as (inner, asked),
        serving(redirection(f"http://127.0.0.2:{inner}/admin")) as (outer, _),
        pytest.raises(UnreachableSource, match=r"127\.0\.0\.2 for 127\.0\.0\.2, a loopback address"),
    ):
        read(f"http://127.0.0.1:{outer}/", allows_private=allows_private)

    assert not asked


def test_a_private_server_leads_to_another_where_it_is_allowed():
    with serving(GIVEN) as (inner, _), serving(redirection(f"http://127.0.0.2:{inner}/a")) as (outer, _):
        assert read(f"http://127.0.0.1:{outer}/", allows_private=True) == TEXT


def test_a_password_is_sent_to_the_host_that_it_is_for_and_to_no_other():
    with (
        serving(GIVEN) as (inner, other),
        serving(redirection(f"http://127.0.0.2:{inner}/a")) as (outer, asked),
    ):
        read(f"http://ann:s%20ecret@127.0.0.1:{outer}/", allows_private=True)

    assert b"\r\nAuthorization: Basic YW5uOnMgZWNyZXQ=\r\n" in asked[0]
    assert b"authorization" not in other[0].lower()


@pytest.mark.parametrize(
    "location",
    ["file:///etc/hostname", "gopher://127.0.0.1/", "ftp://a/", "unix:///run/x", "data:,x", "//[", ""],
)
def test_a_redirection_leads_to_http_alone(location):
    with serving(redirection(location)) as (port, asked), pytest.raises(UnreachableSource) as refused:
        read(f"http://127.0.0.1:{port}/", allows_private=True)

    assert len(asked) == 1 if location else len(asked) == web.MAX_REDIRECTS + 1
    assert not refused.value.is_transient


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "gopher://a/",
        "ftp://a/b",
        "dict://a:1/",
        "jar:http://a/!/b",
    ],
)
def test_a_source_is_read_by_http_or_from_a_store_alone(address):
    with pytest.raises(WrongUse, match="an address of http, https, s3"):
        remote.find_remote(address, allows_private=True)


def sending(*pieces: bytes) -> Answer:
    def send(client: socket.socket) -> None:
        for piece in pieces:
            client.sendall(piece)

    return send


def trickle(start: bytes, piece: bytes) -> Answer:
    def send(client: socket.socket) -> None:
        client.sendall(start)
        # Until the client leaves, which makes its socket readable.
        while not readable(client.fileno(), 0.02):
            client.sendall(piece)

    return send


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ],
    ids=["header", "body", "chunks"],
)
def test_a_server_that_sends_a_byte_now_and_then_is_left_at_the_deadline(monkeypatch, start, piece):
    """Each byte comes before the timeout of a read; all of it would never end."""
    monkeypatch.setattr(web, "MAX_SECONDS", 0.5)
    with (
        serving(trickle(start, piece)) as (port, asked),
        pytest.raises(UnreachableSource, match="no whole answer in time"),
    ):
        read(f"http://127.0.0.1:{port}/", allows_private=True)

    assert len(asked) == 1


@pytest.mark.parametrize(
    "head", [b"Content-Length: 100000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n400000\r\n"]
)
def test_an_answer_that_is_too_large_is_left_at_the_limit(monkeypatch, head):
    monkeypatch.setattr(web, "MAX_HTTP_BYTES", 1 << 20)
    with (
        serving(sending(b"HTTP/1.1 200 OK\r\n" + head, bytes(1 << 22))) as (port, asked),
        pytest.raises(UnreachableSource, match="at most 1,048,576"),
    ):
        read(f"http://127.0.0.1:{port}/", allows_private=True)

    assert len(asked) == 1


def test_a_header_without_end_is_refused():
    with (
        serving(sending(b"HTTP/1.1 200 OK\r\nX: ", b"a" * (1 << 22))) as (port, _),
        pytest.raises(UnreachableSource, match=r"RemoteProtocolError|ReadError|WriteError"),
    ):
        read(f"http://127.0.0.1:{port}/", allows_private=True)


def test_a_proxy_is_asked_for_public_hosts_alone(monkeypatch):
    """The proxy is named by the operator, and may be private; what it is asked for may not."""
    with serving(GIVEN) as (port, asked):
        monkeypatch.setenv("http_proxy", f"http://me:pass@127.0.0.1:{port}")
        assert read("http://news.invalid/a?b=1") == TEXT
        with pytest.raises(UnreachableSource, match="a loopback address"):
            read("http://127.0.0.2/admin")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        read(f"http://127.0.0.1:{port}/direct", allows_private=True)

    assert [each.split(b"\r\n")[0] for each in asked] == [
        b"GET http://news.invalid/a?b=1 HTTP/1.1",
        b"GET /direct HTTP/1.1",
    ]
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in asked[0]


def test_nothing_that_a_feed_names_is_requested(tmp_path):
    """Links, enclosures, images, style sheets, a DTD, an included document, the next page: all at the server of the feed."""
    with serving(b"") as (other, asked_other):
        there = f"http://127.0.0.1:{other}"
        feed = f"""<?xml version="1.0"?><?xml-stylesheet href="{there}/s.xsl"?>
            <!DOCTYPE rss PUBLIC "-//A//B" "{there}/rss.dtd">
            <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:xi="http://www.w3.org/2001/XInclude"><channel>
            <title>T</title><link>{there}/l</link><atom:link rel="next" href="{there}/2"/><image><url>{there}/i.png</url></image>
            <item><guid isPermaLink="true">{there}/g</guid><title>Two</title><link>{there}/a</link>
            <pubDate>Tue, 18 May 2021 07:45:00 +0200</pubDate><enclosure url="{there}/e.mp3"/><xi:include href="{there}/x"/>
            <description>Two soldiers &lt;img src="{there}/p.png"&gt; were killed.</description></item></channel></rss>""".encode()
        with serving(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(feed), feed)) as (port, asked):
            done = run_here(f"http://127.0.0.1:{port}/feed", output=tmp_path / "out", allow_private=True)

    assert (done.article_count, len(asked), asked_other) == (1, 1, [])
