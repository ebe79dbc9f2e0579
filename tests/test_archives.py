"""Archives and bombs: what is in them is read, what attacks is refused by name, within fixed time and memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import resource
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
import zstandard

from flows.errors import BrokenCompression
from flows.fetch import tar_files, zip_files
from flows.fetch.streams import Budget
from flows.fetch.unpack import members_of

from .conftest import FETCHED_AT, ROOT, SEEDS, dateline

TEXT = b"date 2020-02-20 Two soldiers were killed near the border.\n"
SECONDS = 120
"""Far above what each takes; it ends a hang and times nothing."""

MEMORY_MB = 1200
"""For a whole run with the language model, which has 700 MB of it."""


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def tarred(*members: tuple[str, bytes, bytes]) -> bytes:
    """Make a tar of (name, type, data)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(data)
            info.linkname = "/etc/passwd" if kind != tarfile.REGTYPE else ""
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def read(data: bytes) -> list[tuple[str, bytes | str]]:
    """Return path and bytes of each file within, or the code of its refusal."""
    found: list[tuple[str, bytes | str]] = []
    for member in members_of([data[at : at + 1000] for at in range(0, len(data), 1000)], "file:///a"):
        try:
            found.append((member.path, member.refused.code if member.refused else b"".join(member.chunks)))
        except BrokenCompression as error:
            found.append((member.path, error.code))
    return found


@pytest.mark.parametrize(
    "data",
    [
        zipped({"a.txt": TEXT, "b/c.txt": b"x"}),
        zipped({"a.txt": TEXT, "b/c.txt": b"x"}, zipfile.ZIP_LZMA),
        tarred(("a.txt", tarfile.REGTYPE, TEXT), ("b/c.txt", tarfile.REGTYPE, b"x")),
        gzip.compress(tarred(("a.txt", tarfile.REGTYPE, TEXT), ("b/c.txt", tarfile.REGTYPE, b"x"))),
        zstandard.compress(tarred(("a.txt", tarfile.REGTYPE, TEXT), ("b/c.txt", tarfile.REGTYPE, b"x"))),
        zipped({"a.txt": gzip.compress(TEXT), "b/c.txt": bz2.compress(lzma.compress(b"x"))}),
    ],
    ids=["zip", "zip of lzma", "tar", "tar.gz", "tar.zst", "gz and xz.bz2 in zip"],
)
def test_the_files_in_an_archive_are_read_in_order(data):
    assert read(data) == [("a.txt", TEXT), ("b/c.txt", b"x")]


def test_an_archive_in_an_archive_has_both_paths():
    assert read(zipped({"day.tar": tarred(("a.txt", tarfile.REGTYPE, TEXT))})) == [("day.tar!/a.txt", TEXT)]


def test_a_zstd_file_is_one_text():
    assert read(zstandard.compress(TEXT * 5000)) == [("", TEXT * 5000)]


def test_two_files_of_one_name_in_an_archive_are_two():
    made = tarred(("a.txt", tarfile.REGTYPE, b"one"), ("a.txt", tarfile.REGTYPE, b"two"))

    assert read(made) == [("a.txt", b"one"), ("a.txt#2", b"two")]


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/abs/evil.txt", "a/../../evil.txt", "..\\evil.txt", "C:\\evil.txt"]
)
def test_a_path_out_of_the_archive_is_refused_and_its_neighbours_are_read(name):
    made = tarred((name, tarfile.REGTYPE, b"x"), ("good.txt", tarfile.REGTYPE, TEXT))

    assert [content for _, content in read(made)] == ["fetch.archive.path", TEXT]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_an_archive_are_refused(kind):
    made = tarred(("l", kind, b""), ("good.txt", tarfile.REGTYPE, TEXT))

    assert read(made) == [("l", "fetch.archive.no_file"), ("good.txt", TEXT)]


def test_a_link_in_a_zip_is_refused():
    link = zipfile.ZipInfo("l")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert read(made.getvalue()) == [("l", "fetch.archive.no_file")]


@pytest.mark.parametrize(
    "pack",
    [
        zipped,
        lambda files: gzip.compress(tarred(*((name, tarfile.REGTYPE, data) for name, data in files.items()))),
    ],
    ids=["zip", "tar.gz"],
)
@pytest.mark.parametrize("error", [ValueError, TypeError, OverflowError, KeyError])
def test_a_bug_while_an_archive_is_read_is_not_taken_for_a_damaged_archive(monkeypatch, pack, error):
    """zipfile and tarfile raise ValueError and OverflowError themselves; what is raised here is raised by Dateline."""

    def broken(*_: object) -> None:
        raise error("a bug")

    monkeypatch.setattr(Budget, "count", broken)

    with pytest.raises(error, match="a bug"):
        read(pack({"a.txt": TEXT}))


