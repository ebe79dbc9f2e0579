"""Files of gigabytes are cut as small ones are, with few of their pages in memory at a time."""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetch.file_list import FileList
from flows.fetch.ledger import Ledger
from flows.fetch.local import find_files
from flows.fetch.plan import Batch, Tally, plan_batches, read_part
from flows.fetch.slices import Wishes
from flows.parse import mapped, sniff
from flows.parse.formats import Sample
from flows.parse.headers import BY_NAME, csv_rows
from flows.parse.mapped import MappedFile, found_in, has_words
from flows.records import RawDispatch

from .conftest import FETCHED_AT

SEEDS = Path(__file__).parents[1] / "seeds"
SAMPLES = sorted(path for path in SEEDS.iterdir() if path.name != "README.md")
LONG = b"word " * 2000


@contextmanager
def mapping(path: Path, payload: bytes) -> Iterator[MappedFile]:
    path.write_bytes(payload)
    with path.open("rb") as file, closing(MappedFile(file.fileno(), 0, access=mmap.ACCESS_READ)) as mapping:
        yield mapping


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "WINDOW", 700)
    monkeypatch.setattr(mapped, "REACH", 1500)
    monkeypatch.setattr(csv_rows, "MAX_FIELD_BYTES", 40)


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_mapped_file_is_cut_where_its_bytes_are(path, tmp_path):
    sample = path.read_bytes()
    known = sniff(Sample(path.name, sample))
    payload = sample * 3 + LONG + sample

    with mapping(tmp_path / "file", payload) as opened:
        assert list(known.split(opened)) == list(known.split(payload))


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("json", b'[{"text": "' + LONG + b'", "id": 1}, {"text": "b"}, {"text": "\\"' + LONG + b'\\\\"}]'),
        ("json", b'[{"text": "a"}, {"text": "b ' + LONG),
        ("json", b'{"items": [{"text": "a"}, {"' + LONG + b'": {"text": "c"}}, {"text": "d"}]}'),
        ("csv", b"date,text\n2020-02-20," + LONG + b'\n2020-02-21,"a ""quoted"" ' + LONG + b'\nline"\n2020-02-22,c\n'),
        ("csv", b'date,text\n2020-02-20,"never closed\n' + LONG + b"\n2020-02-21,b\n"),
        ("jsonl", b'{"text": "' + LONG + b'"}\n \n{"text": "b"}'),
        ("plain", b" " * 5000 + b"a\n" + LONG + b"\n###\n" + b"\n" * 5000 + b"b\n-30-\n \n"),
        ("feed", b"<rss><channel><item>" + LONG + b"<![CDATA[</item>" + LONG + b"]]></item><item>b</item></channel></rss>"),
        ("mbox", LONG + b"\nFrom a@b Thu Feb 20 2020\nDate: x\n\n" + LONG + b"\nFrom c@d Fri\nDate: y\n\nb"),
    ],
)  # fmt: skip
def test_a_dispatch_longer_than_a_window_ends_where_its_bytes_do(name, payload, tmp_path):
    with mapping(tmp_path / "file", payload) as opened:
        assert list(BY_NAME[name].split(opened)) == list(BY_NAME[name].split(payload))


@given(
    payload=st.text(alphabet='ab"\\\n ,{}[]:<>-', max_size=60),
    name=st.sampled_from(["json", "csv", "plain", "jsonl", "feed"]),
)
def test_any_bytes_are_cut_as_they_are_in_memory(payload, name, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mapped, "WINDOW", 7)
        patched.setattr(mapped, "REACH", 100)
        patched.setattr(csv_rows, "MAX_FIELD_BYTES", 3)
        data = payload.encode() * 9 + b"."
        with mapping(tmp_path_factory.getbasetemp() / "any", data) as opened:
            assert list(BY_NAME[name].split(opened)) == list(BY_NAME[name].split(data))


def resident(opened: MappedFile, path: Path) -> int:
    """Return how many bytes of a mapped file are in memory, as the system says."""
    found = re.search(
        rf"{re.escape(str(path))}\n(?:.*\n)*?Rss: +(\d+) kB", Path("/proc/self/smaps").read_text()
    )
    assert found is not None
    assert len(opened) > 0
    return int(found[1]) << 10


@pytest.mark.parametrize(("pattern", "count"), [(rb"^line 7\n", 1), (rb"nothing", 0)])
def test_what_was_searched_is_not_in_memory_any_more(pattern, count, tmp_path):
    lines = b"".join(b"line %d\n" % number for number in range(100_000)) + b"and a line\n" * 10_000
    with mapping(tmp_path / "file", lines * 48) as opened:
        found = sum(1 for _ in found_in(re.compile(pattern, re.MULTILINE), opened))

        assert found == count * 48
        assert len(opened) > 2.5 * (mapped.WINDOW + mapped.REACH)
        assert resident(opened, tmp_path / "file") <= 1.1 * (mapped.WINDOW + mapped.REACH)
        assert opened.find(b"nowhere") == -1
        assert resident(opened, tmp_path / "file") <= 2.1 * mapped.WINDOW
        assert has_words(opened, 0, len(opened))


def test_the_files_of_an_archive_are_mapped_each_by_itself(tmp_path, monkeypatch):
    """A copy in memory of a member of gigabytes would be as large."""
    line = b'{"date": "2020-02-20", "text": "The road was closed. %d"}\n'
    members = {f"{number}.jsonl": b"".join(line % each for each in range(40_000)) for number in range(5)}
    members["small.txt"] = b"date 2020-02-20 The bridge was closed."
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    copied: list[int] = []
    whole = MappedFile.__getitem__

    def counted(self: MappedFile, at: slice) -> bytes:
        found = whole(self, at)
        copied.append(len(found))
        return found

    monkeypatch.setattr(MappedFile, "__getitem__", counted, raising=False)
    batches = planned(tmp_path)

    raws = [raw for batch in batches for part in batch.parts for raw in read_part(part)]
    assert max(copied) <= 1 << 20
    assert len(raws) == 200_001
    for name, data in members.items():
        of_member = [raw for raw in raws if raw.source.uri.endswith(f"!/{name}")]
        assert isinstance(of_member[0], RawDispatch)
        assert b"\n".join(raw.payload for raw in of_member).rstrip() == data.rstrip()


def planned(folder: Path) -> list[Batch]:
    spool = folder / "spool"
    spool.mkdir()
    return list(
        plan_batches(
            FileList(find_files([str(folder / "in")], outside=None)),
            Ledger(),
            spool_folder=spool,
            first_seq=2,
            fetched_at=FETCHED_AT,
            tally=Tally(),
            wishes=Wishes(),
        )
    )
