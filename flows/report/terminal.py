"""The text that the commands print without `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.checks import Violation
from flows.escaping import visible
from flows.report.marks import Marked, Part
from flows.report.remedies import remedy_of
from flows.report.summary import Summary, counted, minute_of

MAX_NAMED = 5
"""Files named in one line of a summary; `dateline status` and `--json` name all."""

STYLES = {
    "number": "bold yellow",
    "object": "cyan",
    "counted": "cyan",
    "trigger": "bold red",
    "cue": "magenta",
    "claimant": "green",
    "speaker": "green",
    "addressee": "blue",
    "source": "green",
    "target": "cyan",
    "perpetrator": "red",
    "weapon": "red italic",
    "place": "blue",
    "time": "blue italic",
    "since": "blue italic",
}
"""Of the parts of a row; of all others, such as the whole row: underlined."""


class _Console(Console):
    """A console that raises BrokenPipeError where nobody reads; rich would end the process with the status of rejects."""

    def on_broken_pipe(self) -> None:
        raise  # rich calls it where the error is handled


def _console() -> Console:
    """Return a console for which no words of a dispatch are markup or the code of an emoji."""
    return _Console(markup=False, emoji=False, highlight=False, soft_wrap=True)


def _say(console: Console, line: str) -> None:
    """Print a line, which stays one whatever is in it."""
    console.print(Text(visible(line)))


def _add(grid: Table, *cells: str) -> None:
    """Add a row to a grid."""
    grid.add_row(*(Text(visible(cell)) for cell in cells))


def _grid(*titles: str) -> Table:
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        grid.add_column(
            title,
            justify="right" if title in ("rows", "dispatches", "files", "bytes", "texts", "%") else "left",
        )
    return grid


def show_figures(figures: Iterable[Mapping[str, Any]]) -> None:
    """Print the measures of an evaluation, in per cent: a line for each, those of a corpus together."""
    grid = _grid("corpus", "task", "texts", "measure", "%")
    for figure in sorted(figures, key=lambda each: (each["corpus"], each["task"])):
        value = "-" if figure["value"] is None else f"{100 * figure['value']:.1f}"
        _add(grid, figure["corpus"], figure["task"], f"{figure['documents']:,}", figure["measure"], value)
    _console().print(grid)


def show_summary(summary: Summary, *, only_rejects: bool = False) -> None:
    """Print what a run did; `only_rejects` as the run was asked."""
    console = _console()
    if not summary.source_count and not summary.failures:
        _say(
            console,
            "Nothing to read again: none of these sources has rejected dispatches."
            if only_rejects
            else "Nothing to read: these sources contain no file.",
        )
    elif not summary.dispatch_count and not summary.failures:
        _say(
            console,
            f"Nothing new: {summary.unchanged_count:,} of {counted(summary.source_count, 'source is', 'sources are')} unchanged "
            f"({summary.seconds['total']:.1f} s).",
        )
    else:
        seconds = summary.seconds["total"]
        _say(
            console,
            f"Read {counted(summary.dispatch_count, 'dispatch', 'dispatches')} = "
            f"{counted(summary.article_count, 'article', 'articles')} + "
            f"{counted(summary.reject_count, 'reject', 'rejects')}",
        )
        _say(
            console,
            f"from {counted(summary.source_count, 'source', 'sources')} ({summary.unchanged_count:,} unchanged) in {seconds:.1f} s "
            f"({summary.dispatch_count / (seconds or 1):,.0f} dispatches/s), {counted(summary.batch_count, 'batch', 'batches')}.",
        )
        grid = _grid("table", "rows")
        for table, rows in summary.rows.items():
            _add(grid, table, f"{rows:,}")
        console.print()
        console.print(grid)
    if summary.reject_codes:
        console.print()
        _show_rejects(console, dict(summary.reject_codes.most_common()))
    for line in _advice(summary):
        _say(console, line)
    for uri in summary.moved:
        _say(console, f"changed while it was read; the next run reads it: {uri}")
    if summary.vanished:
        _say(
            console,
            counted(
                len(summary.vanished),
                "source has disappeared; its rows are kept",
                "sources have disappeared; their rows are kept",
            )
            + f": {_first_few(summary.vanished)}",
        )
    if summary.left_out:
        names = [unquote(uri.rpartition("/")[2]) for uri in summary.left_out]
        _say(
            console,
            f"{counted(len(names), 'file was left out for its name', 'files were left out for their names')}: "
            f"{_first_few(names)}",
        )
    for drift in summary.drifts:
        _say(console, f"changed against the last runs: {drift}")
    for failure in summary.failures:
        _say(console, f"failed; the next run tries again: {failure}")
    if summary.report_failure:
        _say(console, f"the report was not written, and all else is committed: {summary.report_failure}")
    if summary.report:
        _say(console, f"report: {summary.report}")


def _advice(summary: Summary) -> Iterator[str]:
    """Yield what a reader of the rows may not expect, and what changes it."""
    # Formats without any are left out by the subtraction.
    undated = summary.counted_by_format("article") - summary.counted_by_format("published_on")
    if count := undated.total():
        of = ", ".join(f"{each:,} of {form}" for form, each in sorted(undated.items()))
        column = ", and --column NAME=date reads a column as the date" if "csv" in undated else ""
        yield (
            f"{counted(count, 'article has', 'articles have')} no date of publication ({of}): "
            f"`dateline explain FILE` shows which keys were read{column}"
        )
    if count := summary.differing_count:
        yield (
            f"{counted(count, 'unchanged source was', 'unchanged sources were')} read with other options than this run has (--column, --date-order, --format, --repair); --reread reads them with these"
        )


def _show_rejects(console: Console, counts: Mapping[str, int]) -> None:
    """Print how many dispatches were rejected for each reason, and below what to do about it."""
    grid = _grid("reject code", "dispatches")
    for code, count in counts.items():
        _add(grid, code, f"{count:,}")
    console.print(grid)
    for code in counts:
        if remedy := remedy_of(code):
            _say(console, f"{code}: {remedy}")


def _first_few(names: Sequence[str]) -> str:
    """Return the names in a line; where they are more than `MAX_NAMED`, the first ones and how many more."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def show_steps(steps: list[dict[str, Any]]) -> None:
    """Print the steps of a dispatch's journey, or of an id's way back to its words.

    On a terminal parts are styled and lines are wrapped between words; elsewhere parts are in brackets with their names, and a line stays one line.
    """
    console = _console()
    for step in steps:
        console.print()
        console.print(Text.assemble((visible(step["step"]), "bold"), "  ", visible(step["what"])))
        for line in step["lines"]:
            if console.is_terminal:
                console.print(Padding(_styled(line), (0, 0, 0, 2)), soft_wrap=False)
            else:
                _say(console, f"  {line}")


