"""Sources at an address: a real HTTP server that misbehaves, a real S3 server, both on loopback."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
import stamina

from flows.errors import SourceMoved, UnreachableSource, WrongUse
from flows.fetch import remote, web
from flows.fetch.local import FoundFile, look_at
from flows.fetch.opening import open_source
from flows.report.summary import Summary

from . import coordinating
from .conftest import SEEDS, dateline
from .s3_server import S3Server, s3_server

TEXT = b"date 2020-02-20 Two soldiers were killed near the border.\n"
ITEM = "<item><guid>{0}</guid><title>Tram {0}</title><pubDate>Tue, 18 May 2021 07:45:00 +0200</pubDate><description>{1}</description></item>"


def run_here(*sources: str | Path, output: Path) -> Summary:
    """Run from addresses of this machine too."""
    return coordinating.run_here(*sources, output=output, allow_private=True)


class Served:
    """What the server gives: set by the tests, read by its threads."""

    def __init__(self) -> None:
        self.feed = ""
        self.etag = '"1"'
        self.asked: list[dict[str, str]] = []
        self.failures = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Served

    def log_message(self, *_: object) -> None:
        pass

    def give(self, status: int, body: bytes = b"", length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.served.asked.append(dict(self.headers))
        getattr(self, "on_" + self.path.strip("/").replace(".", "_").replace("-", "_"))()

    def on_dispatch_txt(self) -> None:
        self.give(200, TEXT)

    def on_feed_xml(self) -> None:
        if self.headers.get("If-None-Match") == self.served.etag:
            self.send_response(304)
            self.end_headers()
        else:
            self.give(200, self.served.feed.encode(), ETag=self.served.etag)

    def on_latin_html(self) -> None:
        page = (
            "<html><body><p>"
            + "Der Bürgermeister von Zürich trat am Freitag zurück. " * 20
            + "</p></body></html>"
        )
        self.give(200, page.encode("latin-1"), Content_Type="text/html; charset=iso-8859-1")

    def on_short(self) -> None:
        self.give(200, TEXT, length=1000)
        self.close_connection = True

    def on_chunks(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"1F4\r\n" + b"A" * 500 + b"\r\n")
        self.close_connection = True

    def on_reset(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"A" * 500)
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def on_busy(self) -> None:
        self.served.failures += 1
        self.give(503) if self.served.failures < 3 else self.give(200, TEXT)

    def on_gone(self) -> None:
        self.served.failures += 1
        self.give(404)

    def on_to_file(self) -> None:
        self.give(302, Location="file:///etc/hostname")

    def on_loop(self) -> None:
        self.give(302, Location="/loop")

    def on_moved(self) -> None:
        self.give(301, Location="/dispatch.txt")

    def on_cut_gz(self) -> None:
        self.give(200, gzip.compress(os.urandom(5000))[:2500], Content_Encoding="gzip")

    def on_bomb(self) -> None:
        self.give(200, gzip.compress(bytes(64 << 20)), Content_Encoding="gzip")


@pytest.fixture
def without_waiting() -> Iterator[None]:
    """As many attempts as are made in a run, with no pause between them."""
    with stamina.set_testing(True, attempts=web.MAX_ATTEMPTS):
        yield


@pytest.fixture
def served() -> Iterator[tuple[str, Served]]:
    """The address of a server, and the answers that it gives."""
    answers = Served()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (Handler,), {"served": answers}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def page(address: str) -> FoundFile:
    """A page of this machine, which is allowed here."""
    (found,) = remote.find_remote(address, allows_private=True)
    return found


def rows(output: Path, table: str = "articles") -> list[dict[str, Any]]:
    return ds.dataset(output / table, format="parquet").to_table().to_pylist()


def test_a_page_is_fetched_with_the_charset_that_its_server_declares(tmp_path, served):
    address, _ = served
    run_here(f"{address}/latin.html", f"{address}/dispatch.txt", output=tmp_path / "out")

    found = {row["uri"].rpartition("/")[2]: row for row in rows(tmp_path / "out")}
    assert found["latin.html"]["encoding_from"] == "declared"
    assert "Der Bürgermeister von Zürich trat am Freitag zurück." in found["latin.html"]["body_text"]
    assert found["dispatch.txt"]["body_text"] == "Two soldiers were killed near the border."


def test_each_item_of_a_feed_is_committed_once_however_often_the_feed_is_asked(tmp_path, served):
    """A feed shows its last items again and again; what changed is a new version of that item alone."""
    address, answers = served
    feed, output = f"{address}/feed.xml", tmp_path / "out"
    answers.feed = (
        f"<rss><channel><title>T</title>{ITEM.format('a', 'One.')}{ITEM.format('b', 'Two.')}</channel></rss>"
    )
    first = run_here(feed, output=output)
    answers.feed = f"<rss><channel><title>T</title>{ITEM.format('b', 'Two, mended.')}{ITEM.format('c', 'Three.')}</channel></rss>"
    answers.etag = '"2"'
    second, third = (run_here(feed, output=output) for _ in range(2))

    assert [run.article_count for run in (first, second, third)] == [2, 2, 0]
    assert answers.asked[2]["If-None-Match"] == '"2"'
    assert sorted((row["body_text"], row["source_version"]) for row in rows(output)) == [
        ("One.", 1),
        ("Three.", 1),
        ("Two, mended.", 2),
        ("Two.", 1),
    ]


@pytest.mark.parametrize("path", ["short", "chunks", "reset"])
def test_a_body_that_breaks_off_is_used_by_no_one(tmp_path, served, path):
    """Clients give what came, with no error; a half dispatch would be committed as a whole one."""
    address, answers = served
    (failure,) = run_here(f"{address}/{path}", SEEDS / "inline-bridge.txt", output=tmp_path / "out").failures

    assert failure.startswith(f"{address}/{path}: found ")
    assert [row["uri"].rpartition("/")[2] for row in rows(tmp_path / "out")] == ["inline-bridge.txt"]
    assert len(answers.asked) == 3


def test_the_command_fails_for_a_body_that_breaks_off_and_names_it(tmp_path, served):
    address, _ = served
    done = dateline("run", "--allow-private", f"{address}/reset", "--output", tmp_path / "out")

    assert done.returncode == 3
    assert f"failed; the next run tries again: {address}/reset: found " in done.stdout.decode()


@pytest.mark.usefixtures("without_waiting")
def test_a_server_that_is_busy_is_asked_again_and_one_that_has_nothing_is_not(served):
    address, answers = served
    answer = web.request(page(f"{address}/busy"), "")
    assert answer is not None
    assert b"".join(answer.chunks) == TEXT
    assert answers.failures == 3

    with pytest.raises(UnreachableSource, match="status 404"):
        web.request(page(f"{address}/gone"), "")
    assert answers.failures == 4


def test_a_redirection_is_followed_to_a_page_and_to_nothing_else(served):
    address, _ = served
    answer = web.request(page(f"{address}/moved"), "")
    assert answer is not None
    assert b"".join(answer.chunks) == TEXT
    for path, found in (("to-file", "file:///etc/hostname"), ("loop", "more than 5 redirections")):
        with pytest.raises(UnreachableSource, match=found):
            web.request(page(f"{address}/{path}"), "")


@pytest.mark.parametrize("location", ["http://[", "mailto:a@b.example", "javascript:0"])
def test_a_redirection_to_what_is_no_address_is_refused_at_once(location):
    """A server may send anything as `Location`."""
    with pytest.raises(UnreachableSource, match="a redirection to") as refused:
        web._redirected("u", "https://news.example/a", location)

    assert not refused.value.is_transient


@pytest.mark.usefixtures("without_waiting")
def test_a_full_disk_is_no_fault_of_the_server(monkeypatch, served):
    """The run fails; the source is not reported as unreachable."""

    class Full(io.BytesIO):
        def write(self, _: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(web.tempfile, "SpooledTemporaryFile", lambda _: Full())

    with pytest.raises(OSError, match="No space left"):
        web.request(page(f"{served[0]}/dispatch.txt"), "")
    assert len(served[1].asked) == 1


@pytest.mark.usefixtures("without_waiting")
def test_a_bug_while_a_page_is_read_is_no_fault_of_the_server(monkeypatch, served):
    def broken(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(web, "_read", broken)

    with pytest.raises(ValueError, match="a bug"):
        web.request(page(f"{served[0]}/dispatch.txt"), "")
    assert len(served[1].asked) == 1


def test_a_file_and_a_page_are_opened_in_the_same_way(tmp_path, served):
    (tmp_path / "dispatch.txt").write_bytes(TEXT)
    local = look_at(tmp_path / "dispatch.txt")
    found = page(f"{served[0]}/dispatch.txt")
    assert local is not None

    opened = [open_source(local), open_source(found)]

    assert [b"".join(each.chunks) for each in opened if each] == [TEXT, TEXT]
    assert [each.file.size for each in opened if each] == [len(TEXT), len(TEXT)]


def test_a_file_that_changes_while_it_is_read_is_moved(tmp_path):
    path = tmp_path / "dispatch.txt"
    path.write_bytes(TEXT)
    file = look_at(path)
    assert file is not None
    opened = open_source(file)
    assert opened is not None
    next(opened.chunks)
    path.write_bytes(TEXT + b"and more")

    with pytest.raises(SourceMoved):
        list(opened.chunks)


@pytest.mark.parametrize(
    ("path", "code"), [("cut-gz", "fetch.compression.broken"), ("bomb", "fetch.compression.bomb")]
)
def test_what_a_server_packs_is_unpacked_within_limits(tmp_path, served, path, code):
    address, _ = served
    summary = run_here(f"{address}/{path}", output=tmp_path / "out")

    assert (summary.article_count, summary.reject_count) == (0, 1)
    assert [row["code"] for row in rows(tmp_path / "out", "rejects")] == [code]


def test_a_scheme_that_nothing_reads_is_wrong_use():
    with pytest.raises(WrongUse, match="ftp"):
        remote.find_remote("ftp://news.example/a")


@pytest.fixture(scope="module")
def store() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


def test_objects_of_a_store_are_read_and_read_again_when_they_change(tmp_path, store, monkeypatch):
    """The first run is one of the command; the next ones are of one process, as those of a program are."""
    client = store.client
    store.new_bucket("news")
    client.put_object(Bucket="news", Key="in/a.txt", Body=TEXT)
    client.put_object(Bucket="news", Key="in/b.txt.gz", Body=gzip.compress(TEXT))
    output = tmp_path / "out"

    first = dateline("run", "s3://news/in", "--output", output, "--json", **store.env)
    assert first.returncode == 0, first.stderr.decode()
    for name, value in store.env.items():
        monkeypatch.setenv(name, value)
    again = run_here("s3://news/in", output=output)
    client.put_object(Bucket="news", Key="in/a.txt", Body=TEXT.replace(b"Two", b"Three"))
    changed = run_here("s3://news/in", output=output)

    counts = [json.loads(first.stdout)["article_count"], again.article_count, changed.article_count]
    assert counts == [2, 0, 1]
    assert sorted((row["uri"], row["source_version"]) for row in rows(output)) == [
        ("s3://news/in/a.txt", 1),
        ("s3://news/in/a.txt", 2),
        ("s3://news/in/b.txt.gz", 1),
    ]
    with pytest.raises(WrongUse, match="s3://news/none"):
        run_here("s3://news/none", output=output)
