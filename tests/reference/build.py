"""Write the reference tables of `flows/enrich/lexicons` from the packages of `sources.py`.

    python -m tests.reference.build FOLDER

FOLDER holds the packages as downloaded. One rule gives every point: the middle of the largest part of the place's outline
where Natural Earth has one that agrees with the gazetteer's towns, else the middle of its towns.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from flows.enrich.language.spelling import folded
from flows.enrich.lexicons import LEXICONS, table
from tests.reference.shapes import Points, Ring, area_of_ring, middle_of_points, middle_of_rings
from tests.reference.sources import (
    CODES,
    DIVISIONS,
    GAZETTEER,
    OUTLINES,
    STATES,
    Division,
    Outline,
    Sources,
    Town,
)

MIN_POPULATION = 40_000
"""A second-order region with a smaller population is omitted if a town in it has its name, since the town represents it."""

SECTION = "PPLX"
"""GeoNames' code of a part of a town."""

PLACES = 3
"""Decimal places of a point in degrees: about 100 m."""

Point = tuple[float, float]


def main() -> None:
    """Write the five tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    sources = Sources(asked.parse_args().folder)
    divisions, towns = sources.divisions(), sources.towns()
    codes = {geonameid: (country, code) for geonameid, code, country in sources.feature_codes()}
    outlines = sources.outlines()
    within = assigned(outlines, towns, divisions)
    _write_codes(codes, {town.geonameid for town in towns})
    _write_regions(divisions, towns, outlines, within, codes)
    _write_countries(sources, towns, outlines, within)
    _write_areas(sources, divisions, outlines, within)
    _write_wide(sources)


def assigned(
    outlines: Sequence[Outline], towns: Sequence[Town], divisions: Mapping[int, Division]
) -> list[tuple[str, str]]:
    """Return for each outline the country, and the code of the first-order region, that most of the towns in it belong to.

    The code is empty where no region has more than half of them. Where no town lies in an outline, both are what Natural
    Earth gives: the region by its geonameid, or else by its code.
    """
    points = Points([town.longitude for town in towns], [town.latitude for town in towns])
    first = [_first_order(town, divisions) for town in towns]
    known = {each.geonameid: each.code for each in divisions.values() if each.level == 1}
    found = []
    for outline in outlines:
        inside = [number for ring in outline.rings for number in points.inside(ring)]
        if inside:
            country = _most_often(towns[number].country for number in inside)
            code = _most_often(first[number] for number in inside)
            if 2 * sum(first[number] == code for number in inside) <= len(inside):
                code = ""
            found.append((country, code))
        else:
            found.append((outline.country, known.get(outline.geonameid, outline.code)))
    return found


def _most_often(values: Iterable[str]) -> str:
    """Return the value that occurs most often; of several, the last in the alphabet."""
    votes = Counter(values)
    return max(votes, key=lambda value: (votes[value], value))


def _first_order(town: Town, divisions: Mapping[int, Division]) -> str:
    """Return the code of the first-order region of a town, or an empty string."""
    return next(
        (divisions[each].code for each in town.divisions if each in divisions and divisions[each].level == 1),
        "",
    )


def _write_regions(
    divisions: Mapping[int, Division],
    towns: Sequence[Town],
    outlines: Sequence[Outline],
    within: Sequence[tuple[str, str]],
    codes: Mapping[int, tuple[str, str]],
) -> None:
    towns_of: defaultdict[int, list[Town]] = defaultdict(list)
    for town in towns:
        for each in town.divisions:
            towns_of[each].append(town)
    rings_of: defaultdict[str, list[Ring]] = defaultdict(list)
    for outline, (_, code) in zip(outlines, within, strict=True):
        rings_of[code].extend(outline.rings)
    rows = []
    for at, division in divisions.items():
        own = towns_of[at]
        population = _population(own, codes)
        country, admin1, *_ = division.code.split(".")
        if division.level == 2 and population < MIN_POPULATION and _has_its_name(own, division):
            continue
        rings = rings_of[division.code] if division.level == 1 else []
        point = _middle(rings if not own or (rings and _holds_most(rings, own)) else [], own)
        if point is None:
            continue
        alternates = [each for each in division.alternates if is_latin(each)]
        rows.append(
            (
                country, admin1, division.level, division.geonameid, f"ADM{division.level}",
                division.name, point, population, alternates,
            )
        )  # fmt: skip
    rows.sort(key=lambda row: row[:4])
    _write(
        "regions",
        "First-order regions of all countries; second-order ones with a population of 40,000 or more, or without a town of their name.",
        f"{DIVISIONS.source} (ids, codes, names, towns); {OUTLINES.source} (outlines); "
        f"{CODES.source} (parts of towns).",
        "A point is the middle of the largest part of the outline where most of the towns in it are the region's, and most of the\n"
        "region's towns are in it; else the middle of the region's towns. Population: the sum of its towns, or of the\n"
        "parts of towns in it if those have more.",
        (
            "geonameid",
            "fcode",
            "country",
            "admin1",
            "name",
            "latitude",
            "longitude",
            "population",
            "alternates",
        ),
        (
            (geonameid, fcode, country, admin1, name, *_cells(point), population, "|".join(alternates))
            for country, admin1, _, geonameid, fcode, name, point, population, alternates in rows
        ),
    )


def _middle(rings: Sequence[Ring], towns: Sequence[Town]) -> Point | None:
    """Return the middle of an outline if there is one, else of the towns; None without either."""
    if rings:
        return middle_of_rings(rings)
    return middle_of_points((town.latitude, town.longitude) for town in towns) if towns else None


def _has_its_name(towns: Sequence[Town], division: Division) -> bool:
    """Return True if a region has the name of a town in it."""
    return folded(division.name) in {folded(town.name) for town in towns}


def _population(towns: Sequence[Town], codes: Mapping[int, tuple[str, str]]) -> int:
    """Return the population of a region: that of its towns, or of parts of towns if those have more, as in suburbs.

    Only places whose feature code is known are counted: GeoNames lists districts of cities that no code sets apart from towns.
    """
    counts: Counter[bool] = Counter()
    for town in towns:
        if known := codes.get(town.geonameid):
            counts[known[1] == SECTION] += town.population
    return max(counts[True], counts[False])


def _holds_most(rings: Sequence[Ring], towns: Sequence[Town]) -> bool:
    """Return True if at least half of the towns lie within the rings."""
    points = Points([town.longitude for town in towns], [town.latitude for town in towns])
    return 2 * len({number for ring in rings for number in points.inside(ring)}) >= len(towns)


def _write_countries(
    sources: Sources,
    towns: Sequence[Town],
    outlines: Sequence[Outline],
    within: Sequence[tuple[str, str]],
) -> None:
    rings_of: defaultdict[str, list[Ring]] = defaultdict(list)
    for outline, (country, _) in zip(outlines, within, strict=True):
        rings_of[country].extend(outline.rings)
    towns_of: defaultdict[str, list[Town]] = defaultdict(list)
    for town in towns:
        towns_of[town.country].append(town)
    geonames, independent = sources.countries(), sources.independent_countries()
    rows = []
    for row in table("countries"):
        point = _middle(rings_of[row["iso"]], towns_of[row["iso"]])
        if point is None:
            raise ValueError(f"country {row['iso']}: neither outline nor town")
        geonameid = geonames[row["iso"]]["geonameid"]
        fcode = "PCLI" if row["iso"] in independent else ""
        rows.append((geonameid, fcode, row["iso"], *_cells(point), row["aliases"], row["demonyms"]))
    _write(
        "countries",
        "Countries as news names them: ISO 3166-1 alpha-2, a point, other names, and demonyms.",
        f"{GAZETTEER.source} (ids); {OUTLINES.source} (outlines); {DIVISIONS.source} (towns); {STATES.source} (independence). Names and demonyms: own list.",
        "A point is the middle of the largest part of the country's outline, else of its towns.\n"
        "PCLI is GeoNames' code of an independent political entity; no source gives the codes of the others.",
        ("geonameid", "fcode", "iso", "latitude", "longitude", "aliases", "demonyms"),
        rows,
    )


def _write_areas(
    sources: Sources,
    divisions: Mapping[int, Division],
    outlines: Sequence[Outline],
    within: Sequence[tuple[str, str]],
) -> None:
    """Write the areas of countries and of their first-order regions, which say how large a place may be."""
    first = {each.code for each in divisions.values() if each.level == 1}
    districts = Counter(each.code.rpartition(".")[0] for each in divisions.values() if each.level == 2)
    areas: Counter[str] = Counter()
    for outline, (_, code) in zip(outlines, within, strict=True):
        if code in first:
            areas[code] += round(sum(map(area_of_ring, outline.rings)))
    countries = [
        (row["iso"], "", round(row["areakm2"]), "")
        for row in sources.countries().values()
        if row["areakm2"] >= 1
    ]
    regions = [(*code.split("."), areas[code], districts[code] or "") for code in areas if areas[code]]
    _write(
        "areas",
        "Areas of countries (admin1 is empty) and of first-order regions in square kilometres, and how many second-order regions a region has.",
        f"{GAZETTEER.source} (countries); {OUTLINES.source} (outlines of regions); {DIVISIONS.source} (codes, second-order regions).",
        "The area of a region is that of its outline on a sphere: lakes and holes in it are counted.",
        ("country", "admin1", "km2", "districts"),
        sorted([*countries, *regions]),
    )


def _write_codes(codes: Mapping[int, tuple[str, str]], towns: set[int]) -> None:
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for geonameid, group in codes.items():
        if geonameid in towns:
            groups[group].append(geonameid)
    _write(
        "feature_codes",
        "GeoNames' feature codes of populated places, by country; a place of the gazetteer that is not here has none.",
        f"{CODES.source}.",
        "",
        ("country", "fcode", "geonameids"),
        (
            (country, code, " ".join(map(str, sorted(groups[country, code]))))
            for country, code in sorted(groups)
        ),
    )


def _write_wide(sources: Sources) -> None:
    continents = sources.continents()
    rows = []
    for row in table("wide"):
        known = continents.get(int(row["geonameid"] or 0))
        if known:
            row |= {"fcode": known["fcode"]}
            row["latitude"], row["longitude"] = _cells((float(known["lat"]), float(known["lng"])))
        rows.append(tuple(row.values()))
    _write(
        "wide",
        "Continents, waters, mountains and regions that news names and that are not administrative areas.",
        f"{GAZETTEER.source} (ids, codes and points of continents); own list from general knowledge.",
        "The others have no id and no feature code; each has a point near its middle, in whole degrees or tenths of degrees.\n"
        "`kind` as in `Kind`; `country` where a place lies in one alone.",
        ("geonameid", "fcode", "kind", "country", "name", "latitude", "longitude", "aliases", "demonyms"),
        rows,
    )


def is_latin(name: str) -> bool:
    """Return True if a name is written in Latin letters."""
    return name.isascii() or all(letter < "ɐ" or "Ḁ" <= letter <= "ỿ" for letter in name if letter.isalpha())


def _cells(point: Point) -> tuple[str, str]:
    latitude, longitude = (f"{round(value, PLACES) + 0.0:g}" for value in point)
    return latitude, longitude


def _write(
    name: str, what: str, source: str, note: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    head = [f"# {line}" for line in (what, f"Source: {source}", *note.split("\n")) if line]
    lines = ["\t".join(map(str, row)) for row in rows]
    (LEXICONS / f"{name}.tsv").write_text(
        "\n".join([*head, "\t".join(header), *lines]) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
