"""Write `ordinary_names.tsv`: names of places and of people that are ordinary words of English, surnames and given names.

    python -m tests.reference.ordinary FOLDER

FOLDER holds the two packages below, as downloaded. Names of places of several words are left out: they are rarely anything else.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from flows.enrich.language.spelling import folded
from flows.enrich.lexicons import LEXICONS
from flows.enrich.places.gazetteer import Gazetteer
from flows.reference.gazetteer_index import built
from tests.reference.sources import Package

WORDS = Package(
    "wamerican-small_2020.12.07-2_all.deb",
    "bfebd3ce5f04a62f5fbeb6707ea1160e37d645754145138343009209f0deadb6",
    "SCOWL (public domain and compatible notices) as in Debian's wamerican-small 2020.12.07-2",
)
NAMES = Package(
    "names-0.3.0.tar.gz",
    "726e46254f2ed03f1ffb5d941dae3bc67c35123941c29becd02d48d0caa2a671",
    "US Census Bureau, names of 1990 (public domain), as in names 0.3.0",
)

MAX_SURNAMES = 12_000
"""Surnames beyond these are borne by fewer than 1 in 100,000 people of the United States."""


def main() -> None:
    """Write the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    folder = asked.parse_args().folder
    gazetteer = Gazetteer(built())
    people = {"surname": set(_people(folder, "all.last", MAX_SURNAMES))}
    people["given_name"] = {name for file in ("male.first", "female.first") for name in _people(folder, file, None)}
    words = {
        word for word in _words(folder) if gazetteer.candidates(word) or any(word in names for names in people.values())
    }
    lines = [
        "# Ordinary words and names of people, folded. `word`: lowercase words of English that are also a name of the gazetteer, a surname or a given",
        f"# name. `surname`, `given_name`: the {MAX_SURNAMES:,} most frequent surnames and all listed given names of the United States.",
        "# Written by tests/reference/ordinary.py.",
        f"# Source: {WORDS.source}; {NAMES.source}.",
        "kind\tnames",
    ]
    lines += [f"{kind}\t{'|'.join(sorted(names))}" for kind, names in (("word", words), *people.items())]
    (LEXICONS / "ordinary_names.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _checked(folder: Path, package: Package) -> Path:
    path = folder / package.file
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != package.sha256:
        raise ValueError(f"{package.file}: sha256 is {found}, wanted {package.sha256}")
    return path


def _words(folder: Path) -> Iterator[str]:
    path = _checked(folder, WORDS)
    archive = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", str(path)], capture_output=True, check=True
    ).stdout
    unpacked = subprocess.run(["tar", "-xO", "./usr/share/dict/american-english-small"], input=archive, capture_output=True, check=True).stdout  # fmt: skip
    for line in unpacked.decode().splitlines():
        if line.islower() and line.isalpha():
            yield line


def _people(folder: Path, file: str, most: int | None) -> Iterator[str]:
    """Yield the names of one list of the Census, most frequent first."""
    with tarfile.open(_checked(folder, NAMES)) as archive:
        member = archive.extractfile(f"names-0.3.0/names/dist.{file}")
        if member is None:
            raise ValueError(f"{NAMES.file}: no file dist.{file}")
        for line in member.read().decode().splitlines()[:most]:
            yield folded(line.split()[0])


if __name__ == "__main__":
    main()
