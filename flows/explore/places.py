"""The places of the claims and events that are shown: one row for each place and precision, with the circle in which it lies."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from flows.enrich.lexicons import table
from flows.explore.columnar import Block, columnar
from flows.explore.radius import Located, precision_of, radius_km
from flows.explore.selection import rows_of
from flows.schema import Row

SPOTS = """
CREATE TABLE spot_of AS
WITH used AS (
    SELECT place_id FROM claims JOIN shown_claims USING (claim_id)
    UNION
    SELECT place_id FROM events JOIN shown_events USING (event_id)
),
located AS (
    SELECT place_id, geonameid, COALESCE(name, within) AS name, country, admin1_code, round(latitude, 4) AS latitude,
        round(longitude, 4) AS longitude, where_prec, population, distance_km
    FROM places JOIN used USING (place_id) WHERE latitude IS NOT NULL
)
SELECT *, dense_rank() OVER (
    ORDER BY country, name, geonameid, admin1_code, latitude, longitude, where_prec, population, distance_km
) - 1 AS spot
FROM located
"""
"""`spot_of` gives each mention of a place the number of its row on the page."""


def place_block(database: duckdb.DuckDBPyConnection) -> Block:
    """Make the table `spot_of` in the database, and return the places; `admin1` is the name of the region.

    `precision` and `radius_km` are those of `flows.explore.radius`.
    """
    database.execute(SPOTS)
    spots = list(spots_of(database).values())
    regions = region_names()
    located = [Located(**{name: spot[name] for name in Located.__dataclass_fields__}) for spot in spots]
    columns = {
        **{name: pa.array([spot[name] for spot in spots], kind) for name, kind in KEPT.items()},
        "admin1": pa.array([_region(spot, regions) for spot in spots], pa.string()),
        "precision": pa.array([precision_of(each) for each in located], pa.string()),
        "radius_km": pa.array([radius_km(each) for each in located], pa.float64()),
    }
    return columnar(pa.table(columns))


def spots_of(database: duckdb.DuckDBPyConnection) -> dict[int, Row]:
    """Return the places by their number, in order."""
    rows = rows_of(database, "SELECT DISTINCT ON (spot) * EXCLUDE (place_id) FROM spot_of ORDER BY spot")
    return {row["spot"]: row for row in rows.to_pylist()}


KEPT = {
    "geonameid": pa.int64(),
    "name": pa.string(),
    "country": pa.string(),
    "latitude": pa.float64(),
    "longitude": pa.float64(),
}


def _region(spot: Row, regions: Mapping[tuple[str, str], str]) -> str | None:
    """Return the name of the region that a place lies in, None if it is the region itself."""
    name = regions.get((spot["country"], spot["admin1_code"]))
    return None if name == spot["name"] and spot["where_prec"] != 1 else name


def region_names() -> dict[tuple[str, str], str]:
    """Return the name of each first-order region by country and code."""
    return {
        (row["country"], row["admin1"]): row["name"] for row in table("regions") if row["fcode"] == "ADM1"
    }
