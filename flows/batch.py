"""The work of one task: it takes a part of a batch from the spool to staged files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from time import perf_counter

from flows.checks import Violation
from flows.enrich.findings import Enriched
from flows.enrich.reference import HeaderReference, Reference
from flows.fetch.plan import Batch, Part, read_part
from flows.fields import ALL, Fields
from flows.journey import journey
from flows.records import RawDispatch, Rejected
from flows.reference import load_for_process, load_header_reference
from flows.tables import rows_of
from flows.write import disk
from flows.write.log import StagedFile
from flows.write.stage import Staging

BATCH_SIZE = 64
"""Dispatches processed together: the model is faster in batches, and memory stays low."""


@dataclass(frozen=True, slots=True)
class PartDone:
    """The result of a part: staged files, and counts that the coordinator adds up.

    `reject_examples` has the first rejected dispatch of each code: its position and the reason. `dispatch_ids` are those of its
    articles and rejects, and `violations` the checks that its rows do not pass.
    """

    files: list[StagedFile]
    counts: Mapping[str, int]
    reject_codes: Mapping[str, int]
    reject_examples: Mapping[str, str]
    formats: Mapping[str, int]
    seconds: Mapping[str, float]
    dispatch_ids: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()


@cache
def _reference(model: str | None, fields: Fields) -> Reference | HeaderReference:
    """Load the reference once for this process."""
    return load_for_process(model, fields) if fields else load_header_reference()


def reference_for(model: str | None, fields: Fields) -> Reference | HeaderReference:
    """Return what reading needs, loaded once for this process."""
    return _reference(model, fields)


def load_ahead(model: str | None, fields: Fields) -> None:
    """Load what `work_on` needs in this process, and in those that are forked from it."""
    _reference(model, fields)


def work_on(
    part: Part, *, stage: Path, batch_seq: int, model: str | None = None, fields: Fields = ALL
) -> PartDone:
    """Read, parse, enrich and stage the dispatches of a part.

    `model` names the package of the language model; None means the default. `fields` are those that are
    extracted. Staging the same part again writes the same bytes.
    """
    reference = _reference(model, fields)
    seconds: defaultdict[str, float] = defaultdict(float)
    codes: Counter[str] = Counter()
    examples: dict[str, str] = {}
    formats: Counter[str] = Counter()
    counts: Counter[str] = Counter({"article": 0, "reject": 0})
    dispatch_ids: list[str] = []
    staging = Staging(stage, f"{part.number:05d}", batch_seq)
    for outcome in _outcomes(part, reference, seconds):
        if isinstance(outcome, Rejected):
            codes[outcome.code] += 1
            counts["reject"] += 1
            where = f"{outcome.raw.source.uri} [{outcome.raw.byte_start}:{outcome.raw.byte_end}]"
            examples.setdefault(outcome.code, f"{where}: {outcome.why}")
        else:
            counts["article"] += 1
        raw = outcome.raw if isinstance(outcome, Rejected) else outcome.article.raw
        dispatch_ids.append(raw.dispatch_id)
        formats[f"{raw.source.format} {'reject' if isinstance(outcome, Rejected) else 'article'}"] += 1
        began = perf_counter()
        staging.add(rows_of(outcome))
        seconds["write"] += perf_counter() - began
    began = perf_counter()
    files = staging.done()
    violations = staging.violations()
    seconds["write"] += perf_counter() - began
    return PartDone(files, counts, codes, examples, formats, seconds, tuple(dispatch_ids), violations)


def violations_of(batch: Batch, done: Sequence[PartDone]) -> tuple[Violation, ...]:
    """Return the checks that the rows of a batch do not pass: those of its parts, and what only the batch as a whole shows.

    Each dispatch read is one article or one reject. The keys of all rows are made of the ids of dispatches, so that keys which
    occur once in each part occur once in the batch if those ids do.
    """
    found: dict[tuple[str, str], Violation] = {}
    for each in chain.from_iterable(part.violations for part in done):
        known = found.get((each.table, each.check))
        found[each.table, each.check] = replace(known, rows=known.rows + each.rows) if known else each
    counts = sum((Counter(part.counts) for part in done), Counter())
    rows: Counter[str] = Counter()
    for file in chain.from_iterable(part.files for part in done):
        rows[file.table] += file.rows
    read = sum(part.dispatch_count for part in batch.parts)
    if not read == counts["article"] + counts["reject"] == rows["articles"] + rows["rejects"]:
        example = f"{dict(counts)} counted, {rows['articles']} articles + {rows['rejects']} rejects staged"
        violation = Violation("articles", f"{read} dispatches read = articles + rejects", read, example)
        found[violation.table, violation.check] = violation
    ids = Counter(chain.from_iterable(part.dispatch_ids for part in done))
    if doubled := [each for each, count in ids.items() if count > 1]:
        violation = Violation("articles", "a dispatch is read once", len(doubled), f"dispatch {doubled[0]}")
        found[violation.table, violation.check] = violation
    return tuple(found.values())


def _outcomes(
    part: Part, reference: Reference | HeaderReference, seconds: defaultdict[str, float]
) -> Iterator[Enriched | Rejected]:
    waiting: list[RawDispatch | Rejected] = []
    for dispatch in _dispatches(part):
        waiting.append(dispatch)
        if len(waiting) == BATCH_SIZE:
            yield from _journey(waiting, reference, seconds)
            waiting.clear()
    yield from _journey(waiting, reference, seconds)


def _dispatches(part: Part) -> Iterator[RawDispatch | Rejected]:
    with disk.naming_full_disk(part.spool):
        yield from read_part(part)


def _journey(
    dispatches: Sequence[RawDispatch | Rejected],
    reference: Reference | HeaderReference,
    seconds: defaultdict[str, float],
) -> Iterator[Enriched | Rejected]:
    """Take dispatches through the journey, and add up how long each stage took."""
    began = perf_counter()

    def count(stage: str) -> None:
        nonlocal began
        ended = perf_counter()
        seconds[stage] += ended - began
        began = ended

    yield from journey(dispatches, reference, count)
