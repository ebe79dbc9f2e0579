"""Real files of real sources, beside the project. Nothing of them is kept here."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura

from flows.errors import DispatchError
from flows.fetch.streams import unpacked
from flows.journey import article_or_rejected
from flows.parse import sniff, understand
from flows.parse.formats import Sample, cut
from flows.parse.headers import BY_NAME
from flows.records import Article

from .conftest import folder_of_shared, raw

LATER = datetime(2030, 1, 1, tzinfo=UTC)
"""Pages of these sets are younger than what the other tests take for the time of the fetch."""

REFUSALS = {"format.no_news", "body.empty", "format.record.broken", "header.date.after_fetch"}
"""What these files hold that is refused rightly: sitemaps, annotations, pictures without a word, records cut short,
and a post of the year 3013."""


def test_without_the_files_a_test_is_skipped_and_fails_where_they_are_required(tmp_path):
    with pytest.raises(pytest.skip.Exception, match="needs the folder `shared`"):
        folder_of_shared(tmp_path / "shared", is_required=False)
    with pytest.raises(pytest.fail.Exception, match="DATELINE_REQUIRE_SHARED is 1"):
        folder_of_shared(tmp_path / "shared", is_required=True)

    assert folder_of_shared(tmp_path, is_required=True) == tmp_path


def test_every_real_file_gives_a_dispatch_or_a_refusal_that_is_right(shared):
    counts: Counter[str] = Counter()
    for path in sorted((shared / "corpora" / "formats").glob("*/*")):
        payload = path.read_bytes()
        if payload.startswith(b"\x1f\x8b"):
            payload = b"".join(unpacked([payload], "gzip", path.name))
        try:
            known = sniff(Sample(path.name.removesuffix(".gz"), payload[:65536]))
        except DispatchError as error:
            counts[error.code] += 1
            continue
        ranges, (start, end) = cut(known, payload)
        outcomes = [
            article_or_rejected(raw(payload[a:b], known.name, envelope=payload[start:end])) for a, b in ranges
        ]
        codes = {"article" if isinstance(each, Article) else each.code for each in outcomes}
        counts["article" if "article" in codes else min(codes)] += 1

    assert sum(counts.values()) >= 255
    assert set(counts) - REFUSALS == {"article"}
    assert counts["article"] >= 0.9 * sum(counts.values())


def test_the_heads_of_the_muc_wire_agree_with_their_labels(shared):
    agreed: Counter[str] = Counter()
    with gzip.open(shared / "gold" / "facts" / "casualty" / "muc4_dev.jsonl.gz") as lines:
        documents = [json.loads(line) for line in lines]
    for document in documents:
        label = document["meta"]
        header = understand(raw(f"{label['header']}\n\n{document['text']}".encode(), "muc")).header
        agreed["day"] += (str(header.published.on) if header.published else None) == document["published"]
        agreed["place"] += header.located == label["place"]
        agreed["dateline"] += header.dateline == label["dateline"]

    assert {name: count / len(documents) >= 0.99 for name, count in agreed.items()} == {
        "day": True,
        "place": True,
        "dateline": True,
    }


def test_the_heads_of_reuters_agree_with_their_tags(shared):
    """DATE to the second, and a place for every DATELINE."""
    dates = placed = datelines = 0
    elements = []
    for path in sorted((shared / "corpora" / "formats" / "reuters_sgml").glob("*.sgm")):
        payload = path.read_bytes()
        elements += [payload[a:b] for a, b in BY_NAME["reuters_sgml"].split(payload)]
    for element in elements:
        outcome = article_or_rejected(raw(element, "reuters_sgml"))
        stated = re.search(rb"<DATE>\s*(\d+-[A-Z]{3}-\d{4} \d+:\d\d:\d\d)", element)
        if isinstance(outcome, Article) and stated and outcome.header.published:
            dates += (
                f"{outcome.header.published.instant:%-d-%b-%Y %H:%M:%S}".upper() == stated[1].decode().upper()
            )
        if re.search(rb"<DATELINE>\s*\S", element):
            datelines += 1
            placed += isinstance(outcome, Article) and bool(
                outcome.body.dateline and outcome.body.dateline.located
            )

    assert dates / len(elements) >= 0.99
    assert placed / datelines >= 0.99


def scored(shared: Path, tmp_path: Path, measure: str, name: str, found: list[dict]) -> dict:
    facts = shared / "gold" / "facts"
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(json.dumps(each) + "\n" for each in found))
    done = subprocess.run(
        [sys.executable, str(facts / "score.py"), measure, "--gold", str(facts / "html" / f"{name}.jsonl"), "--pred", str(predicted)],
        capture_output=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def pages(shared: Path, name: str) -> list[tuple[str, bytes]]:
    folder = shared / "gold" / "facts" / "html"
    documents = map(json.loads, (folder / f"{name}.jsonl").read_text().splitlines())
    return [(each["id"], gzip.decompress((folder / each["meta"]["file"]).read_bytes())) for each in documents]


def test_the_text_of_a_page_is_found_as_well_as_by_trafilatura_alone(shared, tmp_path):
    for name, measure in (("aeb", "html"), ("trafeval", "segments"), ("fundus", "html")):
        ours = [
            {"id": key, "body": understand(raw(page, "html", fetched_at=LATER)).body.text}
            for key, page in pages(shared, name)
        ]
        theirs = [{"id": key, "body": trafilatura.extract(page) or ""} for key, page in pages(shared, name)]
        of_ours, of_theirs = (scored(shared, tmp_path, measure, name, found) for found in (ours, theirs))
        if measure == "html":
            of_ours, of_theirs = of_ours["shingle4"], of_theirs["shingle4"]

        assert of_ours["F1"] >= of_theirs["F1"]


def test_title_day_and_authors_of_a_page_are_found(shared, tmp_path):
    found = []
    for key, page in pages(shared, "fundus"):
        header = understand(raw(page, "html", fetched_at=LATER)).header
        day = str(header.published.on) if header.published else None
        authors = header.byline.split(", ") if header.byline else []
        found.append({"id": key, "title": header.headline, "publishing_date": day, "authors": authors})

    measured = scored(shared, tmp_path, "meta", "fundus", found)
    assert measured["title_acc"][2] >= 0.90
    assert measured["date_day_acc"][2] >= 0.96
    assert measured["authors"]["F1"] >= 0.85
