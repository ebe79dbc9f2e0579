"""The SQL of each warehouse: types, names, text, keys, comments, and where rows lie. Data, no statements."""

from __future__ import annotations

from collections.abc import Mapping

from flows.errors import WrongUse
from flows.schema import Type
from flows.warehouse.dialect import Dialect
from flows.warehouse.relations import Relation

DOUBLED_QUOTES = str.maketrans({"'": "''"})
DOUBLED_QUOTES_AND_BACKSLASHES = str.maketrans({"'": "''", "\\": "\\\\"})
BACKSLASHES = str.maketrans({"'": "\\'", "\\": "\\\\"})


def dialect_named(name: str) -> Dialect:
    """Return the dialect of a name.

    Raises:
        WrongUse: no such dialect.
    """
    if name not in DIALECTS:
        raise WrongUse("DIALECT", name, "one of " + ", ".join(DIALECTS))
    return DIALECTS[name]


def _nothing(_: Relation) -> str:
    return ""


def _sorted_by(relation: Relation) -> tuple[str, ...]:
    """The columns that queries cut by: the month, then the article."""
    month = (relation.partition_by,) if relation.partition_by else ()
    return (*month, *(("article_id",) if relation.has("article_id") else ()))


def _bigquery(relation: Relation) -> str:
    # A partition needs a date. Only articles have the day of publication: the other tables of an
    # article have its month as text, and are clustered by it.
    columns = _sorted_by(relation)
    if relation.name == "articles":
        return "\nPARTITION BY DATE_TRUNC(published_on, MONTH)\nCLUSTER BY article_id"
    return f"\nCLUSTER BY {', '.join(columns)}" if columns else ""


def _snowflake(relation: Relation) -> str:
    return f"\nCLUSTER BY ({relation.partition_by})" if relation.has("article_id") else ""


def _redshift(relation: Relation) -> str:
    # Rows of one article lie on one node, so that joins by article_id move nothing.
    distribution = "\nDISTKEY (article_id)" if relation.has("article_id") else "\nDISTSTYLE AUTO"
    columns = _sorted_by(relation)
    return distribution + (f"\nSORTKEY ({', '.join(columns)})" if columns else "")


def _databricks(relation: Relation) -> str:
    columns = _sorted_by(relation)
    if not columns:
        return ""
    # Delta keeps statistics on the first 32 columns, and the partition is the last column.
    kept = ",".join(dict.fromkeys((*columns, "batch_seq", *relation.key)))
    return f"\nCLUSTER BY ({', '.join(columns)})\nTBLPROPERTIES ('delta.dataSkippingStatsColumns' = '{kept}')"


def _clickhouse(relation: Relation) -> str:
    # The month first: it has few values, and most queries name a period.
    columns = dict.fromkeys((*_sorted_by(relation), *relation.key))
    return f"\nENGINE = MergeTree\nORDER BY ({', '.join(columns)})"