def _styled(line: str | Marked | Part) -> Text:
    """Return a line for a terminal; after marked text the names of its parts, in their styles."""
    if isinstance(line, Part):
        return Text.assemble((line.name, _style(line.name)), visible(str(line).removeprefix(line.name)))
    if isinstance(line, str):
        return Text(visible(line))
    pieces = ((visible(piece.text), " ".join(map(_style, piece.names))) for piece in line.pieces)
    names = (each for name in line.names for each in ("  ", (name, _style(name))))
    return Text.assemble(*pieces, "\n", *names)


def _style(name: str) -> str:
    return STYLES.get(name, "underline")


def show_state(state: dict[str, Any]) -> None:
    """Print what an output holds."""
    console = _console()
    _say(
        console,
        f"{state['output']}: {state['commit_count']:,} commits, published up to {state['watermark']}"
        + (
            ""
            if state["watermark"] == state["head"]
            else f" of {state['head']}: the next run publishes the rest"
        ),
    )
    grid = _grid("table", "rows", "files", "bytes")
    for name, table in state["tables"].items():
        _add(grid, name, f"{table['rows']:,}", f"{table['files']:,}", f"{table['bytes']:,}")
    console.print(grid)
    _say(console, counted(state["source_count"], "source was read", "sources were read"))
    if state["left_out"]:
        _say(
            console,
            counted(
                len(state["left_out"]),
                "file is left out for its name:",
                "files are left out for their names:",
            ),
        )
    for uri in state["left_out"]:
        _say(console, f"  {uri}")
    for each in state["kept_generations"]:
        _say(
            console,
            f"commit {each['seq']} ({each['kind']}): the files it replaced are kept until {minute_of(each['kept_until'])}",
        )
    if state["reject_codes"]:
        _show_rejects(console, state["reject_codes"])
    if count := state["superseded_reject_count"]:
        _say(console, f"{counted(count, 'reject', 'rejects')} of earlier versions of a source not counted")
    for reject in state.get("rejects", ()):
        _say(
            console,
            f"{reject['uri']} [{reject['byte_start']}:{reject['byte_end']}] "
            f"{reject['code']}: {reject['why']}",
        )
    for each in state["quarantine"]:
        if not each["is_committed"]:
            _say(console, f"not committed, and kept in {each['folder']}:")
            for found in each["violations"]:
                _say(console, f"  {Violation(**found)}")
    for each in state["runs"]:
        _say(
            console,
            f"run {each['run_id'][:8]} began {each['started_at']:%Y-%m-%d %H:%M:%S} UTC: "
            f"{counted(each['dispatch_count'], 'dispatch', 'dispatches')} = "
            f"{counted(each['article_count'], 'article', 'articles')} + {counted(each['reject_count'], 'reject', 'rejects')}",
        )
