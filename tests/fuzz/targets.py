"""The targets: what is given any bytes, and the properties that must hold whatever they are.

A target raises `AssertionError` where a property does not hold. Any other error that leaves it is a finding too, except those that
it catches because the code under test is documented to raise them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from flows.annotation import annotate_lines
from flows.enrich.language.identification import load_detector
from flows.enrich.language.model import ModelReading
from flows.enrich.language.reference import read_sentence_rules
from flows.enrich.reference import HeaderReference, Reference
from flows.errors import DispatchError, UnreadableField
from flows.fetch.local import look_at
from flows.fetch.read import fetch_bytes
from flows.fetch.slices import Wishes, raws_of, slices_of
from flows.journey import article_or_rejected, enriched, journey
from flows.parse import SAMPLE_BYTES, sniff
from flows.parse.body import body_of
from flows.parse.dateline import dateline_in, day_of, read_dateline
from flows.parse.dates import date_at_start, read_date
from flows.parse.decode import charset_in, decode, unencoded
from flows.parse.desk import segments_in
from flows.parse.formats import Format, Sample, cut
from flows.parse.headers import BY_NAME, FORMATS
from flows.parse.html_trees import html_tree, html_words
from flows.parse.json_ld import articles_in, pairs_of
from flows.parse.keys import BY_ALIAS, Pair, header_of
from flows.parse.xml_trees import tree_of
from flows.records import Article, PublishedAt, RawDispatch, Rejected, Source
from flows.reference import load_reference
from flows.schema import check_row
from flows.syntax import Syntax
from flows.tables import rows_of
from tests.fuzz import samples

FETCHED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MAX_DISPATCHES = 20
"""Dispatches of one input that are read; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed. `ci` is how many inputs the default tests try; `shared` names folders of test input used where they exist."""

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    ci: int = 150
    shared: tuple[str, ...] = ()

    def samples(self, *, with_shared: bool = False) -> tuple[bytes, ...]:
        """Return the seeds and the corpus."""
        more = samples.shared(*self.shared) if with_shared and self.shared else ()
        return (*self.seeds(), *samples.kept(self.name), *more)


@cache
def header_reference() -> HeaderReference:
    """Return what a dispatch is given of which no field is extracted."""
    return HeaderReference(load_detector(), read_sentence_rules())


class SeesNothing:
    """A language model that finds nothing; the rules of all fields see the text all the same."""

    name = "none"
    slow_reason = None

    def read(self, texts: Sequence[Any], **_: Any) -> Any:
        return iter([ModelReading((), Syntax())] * len(texts))


@cache
def full_reference() -> Reference:
    """Return everything that fields are extracted with, without the network of the language model."""
    return replace(load_reference(), model=SeesNothing())


def _source(form: str) -> Source:
    return Source("file:///in/input", "0" * 64, form, 1, None, FETCHED_AT)


def _raws(known: Format, data: bytes) -> list[RawDispatch]:
    """Cut the data; the ranges must be in order and within the data, and nothing may be read twice."""
    ranges, (start, end) = cut(known, data)
    at = 0
    for first, last in ranges:
        assert at <= first <= last <= len(data), (known.name, at, first, last, len(data))
        at = last
    assert 0 <= start <= end <= len(data)
    pairs = [ranges[number] for number in range(min(len(ranges), MAX_DISPATCHES))]
    return [
        RawDispatch(_source(known.name), number, a, b, data[a:b], data[start:end])
        for number, (a, b) in enumerate(pairs)
    ]


def _check_outcome(raw: RawDispatch, outcome: Article | Rejected) -> None:
    """One outcome for a dispatch, the same again; its spans point into its text; its rows are as the tables declare."""
    again = article_or_rejected(raw)
    assert outcome == again, "another outcome the second time"
    if isinstance(outcome, Rejected):
        assert outcome.code
        assert outcome.why
    else:
        text, body = outcome.body.text, outcome.body
        assert text or outcome.header.headline
        spans = [*body.paragraphs, *(each.span for each in body.segments)]
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)
        assert list(body.paragraphs) == sorted(body.paragraphs)
        outside = list(text)
        for span in body.paragraphs:
            outside[span.start : span.end] = " " * (span.end - span.start)
        assert not "".join(outside).strip(), "a text outside its paragraphs"
    (noun,) = enriched([outcome], header_reference())
    for table, _, row in rows_of(noun):
        check_row(table, row)


def check_format(known: Format, data: bytes) -> None:
    known.matches(Sample("input", data[:SAMPLE_BYTES]))
    for raw in _raws(known, data):
        _check_outcome(raw, article_or_rejected(raw))


def check_detection(data: bytes) -> None:
    """The name of the file is the first line."""
    name, _, start = data.partition(b"\n")
    with suppress(DispatchError):
        sample = Sample(name.decode(errors="replace")[:100], start[:SAMPLE_BYTES])
        known = sniff(sample)
        assert known.matches(Sample(sample.name, sample.start))


def check_decode(data: bytes) -> None:
    """The first line is a declared charset."""
    declared, _, payload = data.partition(b"\n")
    charset_in(data)
    unencoded(data.decode(errors="replace"))
    for label in (None, declared.decode("latin-1")):
        try:
            decoded = decode(payload, label)
        except DispatchError:
            repaired = decode(payload, label, repairs=True)
            assert repaired.encoding_from == "repaired"
        else:
            decoded.text.encode()


def check_archive(data: bytes) -> None:
    """A source as the plan reads it: each file of an archive is read or refused, each dispatch has one outcome."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "input.bin")
        path.write_bytes(data)
        file = look_at(path)
        assert file
        # Half of the inputs go through the file of the spool.
        fetched = fetch_bytes(file, Path(folder), memory_bytes=(1 << 20) if len(data) % 2 else 64)
        assert fetched
        slices = list(slices_of(fetched, 1, None, FETCHED_AT, Wishes()))
        raws = list(raws_of(fetched, slices))
        assert len(raws) == sum(len(each.ranges) for each in slices)
        assert len(raws) >= len(fetched.entries)
        for entry in fetched.entries:
            assert 0 <= entry.start <= entry.end <= fetched.size
            parts = entry.path.replace("!/", "/").split("/")
            assert entry.refused or ".." not in parts
        ids = {raw.raw.dispatch_id if isinstance(raw, Rejected) else raw.dispatch_id for raw in raws}
        assert len(ids) == len(raws), "two dispatches with one id"
        for raw in raws[:MAX_DISPATCHES]:
            if isinstance(raw, RawDispatch):
                assert len(raw.payload) == raw.byte_end - raw.byte_start
                _check_outcome(raw, article_or_rejected(raw))


