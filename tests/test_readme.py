"""Every command of the README is run, from a copy of the project, and prints what it is said to print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from .conftest import ROOT

README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^\$ (.+)$", README, re.MULTILINE)
MADE = {".git", ".venv", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis",
        ".import_linter_cache"}  # fmt: skip
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
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=os.environ | {"PATH": path} | env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def said(output: str) -> list[str]:
    """The lines without what differs from run to run: times and rates."""
    return [
        re.sub(r"[\d.,]+ (s|dispatches/s)\b", r"# \1", line.rstrip())
        for line in output.splitlines()
        if line.strip()
    ]


def test_make_run_prints_what_the_readme_says_and_the_second_time_that_nothing_is_new(copy):
    first, second = (shell("make --silent run", copy) for _ in range(2))

    assert said(first) == said(PRINTED[0])
    assert said(second) == said(PRINTED[1])


def test_make_test_runs_the_tests(copy):
    printed = shell("make --silent test", copy, PYTEST_ADDOPTS="-k nothing_is_published_after")

    assert "1 passed" in printed


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command not in ("make run", "make test")]
)
def test_a_command_of_the_readme_works(command, copy):
    assert shell(command, copy).strip() != ""


def test_the_query_of_the_readme_gives_the_words_of_the_times(copy, monkeypatch):
    """Runs on what the commands before it have written."""
    shell("make --silent run", copy)
    monkeypatch.chdir(copy / "output")
    (query,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    with duckdb.connect() as db:
        db.execute((copy / "output" / "views.sql").read_text())
        found = db.sql(query.rstrip().rstrip(";")).fetchall()

    assert len(found) == 5
    assert all(surface == words for _, surface, _, words in found)


def test_only_the_agreed_names_stand_at_the_top(copy):
    agreed = {
        "flows", "seeds", "output", "tests", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile",
        "prefect.yaml", "requirements.txt", "requirements-dev.txt",
    }  # fmt: skip

    assert {path.name for path in copy.iterdir() if not path.name.startswith(".")} == agreed
