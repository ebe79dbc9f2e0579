"""Where the time of one worker goes: a whole run in this process, sampled each millisecond of its processor time.

    PYTHONPATH=. python tests/bench/stages.py FOLDER [FIELDS]

A sample counts for the outermost room on the stack, so that what a field calls counts for the field, and under it for the innermost
function of the project. The first article is read before the clock starts: loading is not part of the table.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from time import process_time
from types import FrameType

from tests.bench.ratios.without_prefect import run_plain

EVERY = 0.001
"""Seconds of processor time between two samples."""

WORDS = 500
FUNCTIONS = 6
"""Functions that are named under each room."""

ROOMS = (
    "flows.enrich.language.", "flows.enrich.casing.", "flows.enrich.places.", "flows.enrich.entities.", "flows.enrich.times.",
    "flows.enrich.quotes.", "flows.enrich.numbers.", "flows.enrich.amounts.", "flows.enrich.claims.", "flows.enrich.events.",
    "flows.stories.", "flows.enrich.stories.", "flows.fetch.", "flows.parse.", "flows.tables.", "flows.write.", "flows.warehouse.", "flows.reference.",
)  # fmt: skip


class Sampler:
    """Counts samples by room, and within each room by function."""

    def __init__(self) -> None:
        self.rooms: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def __enter__(self) -> Sampler:
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        return self

    def __exit__(self, *raised: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, number: int, frame: FrameType | None) -> None:
        del number
        room, function = "other", ""
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            if module.startswith("flows."):
                function = function or f"{module.removeprefix('flows.')}.{frame.f_code.co_name}"
                room = next((each for each in ROOMS if f"{module}.".startswith(each)), room)
            frame = frame.f_back
        self.rooms[room][function or "libraries"] += 1


def word_count(output: Path) -> int:
    """Return the words of the articles of an output."""
    from flows.warehouse.rows import connect  # noqa: PLC0415  # after the run: DuckDB starts threads

    with connect() as connection:
        files = f"{output}/articles/**/*.parquet"
        ((words,),) = connection.execute(f"SELECT sum(word_count) FROM read_parquet('{files}')").fetchall()
    return int(words or 0)


def measure(folder: str, fields: str, work: Path) -> tuple[Sampler, float, int]:
    """Run over a folder; return the samples, the seconds of processor time, and the words that were read."""
    first = work / "first"
    first.mkdir()
    (first / "one.txt").write_text("date 2020-02-20 Two soldiers were killed in Idlib on Thursday.")
    run_plain(str(first), work / "first-output", 0, fields)
    output = work / "output"
    with Sampler() as sampler:
        began = process_time()
        run_plain(folder, output, 0, fields)
        seconds = process_time() - began
    return sampler, seconds, word_count(output)


def main(folder: str, fields: str = "all") -> None:
    """Print a line for each room, and one for each of its dearest functions."""
    with tempfile.TemporaryDirectory(prefix="dateline-stages-") as work:
        sampler, seconds, words = measure(folder, fields, Path(work))
    total = sum(counts.total() for counts in sampler.rooms.values())
    per_sample = 1000 * seconds / total * WORDS / max(1, words)
    sys.stdout.write(f"{seconds:.1f} s of processor time, {words:,} words, {total:,} samples\n\n")
    sys.stdout.write(f"{'room':<60}{'share':>7}{f'ms / {WORDS} words':>16}\n")
    for room, counts in sorted(sampler.rooms.items(), key=lambda each: -each[1].total()):
        name = room.removeprefix("flows.").rstrip(".")
        sys.stdout.write(f"{name:<60}{counts.total() / total:>7.1%}{counts.total() * per_sample:>16.2f}\n")
        for function, count in counts.most_common(FUNCTIONS):
            sys.stdout.write(f"  {function[:56]:<58}{count / total:>7.1%}{count * per_sample:>16.2f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