def check_dates(data: bytes) -> None:
    text = data.decode(errors="replace")
    for order in (None, "dmy", "mdy"):
        with suppress(DispatchError):
            _check_published(read_date(text, order=order, not_after=FETCHED_AT))
    with suppress(DispatchError):
        found = date_at_start(text.split(), not_after=FETCHED_AT)
        if found:
            _check_published(found[0])
            assert 1 <= found[1] <= len(text.split())


def _check_published(found: PublishedAt) -> None:
    assert found.instant.utcoffset() is not None
    assert abs((found.instant.date() - found.on).days) <= 2
    assert found.precision in ("second", "minute", "day", "month", "year")


def check_keys(data: bytes) -> None:
    """Each line is a key and its value; the aliases of all fields are known keys."""
    lines = data.decode(errors="replace").splitlines()[:200]
    names = [*BY_ALIAS]
    pairs = [
        Pair(
            names[ord(line[0]) % len(names)] if line and line[0] not in "#:" else line.partition(":")[0],
            line[1:],
            number,
        )
        for number, line in enumerate(lines, start=1)
    ]
    with suppress(UnreadableField, DispatchError):
        header = header_of(pairs, _source("key_value"))
        assert len(header.rest) <= len(pairs)


def check_html(data: bytes) -> None:
    text = data.decode(errors="replace")
    html_words(text)
    root = html_tree(text)
    if root is not None:
        list(pairs_of(articles_in(root)))


def check_xml(data: bytes) -> None:
    with suppress(DispatchError):
        tree_of(data.decode(errors="replace"), "nitf")


def check_json_ld(data: bytes) -> None:
    page = f'<html><script type="application/ld+json">{data.decode(errors="replace")}</script></html>'
    root = html_tree(page)
    if root is not None:
        with suppress(DispatchError):
            header_of(pairs_of(articles_in(root)), _source("html"))


