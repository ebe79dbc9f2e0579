"""What is shown of a dispatch, a file name or a server: no character of it acts on a terminal, a log, JSON or Markdown."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import unicodedata

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from flows import cli, logs, observe
from flows.escaping import as_code, in_quotes, visible, visible_json, visible_lines
from flows.report import progress, state, terminal
from flows.report.marks import Marked, Part, Piece
from flows.report.summary import Summary, as_markdown

from .conftest import dateline

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\r\n\t\x9b31m\x00\u202egpj.exe\u2066\u200b\ufeff\u2028\ud800\U000e0041[red]:boom:"
)
"""Sets a title, clears the screen, returns the carriage, begins a line, turns the reading order round, hides itself."""

SHOWN = r"\x1b]0;owned\x07\x1b[2J\r\n\t\x9b31m\x00\u202egpj.exe\u2066\u200b\ufeff\u2028\ud800\U000e0041[red]:boom:"

ACTING = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""Characters that act on a terminal, or that it does not show. The line feeds are counted where they matter."""


def test_what_cannot_be_seen_is_shown_as_an_escape():
    assert visible(HOSTILE) == SHOWN


def test_words_of_any_script_stay_as_they_are():
    """Spaces of all kinds too, and the parts of an emoji that has variation selectors."""
    words = "Zürich, Đà Nẵng, العربية, 北京, हिन्दी, 10\u202f000\u00a0€ \u2764\ufe0f C:\\temp"

    assert visible(words) == words


def test_blank_letters_are_shown_as_escapes():
    """A Hangul filler is a letter for Unicode, and nothing on a screen."""
    assert visible("a\u3164b\u115fc") == r"a\u3164b\u115fc"


