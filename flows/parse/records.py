"""Records of structured data that hold a dispatch: their keys to a header, their text to a body."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flows.errors import BrokenRecord
from flows.parse.keys import BODY_KEYS, Pair, fold, header_of
from flows.records import Decoded, Parsed


def mapping_of(text: str, form: str) -> dict[str, Any]:
    """Read a JSON object strictly: no NaN, no key twice.

    Raises:
        BrokenRecord: anything else.
    """
    try:
        loaded = json.loads(
            text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant, parse_int=_as_int
        )
    except (ValueError, RecursionError) as error:
        found = "JSON nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
        raise BrokenRecord(form, found, "a JSON object") from None
    if not isinstance(loaded, dict):
        raise BrokenRecord(form, f"a JSON {type(loaded).__name__}", "a JSON object")
    return loaded


def parsed_record(record: dict[str, Any], decoded: Decoded, text: str = "") -> Parsed:
    """Make a header of the record's keys; the body is `text`, or else the record's own.

    A value that is no scalar is kept as JSON; null is no value.

    Raises:
        UnreadableField: a known key whose value cannot be read.
    """
    body = text.strip()
    body_key = None
    if not body:
        folded = {fold(key): key for key in record if isinstance(record[key], str)}
        body_key = next((folded[name] for name in BODY_KEYS if name in folded), None)
        body = record[body_key] if body_key is not None else ""
    pairs = [
        Pair(key, _as_text(value)) for key, value in record.items() if key != body_key and value is not None
    ]
    return Parsed(header_of(pairs), body, decoded)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, (dict, list, bool, int, float)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} twice")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name}, which is not JSON")


def _as_int(digits: str) -> int | str:
    """Keep a number too long to be one as its digits; CPython refuses to convert it."""
    return int(digits) if len(digits) <= 4000 else digits