def check_body(data: bytes) -> None:
    """Cleaning, paragraphs, datelines and desk lines."""
    text = data.decode(errors="replace")
    body = body_of(text)
    dateline = dateline_in(body.text, body.paragraphs)
    if dateline:
        assert dateline.span is not None
        assert 0 <= dateline.span.start < dateline.span.end <= len(body.text)
        day_of(dateline, PublishedAt(FETCHED_AT, FETCHED_AT.date(), "day", None, "2026-01-02"))
    read_dateline(text)
    for segment in segments_in(body.text, body.paragraphs, dateline):
        assert 0 <= segment.span.start < segment.span.end <= len(body.text)


def check_journey(data: bytes) -> None:
    """The whole life of what a file holds: one outcome for each dispatch, rows as declared, every surface where its offsets say."""
    try:
        known = sniff(Sample("input", data[:SAMPLE_BYTES]))
    except DispatchError:
        known = BY_NAME["plain"]
    raws = _raws(known, data)[:3]
    outcomes = list(journey(raws, full_reference()))
    assert len(outcomes) == len(raws)
    for raw, outcome in zip(raws, outcomes, strict=True):
        refused = isinstance(outcome, Rejected)
        assert (outcome.raw if refused else outcome.article.raw) == raw
        text = "" if refused else outcome.article.body.text
        counted: dict[str, int] = {}
        keys = set()
        for table, _, row in rows_of(outcome):
            check_row(table, row)
            counted[table.name] = counted.get(table.name, 0) + 1
            key = (table.name, *(row[name] for name in table.key))
            assert key not in keys, f"two rows of {table.name} with one key"
            keys.add(key)
            if "char_start" in row and "surface" in row:
                assert text[row["char_start"] : row["char_end"]] == row["surface"]
        assert counted.get("articles", 0) + counted.get("rejects", 0) == 1


def check_annotation(data: bytes) -> None:
    """One answer for each line that is not blank; offsets are of the line's own text."""
    lines = data.split(b"\n")[:5]
    answers = [json.loads(answer) for answer in annotate_lines(lines, full_reference())]
    asked = [line for line in lines if line.strip()]
    assert len(answers) == len(asked)
    for line, answer in zip(asked, answers, strict=True):
        if "error" in answer:
            assert set(answer["error"]) == {"code", "why"}
            continue
        text = json.loads(line, strict=False)["text"]
        for start, end in answer["sentences"]:
            assert 0 <= start <= end <= len(text)


def _annotation_seeds() -> list[bytes]:
    texts = [each.decode(errors="replace")[:600] for each in samples.dispatches()[::4]]
    return [
        *(
            json.dumps({"id": number, "text": text, "published": "2020-02-20"}).encode()
            for number, text in enumerate(texts)
        ),
        b'{"text": "One."}\n\n{"id": [1], "text": "Two soldiers died.", "published": null}\nbroken',
    ]


def check_state(data: bytes) -> None:
    """See `state.py`."""
    # It needs pyarrow and a folder.
    from tests.fuzz.state import check_damage  # noqa: PLC0415

    check_damage(data)


DETECTION_SHARED = (
    "hostile/JSONTestSuite/test_parsing",
    "hostile/feedparser",
    "hostile/chardet",
    "corpora/formats",
)

TARGETS: tuple[Target, ...] = (
    *(
        Target(f"format.{known.name}", partial(check_format, known), samples.dispatches, 40, DETECTION_SHARED)
        for known in FORMATS
    ),
    Target("detection", check_detection, samples.dispatches, 400, DETECTION_SHARED),
    Target("decode", check_decode, samples.dispatches, 200, ("hostile/chardet", "hostile/blns")),
    Target("archive", check_archive, samples.archives, 150, ("hostile/warcio", "hostile/own")),
    Target("dates", check_dates, samples.dates, 1000),
    Target("keys", check_keys, samples.dispatches, 300, ("hostile/blns",)),
    Target("html", check_html, samples.markup, 150, ("hostile/html5lib", "corpora/formats/html_gz")),
    Target("xml", check_xml, samples.markup, 300, ("hostile/defusedxml", "hostile/feedparser")),
    Target("json_ld", check_json_ld, lambda: (), 200, ("hostile/JSONTestSuite/test_parsing",)),
    Target("body", check_body, samples.dispatches, 300, ("hostile/blns",)),
    Target("journey", check_journey, samples.dispatches, 40, ("corpora/formats", "hostile/blns")),
    Target("annotation", check_annotation, _annotation_seeds, 60, ("hostile/JSONTestSuite/test_parsing", "hostile/blns")),
    Target("state", check_state, lambda: (b"seed0000{}",), 150),
)  # fmt: skip

BY_TARGET = {target.name: target for target in TARGETS}
