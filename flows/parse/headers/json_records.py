"""JSON: one object, or a list of them, under the names of news-please and its like."""

from __future__ import annotations

import json
import re

from flows.parse.decode import decode_dispatch
from flows.parse.formats import Format, Sample
from flows.parse.records import context_of, mapping_of, objects_in, parsed_record
from flows.records import Parsed, RawDispatch

NAME = "json"
OPENING = re.compile(r"\{\s*(?:\"|\})|\[\s*(?:\{|\])")


def parse(raw: RawDispatch) -> Parsed:
    """Read one object: known keys to the header, its text to the body, HTML as its words.

    Keys of the object around a list hold for each that is in it, where it does not say otherwise.

    Raises:
        BrokenRecord: not one JSON object.
        UnreadableField: a known key whose value cannot be read.
    """
    decoded = decode_dispatch(raw)
    record = mapping_of(decoded.text, NAME)
    return parsed_record(context_of(raw.envelope) | record, decoded, raw.source)


def matches(sample: Sample) -> bool:
    """It begins with an object or a list of objects, and no text follows the object."""
    text = sample.text
    if not OPENING.match(text):
        return False
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return True
    return not text[end:].strip()


FORMAT = Format(
    name=NAME,
    yields="each known key of the object, or of each object of a list",
    matches=matches,
    split=objects_in,
    parse=parse,
    has_envelope=True,
)
