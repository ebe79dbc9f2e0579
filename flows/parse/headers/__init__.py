"""The forms that Dateline reads, most specific first."""

from flows.parse.formats import Format
from flows.parse.headers import front_matter, inline, jsonl, key_value, plain, reuters_sgml

FORMATS: tuple[Format, ...] = (
    reuters_sgml.FORMAT,
    jsonl.FORMAT,
    front_matter.FORMAT,
    key_value.FORMAT,
    inline.FORMAT,
    plain.FORMAT,
)

BY_NAME = {known.name: known for known in FORMATS}
