"""A million mutated inputs: none may raise anything but a `DispatchError`, hang for a second, or take memory.

    PYTHONPATH=. python tests/bench/fuzz.py [INPUTS] [SEED]     (or: make fuzz)

Each input is a sample dispatch, or a piece of it, that was cut, doubled, flipped, spliced with another sample, or
given a token that parsers trip over. It is sniffed, or read in the form of a sample, cut and understood, as a run does.
Prints one JSON object: inputs, outcomes, the slowest, the growth of memory, and each failure with the seed that makes it again.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import signal
import sys
import traceback
from collections import Counter
from time import perf_counter
from typing import Any

from flows.errors import DispatchError
from flows.parse import SAMPLE_BYTES, sniff, understand
from flows.parse.formats import Sample, cut
from flows.parse.headers import BY_NAME
from flows.records import RawDispatch, Source
from tests.conftest import FETCHED_AT, SEEDS

SLOW = 1.0
MAX_SECONDS = 20
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;",
    b"<?xml version='1.0' encoding='utf-16'?>", b"charset=utf-7", b"=?x?b?!!?=", b"\x16\x16\x01", b"\x02", b"\x03", b"\x04",
    b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\n", b"\n\n", b"{", b"[", b'"', b"\\ud800", b"NaN", b"1e999", b"-" * 70, b"9" * 400,
    b"31 Feb 2020", b"99999999999999", b"2020-02-20T25:61:61+99:99", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"---\n", b"&a *a !!b",
    b"(", b"((((((((", b" " * 300, b"\n" * 300, b"<!--a-->" * 40, b"<?a?> " * 40, b"<a>" * 100, b"\"" * 99, b"From a b c\nA: b\n", b"###\n", b"<p>", b"</p>", b"<div>" * 50, b"\t" * 30, b"date 2020-02-20 ",
)  # fmt: skip


def mutated(random_: random.Random, samples: list[bytes]) -> bytes:
    """Return a sample with one to six things wrong with it."""
    data = bytearray(random_.choice(samples))
    for _ in range(random_.randint(1, 6)):
        at = random_.randint(0, len(data))
        end = min(len(data), at + int(random_.expovariate(1 / 40)))
        kind = random_.randrange(7)
        if kind == 0:
            del data[at:end]
        elif kind == 1:
            data[at:at] = data[at:end]
        elif kind == 2 and at < len(data):
            data[at] ^= 1 << random_.randrange(8)
        elif kind == 3:
            data[at:end] = random_.randbytes(end - at)
        elif kind == 4:
            data[at:at] = random_.choice(TOKENS)
        elif kind == 5:
            other = random_.choice(samples)
            start = random_.randint(0, len(other))
            data[at:end] = other[start : start + int(random_.expovariate(1 / 200))]
        else:
            del data[at:]
    return bytes(data)


def outcome_of(data: bytes, form: str | None) -> str:
    """Take one input as far as an article, and say what became of it."""
    try:
        known = BY_NAME[form] if form else sniff(Sample("input", data[:SAMPLE_BYTES]))
    except DispatchError as error:
        return error.code
    ranges, (start, end) = cut(known, data)
    source = Source("file:///input", "0" * 64, known.name, 1, None, FETCHED_AT)
    outcome = "article"
    for number, (first, last) in enumerate(ranges):
        try:
            understand(RawDispatch(source, number, first, last, data[first:last], data[start:end]))
        except DispatchError as error:
            outcome = error.code
    return outcome


def work(task: tuple[int, int]) -> dict[str, Any]:
    """Try so many inputs from a seed."""
    count, seed = task
    random_ = random.Random(seed)  # noqa: S311  # the same inputs again from the same seed
    samples = [path.read_bytes() for path in sorted(SEEDS.iterdir()) if path.name != "README.md"]
    # Half of them in the detected format, half in a random one.
    forms = [*([None] * len(BY_NAME)), *BY_NAME]
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    slowest = (0.0, "")
    for sample in samples:
        outcome_of(sample, None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.signal(signal.SIGALRM, _hung)
    for number in range(count):
        data, form = mutated(random_, samples), random_.choice(forms)
        began = perf_counter()
        signal.alarm(MAX_SECONDS)
        try:
            outcomes[outcome_of(data, form)] += 1
        except BaseException:  # noqa: BLE001  # whatever it is, it is what this looks for
            failures.append(
                f"seed {seed} input {number} form {form}: {traceback.format_exc(limit=-3)}\n{data[:300]!r}"
            )
        finally:
            signal.alarm(0)
        spent = perf_counter() - began
        slowest = max(slowest, (spent, f"seed {seed} input {number} form {form}"))
        if spent > SLOW:
            failures.append(f"seed {seed} input {number} form {form}: {spent:.1f} s\n{data[:300]!r}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"outcomes": outcomes, "failures": failures, "slowest": slowest, "grown_mb": grown / 1024}


def _hung(signum: int, frame: object) -> None:
    raise TimeoutError(f"no end in {MAX_SECONDS} s (signal {signum}) in {frame}")


def main() -> None:
    """Share the inputs among processes, and print what came of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    each = max(1, count // 100)
    began = perf_counter()
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    slowest, grown = (0.0, ""), 0.0
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=None) as pool:
        for done in pool.imap_unordered(work, [(each, seed * 1000 + n) for n in range(count // each)]):
            outcomes.update(done["outcomes"])
            failures += done["failures"]
            slowest, grown = max(slowest, tuple(done["slowest"])), max(grown, done["grown_mb"])
    print(  # noqa: T201  # a report for people
        json.dumps(
            {
                "inputs": sum(outcomes.values()) + len(failures),
                "seconds": round(perf_counter() - began),
                "outcomes": dict(outcomes.most_common()),
                "slowest": slowest,
                "grown_mb": round(grown),
                "failures": failures[:20],
                "failure_count": len(failures),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
