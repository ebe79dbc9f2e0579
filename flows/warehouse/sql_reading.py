"""How each warehouse reads the Parquet files of an output, and how it inserts rows that are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from flows.schema import UNKNOWN_MONTH, Column, Type
from flows.warehouse.sql_files import Files, read_parquet

DATED_BY = {
    "publish_month": "published_on",
    "fetched_month": "fetched_at",
    "started_month": "started_at",
    "staged_month": "staged_at",
}
"""The column that the month in the folder's name is of, for a target that does not see folders."""


class Merge(Enum):
    """The statement that inserts rows that are not there."""

    MERGE = "MERGE"
    ON_CONFLICT = "INSERT ... ON CONFLICT DO NOTHING"
    NOT_EXISTS = "INSERT ... WHERE NOT EXISTS"
    NOT_IN = "INSERT ... WHERE ... NOT IN"


def _none(_: Files) -> tuple[str, ...]:
    return ()


def _from_stage(files: Files) -> str:
    return f"{files.stage} AS incoming"


def _from_lasting_stage(files: Files) -> str:
    return f"{files.lasting_stage} AS incoming"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one warehouse reads files.

    `location` is the example that is printed where none is given, None where files cannot be read.
    `prepared`: statements that run once, with the schema. `opening`: those that begin a load. `staged`:
    those that bring the rows near, before its transaction where it `stages_before`. A merge selects the
    `value` of each column from `source`; `settings` end it. `keeps_range`: the stage holds only the rows
    of the load.
    """

    location: str | None
    merge: Merge
    source: Callable[[Files], str]
    value: Callable[[Files, Column], str] = Files.as_named
    opening: tuple[str, ...] = ()
    prepared: Callable[[Files], tuple[str, ...]] = _none
    staged: Callable[[Files], tuple[str, ...]] = _none
    cleared: Callable[[Files], tuple[str, ...]] = _none
    stages_before: bool = False
    keeps_range: bool = False
    settings: str = ""


def _drop_stage(files: Files) -> tuple[str, ...]:
    return (f"DROP TABLE {files.stage}",)


# BigQuery: an external table over the files, and temporary tables of the rows to load, so that the
# transaction reads nothing that can change. The map of a Parquet file is a struct around its pairs.


def _bigquery_external(files: Files) -> tuple[str, ...]:
    def declared(column: Column) -> str:
        kind = files.dialect.types[column.type]
        return f"    {files.name(column)} " + (
            f"STRUCT<key_value {kind}>" if column.type is Type.TEXT_MAP else kind
        )

    columns = ",\n".join(declared(column) for column in files.in_files)
    return (
        f"CREATE OR REPLACE EXTERNAL TABLE {files.lasting_stage} (\n{columns}\n)\n"
        f"OPTIONS (format = 'PARQUET', uris = [{files.path('/*')}], enable_list_inference = TRUE)",
    )


def _bigquery_temporary(files: Files) -> tuple[str, ...]:
    def value(column: Column) -> str:
        if files.is_month(column):
            return f"REGEXP_EXTRACT(incoming._FILE_NAME, {files.month_in_path})"
        return files.as_named(column) + (".key_value" if column.type is Type.TEXT_MAP else "")

    return (
        f"CREATE OR REPLACE TEMP TABLE {files.stage} AS\nSELECT\n{files.selected(value)}\n"
        f"FROM {files.lasting_stage} AS incoming\nWHERE {files.taken}",
    )


# Snowflake: COPY remembers which files it has read, so that lasting stage tables take each file once.


def _snowflake_table(files: Files) -> tuple[str, ...]:
    return (
        f"CREATE TRANSIENT TABLE IF NOT EXISTS {files.lasting_stage} (\n{files.declared(files.relation.columns)}\n)",
    )


def _snowflake_copy(files: Files) -> tuple[str, ...]:
    def value(column: Column) -> str:
        if files.is_month(column):
            return f"REGEXP_SUBSTR(METADATA$FILENAME, {files.month_in_path}, 1, 1, 'e')"
        return f"$1:{column.name}::{files.dialect.types[column.type]}"

    values = ",\n".join(f"    {value(column)}" for column in files.relation.columns)
    return (
        f"COPY INTO {files.lasting_stage} ({files.dialect.identifiers(files.relation.column_names)})\n"
        f"FROM (\nSELECT\n{values}\nFROM {files.location}/{files.relation.name}/\n)\n"
        "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE)",
    )


def _snowflake_clear(files: Files) -> tuple[str, ...]:
    # TRUNCATE would forget which files were read.
    return (
        f"DELETE FROM {files.lasting_stage} "
        f"WHERE batch_seq <= (SELECT max(batch_seq) FROM {files.dialect.table('loads')})",
    )


# Redshift: COPY fills columns by position, does not see the folder's name, and knows no time with a zone.


def _redshift_copy(files: Files) -> tuple[str, ...]:
    def declared(column: Column) -> str:
        kind = "TIMESTAMP" if column.type is Type.INSTANT else files.dialect.types[column.type]
        return f"    {files.name(column)} {kind}"

    columns = ",\n".join(declared(column) for column in files.in_files)
    return (
        f"CREATE TEMP TABLE {files.stage} (\n{columns}\n)",
        f"COPY {files.stage} FROM {files.path('/')} IAM_ROLE default FORMAT AS PARQUET SERIALIZETOJSON",
    )


def _redshift_source(files: Files) -> str:
    if files.relation.has(DATED_BY[files.relation.partition_by or ""]):
        return _from_stage(files)
    articles = files.dialect.table("articles")
    return f"{_from_stage(files)}\nJOIN {articles} AS article ON article.article_id = incoming.article_id"


def _redshift_value(files: Files, column: Column) -> str:
    if column.type is Type.INSTANT:
        return f"{files.as_named(column)} AT TIME ZONE 'UTC'"
    if not files.is_month(column):
        return files.as_named(column)
    dated_by = DATED_BY[column.name]
    if not files.relation.has(dated_by):
        return f"article.{column.name}"
    return f"COALESCE(TO_CHAR(incoming.{dated_by}, 'YYYY-MM'), '{UNKNOWN_MONTH}')"


# Databricks: the schema is declared, so that a month is not taken for a date.


def _databricks_source(files: Files) -> str:
    types = files.dialect.types
    schema = ", ".join(f"{files.name(column)} {types[column.type]}" for column in files.relation.columns)
    return (
        f"read_files(\n    {files.path('')},\n    format => 'parquet',\n"
        f"    partitionColumns => '{files.relation.partition_by}',\n"
        f"    schema => {files.dialect.text(schema)}\n) AS incoming"
    )


# PostgreSQL reads no Parquet: a client sends the rows.


def _postgres_copy(files: Files) -> tuple[str, ...]:
    columns = files.dialect.identifiers(files.relation.column_names)
    return (
        f"CREATE TEMPORARY TABLE {files.stage} (\n{files.declared(files.relation.columns)}\n)",
        f"COPY {files.stage} ({columns}) FROM STDIN",
    )


def _duckdb_source(files: Files) -> str:
    return read_parquet(files.dialect, files.relation, f"{files.location}/") + " AS incoming"


def _clickhouse_source(files: Files) -> str:
    function = "s3" if files.location.startswith(("s3://", "gs://", "https://")) else "file"
    return f"{function}({files.path('/*/*.parquet')}, 'Parquet') AS incoming"


def _clickhouse_value(files: Files, column: Column) -> str:
    return f"extract(_path, {files.month_in_path})" if files.is_month(column) else files.as_named(column)


READINGS: Mapping[str, Reading] = {
    "bigquery": Reading(
        location="gs://BUCKET/output",
        merge=Merge.MERGE,
        source=_from_stage,
        prepared=_bigquery_external,
        staged=_bigquery_temporary,
        stages_before=True,
        keeps_range=True,
    ),
    "snowflake": Reading(
        location="@dateline_stage/output",
        merge=Merge.MERGE,
        # Whether COPY takes an instant of a file for one or for the clock of the session.
        opening=("ALTER SESSION SET TIMEZONE = 'UTC'",),
        source=_from_lasting_stage,
        prepared=_snowflake_table,
        staged=_snowflake_copy,
        cleared=_snowflake_clear,
        stages_before=True,
    ),
    "redshift": Reading(
        location="s3://BUCKET/output",
        # Its MERGE must update or delete what matches.
        merge=Merge.NOT_EXISTS,
        source=_redshift_source,
        value=_redshift_value,
        staged=_redshift_copy,
        cleared=_drop_stage,
    ),
    "databricks": Reading(location="s3://BUCKET/output", merge=Merge.MERGE, source=_databricks_source),
    "postgres": Reading(
        location=None,
        merge=Merge.ON_CONFLICT,
        source=_from_stage,
        staged=_postgres_copy,
        cleared=_drop_stage,
    ),
    "duckdb": Reading(location="output", merge=Merge.NOT_EXISTS, source=_duckdb_source),
    "clickhouse": Reading(
        location="s3://BUCKET/output",
        merge=Merge.NOT_IN,
        source=_clickhouse_source,
        value=_clickhouse_value,
        # Else the columns are those of one file, and older files may lack some.
        settings="\nSETTINGS schema_inference_mode = 'union'",
    ),
}
