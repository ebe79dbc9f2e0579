"""A view of incidents of lethal violence with the 49 columns of UCDP's Georeferenced Event Dataset, for programs that read GED.

Which rows there are, their type and their numbers: `ged_incidents.py`. `id` is the number of the first 15 hexadecimal digits of `relid`,
which is the row of `events` that told of the incident first; reports that are committed later change neither.

Source: UCDP GED Codebook 23.1 to 25.1 (columns and their order are the same); UCDP's regions are those of the codebook of the UCDP/PRIO
Armed Conflict Dataset, by numbers of Gleditsch and Ward.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.enrich.lexicons import table
from flows.schema import Type
from flows.warehouse.declared import DataSet, Field, columns, view
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import any_of, cast, country_code, looked_up
from flows.warehouse.ged_incidents import STATE, incidents

NAME = "ucdp_ged"
ID_DIGITS = 15

REGIONS = (
    (2, 199, "Americas"),
    (200, 399, "Europe"),
    (400, 626, "Africa"),
    (630, 699, "Middle East"),
    (700, 999, "Asia"),
)
"""UCDP's regions, by first and last number of Gleditsch and Ward; Oceania is in Asia."""

CELLS_PER_DEGREE, CELLS_PER_ROW = 2, 720

ACTOR_REGISTER = "ids of UCDP's own register of conflicts, dyads and actors"
CONFLICTS = "names of UCDP's own register of conflicts"
THRESHOLD = "UCDP counts 25 deaths of a dyad in a year, over all its sources"
NOT_REVIEWED = "no coder has reviewed the row"
NO_SUMMARIES = "whether a report sums several incidents up is not decided; cumulative claims are left out"


def ucdp_ged(dialect: Dialect) -> str:
    """Return the statement that makes the view of the incidents of the latest articles."""
    joins = (
        "toll ON toll.incident_id = incident.incident_id",
        "source ON source.incident_id = incident.incident_id",
    )
    found = (
        "original ON original.incident_id = incident.incident_id",
        f"{dialect.table('places_latest')} AS place ON place.place_id = incident.place_id",
        f"{dialect.table('times_latest')} AS dated ON dated.time_id = incident.time_id",
    )
    return view(
        NAME,
        "Incidents of lethal violence with the columns of UCDP GED.",
        f"WITH {incidents(dialect)}\nSELECT\n{columns(fields(dialect), dialect)}\nFROM sided AS incident\n"
        + "\n".join(f"JOIN {each}" for each in joins)
        + "\n"
        + "\n".join(f"LEFT JOIN {each}" for each in found),
        dialect,
    )


def fields(dialect: Dialect) -> tuple[Field, ...]:
    """Return the 49 columns in the order of the codebook."""
    return (*_identity(dialect), *_sources(), *_where(dialect), *_when(), *_deaths(dialect))


def _identity(dialect: Dialect) -> Iterator[Field]:
    digits = f"SUBSTRING(incident.incident_id, 1, {ID_DIGITS})"
    yield Field("id", Type.INT64, dialect.from_hex.format(digits=digits))
    yield Field("relid", Type.TEXT, "incident.incident_id", "the id of the first row of `events`")
    yield Field("year", Type.INT64, cast("EXTRACT(YEAR FROM incident.event_on)", Type.INT64, dialect))
    yield Field("active_year", Type.BOOL, why=THRESHOLD)
    yield Field("code_status", Type.TEXT, why=NOT_REVIEWED)
    yield Field("type_of_violence", Type.INT64, "incident.violence", "null where the actors do not decide it")
    yield Field("conflict_dset_id", Type.TEXT, why=ACTOR_REGISTER)
    yield Field("conflict_new_id", Type.INT64, why=ACTOR_REGISTER)
    yield Field("conflict_name", Type.TEXT, why=CONFLICTS)
    yield Field("dyad_dset_id", Type.TEXT, why=ACTOR_REGISTER)
    yield Field("dyad_new_id", Type.INT64, why=ACTOR_REGISTER)
    yield Field(
        "dyad_name",
        Type.TEXT,
        "incident.a_name || ' - ' || incident.b_name",
        "null where a side is not named",
    )
    for side in "ab":
        yield Field(f"side_{side}_dset_id", Type.TEXT, why=ACTOR_REGISTER)
        yield Field(f"side_{side}_new_id", Type.INT64, why=ACTOR_REGISTER)
        yield Field(
            f"side_{side}",
            Type.TEXT,
            f"incident.{side}_name",
            "the words of the text; for a state the government of its country",
        )


