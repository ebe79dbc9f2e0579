"""`dateline.toml`: the command line comes first, then the environment, then the file, then the defaults."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows import api
from flows.cli import SECTIONS, main
from flows.errors import WrongUse
from flows.options import described
from flows.secret_blocks import resolve
from flows.settings import FILE, read_settings, settings_of, variable_of
from flows.settings_template import template

from .conftest import SEEDS, dateline
from .prefect_server import PrefectServer

COMMANDS = {each.name: each for _, commands in SECTIONS for each in commands}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given_to(command: str, *arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """What a command is called with, by the name of each parameter; nothing is run."""
    found: dict[str, Any] = {}
    known = COMMANDS[command]
    before, known.callback = known.callback, lambda **values: found.update(values)
    try:
        done = CliRunner().invoke(main, [command, *arguments], env=env)
    finally:
        known.callback = before
    assert done.exit_code == 0, done.output
    return found


def refused(text: str, tmp_path: Path) -> WrongUse:
    path = tmp_path / "some.toml"
    path.write_text(text)
    with pytest.raises(WrongUse) as error:
        read_settings(path, main.commands)
    return error.value


def test_a_value_comes_from_the_command_line_else_the_environment_else_the_file_else_the_default(folder):
    env = {"DATELINE_RUN_WORKERS": "3"}

    assert given_to("run")["workers"] is None
    (folder / FILE).write_text("[run]\nworkers = 2\n")
    assert given_to("run")["workers"] == 2
    assert given_to("run", env=env)["workers"] == 3
    assert given_to("run", "--workers", "4", env=env)["workers"] == 4


def test_a_file_is_named_by_an_option_or_a_variable(folder):
    (folder / FILE).write_text("[run]\nworkers = 2\n")
    (folder / "other.toml").write_text("[status]\nrejects = true\n")
    done = CliRunner().invoke(main, ["--config", "missing.toml", "formats"])

    assert (done.exit_code, done.stderr) == (
        2,
        "dateline: missing.toml: found No such file or directory, wanted a file of settings\n"
        "What to do: correct the file; `dateline init FOLDER` writes one with every setting, and --config names another.\n",
    )
    assert given_to("status", env={"DATELINE_CONFIG": "other.toml"})["rejects"] is True
    assert given_to("run", env={"DATELINE_CONFIG": "other.toml"})["workers"] is None


def test_the_output_before_the_tables_is_that_of_every_command_but_where_a_table_has_its_own(folder):
    (folder / FILE).write_text('output = "news"\n[load]\noutput = "other"\ntarget = "duckdb:///a.duckdb"\n')

    assert {name: given_to(name)["output"] for name in ("run", "status", "load", "compact")} == {
        "run": "news",
        "status": "news",
        "load": "other",
        "compact": "news",
    }
    assert given_to("load")["target"] == "duckdb:///a.duckdb"


def test_values_of_every_type_arrive_as_if_they_were_given_as_options(folder):
    (folder / FILE).write_text(
        '[run]\nsources = ["a", "b c"]\ncolumn = ["Full text=text"]\nfetched-at = 2026-01-02T03:04:05+01:00\n'
        'max_reject_share = 1\nrepair = true\nfields = "times"\nformat = "jsonl"\ndate_order = "dmy"\n[compact]\nkeep = 0.5\n'
    )
    options = ["a", "b c", "--column", "Full text=text", "--fetched-at", "2026-01-02T03:04:05+01:00", "--max-reject-share", "1",
               "--repair", "--fields", "times", "--format", "jsonl", "--date-order", "dmy"]  # fmt: skip
    read = given_to("run"), given_to("compact")
    (folder / FILE).unlink()

    assert read == (given_to("run", *options), given_to("compact", "--keep", "0.5"))


def test_a_setting_is_recorded_in_the_table_of_runs_as_if_it_were_given_on_the_command_line(folder):
    (folder / "in.txt").write_text("date 02/03/2020 Two soldiers were killed in Ankara on Monday.")
    (folder / FILE).write_text(
        'output = "by_file"\n[run]\nsources = ["in.txt"]\nfields = "header"\nworkers = 1\ndate_order = "dmy"\n'
    )
    done = dateline("run", cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    (folder / FILE).unlink()
    options = ("--fields", "header", "--workers", "1", "--date-order", "dmy", "--output", "by_option")
    done = dateline("run", "in.txt", *options, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()

    by_file, by_option = (
        dict(
            pq.read_table(next((folder / name / "runs").rglob("*.parquet")), partitioning=None)["parameters"][
                0
            ].as_py()
        )
        for name in ("by_file", "by_option")
    )
    assert by_file == by_option | {"output": "by_file"}
    assert by_file["date_order"] == "dmy"


@pytest.mark.parametrize(
    ("text", "what", "found", "wanted"),
    [
        ("[run]\nworkrs = 2\n", "some.toml, line 2: [run] workrs", "the key 'workrs'", "'workers', which is nearest"),
        ("\n[laod]\n", "some.toml, line 2: laod", "the table 'laod'", "'load', which is nearest"),
        ("ouput = 'x'\n", "some.toml, line 1: ouput", "the key 'ouput'", "'output', which is nearest"),
        ("run = 3\n", "some.toml, line 1: run", "3", "a table: [run] on a line of its own"),
        ("[run]\nworkers = '2'\n", "some.toml, line 2: [run] workers", "'2'", "a whole number from 1 to 256"),
        ("[run]\nworkers = true\n", "some.toml, line 2: [run] workers", "true", "a whole number from 1 to 256"),
        ("[run]\nworkers = 0\n", "some.toml, line 2: [run] workers", "0", "a whole number from 1 to 256"),
        ("[run]\nmax_reject_share = 2.0\n", "some.toml, line 2: [run] max_reject_share", "2.0", "a number from 0 to 1"),
        ("[run]\nrepair = 1\n", "some.toml, line 2: [run] repair", "1", "true or false"),
        ("[run]\nsources = 'a'\n", "some.toml, line 2: [run] sources", "'a'", "a list, in square brackets, of: a string in quotation marks"),
        ("[run]\ncolumn = ['x']\n", "some.toml, line 2: [run] column", "the list ['x']", "a list, in square brackets, of: COLUMN=KEY, as in 'Full text=text'"),
        ("[run]\ndate_order = 'ymd'\n", "some.toml, line 2: [run] date_order", "'ymd'", "one of dmy, mdy"),
        ("[run]\nfetched_at = 'now'\n", "some.toml, line 2: [run] fetched_at", "'now'", "an instant in ISO 8601 such as 2020-02-20T10:15:00Z"),
        ("[compact]\nkeep = -1\n", "some.toml, line 2: [compact] keep", "-1", "a number of days, 0 or more"),
        ("[run]\nworkers = 1\n[load]\nworkers = 1\n", "some.toml, line 4: [load] workers", "the key 'workers'", "one of the keys target, output, json"),
        ("[run]\nonly-rejects = true\nonly_rejects = true\n", "some.toml, line 3: [run] only_rejects", "only_rejects a second time", "each setting once"),
        ("run.workers = '2'\n", "some.toml: [run] workers", "'2'", "a whole number from 1 to 256"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_what_was_found_and_what_was_wanted(tmp_path, text, what, found, wanted):  # fmt: skip
    error = refused(text, tmp_path)

    assert (error.what.removeprefix(f"{tmp_path}/"), error.found, error.wanted) == (what, found, wanted)


def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path):
    assert "line 2" in refused("[run]\nworkers 2\n", tmp_path).found
    (tmp_path / "bytes.toml").write_bytes(b"# \xff\n")
    with pytest.raises(WrongUse, match=r"byte 2 that is no UTF-8, wanted TOML in UTF-8"):
        read_settings(tmp_path / "bytes.toml", main.commands)


@pytest.mark.parametrize(
    "line",
    [
        'target = "postgresql://ann:Pa55word@h/db"',
        'target = "postgresql://ann@h/db?password=Pa55word"',
        'target = "postgresql://[Pa55word"',
        'password = "Pa55word"',
    ],
)
def test_a_secret_is_refused_with_the_way_to_do_it_and_is_not_shown(tmp_path, line):
    error = refused(f"[load]\n{line}\n", tmp_path)

    assert "Pa55word" not in str(error)
    assert ", line 2: [load] " in error.what
    assert error.wanted == (
        "the secret outside of the file: in DATELINE_LOAD_TARGET, or in a Prefect Secret block that the value "
        "`prefect-secret:NAME` names"
    )


def test_a_name_of_a_user_alone_and_a_reference_to_a_block_are_no_secrets(folder):
    (folder / FILE).write_text(
        '[load]\ntarget = "postgresql://ann@h/db"\n[deploy]\ntarget = ["prefect-secret:db"]\n'
    )

    assert given_to("load")["target"] == "postgresql://ann@h/db"
    assert given_to("deploy")["target"] == ("prefect-secret:db",)


def test_a_target_with_a_password_comes_from_the_environment():
    env = {"DATELINE_LOAD_TARGET": "postgresql://ann:Pa55word@h/db", "DATELINE_VERIFY_TARGET": "duckdb:///a"}

    assert given_to("load", env=env)["target"] == "postgresql://ann:Pa55word@h/db"
    assert given_to("verify", env=env)["target"] == "duckdb:///a"


def test_each_command_stops_at_a_wrong_file_but_those_that_work_without(folder):
    (folder / FILE).write_text("[run]\nworkrs = 2\n")

    assert CliRunner().invoke(main, ["formats"]).exit_code == 2
    assert CliRunner().invoke(main, ["completion", "bash"]).exit_code == 0
    assert given_to("doctor")["output"] == "output"


def test_init_writes_a_file_that_changes_nothing(folder):
    defaults = {name: given_to(name, *needed(name)) for name in COMMANDS}
    done = CliRunner().invoke(main, ["init", "new/folder"])

    assert done.output == (
        "Wrote new/folder/dateline.toml. Remove the # before a setting to change it, then run `dateline --config new/folder/dateline.toml doctor`.\n"
    )
    text = (folder / "new" / "folder" / FILE).read_text()
    assert tomllib.loads(text) == {name: {} for name, command in COMMANDS.items() if settings_of(command)}
    (folder / FILE).write_text(text)
    assert {name: given_to(name, *needed(name)) for name in COMMANDS} == defaults


def test_the_defaults_that_init_writes_are_the_defaults(folder):
    """With the # removed from each line that has one, a command is called with the same values."""
    defaults = {name: given_to(name, *needed(name)) for name in COMMANDS}
    text = re.sub(r"^#(\w+ = )", r"\1", template(main.commands), flags=re.MULTILINE)
    (folder / FILE).write_text(text)

    assert tomllib.loads(text)["run"]["max_reject_share"] == defaults["run"]["max_reject_share"]
    assert {name: given_to(name, *needed(name)) for name in COMMANDS} == defaults


