"""Text with no header at all."""

from __future__ import annotations

import re

from flows.parse.decode import bom_of, decode
from flows.parse.formats import Format, Sample, whole
from flows.records import Header, Parsed, RawDispatch

MARKUP = re.compile(rb"\s*(?:<[!?/A-Za-z]|\{\s*[\"}]|\[\s*[\[{\"\]])")


def matches(sample: Sample) -> bool:
    """Text, and neither markup, JSON nor binary: no NUL where no byte order mark explains one."""
    start = sample.start
    return bool(bom_of(start)) or (b"\0" not in start and not MARKUP.match(start))


def parse(raw: RawDispatch) -> Parsed:
    """Read the whole dispatch as its body."""
    decoded = decode(raw.payload)
    return Parsed(Header(), decoded.text, decoded)


FORMAT = Format(
    name="plain",
    yields="the text; nothing is known of its date",
    matches=matches,
    split=whole,
    parse=parse,
)
