"""A password or a key in an address reaches its server, and nothing that is stored, shown or logged."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows import api, cli
from flows.addresses import full_address, has_password, redacted, secrets_apart, without_secrets
from flows.deploy import serve_deployments
from flows.errors import UnreachableSource, WrongUse
from flows.fetch import remote, web

from .conftest import SEEDS, dateline
from .coordinating import run_here
from .prefect_server import PrefectServer

SECRETS = ("Pa55word", "S3cretToken", "S1gned", "Us3rName", "Fr4gment")
TEXT = b"date 2020-02-20 Two soldiers were killed near the border.\n"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://a.example/feed?id=3&page=%20x", "https://a.example/feed?id=3&page=%20x"),
        ("https://a.example/feed?", "https://a.example/feed?"),
        ("https://Us3rName:Pa55word@a.example:8443/feed?id=3", "https://a.example:8443/feed?id=3"),
        ("https://Us3rName@a.example/", "https://a.example/"),
        ("https://a.example/feed?token=S3cretToken", "https://a.example/feed"),
        ("https://a.example/feed?id=3&API_KEY=S3cretToken&page=2", "https://a.example/feed?id=3&page=2"),
        ("https://a.example/feed?id=3&%74oken=S3cretToken", "https://a.example/feed?id=3"),
        ("https://a.example/feed?x=eyJhbGciOiJIUzI1NiJ9.e30.S1gned", "https://a.example/feed"),
        ("https://a.example/p#Fr4gment", "https://a.example/p"),
        (
            "https://b.s3.amazonaws.com/k?versionId=7&X-Amz-Algorithm=A&X-Amz-Credential=Us3rName&X-Amz-Date=1&X-Amz-Signature=S1gned",
            "https://b.s3.amazonaws.com/k?versionId=7",
        ),
        (
            "https://b.s3.amazonaws.com/k?AWSAccessKeyId=Us3rName&Expires=1&Signature=S1gned",
            "https://b.s3.amazonaws.com/k",
        ),
        (
            "https://a.blob.core.windows.net/c/b?sv=2022&sr=b&se=2027&sp=r&sig=S1gned",
            "https://a.blob.core.windows.net/c/b",
        ),
        ("https://a.example/feed?sv=1&sr=b", "https://a.example/feed?sv=1&sr=b"),
        (
            "https://storage.googleapis.com/b/k?X-Goog-Credential=Us3rName&X-Goog-Signature=S1gned",
            "https://storage.googleapis.com/b/k",
        ),
        (
            "postgresql://ann:Pa55word@h:5432/db?sslmode=require&password=Pa55word",
            "postgresql://h:5432/db?sslmode=require",
        ),
        ("http://[Pa55word", "http://…"),
        ("s3://bucket/key", "s3://bucket/key"),
    ],
)
def test_secrets_are_left_out_of_an_address_and_the_rest_stays_to_the_letter(address, public):
    """So that the uri of a source without secrets is the one that its rows had before."""
    assert without_secrets(address) == public
    assert without_secrets(public) == public


@pytest.mark.parametrize(
    "name",
    [
        "keyword",
        "monkey",
        "author",
        "authors",
        "passage",
        "category",
        "tokyo",
        "signal",
        "sigma",
        "page",
        "id",
        "q",
        "expire",
        "code_postal",
        "sort",
    ],
)
def test_a_parameter_with_another_meaning_stays(name):
    assert without_secrets(f"https://a.example/?{name}=1") == f"https://a.example/?{name}=1"


def test_the_name_of_a_database_user_alone_is_no_secret():
    """In an address of http a name alone may be a key."""
    assert not has_password("postgresql://ann@h/db")
    assert has_password("postgresql://ann:x@h/db")
    assert has_password("postgresql://ann@h/db?password=x")
    assert has_password("https://key@a.example/")


def test_a_full_address_is_known_within_the_block_alone():
    with secrets_apart(["https://a:Pa55word@h/x", "seeds"]) as public:
        assert public == ["https://h/x", "seeds"]
        with secrets_apart(["https://h/y?token=1"]):
            assert full_address("https://h/x") == "https://a:Pa55word@h/x"
        assert full_address("https://h/y") == "https://h/y"
    assert full_address("https://h/x") == "https://h/x"


def test_two_addresses_that_differ_in_secrets_alone_are_refused():
    """Their rows would have one uri: the second would be a new version of the first."""
    with pytest.raises(WrongUse, match=r"shown as https://a\.example/feed,") as refused:
        api.run(["https://a.example/feed?key=Pa55word", "https://a.example/feed?key=S3cretToken"])

    assert not any(secret in repr(refused.value) for secret in SECRETS)


def test_a_message_that_quotes_an_address_is_redacted():
    address = "https://Us3rName:Pa55%20word@a.example/?token=S3cretToken&id=3"
    for message in (address, "user Us3rName with 'Pa55 word'", "Pa55%20word", "got S3cretToken"):
        assert not any(secret in redacted(message, address) for secret in ("Us3rName", "Pa55", "S3cret"))
    assert redacted("id=3 at a.example", address) == "id=3 at a.example"


class Handler(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "ftp://Us3rName:Pa55word@h/?X-Amz-Signature=S1gned")
            self.send_header("Content-Length", "0")
        elif self.path.startswith("/gone"):
            self.send_response(404)
            self.send_header("Content-Length", "0")
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(TEXT)))
        self.end_headers()
        if not self.path.startswith(("/moved", "/gone")):
            self.wfile.write(TEXT)


@pytest.fixture
def served() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    asked: list[tuple[str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (Handler,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def addresses(host: str) -> list[str]:
    """A page, one that is gone, and one that leads to an address with secrets of its own."""
    return [
        f"http://Us3rName:Pa55word@{host}/{path}?id=3&token=S3cretToken&X-Amz-Signature=S1gned#Fr4gment"
        for path in ("page", "gone", "moved")
    ]


def assert_no_secret(text: bytes, where: object) -> None:
    basic = base64.b64encode(b"Us3rName:Pa55word")
    for secret in (*(each.encode() for each in SECRETS), basic):
        assert secret not in text, (secret, where)


def assert_no_secret_below(folder: Path) -> None:
    """Names, bytes, and the text within Parquet, whose pages are compressed."""
    for path in folder.rglob("*"):
        assert_no_secret(str(path).encode(), path)
        if path.is_file():
            assert_no_secret(path.read_bytes(), path)
            if path.suffix == ".parquet":
                assert_no_secret(repr(pq.read_table(path, partitioning=None).to_pylist()).encode(), path)


def test_no_secret_of_an_address_is_stored_shown_or_logged(tmp_path, served):
    """By the real command: every byte of the output with its commit log, and of what it and later commands print."""
    host, asked = served
    output = tmp_path / "out"
    ran = [
        dateline("run", "--allow-private", *addresses(host), "--output", output, "--fields", "header"),
        dateline("status", "--output", output, "--json"),
    ]
    assert [each.returncode for each in ran] == [3, 0], [each.stderr for each in ran]
    for each in ran:
        assert_no_secret(each.stdout + each.stderr, each.args)
    assert_no_secret_below(output)
    # The server was given them.
    basic = "Basic " + base64.b64encode(b"Us3rName:Pa55word").decode()
    assert asked[0] == ("/page?id=3&token=S3cretToken&X-Amz-Signature=S1gned", basic)
    assert json.loads(ran[1].stdout)["runs"][0]["dispatch_count"] == 1


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (2, ["load", "mysql://Us3rName:Pa55word@127.0.0.1/db"]),
        (2, ["load", "Us3rName:Pa55word@127.0.0.1/db"]),
        (2, ["load", "postgresql://Us3rName:Pa55word@127.0.0.1:x/db"]),
        (
            3,
            ["load", "postgresql://Us3rName:Pa55word@127.0.0.1:1/db?password=S3cretToken&sslpassword=S1gned"],
        ),
        (2, ["run", "ftp://Us3rName:Pa55word@127.0.0.1/a?token=S3cretToken"]),
        (2, ["run", "file://Us3rName:Pa55word@127.0.0.1/a?token=S3cretToken"]),
        (2, ["run", "http://Us3rName:Pa55word@[/a"]),
        (2, ["deploy", "seeds", "--target", "postgresql://Us3rName:Pa55word@h/db"]),
    ],
)
def test_a_command_that_fails_names_no_secret(tmp_path, dataset, status, arguments):
    output = dataset if arguments[0] == "load" else tmp_path / "out"
    done = CliRunner().invoke(cli.main, [*arguments, "--output", str(output)])

    assert done.exit_code == status, done.output
    assert_no_secret(done.output.encode(), arguments)


def test_an_error_in_a_program_holds_no_secret(served):
    """Its fields, its message and what led to it, which a traceback would print."""
    for address in addresses(served[0])[1:]:
        (file,) = remote.find_remote(address, allows_private=True)
        with pytest.raises(UnreachableSource) as refused:
            web.request(file, "")
        assert refused.value.__cause__ is None
        assert_no_secret(f"{refused.value!r} {refused.value} {file!r}".encode(), address)


def test_runs_driven_by_a_program_record_no_secret(tmp_path, served):
    """Below the interface that sets them apart, too."""
    summary = run_here(*addresses(served[0]), output=tmp_path / "out", allow_private=True)

    assert (summary.article_count, len(summary.failures)) == (1, 2)
    assert_no_secret(repr(summary).encode(), "summary")
    assert_no_secret_below(tmp_path / "out")


def test_a_source_without_its_secrets_is_the_same_source(tmp_path, served):
    """A key that was replaced makes no new source: a second run asks again, and reads nothing twice."""
    first = run_here(addresses(served[0])[0], output=tmp_path / "out", allow_private=True)
    again = run_here(f"http://{served[0]}/page?id=3&token=0ther", output=tmp_path / "out", allow_private=True)

    assert (first.article_count, again.article_count, again.unchanged_count) == (1, 0, 1)


def test_a_prefect_server_is_told_no_secret(tmp_path, served, prefect_server: PrefectServer):
    """Parameters, names, states, logs, artifacts, events and assets: every value of its database."""
    targets = ["postgresql://Us3rName:Pa55word@127.0.0.1:1/db?password=S3cretToken"]
    script = tmp_path / "job.py"
    script.write_text(
        "from flows import run\nfrom flows.errors import BatchFailed\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        f"        run({[*addresses(served[0]), str(SEEDS / 'inline-bridge.txt')]!r}, {str(tmp_path / 'out')!r}, targets={targets!r}, "
        "fields='header', workers=1, allow_private=True)\n"
        "    except BatchFailed as failed:\n"
        "        print(failed)\n"
    )
    done = subprocess.run(
        [sys.executable, script], env=prefect_server.env, capture_output=True, timeout=300, check=False
    )

    assert b"failed, the next run tries again" in done.stdout, done.stderr.decode()
    assert_no_secret(done.stdout + done.stderr, "what is printed")
    (run,) = [
        each
        for each in prefect_server.read("flow_runs")
        if "job.py" not in each["name"] and f"http://{served[0]}" in str(each["parameters"])
    ]
    assert run["parameters"]["sources"][0] == f"http://{served[0]}/page?id=3"
    assert run["parameters"]["targets"] == ["postgresql://127.0.0.1:1/db"]
    (database,) = Path(prefect_server.env["PREFECT_HOME"]).glob("prefect.db")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60) as connection:
        for line in connection.iterdump():
            assert_no_secret(line.encode(), "database")
    assert_no_secret_below(tmp_path / "out")


def test_a_server_that_is_named_with_a_password_is_reported_without(tmp_path):
    server = "http://Us3rName:Pa55word@127.0.0.1:9/api"
    done = dateline("run", SEEDS, "--output", tmp_path / "output", PREFECT_API_URL=server)

    assert done.returncode == 3
    assert b"PREFECT_API_URL http://127.0.0.1:9/api/: found ConnectError" in done.stderr
    assert_no_secret(done.stdout + done.stderr, "stderr")


@pytest.mark.parametrize(
    ("sources", "targets"),
    [(["https://a.example/?token=S3cretToken"], []), (["seeds"], ["postgresql://ann:Pa55word@h/db"])],
)
def test_a_deployment_is_refused_with_secrets_that_its_server_would_store(sources, targets):
    with pytest.raises(WrongUse, match="which the server would store") as refused:
        serve_deployments(sources, "output", targets)

    assert_no_secret(str(refused.value).encode(), "error")