def test_each_setting_has_one_example_that_is_accepted_and_differs_from_its_default(folder):
    text = template(main.commands)
    examples = re.sub(r"^# Example: ", "", text, flags=re.MULTILINE)
    (folder / FILE).write_text(examples)
    found = read_settings(folder / FILE, main.commands)

    for name, command in COMMANDS.items():
        assert found.get(name, {}).keys() == settings_of(command).keys()
        for key, param in settings_of(command).items():
            assert found[name][key] != param.default, (name, key)


def test_the_environment_variables_that_init_writes_are_read():
    text = template(main.commands)
    for name, command in COMMANDS.items():
        for key, param in settings_of(command).items():
            assert f"# Environment: {variable_of(name, param)}\n" in text
            if isinstance(param.type, (click.types.StringParamType, click.IntRange)) and not param.multiple:
                value = given_to(name, *needed(name, but=key), env={variable_of(name, param): "7"})[key]
                assert value in ("7", 7, ("7",))


def test_no_variable_of_an_option_is_one_that_means_something_else():
    others = {"DATELINE_CONFIG", "DATELINE_FORK_SERVER", "DATELINE_HOME", "DATELINE_KERNELS", "DATELINE_REQUIRE_PROGRAMS",
              "DATELINE_REQUIRE_SHARED", "DATELINE_VERSION"}  # fmt: skip
    named = {variable_of(name, param) for name, command in COMMANDS.items() for param in command.params}

    assert named & others == set()
    assert CliRunner().invoke(main, ["formats"], env={"DATELINE_VERSION": "1"}).output.startswith("warc")


