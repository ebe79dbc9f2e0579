"""What a user states about sources (`--column`, `--date-order`, `--format`, `--repair`) and finds out later: how it is applied to what was read."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows import api
from flows.cli import main
from flows.errors import WrongUse
from flows.parse.keys import refuse_unknown
from flows.records import Rules
from flows.report import terminal
from flows.report.state import state_of
from flows.report.summary import Summary

from .coordinating import run_here

TABLE = """Datum,Headline,Full text
2020-02-03,Rain,It rained on Monday.
05/02/2020,Sun,The sun came out.
"""
DATED = Rules(columns={"Datum": "date"})
DAY_FIRST = Rules(columns={"Datum": "date"}, date_order="dmy")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


def run(table: Path, rules: Rules, *, reread: bool = False, only_rejects: bool = False) -> Summary:
    return run_here(
        table, output=table.parent / "output", rules=rules, reread=reread, only_rejects=only_rejects,
        fields=frozenset(),
    )  # fmt: skip


def days_of(table: Path) -> list[tuple[int, str]]:
    """The version and the day of each article that was ever committed."""
    paths = (table.parent / "output").glob("articles/**/*.parquet")
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    return sorted((row["source_version"], str(row["published_on"])) for row in rows)


def test_reread_with_options_that_a_source_was_not_read_with_makes_a_new_version_once(table):
    """The first run did not know the column; afterwards a schedule may repeat the corrected command."""
    run(table, Rules())
    again = [run(table, DAY_FIRST, reread=True) for _ in range(2)]

    assert [each.article_count for each in again] == [2, 0]
    assert days_of(table) == [(1, "None"), (1, "None"), (2, "2020-02-03"), (2, "2020-02-05")]


def test_reread_without_options_keeps_what_was_corrected_by_hand(table):
    """As the monthly backfill, which states none."""
    run(table, DAY_FIRST)
    summary = run(table, Rules(), reread=True)

    assert (summary.article_count, summary.unchanged_count) == (0, 1)


def test_a_source_that_only_rejects_has_read_again_is_known_to_be_read_with_its_options(table):
    run(table, DATED)
    corrected = run(table, DAY_FIRST, only_rejects=True)
    again = run(table, DAY_FIRST, reread=True)

    assert (corrected.article_count, again.article_count) == (2, 0)


def test_the_order_of_the_options_is_no_other_option():
    first, second = Rules(columns={"a": "date", "b": "text"}), Rules(columns={"b": "text", "a": "date"})

    assert first.options(None) == second.options(None) == {"columns": "a=date, b=text"}


def test_an_unchanged_source_that_was_read_with_other_options_is_counted(table, capsys):
    """Otherwise `nothing new` looks as if the option had been applied."""
    run(table, Rules())
    without, other = (run(table, rules) for rules in (Rules(), DATED))
    terminal.show_summary(other)

    assert (without.differing_count, other.differing_count) == (0, 1)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "1 unchanged source was read with other options than this run has (--column, --date-order, --format, --repair); "
        "--reread reads them with these"
    )


def test_articles_without_a_date_are_counted_with_what_shows_why(table, capsys):
    terminal.show_summary(run(table, Rules()))

    assert (
        "2 articles have no date of publication (2 of csv): `dateline explain FILE` shows which keys were read, "
        "and --column NAME=date reads a column as the date\n"
    ) in capsys.readouterr().out


def test_articles_that_all_have_a_date_are_not_counted(table, capsys):
    terminal.show_summary(run(table, DAY_FIRST))

    assert "no date of publication" not in capsys.readouterr().out


def test_rejects_are_shown_with_what_to_do_until_their_source_is_read_again(table, capsys):
    run(table, DATED)
    before = state_of(table.parent / "output", with_rejects=True)
    run(table, DAY_FIRST, only_rejects=True)
    after = state_of(table.parent / "output", with_rejects=True)
    terminal.show_state(before)

    assert [each["why"] for each in before["rejects"]] == [
        "line 1: date is '05/02/2020', wanted one day: 5 February or 2 May"
    ]
    assert (
        "header.date.ambiguous: state the order: `dateline run SOURCE --only-rejects --date-order dmy` (or mdy)\n"
        in capsys.readouterr().out
    )
    assert (after["rejects"], after["reject_codes"], after["superseded_reject_count"]) == ([], {}, 1)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("dat", "'date', which is nearest"),
        ("headlnie", "'headline', which is nearest"),
        ("zzz", "one of the keys date, "),
    ],
)
def test_a_key_that_nothing_is_read_as_is_refused(key, wanted):
    """The column would be kept in `header`, as without the option."""
    with pytest.raises(WrongUse) as refused:
        refuse_unknown(key)
    done = CliRunner().invoke(main, ["run", "x", "--column", f"Datum={key}"])

    assert refused.value.wanted.startswith(wanted)
    assert done.exit_code == 2
    assert f"found the key {key!r} in 'Datum={key}', wanted {wanted}" in done.stderr


@pytest.mark.parametrize("key", ["date", "Published", "full text", "sourcecommonname"])
def test_a_key_is_known_by_each_of_its_names(key):
    assert refuse_unknown(key) is None


def test_the_library_refuses_a_key_as_the_command_does(table):
    with pytest.raises(WrongUse, match="found the key 'dat' for 'Datum', wanted 'date', which is nearest"):
        api.run(table, table.parent / "output", columns={"Datum": "dat"}, workers=1)


@pytest.mark.parametrize(
    ("only_rejects", "said"),
    [
        (True, "Nothing to read again: none of these sources has rejected dispatches.\n"),
        (False, "Nothing to read: these sources contain no file.\n"),
    ],
)
def test_a_run_without_a_file_says_why(capsys, only_rejects, said):
    terminal.show_summary(Summary("0" * 32, "output", source_count=0), only_rejects=only_rejects)

    assert capsys.readouterr().out == said


def test_without_a_source_and_without_samples_the_command_asks_for_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["run", "--output", "output"])

    assert done.exit_code == 2
    assert "no SOURCE, and no folder seeds here; name a file, a folder, a glob or an address" in done.stderr


def test_the_remedy_for_too_many_rejects_names_the_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").write_text("")
    done = CliRunner().invoke(
        main, ["run", "empty.txt", "--output", "my news", "--fields", "header", "--workers", "1"]
    )

    assert done.exit_code == 1
    assert "see why in `dateline status --rejects --output 'my news'`" in done.stderr


def test_a_folder_cannot_be_explained(tmp_path):
    done = CliRunner().invoke(main, ["explain", str(tmp_path)])

    assert done.exit_code == 2
    assert f"FILE|ID: found {tmp_path}, a folder, wanted one of its files, or an id of a row" in done.stderr
