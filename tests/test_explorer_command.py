"""`dateline report --explore`: where it writes, what it prints, and outputs that are not folders."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from base64 import b64decode

import pytest
from click.testing import CliRunner

from flows import s3_client
from flows.cli import main
from flows.explore.payload import blocks
from flows.report.explorer_page import TABLES
from flows.write.output import Output

from .conftest import ROOT
from .coordinating import run_here
from .explorer_blocks import read_table
from .s3_server import s3_server
from .test_explorer_data import TWO_SOURCES, rows_of, written


@pytest.fixture
def output(tmp_path):
    run_here(written(tmp_path / "in", TWO_SOURCES), output=tmp_path / "out")
    return tmp_path / "out"


def report(*arguments):
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


def block(page: str, name: str):
    (packed,) = re.findall(rf'id="data-{name}"[^>]*>([^<]*)<', page)
    content = gzip.decompress(b64decode(packed))
    return read_table(content) if name in TABLES else json.loads(content)


def test_the_page_is_written_beside_the_reports_and_the_command_says_what_is_in_it(output):
    done = report("--explore", "--output", output)
    page = output / "_reports" / "explorer.html"

    assert (done.exit_code, done.output.splitlines()) == (
        0,
        [str(page), f"2 articles, 4 claims, 0 events, 1 places in {page.stat().st_size / 1e6:.1f} MB"],
    )
    assert block(page.read_text(), "conflicts")[0]["effect"] == "killed"


def test_a_condition_and_a_file_are_taken(output, tmp_path):
    done = report(
        "--explore", "--output", output, "--where", "best = 19", "--into", tmp_path / "page.html", "--json"
    )
    page = (tmp_path / "page.html").read_text()

    assert json.loads(done.output)["counts"] == {"articles": 1, "claims": 1, "events": 0, "places": 1}
    assert block(page, "meta")["where"] == "best = 19"
    assert [row["surface"] for row in rows_of(block(page, "claims"))] == ["19 people"]
    assert not (output / "_reports" / "explorer.html").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--where", "best = 19"], "--where needs --explore"),
        (["--explore", "--run", "0"], "--run and --explore make different pages"),
        (["--explore", "--where", "efect = 'killed'"], '"efect" not found'),
    ],
)
def test_wrong_use_names_what_is_wrong_and_writes_nothing(output, arguments, why):
    done = report("--output", output, *arguments)

    assert (done.exit_code, why in done.output) == (2, True)
    assert not (output / "_reports" / "explorer.html").exists()


def test_a_folder_that_is_no_output_stays_as_it_is(tmp_path):
    done = report("--explore", "--output", tmp_path / "none")

    assert (done.exit_code, "no published commit" in done.output) == (2, True)
    assert not (tmp_path / "none").exists()


def test_an_output_on_s3_gives_the_same_page(output, monkeypatch):
    with s3_server() as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        s3_client.close()
        address = f"{server.new_bucket('explorer')}/out"
        run_here(output.parent / "in", output=address)
        done = report("--explore", "--output", address)
        written_page = Output(address).store.read("_reports/explorer.html").decode()
        shown, on_disk = blocks(address), blocks(output)

    assert done.output.splitlines()[0] == f"{address}/_reports/explorer.html"
    assert block(written_page, "claims") == shown["claims"]
    assert shown["meta"] == on_disk["meta"] | {"output": address}
    assert {name: each for name, each in shown.items() if name != "meta"} == {
        name: each for name, each in on_disk.items() if name != "meta"
    }


def test_the_benchmark_multiplies_an_output_and_measures_its_page(output, tmp_path):
    large = tmp_path / "large"
    done = subprocess.run(
        [sys.executable, "tests/bench/explorer.py", str(output), str(large), "--claims", "10"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    shown = blocks(large)

    assert done.stdout.splitlines()[1].startswith("6 articles, 12 claims, 0 events, 3 places")
    assert len({row["claim_id"] for row in rows_of(shown["claims"])}) == 12
    assert len(shown["conflicts"]) == 3
