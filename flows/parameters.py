"""The parameters of the flows: types and limits. The docstrings of the flows describe them, for Prefect's form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from flows.errors import WrongUse
from flows.fields import fields_named, name_of
from flows.parse.headers import BY_NAME
from flows.parse.keys import refuse_unknown


def _known_format(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError(f"found {name!r}, wanted one of " + ", ".join(BY_NAME))
    return name


def _known_fields(names: str) -> str:
    try:
        return name_of(fields_named(names))
    except WrongUse as error:
        raise ValueError(f"found {error.found}, wanted {error.wanted}") from None


def _known_keys(columns: dict[str, str]) -> dict[str, str]:
    for column, key in columns.items():
        try:
            refuse_unknown(key)
        except WrongUse as error:
            raise ValueError(f"found the key {error.found!r} for {column!r}, wanted {error.wanted}") from None
    return columns


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


NonEmpty = Annotated[str, Field(min_length=1)]
Sources = Annotated[list[NonEmpty], BeforeValidator(_as_list), Field(min_length=1)]
OutputFolder = NonEmpty
Targets = Annotated[list[NonEmpty], BeforeValidator(_as_list)]
Format = Annotated[str, AfterValidator(_known_format), Field(json_schema_extra={"enum": [*BY_NAME]})] | None
DateOrder = Literal["dmy", "mdy"] | None
Columns = Annotated[dict[str, str], AfterValidator(_known_keys)] | None
MaxRejectShare = Annotated[float, Field(ge=0, le=1)]
Model = Annotated[str | None, Field(min_length=1)]
FieldNames = Annotated[str, AfterValidator(_known_fields)]
Workers = Annotated[int | None, Field(ge=1, le=256)]
Engine = Literal["processes", "dask"]
Scheduler = Annotated[str | None, Field(min_length=1)]
FetchedAt = AwareDatetime | None
