"""What differs between the SQL of warehouses, and how names and texts are written in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from flows.errors import WrongUse
from flows.schema import Type
from flows.warehouse.relations import Relation

NESTED = frozenset({Type.TEXT_LIST, Type.TEXT_MAP, Type.SPAN_LIST, Type.SEGMENT_LIST, Type.TOPIC_LIST})

SCHEMA_NAME = re.compile(r"[A-Za-z_]\w*(?:-\w+)*(?:\.[A-Za-z_]\w*(?:-\w+)*){0,2}", re.ASCII)
"""A schema as SQL takes it without quotation marks; projects of BigQuery have single hyphens."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The SQL of one warehouse.

    `nullable` and `required` surround the type of a column. `key_option` follows a key, `id_option` the type of a
    column that a key is made of or refers to. A target that `enforces_keys` keeps an index for each, so that keys may
    be added after a bulk load. `comments`: statements of their own, a clause of the column, or BigQuery's options.
    `laid_out` gives the clauses that partition, cluster and sort.

    Expressions: `root_of_uri` cuts off the path within an archive, `joined` aggregates texts in an order, `character`
    is that of a code point, `contained` is true where a list of texts has one, `from_hex` is the number of 15
    hexadecimal digits, `json_text` a text as a JSON string with its quotation marks.

    A target without `transactions` over several tables shows rows before their load is complete.
    """

    name: str
    types: Mapping[Type, str]
    escapes: Mapping[int, str]
    laid_out: Callable[[Relation], str]
    root_of_uri: str = "split_part({uri}, '!/', 1)"
    nullable: str = "{type}"
    required: str = "{type} NOT NULL"
    required_nested: str = "{type} NOT NULL"
    quote: str = '"'
    reserved: frozenset[str] = field(default=frozenset())
    has_keys: bool = True
    has_foreign_keys: bool = True
    enforces_keys: bool = False
    key_option: str = ""
    id_option: str = ""
    has_indexes: bool = False
    comments: str = "statement"
    transactions: bool = True
    joined: str = "LISTAGG({text}, '{delimiter}') WITHIN GROUP (ORDER BY {order})"
    character: str = "CHR({code})"
    contained: str = "ARRAY_CONTAINS({texts}, {text})"
    from_hex: str = "CAST(CONV({digits}, 16, 10) AS BIGINT)"
    json_text: str = "TO_JSON_STRING({text})"
    schema: str | None = None

    def nullable_of(self, kind: Type) -> str:
        """Return what surrounds the type of a column that may be null; ClickHouse has no null of a map or a list, but an empty one."""
        return self.required if self.name == "clickhouse" and kind in NESTED else self.nullable

    def identifier(self, name: str) -> str:
        """Return a name, in quotes where it is a reserved word."""
        return f"{self.quote}{name}{self.quote}" if name in self.reserved else name

    def identifiers(self, names: tuple[str, ...]) -> str:
        """Return names with commas between them."""
        return ", ".join(map(self.identifier, names))

    def table(self, name: str) -> str:
        """Return the name of a table or view, in its schema."""
        return f"{self.schema}.{name}" if self.schema else name

    def text(self, value: str) -> str:
        """Return a text literal."""
        return "'" + value.translate(self.escapes) + "'"

    def root(self, uri: str) -> str:
        """Return the expression for the part of a uri before `!/`: the file that was fetched."""
        return self.root_of_uri.format(uri=uri)

    def in_schema(self, schema: str | None) -> Dialect:
        """Return the dialect with all tables in a schema (BigQuery: dataset); unchanged for None.

        Raises:
            WrongUse: a name that would need quotation marks.
        """
        if schema is not None and not SCHEMA_NAME.fullmatch(schema):
            raise WrongUse(
                "--schema",
                schema,
                "a name of letters, digits and _, with the project or database before a dot",
            )
        return self if schema is None else replace(self, schema=schema)