def needed(name: str, but: str = "") -> list[str]:
    """The arguments without which a command is a usage error."""
    found = []
    for param in COMMANDS[name].params:
        if param.required and param.name != but:
            value = (
                str(Path(__file__).parent)
                if param.name == "gold"
                else "bash"
                if param.name == "shell"
                else "x"
            )
            found += [param.opts[0], value] if isinstance(param, click.Option) else [value]
    return found


def test_init_never_overwrites_also_not_through_a_link(folder):
    (folder / FILE).write_text("[run]\n")
    (folder / "linked").mkdir()
    (folder / "linked" / FILE).symlink_to(folder / "absent.toml")
    for named in (".", "linked"):
        done = CliRunner().invoke(main, ["init", named])
        assert (done.exit_code, "which exists, wanted a folder without one" in done.stderr) == (2, True)

    assert (folder / FILE).read_text() == "[run]\n"
    assert not (folder / "absent.toml").exists()


def test_every_setting_says_what_it_accepts():
    for command in COMMANDS.values():
        for param in settings_of(command).values():
            assert len(described(param)) > 10


def test_a_block_is_asked_for_only_where_a_reference_names_one():
    """Prefect is not imported for an address."""
    asked = "import sys; from flows.secret_blocks import resolve; print(resolve('duckdb:///a'), 'prefect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout == "duckdb:///a False\n"