def _sources() -> Iterator[Field]:
    yield Field("number_of_sources", Type.INT64, "source.outlet_count")
    yield Field("source_article", Type.TEXT, "source.articles")
    yield Field(
        "source_office", Type.TEXT, "source.offices", "empty for a dispatch that names no publisher or agency"
    )
    yield Field("source_date", Type.TEXT, "source.days")
    yield Field("source_headline", Type.TEXT, "source.headlines")
    yield Field(
        "source_original",
        Type.TEXT,
        "NULLIF(original.claimants, '')",
        "the claimants; null where none is named",
    )


def _where(dialect: Dialect) -> Iterator[Field]:
    latitude, longitude = "incident.latitude", "incident.longitude"
    point = " || ' ' || ".join(cast(degrees, Type.TEXT, dialect) for degrees in (longitude, latitude))
    number = cast(looked_up("incident.country", "iso", "gwno"), Type.INT64, dialect)
    yield Field("where_prec", Type.INT64, "place.where_prec")
    yield Field("where_coordinates", Type.TEXT, "incident.place_name")
    yield Field("where_description", Type.TEXT, "COALESCE(place.relation || ' ', '') || place.surface")
    yield Field(
        "adm_1",
        Type.TEXT,
        "CASE WHEN incident.place_kind = 'region' THEN incident.place_name END",
        "for regions only: of other places the code is known (`acled_events.admin1`), not the name",
    )
    yield Field(
        "adm_2",
        Type.TEXT,
        "CASE WHEN incident.place_kind = 'district' THEN incident.place_name END",
        "for districts only",
    )
    yield Field("latitude", Type.FLOAT64, latitude)
    yield Field("longitude", Type.FLOAT64, longitude)
    yield Field("geom_wkt", Type.TEXT, f"'POINT (' || {point} || ')'")
    yield Field("priogrid_gid", Type.INT64, cast(priogrid_cell(latitude, longitude), Type.INT64, dialect))
    yield Field("country", Type.TEXT, country_code("incident.country", "name"), "GeoNames' name")
    yield Field("country_id", Type.INT64, number, "null for what is no state of Gleditsch and Ward")
    yield Field("region", Type.TEXT, _region("incident.country"), "as `country_id`")


def _region(country: str) -> str:
    numbers = [(row["iso"], int(row["gwno"])) for row in table("country_codes") if row["gwno"]]
    regions = (
        f"WHEN {country} IN ({any_of(iso for iso, number in numbers if low <= number <= high)}) THEN '{name}'"
        for low, high, name in REGIONS
    )
    return f"CASE {' '.join(regions)} END"


def priogrid_cell(latitude: str, longitude: str) -> str:
    """Return the number of the PRIO-GRID cell of a point: half degrees, from 1 at 180 W 90 S, row by row to the north.

    Source: PRIO-GRID Codebook 2.0, "gid"; 10.51 N 2.29 E is in cell 145085.
    """
    row = f"CASE WHEN {latitude} >= 90 THEN 359 ELSE FLOOR(({latitude} + 90) * {CELLS_PER_DEGREE}) END"
    column = f"CASE WHEN {longitude} >= 180 THEN {CELLS_PER_ROW - 1} ELSE FLOOR(({longitude} + 180) * {CELLS_PER_DEGREE}) END"
    return f"{row} * {CELLS_PER_ROW} + {column} + 1"


def _when() -> Iterator[Field]:
    yield Field("event_clarity", Type.INT64, why=NO_SUMMARIES)
    yield Field(
        "date_prec",
        Type.INT64,
        "dated.date_prec",
        "null where the text states no time, and the day is that of publication",
    )
    yield Field("date_start", Type.DATE, "incident.event_on")
    yield Field("date_end", Type.DATE, "COALESCE(incident.end_on, incident.event_on)")


def _deaths(dialect: Dialect) -> Iterator[Field]:
    numbers = {name: name for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")}
    for name, column in (numbers | {"best": "report_best", "high": "greatest", "low": "least"}).items():
        yield Field(name, Type.INT64, cast(f"toll.{column}", Type.INT64, dialect))
    for side in "ab":
        number = looked_up(f"incident.{side}_country", "iso3", "gwno")
        yield Field(
            f"gwno{side}",
            Type.TEXT,
            f"CASE WHEN incident.{side}_acled_inter = {STATE} THEN {number} END",
            "null where the side is no state",
        )


DATA_SET = DataSet(
    NAME,
    "an incident of lethal violence: what the reports of one story tell of one day and one place",
    "UCDP GED Codebook 23.1 to 25.1",
    fields,
    ucdp_ged,
)
