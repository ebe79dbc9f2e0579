"""Corpora of attacks and broken files, where they are at hand: every dispatch is one article or one reject, and nothing stops.

They are test input of others and no part of the project; `tests/test_names.py`, `test_injection.py`, `test_archives.py`
and the golden files hold the samples that are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from flows.fields import fields_named

from .conftest import SHARED
from .coordinating import run_here

HOSTILE = SHARED / "hostile"
CORPORA = (
    "JSONTestSuite",
    "blns",
    "chardet",
    "defusedxml",
    "feedparser",
    "html5lib",
    "parquet-testing",
    "warcio",
)

pytestmark = pytest.mark.skipif(not HOSTILE.exists(), reason=f"no corpora of hostile input at {HOSTILE}")


def rows(output: Path, table: str) -> list[dict]:
    return ds.dataset(output / table, format="parquet").to_table().to_pylist()


def assert_conserved(source: Path, output: Path) -> int:
    """Run, and check that all files are read and that each dispatch is one row; return how many there are."""
    done = run_here(source, output=output, fields=fields_named("header"))
    articles, rejects = rows(output, "articles"), rows(output, "rejects")
    ids = [row["article_id"] for row in articles] + [row["reject_id"] for row in rejects]

    assert (done.failures, done.moved) == ([], [])
    assert done.dispatch_count == len(ids) == len(set(ids))
    read = {row["uri"].partition("!/")[0] for row in (*articles, *rejects)}
    assert len(read) == done.source_count
    assert run_here(source, output=output, fields=fields_named("header")).dispatch_count == 0
    return len(ids)


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_dispatch_of_a_corpus_is_one_article_or_one_reject(tmp_path, corpus):
    assert assert_conserved(HOSTILE / corpus, tmp_path / "out") >= 1


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """The samples that the corpus writes itself, with links, a pipe and odd names."""
    folder = tmp_path_factory.mktemp("own") / "in"
    command = [sys.executable, HOSTILE / "own" / "make_hostile.py", folder, "--links"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert_conserved(folder, folder.parent / "out")
    return folder.parent


EXPECTED = {
    # Articles and codes of rejects, by what the manifest wants.
    "xml/billion_laughs.xml": (0, {"markup.entity.refused": 1}),
    "xml/quadratic.xml": (0, {"markup.entity.refused": 1}),
    "xml/xxe_file.xml": (0, {"markup.entity.refused": 1}),
    "xml/xxe_http_dtd.xml": (1, {}),
    "xml/internal_entity_ok.xml": (1, {}),
    "json/deep.json": (0, {"format.unknown": 1}),
    "json/lone_surrogate.json": (0, {"text.unpaired_surrogate": 1}),
    "json/trailing.json": (0, {"body.empty": 2}),
    "text/headers_long.txt": (0, {"header.oversize": 1}),
    "text/sql.txt": (1, {}),
    "text/partition_traversal.txt": (1, {}),
    "text/partition_long.txt": (1, {}),
    "text/redos_byline.txt": (1, {}),
    "html/deep_260.html": (1, {}),
    "html/xss.html": (1, {}),
    "archive/zip_slip.zip": (1, {"fetch.archive.path": 3}),
    "archive/zip_symlink.zip": (0, {"fetch.archive.no_file": 1}),
    "archive/zip_dup_names.zip": (2, {}),
    "archive/zip_encrypted.zip": (0, {"fetch.archive.encrypted": 1}),
    "archive/zip_overlap.zip": (0, {"fetch.compression.bomb": 1}),
    "archive/zip_many_entries.zip": (0, {"body.empty": 3000}),
    "archive/zip_odd_names.zip": (4, {}),
    "archive/tar_slip.tar.gz": (1, {"fetch.archive.path": 2}),
    "gz/bomb_50mb.jsonl.gz": (0, {"fetch.compression.bomb": 1}),
    "gz/truncated.jsonl.gz": (0, {"fetch.compression.broken": 1}),
    "gz/bad_crc.jsonl.gz": (0, {"fetch.compression.broken": 1}),
    "rss/xxe.rss": (0, {"markup.entity.refused": 1}),
    "links/fifo.txt": (0, {"fetch.source.unreadable": 1}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_has_the_outcome_that_its_manifest_wants(own, name):
    uri = (own / "in" / name).as_uri()
    articles = [row for row in rows(own / "out", "articles") if row["uri"].partition("!/")[0] == uri]
    codes: dict[str, int] = {}
    for row in rows(own / "out", "rejects"):
        if row["uri"].partition("!/")[0] == uri:
            codes[row["code"]] = codes.get(row["code"], 0) + 1

    assert (len(articles), codes) == EXPECTED[name]


def test_no_sample_brings_the_words_of_a_file_of_this_machine(own):
    """By an external entity, or by a link in an archive; a link in a folder names what its owner may read."""
    words = Path("/etc/passwd").read_text().splitlines()[0]
    found = [
        row["uri"]
        for table in ("articles", "rejects")
        for row in rows(own / "out", table)
        if words in json.dumps(row, default=str)
    ]

    assert [uri for uri in found if "/links/" not in uri] == []


def test_a_page_that_is_deeper_than_its_parser_goes_keeps_its_words(own):
    (page,) = [row for row in rows(own / "out", "articles") if row["uri"].endswith("/html/deep_260.html")]

    assert "DEEPTEXT" in page["body_text"]
    assert "AFTER" in page["body_text"]


def test_naughty_strings_are_rows_as_text_as_a_value_and_as_a_header(tmp_path):
    """Each string of the list three times: as the text of a record of JSON, in all its other fields, and in a header."""
    strings = json.loads((HOSTILE / "blns" / "blns.json").read_text())
    records = [
        record
        for number, words in enumerate(strings)
        for record in (
            {"id": f"a{number}", "date": "2020-02-20", "title": "t", "text": words},
            {
                "id": f"b{number}",
                "date": "2020-02-20",
                "title": words,
                "author": words,
                "section": words,
                "text": "Two.",
            },
        )
    ]
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n")
    for number, words in enumerate(strings):
        text = f"Title: {words}\nDate: 2020-02-20\n\nTwo soldiers were killed.\n"
        (folder / f"{number}.txt").write_bytes(text.encode("utf-8", errors="surrogatepass"))

    assert assert_conserved(folder, tmp_path / "out") == 3 * len(strings)
