"""Tables of the explorer as bytes: what is written is what a browser reads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report.column_bytes import column_bytes

from .explorer_blocks import read_table, table

WHOLE = st.integers(-(2**31) + 1, 2**31 - 1)
NUMBERS = st.none() | WHOLE | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False)


@given(st.lists(st.fixed_dictionaries({"text": st.none() | st.text(), "number": NUMBERS, "whole": st.none() | WHOLE})))  # fmt: skip
def test_a_table_is_read_as_it_was_written(rows):
    written = table([row for row in rows if _is_json(row["text"])], ["text"], ["number", "whole"])
    assert read_table(column_bytes(written)) == written


def _is_json(text):
    return text is None or text.isprintable() or text.encode("utf-8", "replace").decode() == text


def declared(*, texts=None, numbers=None):
    column = {"numbers": numbers} if texts is None else table([{"t": each} for each in texts], ["t"], [])["columns"]["t"]  # fmt: skip
    content = column_bytes({"count": len(numbers if texts is None else texts), "columns": {"t": column}})
    length = int.from_bytes(content[:4], "little")
    assert (4 + length) % 8 == 0
    return json.loads(content[4 : 4 + length])["columns"]["t"]


@pytest.mark.parametrize(
    ("numbers", "kind", "least", "most"),
    [
        ([], "Int8", None, None),
        ([None, 127, -127], "Int8", -127, 127),
        ([-128], "Int16", -128, -128),
        ([32_768, None], "Int32", 32_768, 32_768),
        ([2**31], "Float64", 2**31, 2**31),
        ([0.5, None], "Float64", 0.5, 0.5),
    ],
)
def test_numbers_have_the_narrowest_type_in_which_one_value_is_left_for_null(numbers, kind, least, most):
    """The page knows the ends of a column without reading it."""
    found = declared(numbers=numbers)
    assert (found["type"], found["least"], found["most"]) == (kind, least, most)


@pytest.mark.parametrize(("count", "kind"), [(0, "Uint8"), (255, "Uint8"), (256, "Uint16"), (65_536, "Uint32")])  # fmt: skip
def test_a_code_for_null_is_left_beside_those_of_the_texts(count, kind):
    found = declared(texts=[*map(str, range(count)), None])
    assert (found["type"], found["texts"]) == (kind, count)