def test_a_reference_without_a_server_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    with pytest.raises(WrongUse, match=r"prefect-secret:db: found no Prefect server, wanted its address in PREFECT_API_URL"):  # fmt: skip
        resolve("prefect-secret:db")


def store_block(server: PrefectServer, name: str, value: object) -> None:
    """Make a block of the type Secret, which a server knows from its start."""
    kind = server.client.get(f"{server.url}/block_types/slug/secret").raise_for_status().json()["id"]
    (schema, *_) = server.read("block_schemas", block_schemas={"block_type_id": {"any_": [kind]}})
    document = {
        "name": name,
        "data": {"value": value},
        "block_type_id": kind,
        "block_schema_id": schema["id"],
    }
    answer = server.client.post(f"{server.url}/block_documents/", json=document)
    if answer.status_code != 409:
        answer.raise_for_status()


@pytest.fixture
def block(prefect_server: PrefectServer, postgres: str) -> str:
    """The reference to a Secret block with the address of a database and a password; the database trusts local users."""
    name = f"warehouse-{postgres.rpartition('/')[2].partition('?')[0].replace('_', '-')}"
    store_block(prefect_server, name, postgres.replace("dateline@", "dateline:Pa55word@"))
    store_block(prefect_server, "no-address", {"a": 1})
    return f"prefect-secret:{name}"


def test_load_and_verify_take_the_address_from_a_block_that_the_settings_name(folder, block, prefect_server):
    (folder / FILE).write_text(f'[run]\nfields = "header"\n[load]\ntarget = "{block}"\n')
    server = {"PREFECT_API_URL": prefect_server.url}
    assert dateline("run", SEEDS / "inline-bridge.txt", cwd=folder).returncode == 0
    loaded = dateline("load", cwd=folder, **server)
    verified = dateline("verify", block, cwd=folder, **server)

    assert (loaded.returncode, verified.returncode) == (0, 0), loaded.stderr + verified.stderr
    assert b"Loaded " in loaded.stdout
    for done in (loaded, verified):
        assert b"postgresql://" in done.stdout
        assert b"Pa55word" not in done.stdout + done.stderr


def test_a_flow_loads_the_target_of_a_block_and_the_server_stores_its_name_alone(folder, block, prefect_server):  # fmt: skip
    script = folder / "job.py"
    script.write_text(
        "from flows.ingest import ingest\n"
        "if __name__ == '__main__':\n"
        f"    summary = ingest([{str(SEEDS / 'inline-bridge.txt')!r}], 'flow-output', targets=[{block!r}], fields='header', workers=1)\n"
        "    print(summary.loaded)\n"
    )
    done = subprocess.run(
        [sys.executable, script],
        env=prefect_server.env,
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
    )

    assert b"'postgresql://" in done.stdout, done.stderr.decode()
    assert b"Pa55word" not in done.stdout + done.stderr
    (run,) = [
        each for each in prefect_server.read("flow_runs") if each["parameters"].get("output") == "flow-output"
    ]
    assert run["parameters"]["targets"] == [block]


@pytest.mark.parametrize(
    ("name", "found"),
    [("absent", "no such block on http://127.0.0.1:"), ("no-address", "a value of the type dict")],
)
def test_a_block_that_is_missing_or_is_no_string_is_wrong_use(folder, block, prefect_server, name, found):
    del block
    done = dateline("load", f"prefect-secret:{name}", cwd=folder, PREFECT_API_URL=prefect_server.url)

    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"dateline: prefect-secret:{name}: found {found}")


def test_a_server_that_is_down_is_named_with_what_to_do(folder):
    done = dateline(
        "load", "prefect-secret:db", cwd=folder, PREFECT_API_URL="http://u:Pa55word@127.0.0.1:9/api"
    )

    assert done.returncode == 3
    assert b"PREFECT_API_URL http://127.0.0.1:9/api: found " in done.stderr
    assert b"Pa55word" not in done.stderr


def test_programs_take_references_too(monkeypatch):
    """`flows.load` and `flows.verify`, as the commands."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    for call in (lambda: api.load("prefect-secret:db"), lambda: api.verify(target="prefect-secret:db"), lambda: api.run("x", targets=["prefect-secret:db"])):  # fmt: skip
        with pytest.raises(WrongUse, match="found no Prefect server"):
            call()
