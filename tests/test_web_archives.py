"""WARC and ARC files: each page points at its own bytes, and a damaged record costs no other."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.errors import BrokenCompression
from flows.fetch import web_archives
from flows.fetch.file_list import FileList
from flows.fetch.ledger import Ledger
from flows.fetch.local import find_files
from flows.fetch.plan import Tally, plan_batches, read_part
from flows.fetch.slices import Wishes
from flows.fetch.streams import Budget
from flows.fetch.web_archives import Damage, decompress_records
from flows.journey import article_or_rejected
from flows.parse.headers import warc
from flows.records import RawDispatch, Rejected

from .conftest import FETCHED_AT

STORIES = [f"The bridge over river {number} is closed until Monday. " * 30 for number in range(5)]


def answer(story: str) -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>{story}</p></body></html>".encode()
    )


def warc_record(story: str, kind: str = "response") -> bytes:
    block = answer(story)
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def arc_record(story: str) -> bytes:
    block = answer(story)
    return (
        f"http://a.example/{len(story)} 192.0.2.1 20200220120000 text/html {len(block)}\n".encode()
        + block
        + b"\n"
    )


WARC_INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Type: application/warc-fields\r\nContent-Length: 12\r\n\r\nsoftware: x\n\r\n\r\n"
ARC_INFO = b"filedesc://a.arc 0.0.0.0 20200220120000 text/plain 77\n1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n\n"
FAMILIES = {
    "warc": [WARC_INFO, *map(warc_record, STORIES)],
    "arc": [ARC_INFO, *map(arc_record, STORIES)],
}


def packed(records: list[bytes]) -> bytes:
    """Compress as archives do: each record alone."""
    return b"".join(map(gzip.compress, records))


def raws_of(tmp_path: Path, name: str, data: bytes) -> list[RawDispatch | Rejected]:
    """Fetch a file as a run does, and read its dispatches from the spool."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)
    spool = tmp_path / "spool"
    spool.mkdir()
    batches = plan_batches(
        FileList(find_files([str(tmp_path / "in")], outside=spool)),
        Ledger(),
        spool_folder=spool,
        first_seq=1,
        fetched_at=FETCHED_AT,
        tally=Tally(),
        wishes=Wishes(),
    )
    return [each for batch in batches for part in batch.parts for each in read_part(part)]


def raw_of(each: RawDispatch | Rejected) -> RawDispatch:
    return each.raw if isinstance(each, Rejected) else each


