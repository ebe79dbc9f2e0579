"""Incidents of lethal violence as UCDP defines them, as common table expressions of the view `ucdp_ged`.

An incident is what the reports of one story tell of one day and one place: asserted battles, explosions and violence against civilians
with a claim of people killed. In each report each claim counts once; denied, doubted, hypothetical, historical and cumulative claims and
those of a part of other victims are left out. The best estimate is that of the last report, the lowest and highest are those of all.

The type of violence follows from the actors: a state and another state or a rebel group (1), two rebel groups (2), a state or a rebel
group and civilians (3). Gunmen of no known group are no organised actor, so that their violence has no type; nor has an incident of which
reports say different types.

Source: UCDP GED Codebook 25.1, "The UCDP definition of an event", "type_of_violence", "side_a", "best", "high", "low", "deaths_a".
"""

from __future__ import annotations

from flows.schema import Type
from flows.warehouse.dialect import Dialect
from flows.warehouse.expressions import any_of, cast, looked_up
from flows.warehouse.reported_events import ORDER, first, told_events

VIOLENT = ("Battles", "Explosions/Remote violence", "Violence against civilians")
"""ACLED's event types with an organised actor; riots have none."""

STATE, REBEL, CIVILIANS = 1, 2, (6, 7)
"""ACLED's kinds of actors."""
STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3

UNARMED = ("civilian", "journalist", "aid_worker", "child")
FORCES = ("military", "police")

INCIDENT = "story_id, event_on, place_key"
BEST = "COALESCE(claim.best, claim.low, claim.high, claim.acled_number)"

# A country alone is a government where it acts, but may be a mere place where it is acted upon.
TARGET_IS_STATE = f"target_acled_inter = {STATE} AND target_sector IS NOT NULL"
TARGET_IS_UNARMED = (
    f"target_acled_inter IN ({', '.join(map(str, CIVILIANS))}) "
    f"OR target_acled_inter IS NULL AND victim_type IN ({any_of(UNARMED)})"
)
VIOLENCE = (
    f"CASE WHEN source_acled_inter = {STATE} AND ({TARGET_IS_STATE} OR target_acled_inter = {REBEL}) THEN {STATE_BASED}"
    f" WHEN source_acled_inter = {REBEL} AND {TARGET_IS_STATE} THEN {STATE_BASED}"
    f" WHEN source_acled_inter = {REBEL} AND target_acled_inter = {REBEL} THEN {NON_STATE}"
    f" WHEN source_acled_inter IN ({STATE}, {REBEL}) AND ({TARGET_IS_UNARMED}) THEN {ONE_SIDED} END"
)


def incidents(dialect: Dialect) -> str:
    """Return `sided` (one row for each incident, with its sides), `toll` (its numbers) and `source` (its reports), by `incident_id`."""
    parts = (
        told_events(dialect),
        _lethal(dialect),
        _keyed(),
        _incident(),
        _sided(),
        _counted(),
        _reports(),
        _toll(),
        _source(dialect),
    )
    return ",\n".join(parts)


def _lethal(dialect: Dialect) -> str:
    """Each claim of each violent event. A claim that states another again is that one."""
    contained = dialect.contained.format(texts="told.claim_ids", text="claim.claim_id")
    false = " AND ".join(
        f"NOT claim.is_{name}" for name in "negated hypothetical historical cumulative part".split()
    )
    return (
        "lethal AS (\n    SELECT told.*,\n"
        f"        COALESCE({cast('told.geonameid', Type.TEXT, dialect)}, told.country, '') AS place_key,\n"
        "        COALESCE(claim.repeats_claim_id, claim.claim_id) AS root_claim_id,\n"
        "        claim.victim_type AS victim_type, claim.nationality AS nationality, claim.claimant AS claimant,\n"
        f"        COALESCE(claim.low, {BEST}) AS low, {BEST} AS best, COALESCE(claim.high, {BEST}) AS high\n"
        f"    FROM told\n    JOIN {dialect.table('claims_latest')} AS claim ON claim.article_id = told.article_id\n"
        f"    WHERE {contained} AND claim.effect = 'killed' AND claim.object_type = 'person'\n"
        f"    AND claim.stance IN ('asserts', 'revises') AND {false}\n"
        f"    AND told.acled_event_type IN ({any_of(VIOLENT)}) AND {BEST} IS NOT NULL\n)"
    )


