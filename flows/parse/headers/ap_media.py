"""The AP Media API: answers that hold items under ninjs's names."""

from __future__ import annotations

from typing import Any

from flows.errors import BrokenRecord
from flows.parse.decode import decode_dispatch
from flows.parse.formats import Format, Sample
from flows.parse.headers.ninjs import is_object, pairs_of, text_of, words_of
from flows.parse.keys import header_of
from flows.parse.records import mapping_of, objects_in
from flows.records import Parsed, RawDispatch

NAME = "ap_media"


def parse(raw: RawDispatch) -> Parsed:
    """Read one item of an AP Media API answer, which has ninjs's names; its text is apart, as a rendition.

    Raises:
        BrokenRecord: no item.
        UnreadableField: a known key whose value cannot be read.

    Source: AP Media API 1.1, developer guide.
    """
    decoded = decode_dispatch(raw)
    record: Any = mapping_of(decoded.text, NAME)
    data = record.get("data")
    item = data.get("item") if isinstance(data, dict) else record.get("item")
    if not isinstance(item, dict):
        raise BrokenRecord(NAME, "no item", "data.item or data.items")
    parts = [item.get(name) for name in ("headline_extended", "caption", "description_caption")]
    text = text_of(item) or next((words_of(each) for each in parts if isinstance(each, str)), "")
    return Parsed(header_of(pairs_of(item), raw.source), text, decoded)


def matches(sample: Sample) -> bool:
    """The envelope of the AP Media API."""
    return is_object(sample) and '"api_version"' in sample.text[:400]


FORMAT = Format(
    name=NAME,
    yields="what `ninjs` yields of each item; its text where the answer holds it",
    matches=matches,
    split=objects_in,
    parse=parse,
    has_envelope=True,
)
