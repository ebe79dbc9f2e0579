"""Every command of the README is run, from a copy of the project, and prints what it is said to print."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import duckdb
import httpx
import pytest
import sqlglot

from flows.tables import TABLES

from .conftest import ROOT, command_folder
from .processes import without_prefect

README = (ROOT / "README.md").read_text()


def commands_of(title: str) -> list[str]:
    """The commands of a section of the README, in order."""
    section = re.split(r"^#+ ", README.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    found = re.findall(r"^\$ (.+)$", section, re.MULTILINE)
    assert found, f"the README has no commands under {title!r}"
    return found


MADE = {".git", ".venv", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis",
        ".import_linter_cache"}  # fmt: skip
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
PRINTED = re.findall(r"```text\n(.*?)```", README, re.DOTALL)


def left_out(folder: str, names: list[str]) -> set[str]:
    """What was made from the repository and is not of it."""
    if Path(folder) == ROOT / "output":
        return set(names) - {"README.md", "views.sql"}
    return {name for name in names if name in MADE or name.endswith(".egg-info")}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is in the repository, with this environment as its own."""
    folder = tmp_path_factory.mktemp("copy") / "dateline"
    shutil.copytree(ROOT, folder, ignore=left_out)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("ready", "ready-dev"):
        (folder / ".venv" / name).touch()
    return folder


