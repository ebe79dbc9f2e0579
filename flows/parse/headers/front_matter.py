"""Metadata in a fence before the text: YAML between `---`, TOML between `+++`, or a JSON object."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Format, Sample, whole
from flows.parse.records import mapping_of, parsed_record, read_int
from flows.records import Parsed, RawDispatch

FENCE = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(.*?)(?:^|\n)(?:\1|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
OPENING = re.compile(rb"\s*(?:(?:---|\+\+\+)[ \t]*\r?\n|\{)")
MAX_CHARS = 64 * 1024
"""Longer metadata is refused: YAML parsers are slow."""


def parse(raw: RawDispatch) -> Parsed:
    """Read the metadata, then the text after it.

    YAML scalars are kept as they are written, so that `NO` is a country and not a boolean; tags,
    anchors and aliases are refused. Where JSON stands alone, its text is under one of its keys.

    Raises:
        BrokenRecord: the fence is not closed, or what it holds is damaged or is not a mapping.
        UnreadableField: a known key whose value cannot be read.
    """
    decoded = decode_dispatch(raw)
    text = decoded.text.lstrip()
    if text.startswith("{"):
        try:
            _, end = json.JSONDecoder(parse_int=read_int).raw_decode(text[:MAX_CHARS])
        except (json.JSONDecodeError, RecursionError):
            # Not an object followed by text: `mapping_of` reports what is wrong with it.
            end = len(text)
        return parsed_record(mapping_of(text[:end], "front_matter"), decoded, raw.source, text[end:])
    fenced = FENCE.match(text)
    if fenced is None:
        raise BrokenRecord("front_matter", f"{text[:3]} that is never closed", "a second fence")
    mark, inside = fenced[1], fenced[2]
    if len(inside) > MAX_CHARS:
        raise BrokenRecord(
            "front_matter", f"{len(inside):,} characters", f"at most {MAX_CHARS:,} of metadata"
        )
    loaded = _yaml(inside) if mark == "---" else _toml(inside)
    return parsed_record(loaded, decoded, raw.source, text[fenced.end() :])


def matches(sample: Sample) -> bool:
    """The first line is a fence that is closed again, or the file begins with a JSON object."""
    opening = OPENING.match(sample.start)
    if opening is None:
        return False
    if opening.group().rstrip().endswith(b"{"):
        return re.match(rb"\s*\{\s*(?:\"|\})", sample.start) is not None
    mark = opening.group().strip()
    return re.search(rb"\n" + re.escape(mark) + rb"[ \t]*(?:\r?\n|$)", sample.start) is not None


def _yaml(inside: str) -> dict[str, Any]:
    # Here: only this form needs it, and it takes 10 ms to import.
    import yaml  # noqa: PLC0415  # start-up

    try:
        for event in yaml.parse(inside, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                raise BrokenRecord("front_matter", "a YAML alias or tag", "plain YAML")
        loaded = yaml.load(inside, Loader=yaml.BaseLoader)  # noqa: S506  # strings only, nothing is constructed
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        # ValueError: an escape such as `\UFFFFFFFF`, which is not a character.
        raise BrokenRecord("front_matter", f"YAML error: {error}"[:300], "YAML") from None
    if loaded is None or loaded == "":
        return {}
    if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
        raise BrokenRecord("front_matter", f"a YAML {type(loaded).__name__}", "a mapping")
    return loaded


def _toml(inside: str) -> dict[str, Any]:
    try:
        return tomllib.loads(inside.replace("\r\n", "\n"))
    except (RecursionError, ValueError) as error:
        # ValueError: also integers of more digits than CPython converts.
        raise BrokenRecord("front_matter", f"TOML error: {error}"[:300], "TOML") from None


FORMAT = Format(
    name="front_matter",
    yields="each known key of the YAML, TOML or JSON before the text",
    matches=matches,
    split=whole,
    parse=parse,
)
