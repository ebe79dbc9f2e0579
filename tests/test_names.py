"""Names that no one would give to a file, and that a file system and an archive allow."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from click.testing import CliRunner

from flows import api, cli
from flows.addresses import is_address
from flows.errors import WrongUse
from flows.fetch.local import find_files
from flows.fields import fields_named

from .coordinating import run_here

TEXT = b"date 2020-02-20 Two soldiers were killed near the border.\n"
NAMES = (
    b"\xff\xfe.txt",
    b"cut\xc3",
    b"a\nb\r\x1b[2J.txt",
    "\u202etxt.exe".encode(),
    "e\u0301.txt".encode(),
    "\u00e9.txt".encode(),
    b"-rf",
    b"--json",
    b"[a].txt",
    b"*",
    b"a!",
    b"x!y.txt",
    b"a%2Fb.txt",
    b"a#1?b=2&token=x",
    b" leading",
    b"trailing ",
    b"'; DROP TABLE articles;--",
    b'"${HOME}`id`$(id)',
    b"{7*7}",
    b"con.txt",
    b"n" * 255,
)


def rows(output: Path, table: str = "articles") -> list[dict]:
    return ds.dataset(output / table, format="parquet").to_table().to_pylist()


def run(*sources: Path | str, output: Path):
    return run_here(*sources, output=output, fields=fields_named("header"))


@pytest.fixture(scope="module")
def named(tmp_path_factory) -> Path:
    """A folder with a file of each name, and one in a folder whose name is like the path into an archive."""
    folder = tmp_path_factory.mktemp("named")
    for name in NAMES:
        Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(TEXT)
    (folder / "a.zip!").mkdir()
    (folder / "a.zip!" / "b.txt").write_bytes(TEXT)
    return folder


def test_files_of_any_name_are_read_and_each_has_a_uri_that_leads_back_to_it(tmp_path, named):
    """The uri is ASCII, whatever the bytes of the name are, and none looks like a file within an archive."""
    done = run(named, output=tmp_path / "out")

    uris = [row["uri"] for row in rows(tmp_path / "out")]
    assert done.article_count == len(set(uris)) == len(NAMES) + 1
    assert all(uri.isascii() and uri.isprintable() and "!/" not in uri for uri in uris)
    assert {file.path for file in find_files([str(named)], outside=None)} == {
        path for path in named.rglob("*") if path.is_file()
    }
    assert run(named, output=tmp_path / "out").dispatch_count == 0


@pytest.mark.parametrize(
    "name", ["[a].txt", "*", "a\nb\r\x1b[2J.txt", "'; DROP TABLE articles;--", " leading"]
)
def test_a_source_that_exists_is_that_file_and_no_pattern(named, name):
    (found,) = find_files([str(named / name)], outside=None)

    assert found.path == named / name


def test_a_source_that_is_named_like_an_option_follows_two_dashes(named, monkeypatch):
    monkeypatch.chdir(named)
    done = CliRunner().invoke(cli.main, ["explain", "--json", "--", "-rf"])

    assert done.exit_code == 0, done.output
    assert '"step": "fetch"' in done.output


@pytest.mark.parametrize(
    ("source", "is_one"),
    [("a://b", True), ("./a://b", False), ("/in/http://x", False), ("1://b", False), ("s3://b", True)],
)
def test_an_address_begins_with_a_scheme(source, is_one):
    """A file `a://b` is read as `./a://b`."""
    assert is_address(source) is is_one


@pytest.mark.parametrize(("source", "output"), [("in/\udcff.txt", "out"), ("in", "out\udcff")])
def test_an_argument_that_is_no_unicode_is_wrong_use(source, output):
    """Prefect and the table `runs` could not hold it; a file of such a name is read from its folder."""
    with pytest.raises(WrongUse, match="wanted a name in UTF-8"):
        api.run(source, output)


def tar_of(*names: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
    return packed.getvalue()


def test_a_name_in_an_archive_that_is_no_unicode_stops_nothing(tmp_path):
    """Such a name could be written into no table; its bytes that are no UTF-8 are percent-encoded."""
    (tmp_path / "a.tar").write_bytes(tar_of("bad\udcff.txt", "../\udcfe", "ok.txt"))
    done = run(tmp_path / "a.tar", output=tmp_path / "out")

    uris = sorted(row["uri"].rpartition("!/")[2] for row in rows(tmp_path / "out"))
    (refused,) = rows(tmp_path / "out", "rejects")
    assert (done.article_count, uris) == (2, ["bad%FF.txt", "ok.txt"])
    assert refused["code"] == "fetch.archive.path"
    assert "'../%FE'" in refused["why"]


def test_each_file_of_an_archive_has_a_uri_of_its_own(tmp_path):
    """Several spellings of one path, repeated names, and names that look like numbered ones: ids are made of the uri."""
    names = ["a", "a", "./a", "a#2", "a", "b//c", "b/c", "b/./c", "b%FF", "b\udcff"]
    (tmp_path / "a.tar").write_bytes(tar_of(*names))
    run(tmp_path / "a.tar", output=tmp_path / "out")

    found = rows(tmp_path / "out")
    assert sorted(row["uri"].rpartition("!/")[2] for row in found) == [
        "a", "a#2", "a#2#2", "a#3", "a#4", "b%FF", "b%FF#2", "b/c", "b/c#2", "b/c#3",
    ]  # fmt: skip
    assert len({row["article_id"] for row in found}) == len(names)


def test_a_zip_whose_list_of_files_cannot_be_decoded_is_one_reject(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("é.txt", TEXT)
    (tmp_path / "a.zip").write_bytes(packed.getvalue().replace("é".encode(), b"\xff\xfe"))
    done = run(tmp_path / "a.zip", output=tmp_path / "out")

    assert (done.article_count, dict(done.reject_codes)) == (0, {"fetch.compression.broken": 1})


def test_links_that_lead_in_a_circle_end(tmp_path):
    """A link to a folder is not followed; one to itself is a file that cannot be read."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(TEXT)
    (folder / "up").symlink_to(tmp_path)
    (folder / "self").symlink_to("self")
    done = run(folder, output=tmp_path / "out")

    assert (done.article_count, dict(done.reject_codes)) == (1, {"fetch.source.unreadable": 1})
