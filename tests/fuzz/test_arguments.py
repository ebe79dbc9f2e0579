"""Any text as an argument of the command, or as a value in SQL: refused in words, or taken as it is."""

from __future__ import annotations

import click
import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.cli import main
from flows.errors import DatelineError
from flows.warehouse.dialects import DIALECTS

COMMANDS = sorted(main.commands)

VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "-", "--", "0", "-1", "1e999", "nan", "inf", "9" * 30, "9999-12-31", "2020-02-30", "0001-01-01T00:00:00+14:00",
                     "a=b=c", "=", "{}", "[", "s3://", "file://", "http://[", "../..", "a\0b", "\ud800", "\x1b[2J"]),
)  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
@settings(max_examples=25)
@given(data=st.data())
def test_any_arguments_are_taken_or_refused_in_words(name, data):
    """They are read, and nothing is run. What click refuses, and what Dateline refuses, ends with an exit status of its own."""
    command = main.commands[name]
    options = [option for each in command.params if isinstance(each, click.Option) for option in each.opts]
    words = st.one_of(VALUES, st.sampled_from(options)) if options else VALUES
    arguments = data.draw(st.lists(words, max_size=5))
    said = "taken"
    try:
        command.make_context(name, arguments, resilient_parsing=False)
    except click.exceptions.Exit as ended:
        said = f"exit {ended.exit_code}"
    except (click.exceptions.ClickException, DatelineError) as refused:
        said = str(refused)

    assert said


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_any_text_is_the_same_as_a_literal_of_duckdb(text):
    assert duckdb.sql(f"SELECT {DIALECTS['duckdb'].text(text)}").fetchall() == [(text,)]


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(text=st.text(st.sampled_from("ab'\"\\`;-\n/*%_$"), max_size=12))
def test_any_text_is_one_literal_of_its_dialect(name, text):
    """No quotation mark or backslash ends it early: a parser of that dialect sees one literal and nothing after it."""
    (statement,) = sqlglot.parse(f"SELECT {DIALECTS[name].text(text)}", read=name)

    assert [each.sql() for each in statement.find_all(sqlglot.exp.Column)] == []
    assert statement.expressions[0].this == text
