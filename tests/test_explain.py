"""What `dateline explain` shows of a row: its words in their sentences, each part marked with its name."""

from __future__ import annotations

import io
from functools import cache

import pytest
from rich.console import Console
from rich.text import Text

from flows.journey import article_or_rejected, enriched
from flows.report import terminal
from flows.report.highlights import marked, part_columns, parts_of, values_of
from flows.report.marks import Marked, Part, Piece
from flows.schema import Type, check_row
from flows.tables import amounts, claims, events, quotes, rows_of
from flows.tables.evidence import spans

from .conftest import loaded_reference, raw

TEXT = (
    b"date 2020-02-20 Rebels shelled an army post near Aleppo on Wednesday, killing at least 15 Turkish soldiers,\n"
    b'the Defence Ministry said. It paid $3 million. "We will go on," Anna Bo said.\n'
)
BODY = TEXT.decode().removeprefix("date 2020-02-20 ").rstrip()


@cache
def found():
    (only,) = enriched([article_or_rejected(raw(TEXT))], loaded_reference())
    rows: dict = {}
    for table, _, row in rows_of(only):
        rows.setdefault(table.name, []).append(check_row(table, row))
    return rows, spans(only.reading.sentences)


def find(table, key):
    rows, _ = found()
    return next((row for row in rows[table] if key in (row.get("place_id"), row.get("time_id"))), None)


def marked_rows(table):
    rows, sentences = found()
    return [str(marked(parts_of(table, row, BODY, find), BODY, sentences)) for row in rows[table.name]]


def test_a_claim_shows_its_number_its_object_who_says_so_and_where_and_when():
    """The line break of the source is a space: the sentence is one line."""
    (line,) = marked_rows(claims.TABLE)

    assert line.startswith(
        "[Rebels]{perpetrator} shelled an army post near [Aleppo]{place} on [Wednesday]{time}, "
    )
    assert "[killing]{effect_word} [[at least 15]{number} [Turkish soldiers]{object}]{claim}, " in line
    assert line.endswith("Defence Ministry]{claimant} [said]{cue}.")


@pytest.mark.parametrize(
    ("table", "part"),
    [
        (amounts.TABLE, "[$3 million]{amount}"),
        (quotes.TABLE, '"[We will go on,]{content}"'),
        (quotes.TABLE, "[Anna Bo]{speaker} [said]{cue}"),
        (events.TABLE, "[[Rebels]{source} [shelled]{trigger}"),
    ],
)
def test_the_rows_of_other_tables_show_their_parts(table, part):
    assert sum(part in line for line in marked_rows(table)) == 1


def test_the_text_without_its_marks_is_that_of_the_article():
    rows, sentences = found()
    for table in (claims.TABLE, amounts.TABLE, events.TABLE, quotes.TABLE):
        for row in rows[table.name]:
            pieces = marked(parts_of(table, row, BODY, find), BODY, sentences).pieces
            assert "".join(piece.text for piece in pieces) in " ".join(BODY.split())


def test_parts_that_cross_are_closed_and_opened_again():
    sentence = [{"char_start": 0, "char_end": 9}]
    parts = [Part("one", 0, 5, "ab cd"), Part("two", 3, 9, "cd efgh")]

    assert str(marked(parts, "ab cd efg", sentence)) == "[ab ]{one}[[cd]{one} efg]{two}"


def test_sentences_between_the_parts_are_left_out():
    text = "A came. B went. C saw. D ran."
    sentences = [{"char_start": at, "char_end": to} for at, to in ((0, 7), (8, 15), (16, 22), (23, 29))]
    parts = [Part("claimant", 0, 1, "A"), Part("object", 16, 17, "C"), Part("cue", 25, 28, "ran")]

    assert str(marked(parts, text, sentences)) == "[A]{claimant} came. … [C]{object} saw. D [ran]{cue}."


def test_a_text_without_sentences_is_shown_whole():
    assert str(marked([Part("number", 0, 2, "15")], "15 dead", [])) == "[15]{number} dead"


def test_words_that_are_two_parts_have_the_name_of_the_part_not_of_the_row():
    rows, _ = found()
    row = rows["claims"][0] | {"number_start": 1, "number_end": 4, "char_start": 1, "char_end": 4}

    assert [
        each.name for each in parts_of(claims.TABLE, row, BODY, find) if (each.start, each.end) == (1, 4)
    ] == ["number"]


def test_the_values_of_a_row_are_those_that_are_no_words_of_the_text():
    rows, _ = found()
    line = values_of(claims.TABLE, rows["claims"][0])

    assert "effect killed, low 15, best 15, bound at_least" in line
    assert "rule claims/" in line
    assert "negated" not in line
    assert "Turkish" not in line


def test_every_part_of_a_table_has_its_words_its_start_and_its_end():
    for table in (claims.TABLE, amounts.TABLE, events.TABLE, quotes.TABLE):
        kinds = {column.name: column.type for column in table.columns}
        for name in part_columns(table):
            assert kinds[name] is (Type.INT64 if name.endswith(("_start", "_end")) else Type.TEXT)


STEPS = [
    {
        "step": "words",
        "what": "of a claim",
        "lines": [
            Marked(
                (
                    Piece("On Friday at a crossroads to the north of the town of Homs a patrol found ", ()),
                    Piece("15", ("claim", "number")),
                    Piece(" bodies", ("claim",)),
                    Piece(".", ()),
                )
            ),
            Part("number", 12, 14, "15"),
        ],
    }
]


def shown(monkeypatch, *, is_terminal):
    out = io.StringIO()
    console = Console(
        file=out,
        width=80,
        force_terminal=is_terminal,
        color_system="standard",
        highlight=False,
        soft_wrap=True,
    )
    monkeypatch.setattr(terminal, "_console", lambda: console)
    terminal.show_steps(STEPS)
    return out.getvalue()


def test_in_a_pipe_the_parts_have_brackets_and_a_line_stays_one_line(monkeypatch):
    lines = shown(monkeypatch, is_terminal=False).splitlines()

    assert lines[2].endswith("found [[15]{number} bodies]{claim}.")
    assert len(lines[2]) > 80
    assert lines[3] == "  number [12:14]: 15"


def test_on_a_terminal_the_parts_are_styled_and_lines_are_wrapped_between_words(monkeypatch):
    said = shown(monkeypatch, is_terminal=True)
    lines = said.splitlines()

    assert "\x1b[1;4;33m15\x1b[0m" in said
    assert "{number}" not in said
    assert "\x1b[1;33mnumber\x1b[0m [12:14]: 15" in lines[-1]
    plain = Text.from_ansi(said).plain
    assert max(map(len, plain.splitlines())) <= 80
    assert "a patrol found 15 bodies." in " ".join(plain.split())