@given(st.text(st.characters()))
def test_no_text_acts_on_a_terminal_or_takes_a_second_line(text):
    """Over all of Unicode, surrogates too: what is shown can be encoded, and has no control or format character."""
    shown = visible(text)

    assert not ACTING.search(shown)
    assert "\n" not in shown
    assert {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert shown.encode().decode() == shown


@settings(max_examples=30)
@given(
    st.recursive(
        st.text(st.characters()) | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_visible_and_decodes_to_the_same_value(value):
    shown = visible_json(json.dumps(value, ensure_ascii=False))

    assert json.loads(shown) == value
    assert not ACTING.search(shown)


@given(st.text(st.characters(), max_size=30))
def test_a_code_span_of_markdown_has_one_fence_that_its_text_does_not_hold(text):
    shown = as_code(text)

    fence = re.match("`+", shown).group()
    assert shown.endswith(fence)
    inside = shown[len(fence) : -len(fence)]
    assert fence not in re.findall("`+", inside)
    assert inside.strip() == visible(text).strip()


def test_a_value_that_could_be_two_is_in_quotation_marks():
    assert in_quotes("batch") == "batch"
    assert in_quotes("") == '""'
    assert in_quotes('x level=error "y"') == r'"x level=error \"y\""'


def test_the_line_feeds_of_a_traceback_stay():
    assert visible_lines("one\x1b[1m\ntwo\r\n") == "one\\x1b[1m\ntwo\\r\n"


def terminal_with(monkeypatch, *, is_terminal: bool) -> io.StringIO:
    """Let what is printed go to a file that says that it is a terminal, or not; nothing in it is styled."""
    printed = io.StringIO()
    made = terminal._console()
    console = Console(
        file=printed,
        force_terminal=is_terminal,
        no_color=True,
        markup=made._markup,
        emoji=made._emoji,
        highlight=False,
        soft_wrap=True,
        width=4000,
    )
    monkeypatch.setattr(terminal, "_console", lambda: console)
    return printed


def assert_shown(printed: str, times: int = 1) -> None:
    """Check that the hostile words were printed so many times, and nothing that acts besides rich's own styles."""
    unstyled = re.sub(r"\x1b\[\d*(?:;\d+)*m", "", printed)
    assert not ACTING.search(unstyled), ascii(unstyled)
    assert unstyled.count(SHOWN) == times


SUMMARY = Summary(
    "0" * 32,
    f"output{HOSTILE}",
    source_count=4,
    dispatch_count=2,
    reject_examples={"body.empty": f"file:///a.txt [0:1]: {HOSTILE}"},
    moved=[HOSTILE],
    vanished=[HOSTILE],
    left_out=[HOSTILE],
    failures=[f"batch 3: OSError: {HOSTILE}"],
)
SUMMARY.reject_codes["body.empty"] = 1
SUMMARY.loaded[HOSTILE] = 3


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_summary_of_a_run_shows_names_and_reasons_as_they_are(monkeypatch, is_terminal):
    """Files that moved, disappeared and were left out, and a failure: a line each."""
    printed = terminal_with(monkeypatch, is_terminal=is_terminal)

    terminal.show_summary(SUMMARY)

    assert_shown(printed.getvalue(), 4)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_explain_shows_lines_marked_words_and_parts_as_they_are(monkeypatch, is_terminal):
    printed = terminal_with(monkeypatch, is_terminal=is_terminal)
    lines = [HOSTILE, Marked((Piece(HOSTILE, ("number",)),)), Part("number", 0, 1, HOSTILE)]

    terminal.show_steps([{"step": HOSTILE, "what": HOSTILE, "lines": lines}])

    assert_shown(printed.getvalue(), 5)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_status_shows_rejects_as_they_are(monkeypatch, is_terminal):
    """No backslash is added before `[red]` either."""
    printed = terminal_with(monkeypatch, is_terminal=is_terminal)
    found = {
        "output": HOSTILE,
        "commit_count": 1,
        "watermark": 1,
        "head": 1,
        "tables": {},
        "source_count": 1,
        "left_out": [HOSTILE],
        "reject_codes": {},
        "superseded_reject_count": 0,
        "rejects": [{"uri": HOSTILE, "byte_start": 0, "byte_end": 1, "code": "body.empty", "why": HOSTILE}],
        "quarantine": [
            {
                "is_committed": False,
                "folder": HOSTILE,
                "violations": [{"table": "times", "check": "x", "rows": 1, "example": HOSTILE}],
            }
        ],
        "kept_generations": [],
        "runs": [],
    }

    terminal.show_state(found)

    assert_shown(printed.getvalue(), 6)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_measures_of_an_evaluation_show_the_names_of_its_files_as_they_are(monkeypatch, is_terminal):
    printed = terminal_with(monkeypatch, is_terminal=is_terminal)

    terminal.show_figures(
        [{"corpus": HOSTILE, "task": "times", "documents": 1, "measure": "f1", "value": 0.5}]
    )

    assert_shown(printed.getvalue())


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_name_in_an_event_begins_no_line_and_no_other_value(capsys, monkeypatch, is_terminal):
    """On a terminal too, where bars are shown and errors are printed between them."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    with progress.shown(as_json=False):
        observe.log.error("batch.failed", error=f'x seq=9 {HOSTILE} "y"')

    (line,) = [each for each in capsys.readouterr().err.splitlines() if "batch.failed" in each]
    assert_shown(line)
    assert r'error="x seq=9 ' in line
    assert line.endswith(r'\"y\""')


def test_an_event_in_json_is_exact(capsys):
    with progress.shown(as_json=True):
        observe.log.error("batch.failed", error=HOSTILE)

    printed = capsys.readouterr().err
    assert not ACTING.search(printed)
    assert json.loads(printed)["error"] == HOSTILE


def test_what_prefect_logs_of_an_error_is_visible(caplog, monkeypatch):
    """Its handlers print to the terminal of a worker, and send to a server."""
    logs.shorten_prefect_logs()
    logger = logging.getLogger("prefect.flow_runs")
    monkey = f"found {HOSTILE}"
    # Prefect's own handler sends to a server, and raises where no flow runs.
    monkeypatch.setattr(logger, "handlers", [caplog.handler])
    monkeypatch.setattr(logger, "propagate", False)
    with caplog.at_level(logging.ERROR, logger.name):
        try:
            raise ValueError(monkey)
        except ValueError:
            logger.exception("Encountered an exception in %s", HOSTILE)

    assert_shown(caplog.text, 2 * caplog.text.count("Encountered"))
    assert "Traceback (most recent call last):\n" in caplog.text


def test_the_artifact_of_a_run_holds_names_and_reasons_as_code():
    """Neither HTML nor a link, whatever a browser makes of the Markdown around it."""
    attack = "</code><img src=x onerror=alert(1)> [x](javascript:alert(1)) `` | # "
    summary = Summary("0" * 32, attack, 1, dispatch_count=1, failures=[attack + HOSTILE], moved=[attack])
    summary.reject_codes["body.empty"] = 1
    summary.reject_examples["body.empty"] = attack

    artifact = as_markdown(summary)

    assert not ACTING.search(artifact)
    assert artifact.count(f"``` {attack}```".replace(" ```", " ```", 1)) + artifact.count(f"```{attack}") == 4
    outside = re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", artifact)
    assert "<" not in outside
    assert "](" not in outside


def test_keys_of_assets_hold_no_escape_sequence():
    key = observe.asset_key(f"file:///{HOSTILE}")

    assert not ACTING.search(key)
    assert "\\" not in key


def test_errors_of_a_command_are_one_visible_line_and_what_to_do():
    done = CliRunner().invoke(cli.main, ["status", "--output", "no\x1b[2J\u202e\n\udcff"])

    assert done.exit_code == 2
    assert done.stderr.count("\n") == 2
    assert done.stderr.split("\n")[1].startswith("What to do: ")
    assert not ACTING.search(done.stderr)
    assert r"\x1b[2J" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["\x1b[2J"], ["--\x1b[2J"], ["run", "--\x1b[2J"], ["run", "--workers", "\x1b[2J"]]
)
def test_usage_errors_show_arguments_visibly(arguments):
    """`dateline run *` in a folder with a file whose name begins with two dashes."""
    done = CliRunner().invoke(cli.main, arguments)

    assert done.exit_code == 2
    assert not ACTING.search(done.output)
    assert r"\x1b[2J" in done.output


def test_a_traceback_shows_what_it_quotes_visibly(monkeypatch):
    """A bug may quote the dispatch that it was met on."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError(HOSTILE)

    monkeypatch.setattr(state, "state_of", fail)
    done = CliRunner().invoke(cli.main, ["status"])

    assert done.exit_code == 3
    assert_shown(done.stderr)
    assert done.stderr.startswith("Traceback (most recent call last):\n")


def test_json_of_a_command_is_exact_and_visible(monkeypatch):
    """A half of a surrogate pair, which no encoding has, is printed too."""
    monkeypatch.setattr(state, "state_of", lambda *_, **__: {"rejects": [{"why": HOSTILE}]})
    done = CliRunner().invoke(cli.main, ["status", "--json"])

    assert done.exit_code == 0, done.output
    assert not ACTING.search(done.stdout)
    assert json.loads(done.stdout) == {"rejects": [{"why": HOSTILE}]}


def test_a_hostile_dispatch_reaches_no_terminal_as_it_is(tmp_path):
    """The whole way, by the real command: a header and a body with escape sequences, a name with a line feed and one."""
    words = HOSTILE.replace("\x00", "").replace("\ud800", "")
    named = tmp_path / "in" / "a\nrun.began \x1b[2J\u202e[red].txt"
    named.parent.mkdir()
    named.write_text(
        f"Title: Two {words.replace(chr(10), ' ').replace(chr(13), ' ')} killed\nDate: 2020-02-20\n\nTwo {words} were killed near Aleppo.\n"
    )
    (named.parent / "bad.txt").write_text(f"Title: x\nDate: 2020-02-31{words[:20]}\n\nx\n")
    output = tmp_path / "output"
    ran = dateline("run", named.parent, "--output", output, "--fields", "header", "--max-reject-share", "1")

    shown = [
        ran,
        dateline("status", "--rejects", "--output", output),
        dateline("status", "--rejects", "--json", "--output", output),
        dateline("explain", named),
    ]

    for each in shown:
        assert each.returncode == 0, each.stderr.decode()
        assert not ACTING.search((each.stdout + each.stderr).decode())
    # No line of the log begins with what the name of the file says.
    assert not [line for line in ran.stderr.decode().splitlines() if not line.startswith("20")]