DIALECTS: Mapping[str, Dialect] = {
    each.name: each
    for each in (
        Dialect(
            name="bigquery",
            contained="{text} IN UNNEST({texts})",
            from_hex="CAST(CONCAT('0x', {digits}) AS INT64)",
            joined="STRING_AGG({text}, '{delimiter}' ORDER BY {order})",
            types={
                Type.TEXT: "STRING",
                Type.INT64: "INT64",
                Type.FLOAT64: "FLOAT64",
                Type.BOOL: "BOOL",
                Type.INSTANT: "TIMESTAMP",
                Type.DATE: "DATE",
                Type.TEXT_LIST: "ARRAY<STRING>",
                Type.TEXT_MAP: "ARRAY<STRUCT<key STRING, value STRING>>",
                Type.SPAN_LIST: "ARRAY<STRUCT<char_start INT64, char_end INT64>>",
                Type.SEGMENT_LIST: "ARRAY<STRUCT<kind STRING, char_start INT64, char_end INT64>>",
                Type.TOPIC_LIST: "ARRAY<STRUCT<code STRING, name STRING, level INT64, score FLOAT64>>",
            },
            escapes=BACKSLASHES,
            laid_out=_bigquery,
            root_of_uri="SPLIT({uri}, '!/')[OFFSET(0)]",
            # An array is never null here, and may not be declared so.
            required_nested="{type}",
            quote="`",
            reserved=frozenset({"within"}),
            key_option=" NOT ENFORCED",
            comments="options",
            # Views must name their dataset.
            schema="dateline",
        ),
        Dialect(
            name="snowflake",
            contained="ARRAY_CONTAINS(CAST({text} AS VARIANT), {texts})",
            from_hex="TO_NUMBER({digits}, 'XXXXXXXXXXXXXXX')",
            json_text="TO_JSON(TO_VARIANT({text}))",
            reserved=frozenset({"trigger"}),
            types={
                Type.TEXT: "VARCHAR",
                Type.INT64: "BIGINT",
                Type.FLOAT64: "FLOAT",
                Type.BOOL: "BOOLEAN",
                Type.INSTANT: "TIMESTAMP_LTZ",
                Type.DATE: "DATE",
                Type.TEXT_LIST: "ARRAY",
                Type.TEXT_MAP: "OBJECT",
                Type.SPAN_LIST: "ARRAY",
                Type.SEGMENT_LIST: "ARRAY",
                Type.TOPIC_LIST: "ARRAY",
            },
            escapes=DOUBLED_QUOTES_AND_BACKSLASHES,
            laid_out=_snowflake,
            # The planner may rely on keys: a load inserts what is not there, in one transaction.
            key_option=" NOT ENFORCED RELY",
            comments="clause",
        ),
        Dialect(
            name="redshift",
            contained="STRPOS(JSON_SERIALIZE({texts}), {text}) > 0",
            from_hex="STRTOL({digits}, 16)",
            json_text="JSON_SERIALIZE(CAST({text} AS SUPER))",
            types={
                # The longest that it has, in bytes.
                Type.TEXT: "VARCHAR(65535)",
                Type.INT64: "BIGINT",
                Type.FLOAT64: "DOUBLE PRECISION",
                Type.BOOL: "BOOLEAN",
                Type.INSTANT: "TIMESTAMPTZ",
                Type.DATE: "DATE",
                Type.TEXT_LIST: "SUPER",
                Type.TEXT_MAP: "SUPER",
                Type.SPAN_LIST: "SUPER",
                Type.SEGMENT_LIST: "SUPER",
                Type.TOPIC_LIST: "SUPER",
            },
            escapes=DOUBLED_QUOTES_AND_BACKSLASHES,
            laid_out=_redshift,
            reserved=frozenset({"timestamp", "type"}),
        ),
        Dialect(
            name="databricks",
            # It makes JSON of a structure only: the text is what stands between `{"v":` and the last brace.
            json_text="SUBSTRING(TO_JSON(STRUCT({text} AS v)), 6, LENGTH(TO_JSON(STRUCT({text} AS v))) - 6)",
            types={
                Type.TEXT: "STRING",
                Type.INT64: "BIGINT",
                Type.FLOAT64: "DOUBLE",
                Type.BOOL: "BOOLEAN",
                Type.INSTANT: "TIMESTAMP",
                Type.DATE: "DATE",
                Type.TEXT_LIST: "ARRAY<STRING>",
                Type.TEXT_MAP: "MAP<STRING, STRING>",
                Type.SPAN_LIST: "ARRAY<STRUCT<char_start: BIGINT, char_end: BIGINT>>",
                Type.SEGMENT_LIST: "ARRAY<STRUCT<kind: STRING, char_start: BIGINT, char_end: BIGINT>>",
                Type.TOPIC_LIST: "ARRAY<STRUCT<code: STRING, name: STRING, level: BIGINT, score: DOUBLE>>",
            },
            escapes=BACKSLASHES,
            laid_out=_databricks,
            quote="`",
            key_option=" NOT ENFORCED",
            comments="clause",
            transactions=False,
        ),
        Dialect(
            name="postgres",
            contained="{text} = ANY({texts})",
            from_hex="CAST(CAST('x' || {digits} AS bit(60)) AS bigint)",
            json_text="CAST(to_json(CAST({text} AS text)) AS text)",
            joined="STRING_AGG({text}, '{delimiter}' ORDER BY {order})",
            types={
                Type.TEXT: "text",
                Type.INT64: "bigint",
                Type.FLOAT64: "double precision",
                Type.BOOL: "boolean",
                Type.INSTANT: "timestamptz",
                Type.DATE: "date",
                Type.TEXT_LIST: "text[]",
                Type.TEXT_MAP: "jsonb",
                Type.SPAN_LIST: "jsonb",
                Type.SEGMENT_LIST: "jsonb",
                Type.TOPIC_LIST: "jsonb",
            },
            escapes=DOUBLED_QUOTES,
            laid_out=_nothing,
            enforces_keys=True,
            # Ids are compared as bytes: their indexes are built in half the time (decision 0010).
            id_option=' COLLATE "C"',
            has_indexes=True,
        ),
        Dialect(
            name="duckdb",
            contained="list_contains({texts}, {text})",
            from_hex="CAST('0x' || {digits} AS BIGINT)",
            json_text="CAST(to_json({text}) AS VARCHAR)",
            joined="STRING_AGG({text}, '{delimiter}' ORDER BY {order})",
            types={
                Type.TEXT: "VARCHAR",
                Type.INT64: "BIGINT",
                Type.FLOAT64: "DOUBLE",
                Type.BOOL: "BOOLEAN",
                Type.INSTANT: "TIMESTAMP WITH TIME ZONE",
                Type.DATE: "DATE",
                Type.TEXT_LIST: "VARCHAR[]",
                Type.TEXT_MAP: "MAP(VARCHAR, VARCHAR)",
                Type.SPAN_LIST: "STRUCT(char_start BIGINT, char_end BIGINT)[]",
                Type.SEGMENT_LIST: "STRUCT(kind VARCHAR, char_start BIGINT, char_end BIGINT)[]",
                Type.TOPIC_LIST: "STRUCT(code VARCHAR, name VARCHAR, level BIGINT, score DOUBLE)[]",
            },
            escapes=DOUBLED_QUOTES,
            laid_out=_nothing,
            # It cannot add a foreign key to a table that exists, and checks each row against one
            # that it has.
            has_foreign_keys=False,
            # Columns are read whole, with the least and greatest value of each part: an index costs each
            # load more than it saves queries.
            enforces_keys=True,
        ),
        Dialect(
            name="clickhouse",
            contained="has({texts}, {text})",
            from_hex="reinterpretAsInt64(reverse(unhex('0' || {digits})))",
            json_text="toJSONString({text})",
            joined="arrayStringConcat(arrayMap(each -> each.2, arraySort(groupArray((tuple({order}), {text})))), '{delimiter}')",
            character="char({code})",
            types={
                Type.TEXT: "String",
                Type.INT64: "Int64",
                Type.FLOAT64: "Float64",
                Type.BOOL: "Bool",
                Type.INSTANT: "DateTime64(6, 'UTC')",
                Type.DATE: "Date32",
                Type.TEXT_LIST: "Array(String)",
                Type.TEXT_MAP: "Map(String, String)",
                Type.SPAN_LIST: "Array(Tuple(char_start Int64, char_end Int64))",
                Type.SEGMENT_LIST: "Array(Tuple(kind String, char_start Int64, char_end Int64))",
                Type.TOPIC_LIST: "Array(Tuple(code String, name String, level Int64, score Float64))",
            },
            escapes=DOUBLED_QUOTES_AND_BACKSLASHES,
            laid_out=_clickhouse,
            root_of_uri="splitByString('!/', {uri})[1]",
            nullable="Nullable({type})",
            required="{type}",
            required_nested="{type}",
            quote="`",
            # Its primary key is the order of the rows, and nothing is unique.
            has_keys=False,
            has_foreign_keys=False,
            comments="clause",
            transactions=False,
        ),
    )
}
"""The warehouses that have SQL here, by the names that sqlglot gives them."""
