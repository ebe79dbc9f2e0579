"""Several writers on one output on S3: one that is stopped and continues late, two at once, and many that start together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from flows.write import lease

from .objects import DONE, MAX_SECONDS, Bench, bench, process, recovered, run
from .proxy import stopping
from .trial import Trial

FAULTS = "several writers on one output on S3"

STOPS = {
    "stopped before a request, taken over, continued": stopping(is_done=False),
    "stopped after a request, taken over, continued": stopping(is_done=True),
}
STARTS = 24


def trials(folder: Path, every: int) -> Iterator[Trial]:
    """Stop a writer at each request that changes the output, and take over; start many at once."""
    with bench(folder) as shared:
        changing = [
            at for at, label in enumerate(shared.requests, 1) if label.startswith(("PUT", "COPY", "DEL"))
        ]
        for name in STOPS:
            for at in changing[::every]:
                yield stopped(shared, name, at)[0]
        yield started_at_once(shared, STARTS)[0]


def stopped(shared: Bench, name: str, at: int, *, only: str = "") -> tuple[Trial, str]:
    """Stop a writer at a request until another has taken its lease and committed everything; return how it ended, too."""
    proxy = shared.proxy
    output = shared.output(f"{name} {only} {at}")
    proxy.clock *= 0
    with process(shared, output) as late:
        proxy.arm(STOPS[name], at, only=only)
        late.begin()
        assert proxy.stopped.wait(MAX_SECONDS), "the request was not reached"
        label = proxy.seen[at - 1]
        proxy.clock += lease.LASTS
        assert run(shared.sources, output) == DONE
        proxy.arm(None)
        ended = late.end()
    return recovered(shared, name, f"{at} {label}", output, runs=2), ended


def started_at_once(shared: Bench, count: int) -> tuple[Trial, list[str]]:
    """Start many runs on a new output; return how each ended, too."""
    output = shared.output(f"{count} at once")
    shared.proxy.clock *= 0
    shared.proxy.arm(None)
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(process(shared, output)) for _ in range(count)]
        for each in all_of_them:
            each.begin()
        ended = [each.end() for each in all_of_them]
    return recovered(shared, f"{count} starts at once", "1", output, runs=count), ended