def _keyed() -> str:
    return (
        f"typed AS (\n    SELECT lethal.*, {VIOLENCE} AS violence\n    FROM lethal\n),\n"
        "keyed AS (\n    SELECT typed.*,\n"
        f"        {first('event_id', INCIDENT)} AS incident_id,\n"
        f"        MIN(violence) OVER (PARTITION BY {INCIDENT}) AS least_violence,\n"
        f"        MAX(violence) OVER (PARTITION BY {INCIDENT}) AS greatest_violence,\n"
        f"        ROW_NUMBER() OVER (PARTITION BY {INCIDENT} ORDER BY CASE WHEN violence IS NULL THEN 1 ELSE 0 END, {ORDER}, root_claim_id) AS telling_no\n"
        "    FROM typed\n)"
    )


def _incident() -> str:
    """The first event that tells the type, or else the first; a state is side A."""
    is_swapped = f"violence = {STATE_BASED} AND source_acled_inter = {REBEL}"

    def sides(column: str) -> str:
        source, target = f"source{column}", f"target{column}"
        name = column or "_words"
        return (
            f"        CASE WHEN {is_swapped} THEN {target} ELSE {source} END AS a{name},\n"
            f"        CASE WHEN {is_swapped} THEN {source} ELSE {target} END AS b{name}"
        )

    return (
        "incident AS (\n    SELECT incident_id, event_on, end_on, place_id, time_id, place_name, place_kind, country, latitude, longitude,\n"
        "        CASE WHEN least_violence = greatest_violence THEN least_violence END AS violence,\n"
        + ",\n".join(sides(column) for column in ("", "_country", "_acled_inter"))
        + "\n    FROM keyed\n    WHERE telling_no = 1\n)"
    )


def _sided() -> str:
    """The names of both sides: the government of a country, civilians, or the words of the text."""

    def name(side: str) -> str:
        country = looked_up(f"{side}_country", "iso3", "name")
        return f"CASE WHEN {side}_acled_inter = {STATE} AND {side}_country IS NOT NULL THEN 'Government of ' || {country} ELSE {side}_words END"

    civilians = f"CASE WHEN violence = {ONE_SIDED} THEN 'Civilians' ELSE {name('b')} END"
    return (
        f"sided AS (\n    SELECT incident.*,\n        {name('a')} AS a_name,\n        {civilians} AS b_name\n"
        "    FROM incident\n)"
    )


def _counted() -> str:
    """Each claim once in each report, with the side of its victims: `a`, `b`, `civilians`, or `unknown`."""
    a_is_state, b_is_state = (f"COALESCE(incident.{side}_acled_inter, 0) = {STATE}" for side in "ab")
    a_is_rebel, b_is_rebel = (f"COALESCE(incident.{side}_acled_inter, 0) = {REBEL}" for side in "ab")
    a_nation, b_nation = (looked_up(f"incident.{side}_country", "iso3", "iso") for side in "ab")
    forces = f"told_claim.victims IN ({any_of(FORCES)})"
    both = f"{forces} AND {a_is_state} AND {b_is_state} AND told_claim.nation"
    return (
        "told_claim AS (\n    SELECT incident_id, article_id, root_claim_id, MIN(low) AS stated_low, MAX(best) AS stated_best,\n"
        "        MAX(high) AS stated_high, MIN(victim_type) AS victims, MIN(nationality) AS nation, MIN(claimant) AS said_by\n"
        "    FROM keyed\n    GROUP BY incident_id, article_id, root_claim_id\n),\n"
        "counted AS (\n    SELECT told_claim.incident_id AS incident_id, told_claim.article_id AS article_id, told_claim.stated_low AS low, told_claim.stated_best AS best,\n"
        "        told_claim.stated_high AS high,\n"
        f"        CASE WHEN told_claim.victims IN ({any_of(UNARMED)}) THEN 'civilians'\n"
        f"        WHEN incident.violence = {ONE_SIDED} AND COALESCE(told_claim.victims, 'other') = 'other' THEN 'civilians'\n"
        f"        WHEN {forces} AND {a_is_state} AND NOT {b_is_state} THEN 'a'\n"
        f"        WHEN {forces} AND {b_is_state} AND NOT {a_is_state} THEN 'b'\n"
        f"        WHEN {both} = {a_nation} THEN 'a'\n        WHEN {both} = {b_nation} THEN 'b'\n"
        f"        WHEN told_claim.victims = 'rebel' AND {a_is_rebel} AND NOT {b_is_rebel} THEN 'a'\n"
        f"        WHEN told_claim.victims = 'rebel' AND {b_is_rebel} AND NOT {a_is_rebel} THEN 'b'\n"
        "        ELSE 'unknown' END AS side\n"
        "    FROM told_claim\n    JOIN incident ON incident.incident_id = told_claim.incident_id\n)"
    )


