"""A real S3 server on loopback, in a thread of the tests, and a client that looks into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from flows import s3_client

from .faults.proxy import Proxy, proxy_before


@dataclass(frozen=True)
class S3Server:
    """The environment that leads to a server, and a client of it."""

    env: dict[str, str]
    client: Any

    def new_bucket(self, name: str) -> str:
        """Make a bucket; return its address."""
        self.client.create_bucket(Bucket=name)
        return f"s3://{name}"

    def objects(self, address: str) -> dict[str, bytes]:
        """Return all objects below an address, by their names below it."""
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        start = len(prefix) + 1 if prefix else 0
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {
            key[start:]: self.client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in sorted(keys)
        }


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Start a server on a free port, and stop it at the end."""
    # The client of this process keeps the address of an earlier server.
    s3_client.close()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # Servers of one process share their buckets, and tests of another module may have left some.
    httpx.post(f"{url}/moto-api/reset", timeout=60).raise_for_status()
    env = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    client = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",  # noqa: S106  # a server of the test's own
        region_name="us-east-1",
    )
    try:
        yield S3Server(env, client)
    finally:
        s3_client.close()
        server.stop()


@contextmanager
def s3_behind_proxy() -> Iterator[tuple[S3Server, Proxy]]:
    """A server with the bucket `news`, and a proxy before it that answers for it when it is told to."""
    with s3_server() as server, proxy_before(server.env["AWS_ENDPOINT_URL"]) as proxy:
        server.new_bucket("news")
        yield server, proxy


@contextmanager
def used_once(proxy: Proxy, env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Let Dateline use the proxy with these variables, and try each request once."""
    for name, value in (env | {"AWS_ENDPOINT_URL": proxy.url, "AWS_EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(s3_client, "MAX_ATTEMPTS", 1)
    s3_client.close()
    yield proxy
    proxy.arm(None)
    s3_client.close()
