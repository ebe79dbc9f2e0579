"""The sample dispatches, taken through the whole journey, as they are expected to come out.

`pytest tests/test_golden.py --rewrite-golden` writes what is found; read the difference before you commit it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.enrich.findings import Enriched
from flows.journey import journey
from flows.parse import sniff
from flows.parse.formats import Sample, cut
from flows.records import RawDispatch, Rejected, Source
from flows.tables import rows_of

from .conftest import FETCHED_AT, SEEDS

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = sorted(path for path in SEEDS.iterdir() if path.name != "README.md")
LEFT_OUT = (
    "article_id",
    "dispatch_key",
    "mention_id",
    "place_id",
    "time_id",
    "quote_id",
    "entity_id",
    "source_sha256",
    "fetched_at",
)
"""Ids and the instant of the fetch; ids are tested where they are made."""

CONFIDENCE_DIGITS = 3
"""Beyond them a confidence differs from one processor to the next."""


def plain(name: str, value: Any) -> Any:
    if name.endswith("confidence"):
        return round(value, CONFIDENCE_DIGITS)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [list(each.values()) for each in value]
    return value


def outcomes_of(path: Path, reference) -> list[Enriched | Rejected]:
    """What each dispatch of a file became."""
    payload = path.read_bytes()
    known = sniff(Sample(path.name, payload))
    source = Source(f"seeds/{path.name}", "0" * 64, known.name, 1, None, FETCHED_AT)
    ranges, (start, end) = cut(known, payload)
    raws = [RawDispatch(source, n, a, b, payload[a:b], payload[start:end]) for n, (a, b) in enumerate(ranges)]
    return list(journey(raws, reference))


def came_of(path: Path, reference) -> list[dict[str, Any]]:
    """All rows of a file, without ids and without what is null."""
    rows = [
        {"table": table.name, "partition": partition}
        | {
            name: plain(name, value)
            for name, value in row.items()
            if name not in LEFT_OUT and value not in (None, [], {}, ())
        }
        for outcome in outcomes_of(path, reference)
        for table, partition, row in rows_of(outcome)
    ]
    return json.loads(json.dumps(rows, default=str, ensure_ascii=False))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_dispatch_comes_out_as_expected(path, reference, request):
    expected = GOLDEN / f"{path.name}.json"
    found = came_of(path, reference)
    if request.config.getoption("--rewrite-golden"):
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found)
        expected.write_text(f"[\n{lines}\n]\n")

    assert found == json.loads(expected.read_text())