def _reports() -> str:
    """The sums of each report, with what is said of it."""
    deaths = ",\n        ".join(
        f"SUM(CASE WHEN side = '{side}' THEN best ELSE 0 END) AS deaths_{side}"
        for side in ("a", "b", "civilians", "unknown")
    )
    said = "outlet, COALESCE(source_name, agency) AS office, batch_seq, published_at, published_on, fetched_at, headline"
    return (
        f"numbers AS (\n    SELECT incident_id, article_id, SUM(low) AS report_low, SUM(best) AS report_best, SUM(high) AS report_high,\n        {deaths}\n"
        "    FROM counted\n    GROUP BY incident_id, article_id\n),\n"
        f"report AS (\n    SELECT DISTINCT incident_id, article_id, {said}\n    FROM keyed\n)"
    )


def _toll() -> str:
    return (
        "ranked AS (\n    SELECT numbers.*,\n"
        "        MIN(numbers.report_low) OVER (PARTITION BY numbers.incident_id) AS least,\n"
        "        MAX(numbers.report_high) OVER (PARTITION BY numbers.incident_id) AS greatest,\n"
        "        ROW_NUMBER() OVER (PARTITION BY numbers.incident_id ORDER BY COALESCE(report.published_at, report.fetched_at) DESC, report.batch_seq DESC, numbers.article_id DESC) AS recency\n"
        "    FROM numbers\n    JOIN report ON report.incident_id = numbers.incident_id AND report.article_id = numbers.article_id\n),\n"
        "toll AS (\n    SELECT * FROM ranked\n    WHERE recency = 1 AND greatest >= 1\n)"
    )


def _source(dialect: Dialect) -> str:
    """The reports of an incident in lists, first those published first; and the claimants by name."""
    day = f"COALESCE({cast('report.published_on', Type.TEXT, dialect)}, '')"
    lists = {
        "articles": f"{_item('report.office')} || ',' || {day} || ',' || {_item('report.headline')}",
        "offices": _item("report.office"),
        "days": day,
        "headlines": _item("report.headline"),
    }
    joined = ",\n        ".join(
        f"{dialect.joined.format(text=item, delimiter=';', order='COALESCE(report.published_at, report.fetched_at), report.batch_seq, report.article_id')} AS {name}"
        for name, item in lists.items()
    )
    said = dialect.joined.format(text=_item("one.said_by"), delimiter=";", order="one.said_by")
    return (
        f"source AS (\n    SELECT report.incident_id AS incident_id, COUNT(DISTINCT report.outlet) AS outlet_count,\n        {joined}\n"
        "    FROM report\n    GROUP BY report.incident_id\n),\n"
        f"original AS (\n    SELECT one.incident_id AS incident_id, {said} AS claimants\n"
        "    FROM (SELECT DISTINCT incident_id, said_by FROM told_claim WHERE said_by IS NOT NULL) AS one\n    GROUP BY one.incident_id\n)"
    )


def _item(text: str) -> str:
    """Return a text as an item of a list that semicolons divide."""
    return f"REPLACE(COALESCE({text}, ''), ';', ',')"
