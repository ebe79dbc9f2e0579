"""What tests share: a model loaded once, a dataset made once by the real command, small makers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import settings

from flows.enrich.language.model import LanguageModel
from flows.enrich.language.reference import LanguageReference, read_language_reference
from flows.enrich.language.sentences import sentences_in
from flows.enrich.language.words import words_in
from flows.enrich.reference import Reference
from flows.journey import article_or_rejected, enriched
from flows.parse.body import body_as_is
from flows.parse.headers import BY_NAME
from flows.records import NO_RULES, Language, ModelEntity, RawDispatch, Reading, Rules, Source, Span
from flows.reference import load_reference
from flows.syntax import Syntax

from .browser import browser as browser  # one for all modules: a process can have one Playwright
from .postgres_server import PostgresServer
from .prefect_server import PrefectServer
from .processes import without_prefect
from .warm import warm

# Deadlines are timings, and machines are noisy.
settings.register_profile("dateline", deadline=None)
settings.load_profile("dateline")

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"
FETCHED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


UNTIL_THE_END = ExitStack()
"""What is closed when the last test has ended."""

THURSDAY = date(2020, 2, 20)


def reading(
    text: str, published_on: date | None = THURSDAY, entities: dict[str, str] | None = None
) -> Reading:
    """Make a text that was read, with entities as if the model had seen them."""
    body = body_as_is(text)
    return Reading(
        text=text,
        published_on=published_on,
        paragraphs=body.paragraphs,
        sentences=sentences_in(text, body.paragraphs, language_reference().sentences),
        words=words_in(text),
        language=Language("en", 1.0, None),
        entities=tuple(
            ModelEntity(Span(at, at + len(surface)), label)
            for surface, label in (entities or {}).items()
            for at in [text.index(surface)]
        ),
        syntax=Syntax(),
        model="none",
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="Write what is found as expected.")
    parser.addoption(
        "--set-floors", metavar="WHY", help="Set the accuracy floors to what is measured, and say why."
    )


def dateline(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path = ROOT, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user does, with no Prefect server in sight."""
    return subprocess.run(
        [command_folder() / "dateline", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=without_prefect() | env,
        timeout=300,
        check=False,
    )


@cache
def command_folder() -> Path:
    """A folder with a program `dateline` that starts in a fork of a process that has imported it, since most of a start is imports.

    It is a new process where its environment is not that of the whole test run.
    """
    folder = Path(UNTIL_THE_END.enter_context(TemporaryDirectory()))
    UNTIL_THE_END.enter_context(warm("all", without_prefect())).program(folder)
    return folder


def pytest_sessionfinish() -> None:
    UNTIL_THE_END.close()


def raw(
    payload: bytes,
    form: str = "inline",
    uri: str = "file:///in/dispatch.txt",
    *,
    envelope: bytes = b"",
    rules: Rules = NO_RULES,
    fetched_at: datetime = FETCHED_AT,
) -> RawDispatch:
    """Make a dispatch that is the whole of its source."""
    assert form in BY_NAME
    source = Source(uri, "0" * 64, form, 1, None, fetched_at, rules)
    return RawDispatch(source, 0, 0, len(payload), payload, envelope)


@cache
def language_reference() -> LanguageReference:
    """The tables of the language as they ship, read once."""
    return read_language_reference()


@cache
def loaded_reference() -> Reference:
    """The reference as it ships, loaded once; tests only read it."""
    return load_reference()


@pytest.fixture(scope="session")
def reference() -> Reference:
    return loaded_reference()


@pytest.fixture(scope="session")
def model(reference: Reference) -> LanguageModel:
    return reference.model


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, ingested once by the command; tests only read it."""
    output = tmp_path_factory.mktemp("dataset") / "output"
    done = dateline("run", SEEDS, "--output", output, "--fetched-at", FETCHED_AT.isoformat())
    assert done.returncode == 0, done.stderr.decode()
    return output


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A real Prefect server on loopback, stopped by its own process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    env = without_prefect() | {
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Its SQLite file is locked for long on a busy machine, and a service that meets the lock stops.
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
        "DO_NOT_TRACK": "1",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port), "--no-ui"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            # The pauses between the tries double: two minutes in all.
            transport = httpx.HTTPTransport(retries=9)
            with httpx.Client(transport=transport, timeout=120) as client:
                client.get(f"{url}/health").raise_for_status()
                yield PrefectServer(url, client, env | {"PREFECT_API_URL": url})
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run, on a free port of loopback."""
    server = PostgresServer()
    try:
        server.start("fsync=off")
        try:
            yield server
        finally:
            server.stop()
    finally:
        server.remove()


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> str:
    """The URI of an empty database."""
    return postgres_server.new_database()


GROUPS = {
    "test_flow": "prefect",
    "test_schedule": "prefect",
    "test_serve": "prefect",
    "test_settings": "prefect",
    "test_load": "postgresql",
    "test_load_faults": "postgresql",
    "test_doctor": "prefect",
    "test_help": "postgresql",
    "test_sql": "postgresql",
}
"""Files whose tests share a server: one process of pytest-xdist runs them all, those that take longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = [*dict.fromkeys(GROUPS.values())]
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
    items.sort(
        key=lambda item: order.index(GROUPS[item.path.stem]) if item.path.stem in GROUPS else len(order)
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process of pytest-xdist whole files, and all files of a group.

    Its own `--dist loadgroup` does so by a suffix of the ids of tests, which pytest 9.2 does not keep.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  # there only where the hook is called

    class ByServer(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            stem = Path(nodeid.partition("::")[0]).stem
            return GROUPS.get(stem, stem)

    return ByServer(config, log)


def folder_of_shared(folder: Path, *, is_required: bool) -> Path:
    """Return the folder; where there is none, skip the test, or fail it if the folder is required."""
    if not folder.is_dir():
        missing = "needs the folder `shared` beside the project, which is not here"
        if is_required:
            pytest.fail(f"{missing}, and DATELINE_REQUIRE_SHARED is 1")
        pytest.skip(missing)
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test input beside the project; the tests that use it have the marker `shared`."""
    return folder_of_shared(SHARED, is_required=os.environ.get("DATELINE_REQUIRE_SHARED") == "1")


@pytest.fixture(scope="session")
def users_document(shared: Path, reference: Reference) -> dict[str, Any]:
    """The user's own document, read and enriched."""
    (path,) = (shared / "seeds").glob("*.txt")
    article = article_or_rejected(raw(path.read_bytes()))
    (enriched_one,) = enriched([article], reference)
    return {
        "text": article.body.text,
        **{each.name: getattr(enriched_one.found, each.name) for each in fields(enriched_one.found)},
    }
