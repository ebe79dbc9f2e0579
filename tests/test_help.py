"""Every command's help ends with examples, and each example is run over the samples and prints what it is for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from flows.cli import SECTIONS, main
from flows.commands.changing import ARTICLE_ID
from flows.commands.printing import EXAMPLES

from .conftest import FETCHED_AT, ROOT, SEEDS, command_folder, dateline

COMMANDS = {each.name: each for _, commands in SECTIONS for each in commands}


def examples_of(name: str) -> list[str]:
    """The lines after `Examples:` in the help of a command, as a reader sees them."""
    shown = CliRunner().invoke(main, [name, "--help"], terminal_width=200).output
    return [line.strip() for line in shown.partition(f"{EXAMPLES}\n")[2].splitlines() if line.strip()]


def test_the_help_lists_each_command_once_below_its_section():
    shown = CliRunner().invoke(main, ["--help"], terminal_width=200).output
    found = {}
    for line in shown.partition("Show this message and exit.")[2].splitlines():
        if title := re.fullmatch(r"(\S.*):", line):
            found[title[1]] = []
        elif (row := re.match(r"  (\w+) +[A-Z]", line)) and found:
            found[title_of(found)].append(row[1])

    assert found == {title: [each.name for each in commands] for title, commands in SECTIONS}
    assert sorted(main.commands) == sorted(COMMANDS)


def title_of(found: dict[str, list[str]]) -> str:
    return [*found][-1]


def test_no_sentence_about_a_command_is_cut():
    shown = CliRunner().invoke(main, ["--help"], terminal_width=80).output

    assert "..." not in shown.partition("Options:")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_examples_of_it(name):
    found = examples_of(name)

    assert {line.split()[1] for line in found} >= {name}
    assert {line.split()[0] for line in found} == {"dateline"}


SAMPLES = (
    "inline-bridge.txt",
    "inline-flood.txt",
    "keys-strike.txt",
    "lines-desk.jsonl",
    "page-lake.html",
    "pages-crawl.warc",
)
"""Files of the samples: those that the examples name, some with events, and a story of two."""

PRINTS: dict[str, str] = {
    "run": r'Read \d+ dispatches = \d+ articles \+ 0 rejects|Nothing (new|to read again): |"run_id": "',
    "annotate": r'"times": ?\[\{',
    "status": rf'{len(SAMPLES)} sources were read|"rejects": \[\]',
    "report": r"(_reports/[0-9a-f]{32}|_reports/explorer|report)\.html",
    "explain": r'Ziguinchor|"step": "fetch"|lines-desk',
    "verify": r"are as committed|Loaded ",
    "formats": r"(?m)^inline +\w+",
    "schema": r"\| `published_on` \| date |\| `low` \||views\.sql|^$",
    "catalog": r'"name": ?"articles"|datapackage\.json',
    "load": r"Loaded [\d,]+ rows of commits|Nothing new: ",
    "sql": r"(?i)create table|^$",
    "compact": r"Commit \d+: \d+ files|Nothing to compact",
    "enrich": r"Commit \d+: ",
    "erase": r"1 row of articles removed",
    "init": r"^Wrote news/dateline\.toml|Read \d+ dispatches|Nothing new: ",
    "doctor": r'ok +settings|"check": "settings"',
    "completion": r"^$",
    "split": r"commit \d+: 1 articles are a story of their own",
}
"""What the examples of a command print, among other things."""

WRITES = {"schema": "CREATE", "sql": "CREATE|MERGE", "completion": "_dateline_completion"}
"""What the files contain into which examples write."""

IN_OTHER_TESTS = {
    "deploy": "it does not end by itself: test_serve.py runs the README's",
    "evaluate": "it takes a minute: test_readme.py runs the README's",
}
"""Commands whose example is one of the README."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples and an output of them."""
    return made_home(tmp_path_factory.mktemp("home"))


def made_home(folder: Path) -> Path:
    (folder / "seeds").mkdir()
    for name in SAMPLES:
        shutil.copy(SEEDS / name, folder / "seeds")
    done = dateline("run", "seeds", "--fetched-at", FETCHED_AT.isoformat(), cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return folder


def member_of_a_story(output: Path) -> str:
    """The id of an article that is not alone in its story."""
    with duckdb.connect() as db:
        (row,) = db.sql(
            f"SELECT any_value(article_id) FROM '{output}/story_members/**/*.parquet' "
            "GROUP BY story_id HAVING count(DISTINCT article_id) > 1 ORDER BY 1 LIMIT 1"
        ).fetchall()
    return row[0]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in IN_OTHER_TESTS])
def test_the_examples_of_a_command_run_and_print_what_it_is_for(name, home, request, tmp_path):
    """In a copy of the folder, so that one command does not depend on another. `erase` names a source, whose uri has the folder."""
    folder = tmp_path / "home"
    if name == "erase":
        folder.mkdir()
        made_home(folder)
    else:
        shutil.copytree(home, folder)
    path = os.pathsep.join((str(command_folder()), os.environ["PATH"]))
    for line in examples_of(name):
        command = line.replace(ARTICLE_ID, member_of_a_story(folder / "output") if ARTICLE_ID in line else "")
        if "postgresql://localhost:5432/news" in command:
            address = request.getfixturevalue("postgres")
            command = command.replace("postgresql://localhost:5432/news", address)
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

        assert done.returncode == 0, f"{line}: {done.stderr}"
        assert re.search(PRINTS[name], done.stdout), f"{line}: {done.stdout[:2000]}"
        if "> " in line:
            assert re.search(WRITES[name], (folder / line.rpartition("> ")[2]).read_text()), line
        if "--json" in line:
            assert isinstance(json.loads(done.stdout), (dict, list))


@pytest.mark.parametrize("name", IN_OTHER_TESTS)
def test_an_example_that_another_test_runs_is_the_readmes(name):
    (example,) = examples_of(name)

    assert f"$ {example}\n" in (ROOT / "README.md").read_text()


def test_every_option_says_what_it_does():
    for command in COMMANDS.values():
        for param in command.params:
            if isinstance(param, click.Option):
                assert param.help, (command.name, param.name)
