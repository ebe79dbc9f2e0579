"""Text without a header."""

from __future__ import annotations

import re

from flows.parse.decode import bom_of, decode_dispatch
from flows.parse.formats import Format, Sample
from flows.parse.several import split_at_marks
from flows.records import Header, Parsed, RawDispatch

MARKUP = re.compile(rb"\s*(?:<[!?/A-Za-z]|\{\s*[\"}]|\[\s*[\[{\"\]])")


def matches(sample: Sample) -> bool:
    """Text, and neither markup, JSON nor binary: no NUL where no byte order mark explains one."""
    start = sample.start
    return bool(bom_of(start)) or (b"\0" not in start and not MARKUP.match(start))


def parse(raw: RawDispatch) -> Parsed:
    """Read the whole dispatch as its body."""
    decoded = decode_dispatch(raw)
    return Parsed(Header(), decoded.text, decoded)


FORMAT = Format(
    name="plain",
    yields="the text, and a dateline in it; several in a file end with `###` or `-30-`",
    matches=matches,
    split=split_at_marks,
    parse=parse,
)