def zipped(data: bytes, name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize("form", FAMILIES)
@pytest.mark.parametrize(
    "store",
    [
        b"".join,
        packed,
        lambda records: gzip.compress(b"".join(records)),
        lambda records: zipped(packed(records), "a"),
    ],
    ids=["plain", "gzip by record", "gzip of all", "gzip by record in zip"],
)
def test_a_page_points_at_its_own_bytes(tmp_path, form, store: Callable[[list[bytes]], bytes]):
    """Offsets of a compressed file are within what it decompresses to."""
    records = FAMILIES[form]
    source = b"".join(records)

    raws = raws_of(tmp_path, "pages", store(records))

    assert [each.payload.strip() for each in raws] == [record.strip() for record in records[1:]]
    for each in raws:
        assert each.payload == source[each.byte_start : each.byte_end]
    assert [each.number for each in raws] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("form", FAMILIES)
@pytest.mark.parametrize("damaged", [(1,), (2,), (5,), (1, 2), (2, 4), (1, 2, 3, 4)])
def test_a_record_that_does_not_decompress_moves_no_other(tmp_path, form, damaged):
    """It is refused at the place where it would be, with no bytes: none of them can be known."""
    records = FAMILIES[form]
    stored = [bytearray(gzip.compress(record)) for record in records]
    for number in damaged:
        stored[number][len(stored[number]) // 2] ^= 0xFF
    whole = b"".join(record for number, record in enumerate(records) if number not in damaged)

    raws = raws_of(tmp_path, "pages", b"".join(stored))

    codes = [each.code if isinstance(each, Rejected) else "article" for each in raws]
    # Two in a row cannot be told from one that is longer.
    lost = sum(number - 1 not in damaged for number in damaged)
    assert codes.count("fetch.compression.broken") == lost
    assert codes.count("article") == 5 - len(damaged)
    for each in raws:
        raw = raw_of(each)
        assert raw.payload == whole[raw.byte_start : raw.byte_end]
    assert [raw_of(each).number for each in raws] == list(range(len(raws)))
    stories = [
        outcome.body.text
        for each in raws
        if not isinstance(
            outcome := article_or_rejected(each) if isinstance(each, RawDispatch) else each, Rejected
        )
    ]
    assert stories == [
        story.strip() for number, story in enumerate(STORIES, start=1) if number not in damaged
    ]


def test_the_hash_of_a_web_archive_within_a_zip_is_that_of_bytes_that_exist(tmp_path):
    stored = [bytearray(gzip.compress(record)) for record in FAMILIES["warc"]]
    stored[2][len(stored[2]) // 2] ^= 0xFF
    whole = b"".join(record for number, record in enumerate(FAMILIES["warc"]) if number != 2)

    raws = raws_of(tmp_path, "pages.zip", zipped(b"".join(stored), "a.warc.gz"))

    assert {raw_of(each).source.sha256 for each in raws} == {hashlib.sha256(whole).hexdigest()}


def test_the_refusal_says_where_in_the_stored_file_the_record_is(tmp_path):
    stored = [bytearray(gzip.compress(record)) for record in FAMILIES["warc"]]
    stored[2][len(stored[2]) // 2] ^= 0xFF
    at = len(stored[0]) + len(stored[1])

    (refused,) = [
        each for each in raws_of(tmp_path, "a.warc.gz", b"".join(stored)) if isinstance(each, Rejected)
    ]

    assert f"the record at byte {at:,}: gzip error" in refused.why


def test_a_record_that_is_cut_short_is_refused(tmp_path):
    *_, last = raws_of(tmp_path, "a.warc.gz", packed(FAMILIES["warc"])[:-100])

    assert isinstance(last, Rejected)
    assert last.code == "fetch.compression.broken"
    assert "cut short" in last.why


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_what_comes_out_does_not_depend_on_the_pieces_that_come_in(size):
    stored = [bytearray(gzip.compress(record)) for record in FAMILIES["warc"]]
    stored[3][40] ^= 0xFF
    data = b"".join(stored) + bytes(10)
    damages: list[Damage] = []
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    budget = Budget("u")

    made = b"".join(decompress_records(budget.stored(chunks), budget, damages))

    assert made == b"".join(record for number, record in enumerate(FAMILIES["warc"]) if number != 3)
    assert [each.at for each in damages] == [sum(map(len, FAMILIES["warc"][:3]))]


def test_a_record_that_is_too_long_to_be_held_back_is_passed_on(monkeypatch):
    """Its end may be damaged when its beginning is already out: then the whole file is refused."""
    monkeypatch.setattr(web_archives, "MAX_HELD_BYTES", 100)
    monkeypatch.setattr(web_archives, "STEP", 16)
    whole = gzip.compress(FAMILIES["warc"][1])
    broken = whole[:-8] + bytes(8)

    assert b"".join(decompress_records([whole], Budget("u", read=1), [])) == FAMILIES["warc"][1]
    with pytest.raises(BrokenCompression):
        list(decompress_records([broken], Budget("u", read=1), []))


def test_an_archive_of_nothing_but_damaged_records_ends(monkeypatch):
    """Magic numbers without a stream after them are not tried for ever."""
    monkeypatch.setattr(web_archives, "MAX_RESTARTS", 50)
    data = gzip.compress(WARC_INFO) + web_archives.GZIP_MAGIC * 1000

    with pytest.raises(BrokenCompression, match="the record at byte"):
        list(decompress_records([data], Budget("u", read=1), []))


def test_the_length_of_a_record_that_another_one_is_within_is_wrong():
    """The record ends where the next one begins; what lies after that is read."""
    long = warc_record(STORIES[0]).replace(b"Content-Length: 1", b"Content-Length: 91")
    payload = long + warc_record(STORIES[1])

    assert list(warc.split(payload)) == [(0, len(long)), (len(long), len(payload) - 4)]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("version", [b"WARC/0.18", b"WARC/1.0", b"WARC/1.1"])
def test_heads_of_all_versions_and_line_ends_are_read(version, line_end):
    record = warc_record("Ω").replace(b"WARC/1.0", version)
    head, blank, block = record.partition(b"\r\n\r\n")
    record = (head + blank).replace(b"\r\n", line_end) + block

    assert list(warc.split(record * 2)) == [(0, len(record) - 4), (len(record), 2 * len(record) - 4)]


def test_records_of_the_crawl_are_passed_over():
    request = warc_record(STORIES[0], "request")
    payload = WARC_INFO + request + warc_record(STORIES[1])

    assert list(warc.split(payload)) == [(len(WARC_INFO + request), len(payload) - 4)]


def test_a_bug_while_records_are_decompressed_is_not_taken_for_damage(monkeypatch):
    def broken(*_: object) -> bytes:
        raise zlib.error("a bug")

    monkeypatch.setattr(Budget, "count", broken)

    with pytest.raises(zlib.error, match="a bug"):
        list(decompress_records([packed(FAMILIES["warc"])], Budget("u"), []))
