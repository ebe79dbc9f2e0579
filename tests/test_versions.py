"""The versions that a commit records: everything that can change a row, and a decision for every dependency."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flows import versions as recorded
from flows.errors import BrokenModel
from flows.versions import NOT_SHAPING, SHAPING
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import ROOT

READERS = ("parse", "enrich", "tables", "journey.py", "schema.py", "records.py", "reference")
"""What makes rows of bytes."""


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {canonicalize_name(Requirement(each).name) for each in project["dependencies"]}


def imported_by(path: Path) -> set[str]:
    """The top-level modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    return found - sys.stdlib_module_names - {"flows"}


def test_every_dependency_is_decided_to_shape_rows_or_not_to():
    """A new dependency fails here until `flows/versions.py` says which it is."""
    assert dependencies() - set(SHAPING) - set(NOT_SHAPING) == set()
    assert set(SHAPING) & set(NOT_SHAPING) == set()


def test_every_library_that_reads_dispatches_is_recorded():
    files = [
        path
        for name in READERS
        for path in (
            [ROOT / "flows" / name] if name.endswith(".py") else (ROOT / "flows" / name).rglob("*.py")
        )
    ]
    modules = set().union(*map(imported_by, files))
    distributions = metadata.packages_distributions()
    names = {canonicalize_name(name) for module in modules for name in distributions[module]}

    assert {"lxml", "spacy", "trafilatura"} <= names
    assert names - set(SHAPING) - {"platformdirs", "structlog"} == set()


def test_each_commit_and_the_run_have_the_versions_and_the_digests(dataset):
    (run,) = ds.dataset(dataset / "runs").to_table().to_pylist()
    found = dict(run["versions"])

    assert set(found) == {"dateline", "schema", "python", "fields", "model", "lexicons", "weights", *SHAPING}
    assert found["trafilatura"] == metadata.version("trafilatura")
    assert re.fullmatch(r"en_core_web_sm\w* 3\.\S+ sha256:[0-9a-f]{64}", found["model"])
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found["lexicons"])
    assert found["lexicons"] != found["weights"]
    assert [record.versions for record in read_log(Output(dataset))] == [found] * 4


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("enrich/deep/words.tsv", "lexicons"),
        ("enrich/fitted.json", "weights"),
        ("parse/keys.tsv", "lexicons"),
        ("enrich/code.py", None),
    ],
)
def test_the_digest_follows_each_file_of_the_reference_data(name, changed, tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "PACKAGE", tmp_path)
    (tmp_path / "enrich" / "deep").mkdir(parents=True)
    (tmp_path / "parse").mkdir()
    before = recorded.versions.__wrapped__()
    (tmp_path / name).write_text("a table")
    after = recorded.versions.__wrapped__()

    assert {each for each in before if before[each] != after[each]} == {changed} - {None}


def test_a_model_that_is_not_installed_is_named_before_anything_is_committed():
    with pytest.raises(BrokenModel, match="en_core_web_zz: found no such package"):
        recorded.versions("en_core_web_zz")


def test_the_versions_are_known_without_the_libraries():
    """The coordinator records them; only its workers import what reads."""
    named = "import sys, flows.versions as v; v.versions(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", named], capture_output=True, cwd=ROOT, check=True)

    heavy = {"spacy", "thinc", "numpy", "pyarrow", "lxml", "trafilatura", "feedparser", "fasttext", "chardet"}
    assert set(done.stdout.decode().split()) & heavy == set()