@pytest.mark.parametrize(
    "pack",
    [zipped, lambda files: tarred(*((name, tarfile.REGTYPE, data) for name, data in files.items()))],
    ids=["zip", "tar"],
)
@pytest.mark.parametrize("name", ["joined", "why_not"])
def test_a_bug_in_what_names_files_is_not_taken_for_a_damaged_archive(monkeypatch, pack, name):
    def broken(*_: object) -> None:
        raise ValueError("a bug")

    for module in (tar_files, zip_files):
        monkeypatch.setattr(module, name, broken)

    with pytest.raises(ValueError, match="a bug"):
        read(pack({"a.txt": TEXT}))


def test_an_encrypted_file_is_refused():
    made = bytearray(zipped({"a.txt": TEXT}, zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        made[made.index(mark) + offset] |= 1

    assert read(bytes(made)) == [("a.txt", "fetch.archive.encrypted")]


def test_what_stands_whole_before_an_archive_breaks_off_is_read():
    made = tarred(("a.txt", tarfile.REGTYPE, TEXT), ("b.txt", tarfile.REGTYPE, os.urandom(60_000)))

    assert read(made[:30_000]) == [
        ("a.txt", TEXT),
        ("b.txt", "fetch.compression.broken"),
        ("", "fetch.compression.broken"),
    ]


def test_a_flipped_bit_in_a_zip_is_noticed():
    made = bytearray(zipped({"a.txt": TEXT, "b.txt": b"good"}, zipfile.ZIP_STORED))
    made[made.index(b"soldiers")] ^= 1

    assert read(bytes(made)) == [("a.txt", "fetch.compression.broken"), ("b.txt", b"good")]


def overlapping() -> bytes:
    """A zip of 200 entries that all stand for the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1 << 20))
        first = archive.infolist()[0]
        for number in range(200):
            twin = zipfile.ZipInfo(f"a{number}")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, name, getattr(first, name))
            archive.filelist.append(twin)
    return made.getvalue()


def nested(depth: int) -> bytes:
    made = TEXT
    for _ in range(depth):
        made = zipped({"a": made})
    return made


BOMBS = {
    "a zip bomb": (lambda: zipped({"a.txt": bytes(300 << 20)}), "fetch.compression.bomb"),
    "a gzip bomb": (lambda: gzip.compress(bytes(300 << 20)), "fetch.compression.bomb"),
    "a zstd bomb": (lambda: zstandard.compress(bytes(300 << 20)), "fetch.compression.bomb"),
    "a tar bomb": (lambda: gzip.compress(tarred(("a", tarfile.REGTYPE, bytes(300 << 20)))), "fetch.compression.bomb"),
    "a gzip bomb in gzip": (lambda: gzip.compress(gzip.compress(bytes(900 << 20))), "fetch.compression.bomb"),
    "a zip of zips": (lambda: nested(9), "fetch.compression.bomb"),
    "a zip of files that overlap": (overlapping, "fetch.compression.bomb"),
    "entities that refer to entities": (
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "lol">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><nitf><body><body.content><p>&j;</p></body.content></body></nitf>"
        ),
        "markup.entity.refused",
    ),
    "one long entity, often": (
        lambda: (
            b'<!DOCTYPE nitf [<!ENTITY a "' + b"A" * 900 + b'">]><nitf><body><body.content><p>'
            + b"&a;" * 20_000 + b"</p></body.content></body></nitf>"
        ),
        "markup.entity.refused",
    ),
    "an external entity": (
        lambda: (
            b'<!DOCTYPE nitf [<!ENTITY a SYSTEM "file:///etc/passwd">]><nitf><body><body.content>'
            b"<p>&a;</p></body.content></body></nitf>"
        ),
        "markup.entity.refused",
    ),
    "a header of 100 MB": (lambda: b"Title: " + b"h" * (100 << 20) + b"\n\nText.\n", "dispatch.oversize"),
    "a header of 10 MB": (lambda: b"Title: " + b"h" * (10 << 20) + b"\n\nText.\n", "header.oversize"),
    "elements nested too deep": (lambda: b"<nitf>" + b"<p>" * 100_000 + b"</nitf>", "format.record.broken"),
    "lists nested too deep": (lambda: b'[{"a":' + b"[" * 1_000_000, "format.record.broken"),
}  # fmt: skip


def run_within_limits(source: Path, output: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process that may not take more memory than is its due."""

    def limit() -> None:
        # Address space is several times what is used: threads and maps reserve it.
        resource.setrlimit(resource.RLIMIT_DATA, ((MEMORY_MB + 2000) << 20,) * 2)

    return subprocess.run(
        [str(Path(sys.executable).with_name("dateline")), "run", str(source), "--output", str(output), "--workers", "1",
         "--json", "--fetched-at", FETCHED_AT.isoformat()],
        capture_output=True, cwd=ROOT, timeout=SECONDS, check=False, preexec_fn=limit,
    )  # fmt: skip


def rejects(output: Path) -> list[dict[str, Any]]:
    return ds.dataset(output / "rejects", format="parquet").to_table().to_pylist()


def test_each_attack_ends_in_a_reject_of_its_own_and_the_good_file_beside_them_is_read(tmp_path):
    """All of them in one run: what one does to the process, the others would feel."""
    source = tmp_path / "in"
    source.mkdir()
    for number, (make, _) in enumerate(BOMBS.values()):
        (source / f"{number:02d}").write_bytes(make())
    (source / "good.txt").write_bytes(TEXT)

    done = run_within_limits(source, tmp_path / "out")

    summary = json.loads(done.stdout)
    found = {
        row["uri"].partition("!/")[0].rpartition("/")[2]: row["code"] for row in rejects(tmp_path / "out")
    }
    wanted = {f"{number:02d}": code for number, (_, code) in enumerate(BOMBS.values())}
    assert found == wanted
    assert (summary["article_count"], summary["reject_count"]) == (1, len(BOMBS))


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_one_reject(tmp_path):
    """Sparse on the disk, read in pieces: it is never in memory whole."""
    source = tmp_path / "in"
    source.mkdir()
    with (source / "line.txt").open("wb") as line:
        line.write(b"date 2020-02-20 Two soldiers ")
        line.seek((1 << 30) - 1)
        line.write(b"\n")

    run_within_limits(source, tmp_path / "out")

    (refused,) = rejects(tmp_path / "out")
    assert refused["code"] in ("dispatch.oversize", "format.unknown")
    assert refused["byte_end"] == 1 << 30


def test_a_link_out_of_the_folder_leads_to_no_folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.txt").write_bytes(TEXT)
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "good.txt").write_bytes(TEXT)

    done = dateline("run", tmp_path / "in", "--output", tmp_path / "out", "--json")

    assert json.loads(done.stdout)["source_count"] == 1


def test_a_file_in_an_archive_is_a_source_with_a_path_and_the_archive_is_committed_whole(tmp_path):
    archive = tmp_path / "in" / "day.zip"
    archive.parent.mkdir()
    files = {path.name: path.read_bytes() for path in sorted(SEEDS.glob("*-*"))[:6]}
    archive.write_bytes(zipped(files))
    command = ("run", tmp_path / "in", "--output", tmp_path / "out", "--json")

    first, again = json.loads(dateline(*command).stdout), json.loads(dateline(*command).stdout)

    uris = ds.dataset(tmp_path / "out" / "articles").to_table(columns=["uri"])["uri"].to_pylist()
    assert set(uris) == {f"{archive.as_uri()}!/{name}" for name in files}
    assert (first["article_count"], again["article_count"], again["unchanged_count"]) == (len(uris), 0, 1)


def test_what_was_refused_is_read_again_when_the_rule_for_it_is_given(tmp_path):
    """`02/03/2020` is a day of March once the user says so; what is refused for another reason stays as it is."""
    source, output = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "ambiguous.txt").write_text("Date: 02/03/2020\nTitle: Talks\n\nTalks began.\n")
    (source / "empty.txt").write_text("\n")
    (source / "good.txt").write_bytes(TEXT)
    dateline("run", source, "--output", output)

    same = json.loads(dateline("run", source, "--output", output, "--only-rejects", "--json").stdout)
    mended = dateline("run", source, "--output", output, "--only-rejects", "--date-order", "dmy", "--json")

    articles = ds.dataset(output / "articles").to_table().to_pylist()
    assert (same["article_count"], same["reject_count"], same["batch_count"]) == (0, 0, 0)
    assert json.loads(mended.stdout)["article_count"] == 1
    assert sorted(
        (row["headline"] or "", str(row["published_on"]), row["source_version"]) for row in articles
    ) == [
        ("", "2020-02-20", 1),
        ("Talks", "2020-03-02", 2),
    ]