def shell(command: str, cwd: Path, **env: str) -> str:
    path = os.pathsep.join((str(command_folder()), str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=without_prefect() | {"PATH": path} | env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def said(output: str) -> list[str]:
    """The lines without what differs from run to run: times, rates, and the id of the run."""
    return [
        re.sub(r"\b[0-9a-f]{32}\b", "ID", re.sub(r"[\d.,]+ (s|dispatches/s)\b", r"# \1", line.rstrip()))
        for line in output.splitlines()
        if line.strip()
    ]


def test_make_run_prints_what_the_readme_says_and_the_second_time_that_nothing_is_new(copy):
    first, second = (shell("make --silent run", copy) for _ in range(2))

    assert said(first) == said(PRINTED[0])
    assert said(second) == said(PRINTED[1])


def test_make_test_runs_the_tests(copy):
    printed = shell(
        "make --silent test", copy, TEST_PROCESSES="0", PYTEST_ADDOPTS="-k nothing_is_published_after"
    )

    assert "1 passed" in printed


PRINTS = {
    "run": r"(?s)Read 59 dispatches = 59 articles \+ 0 rejects.*places +\d+|Nothing new: 45 of 45 sources",
    "load": r"(Loaded [\d,]+ rows of commits|Nothing new: ).*duckdb:///news\.duckdb",
    "verify": r"(?s)files with [\d,]+ rows are as committed.*rows and keys are those of the files",
    "catalog": r'"name": ?"articles"',
    "status": r"45 sources were read",
    "compact": r"Commit \d+: \d+ files .* are now \d+",
    "explain": r"Ziguinchor.* SN",
    "sql": r"MERGE INTO dateline\.articles",
    "formats": r"(?m)^inline +\w+",
    "schema": r"\| `published_on` \| date ",
    "annotate": r'"times": ?\[\{',
    "evaluate": r"(?m)^\w+ +places .*\d\d\.\d",
    "report": r"_reports/([0-9a-f]{32}|explorer)\.html",
    "init": r"Wrote settings/dateline\.toml",
    "doctor": r"(?m)^ok +language model: en_core_web_sm-3\.8\.0",
}
"""What each command of the README prints, among other things."""


@pytest.mark.parametrize("command", commands_of("The command"))
def test_a_command_of_the_readme_prints_what_it_is_for(command, copy):
    printed = shell(command, copy)

    assert re.search(PRINTS[command.split()[1]], printed), printed[:2000]


TABLE = """Datum,Headline,Full text
2024-03-10,Shelling,"The army shelled a village near Goma on Saturday, killing three civilians, residents said."
03/04/2024,Fire,"A fire in Dhaka killed 44 people, the health minister said on Friday."
"""
"""A file of a newcomer: the name of its column of dates is none that Dateline knows."""


def test_a_newcomer_sees_that_dates_are_missing_and_gets_them_and_a_table(copy):
    (copy / "news").mkdir()
    (copy / "news" / "table.csv").write_text(TABLE)
    run, explain, again, status, explore = commands_of("Your own news")

    assert "2 articles have no date of publication (2 of csv)" in shell(run, copy)
    assert "published_at: 2024-03-10" in shell(explain, copy)
    assert "Read 2 dispatches = 2 articles + 0 rejects" in shell(again, copy)
    assert "rejects           0" in shell(status, copy)
    assert "2 articles, 2 claims" in shell(explore, copy)
    (copy / "table.py").write_text(PYTHON[0])
    shell(f"{sys.executable} table.py", copy)
    assert sorted((copy / "killed.csv").read_text().splitlines()) == [
        "3,3,residents,three civilians",
        "44,44,the health minister,44 people",
        "low,high,claimant,surface",
    ]
    for name in ("news", "mine"):
        shutil.rmtree(copy / name)
    for name in ("table.py", "killed.csv"):
        (copy / name).unlink()


def test_the_queries_of_the_readme_give_the_words_of_the_times_and_who_says_that_people_were_killed(
    copy, monkeypatch
):
    """Runs on what the commands before it have written."""
    shell("make --silent run", copy)
    monkeypatch.chdir(copy / "output")
    queries = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    with duckdb.connect() as db:
        db.execute((copy / "output" / "views.sql").read_text())
        times, killed = (db.sql(query.rstrip().rstrip(";")).fetchall() for query in queries)

    assert len(times) == len(killed) == 5
    assert all(surface == words for _, surface, _, words in times)
    assert (2, 2, "the regional governor", "asserts", "two people") in {(*row[:4], row[5]) for row in killed}


def test_the_recipe_for_a_backfill_reads_a_year_and_reads_it_again_whatever_its_times(copy):
    year = copy / "archive" / "2019"
    (year / "03").mkdir(parents=True)
    shutil.copy(copy / "seeds" / "lines-desk.jsonl", year / "03" / "desk.jsonl")
    first, again = commands_of("Backfill a year")

    assert "Read 4 dispatches = 4 articles + 0 rejects" in shell(first, copy)
    unread, read = (json.loads(shell(f"{command} --json", copy)) for command in (first, again))
    shutil.rmtree(copy / "archive")

    assert [each["unchanged_count"] for each in (unread, read)] == [1, 1]
    assert [each["seconds"]["fetch"] > 0 for each in (unread, read)] == [False, True]


def test_the_recipe_for_generations_compacts_extracts_again_and_erases(copy):
    shell("make --silent run", copy)
    shell("cp -r output kept", copy)
    compact, enrich, erase = (
        command.replace("--output output", "--output kept")
        for command in commands_of("Compact, erase, extract again")
    )
    shell(compact, copy)

    assert re.match(r"Nothing to compact: kept has \d+ files\.", shell(compact, copy))
    assert re.match(r"Commit \d+: ", shell(enrich, copy))
    assert "1 row of articles removed" in shell(erase, copy)
    shutil.rmtree(copy / "kept")


def test_the_recipe_for_duckdb_loads_and_verifies(copy):
    shell("make --silent run", copy)
    load, verify = commands_of("Load DuckDB")
    shell(load, copy)

    assert "Nothing new: duckdb:///news.duckdb has all commits" in shell(load, copy)
    assert "rows and keys are those of the files" in shell(verify, copy)
    with duckdb.connect(str(copy / "news.duckdb"), read_only=True) as db:
        ((count,),) = db.sql("SELECT count(*) FROM articles_latest").fetchall()
    assert count >= 59
    (copy / "news.duckdb").unlink()


def test_the_recipe_for_postgresql_loads(copy, postgres):
    shell("make --silent run", copy)
    (load,) = commands_of("Load PostgreSQL")
    load = load.replace("postgresql://localhost:5432/news", postgres)

    assert "Loaded" in shell(load, copy)
    assert "Nothing new" in shell(load, copy)


def test_the_recipe_for_bigquery_and_snowflake_prints_sql_that_parses(copy):
    for command in commands_of("Load BigQuery or Snowflake"):
        shell(command, copy)
        name = command.rpartition("> ")[2]
        dialect = "bigquery" if "bigquery" in command else "snowflake"
        parsed = sqlglot.parse(
            (copy / name).read_text(), dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE
        )

        assert sum(isinstance(each, sqlglot.exp.Merge) for each in parsed) == len(TABLES)
        (copy / name).unlink()


def test_the_python_of_the_readme_runs(copy):
    code = PYTHON[1]
    (copy / "recipe.py").write_text(code)
    numbers = shell(f"{sys.executable} recipe.py", copy).split()

    assert numbers[-1] == "SY"
    assert int(numbers[2]) >= 57
    for name in ("recipe.py", "news.duckdb"):
        (copy / name).unlink()


def test_the_recipe_for_one_machine_starts_a_server(copy, tmp_path):
    """The recipe's last command is run in test_serve.py."""
    start, export, _ = commands_of("Schedule it on one machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    env = {
        "PREFECT_HOME": str(tmp_path),
        "PREFECT_SERVER_API_PORT": port,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    try:
        shell(start, copy, **env)
        url = export.rpartition("PREFECT_API_URL=")[2].replace("4200", port)
        with httpx.Client(transport=httpx.HTTPTransport(retries=12), timeout=120) as client:
            assert client.get(f"{url}/health").json() is True
    finally:
        shell("prefect server stop", copy, **env)


def test_only_the_agreed_names_stand_at_the_top():
    agreed = {
        "flows", "seeds", "output", "tests", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile",
        "prefect.yaml", "requirements.txt", "requirements-dev.txt",
    }  # fmt: skip

    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert names - left_out(str(ROOT), [*names]) == agreed
