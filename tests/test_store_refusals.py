"""What a store refuses, and what the operator must provide: the message names it, and no secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import s3_client
from flows.errors import RefusedByStore, UnreachableStore, WrongUse
from flows.s3_errors import failure
from flows.write.output import Output

from .coordinating import run_here
from .faults.proxy import Proxy, answering
from .s3_server import S3Server, s3_behind_proxy, used_once

SECRET = "wJalrXUtnFEMI"  # noqa: S105  # a word that no message may hold


@pytest.fixture(scope="module")
def behind() -> Iterator[tuple[S3Server, Proxy]]:
    with s3_behind_proxy() as both:
        yield both


@pytest.fixture
def proxy(behind: tuple[S3Server, Proxy], monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    server, proxy = behind
    with used_once(proxy, server.env | {"AWS_SECRET_ACCESS_KEY": SECRET}, monkeypatch):
        yield proxy


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "in.txt").write_text("date 2020-02-20 It rained.")
    return tmp_path / "in.txt"


def error_of(source: Path, output: str, expected: type[Exception]) -> str:
    with pytest.raises(expected) as raised:
        run_here(source, output=output, fields=frozenset())
    message = str(raised.value)
    assert SECRET not in message
    return message


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (403, "InvalidAccessKeyId", "credentials that the store knows: AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "credentials that belong together"),
        (400, "ExpiredToken", "credentials that have not expired"),
        (403, "RequestTimeTooSkewed", "a machine whose clock is right"),
        (403, "AccessDenied", "permission for s3:ListBucket on news"),
        (301, "PermanentRedirect", "the region of news in AWS_DEFAULT_REGION"),
        (400, "AuthorizationHeaderMalformed", "the region of news in AWS_DEFAULT_REGION"),
    ],
)
def test_a_store_that_refuses_the_first_request_is_wrong_use(proxy, source, status, code, wanted):
    # Before it asks for the region, the client asks for the head of the bucket.
    proxy.arm(answering(status, code), is_sticky=True, only="LIST")

    message = error_of(source, "s3://news/refused", WrongUse)

    assert message.startswith(f"--output: found s3://news/refused ({code}: A fault of the test.), wanted ")
    assert wanted in message


@pytest.mark.parametrize(
    ("only", "permission"),
    [
        ("PUT if .dateline/lease", "s3:PutObject"),
        ("PUT .dateline/stage/", "s3:PutObject"),
        ("PUT if .dateline/log/", "s3:PutObject"),
        ("COPY", "s3:GetObject and s3:PutObject"),
        ("DELETE", "s3:DeleteObject"),
        ("GET .dateline/log/", "s3:GetObject and s3:ListBucket"),
    ],
)
def test_a_permission_that_is_missing_is_named_and_given_later_completes_the_output(
    proxy, source, only, permission
):
    output = f"s3://news/{''.join(filter(str.isalnum, only)).lower()}"
    proxy.arm(answering(403, "AccessDenied"), is_sticky=True, only=only)
    message = error_of(source, output, RefusedByStore)
    assert f"found AccessDenied: A fault of the test., wanted permission for {permission} on news" in message

    proxy.arm(None)
    # Where nothing could be deleted, the lease was not given back.
    Output(output).store.delete([".dateline/lease.json"])
    run_here(source, output=output, fields=frozenset())

    assert run_here(source, output=output, fields=frozenset()).unchanged_count == 1
    assert [name for name in Output(output).store.names("articles") if "2020-02" in name] != []
    assert Output(output).store.names(".dateline/stage") == []


def test_a_store_without_conditional_puts_is_refused(proxy, source):
    proxy.arm(answering(501, "NotImplemented"), is_sticky=True, only="PUT if")

    assert "a store that implements S3 with conditional puts" in error_of(
        source, "s3://news/old", RefusedByStore
    )


def test_a_bucket_that_is_removed_meanwhile_is_no_empty_output(proxy, source):
    """Without this, the next read of the watermark would say that nothing was ever committed."""
    run_here(source, output="s3://news/removed", fields=frozenset())
    proxy.arm(answering(404, "NoSuchBucket"), is_sticky=True, only="GET .dateline/watermark")

    message = error_of(source, "s3://news/removed", RefusedByStore)

    assert "found NoSuchBucket: A fault of the test., wanted a bucket that exists" in message


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials: AWS_ACCESS_KEY_ID and"),
        ({"AWS_PROFILE": "nobody"}, "a profile that exists in AWS_PROFILE"),
        ({"AWS_ENDPOINT_URL": "nowhere"}, "an address in AWS_ENDPOINT_URL"),
    ],
)
@pytest.mark.usefixtures("proxy")
def test_settings_that_lead_to_no_store_are_wrong_use(source, monkeypatch, tmp_path, env, wanted):
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name, value in env.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    s3_client.close()

    assert wanted in error_of(source, "s3://news/settings", WrongUse)


@pytest.mark.usefixtures("proxy")
def test_a_server_that_is_not_there_is_named(source, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    s3_client.close()

    message = error_of(source, "s3://news/gone", UnreachableStore)

    assert (
        'EndpointConnectionError: Could not connect to the endpoint URL: "http://127.0.0.1:1/news' in message
    )


@pytest.mark.usefixtures("proxy")
def test_a_password_in_the_address_of_the_store_is_not_shown(source, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:{SECRET}@127.0.0.1:1")
    s3_client.close()

    error_of(source, "s3://news/gone", UnreachableStore)

    failed = failure("get_object", "news", "E", f"to http://user:{SECRET}@127.0.0.1:1/news: no")
    assert failed.text == "to http://127.0.0.1:1/news: no"


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (403, "AccessDenied", "wanted permission for s3:ListBucket on news"),
        (404, "NoSuchBucket", "wanted a bucket that exists"),
    ],
)
def test_a_source_that_may_not_be_read_says_what_is_missing(proxy, tmp_path, status, code, wanted):
    proxy.arm(answering(status, code), is_sticky=True)

    with pytest.raises(WrongUse, match=wanted):
        run_here("s3://news/in/", output=tmp_path / "out", fields=frozenset())


@pytest.mark.usefixtures("proxy")
def test_a_bucket_with_versions_holds_an_output(behind, source):
    """What is deleted there leaves a marker, behind which the name is free for a conditional put."""
    server, _ = behind
    server.new_bucket("versioned")
    server.client.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})

    first, second = (run_here(source, output="s3://versioned/out", fields=frozenset()) for _ in range(2))

    assert (first.article_count, second.unchanged_count) == (1, 1)
    assert Output("s3://versioned/out").store.names(".dateline/stage") == []
