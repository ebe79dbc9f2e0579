"""The catalogue of an output: valid by the standard, true to the files, never ahead of what is published."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from jsonschema.validators import validator_for

from flows.errors import WrongUse
from flows.schema import Type
from flows.tables import BY_NAME
from flows.warehouse.catalog import FIELD_TYPES, catalog, write_catalog
from flows.write import disk
from flows.write.output import Output

from .conftest import SEEDS, dateline
from .readback import make_odd_output


@pytest.fixture(scope="module")
def described(dataset: Path) -> dict:
    """The catalogue that the run wrote."""
    return json.loads((dataset / "datapackage.json").read_text())


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dataset, tmp_path / "output"))


def in_output(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.parquet"))


def errors_in(descriptor: dict, profile: str = "datapackage") -> list[str]:
    """What a published profile of Data Package 2.0 has against a descriptor. dplib holds copies of the profiles."""
    text = (resources.files("dplib") / "profiles" / "2.0" / f"{profile}.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    return [error.message for error in validator_for(schema)(schema).iter_errors(descriptor)]


def test_it_is_valid_by_the_profiles_of_the_standard(described):
    assert errors_in(described) == []
    for resource in described["resources"]:
        assert errors_in(resource, "dataresource") == []
        assert errors_in(resource["schema"], "tableschema") == []


@pytest.mark.parametrize(
    "broken",
    [
        {"path": ["../secret.parquet"]},
        {"path": ["/secret.parquet"]},
        {"path": []},
        {"name": None},
        {"schema": {"fields": [{"name": "a", "type": "int64"}]}},
    ],
    ids=str,
)
def test_the_profiles_refuse_what_the_standard_forbids(described, broken):
    """Else the test above could not fail."""
    assert errors_in({**described, "resources": [described["resources"][0] | broken]}) != []


def test_paths_are_below_the_descriptor_and_in_no_hidden_folder(described):
    for resource in described["resources"]:
        for path in resource["path"]:
            assert not path.startswith("/")
            assert not any(part.startswith(".") for part in path.split("/"))


def test_it_names_every_file_of_every_table(described, dataset):
    named = sorted(path for resource in described["resources"] for path in resource["path"])

    assert [resource["name"] for resource in described["resources"]] == list(BY_NAME)
    assert named == in_output(dataset)


def test_what_it_says_of_each_file_is_true(described, dataset):
    for resource in described["resources"]:
        files = resource["dateline:files"]
        assert [file["path"] for file in files] == resource["path"]
        assert [file["seq"] for file in files] == sorted(file["seq"] for file in files)
        for file in files:
            data = (dataset / file["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == file["sha256"]
            assert len(data) == file["bytes"]
            assert pq.read_metadata(dataset / file["path"]).num_rows == file["rows"]
            month = f"{resource['dateline:partition']['name']}={file['partition']}"
            assert file["path"].split("/")[1] == month
        rows = sum(file["rows"] for file in files)
        assert described["dateline:row_counts"][resource["name"]] == resource["dateline:row_count"] == rows
        assert resource["dateline:byte_count"] == sum(file["bytes"] for file in files)


def test_the_fields_are_the_columns_of_the_files_in_order(described, dataset):
    for resource in described["resources"]:
        fields = resource["schema"]["fields"]
        for path in resource["path"]:
            in_file = pq.read_schema(dataset / path)
            assert [field["name"] for field in fields] == in_file.names
            assert [not field["constraints"]["required"] for field in fields] == [
                field.nullable for field in in_file
            ]


def test_every_type_of_a_column_has_one_of_the_standard():
    assert set(FIELD_TYPES) == set(Type)


def test_keys_lead_from_an_extracted_row_to_its_article(described):
    keys = {resource["name"]: resource["schema"] for resource in described["resources"]}

    assert keys["places"]["primaryKey"] == ["place_id"]
    assert keys["places"]["foreignKeys"] == [
        {"fields": ["article_id"], "reference": {"resource": "articles", "fields": ["article_id"]}}
    ]
    assert "foreignKeys" not in keys["articles"]


def test_duckdb_reads_each_table_by_the_paths(described, dataset):
    with duckdb.connect() as db:
        db.execute(f"SET file_search_path = '{dataset}'")
        for resource in described["resources"]:
            relation = db.sql(
                "SELECT * FROM read_parquet(?, hive_partitioning = false)", params=[resource["path"]]
            )
            assert relation.columns == [field["name"] for field in resource["schema"]["fields"]]
            assert len(relation.fetchall()) == ds.dataset(dataset / resource["name"]).count_rows()


def test_it_says_how_far_the_output_is_published_and_is_never_ahead(copy):
    (copy / ".dateline" / "watermark.json").write_text('{"seq":2}')

    found = catalog(copy)

    assert found["dateline:sequence"] == 2
    assert max(file["seq"] for each in found["resources"] for file in each["dateline:files"]) == 2
    assert found["dateline:row_counts"]["runs"] == 0


def test_the_command_prints_what_the_run_wrote(dataset):
    assert dateline("catalog", "--output", dataset).stdout == (dataset / "datapackage.json").read_bytes()


def test_the_command_writes_it_again(copy):
    written = (copy / "datapackage.json").read_bytes()
    (copy / "datapackage.json").unlink()

    done = dateline("catalog", "--write", "--output", copy)

    assert done.stdout.decode().strip() == str(copy / "datapackage.json")
    assert (copy / "datapackage.json").read_bytes() == written
    assert not list((copy / ".dateline").glob("*.new"))


def test_the_next_run_that_commits_writes_it_again(copy, tmp_path):
    (copy / "datapackage.json").unlink()
    (tmp_path / "a.txt").write_text("date 2020-02-20 Two soldiers were killed in Ankara on Monday.")

    assert dateline("run", tmp_path / "a.txt", "--output", copy).returncode == 0

    found = json.loads((copy / "datapackage.json").read_text())
    assert found["dateline:sequence"] == 7
    assert sorted(path for each in found["resources"] for path in each["path"]) == in_output(copy)


def test_a_run_that_only_publishes_what_was_left_brings_it_up_to_date(dataset, copy):
    """As after a kill between a commit and its publication: nothing is new, and the log is ahead."""
    (copy / ".dateline" / "watermark.json").write_text('{"seq":2}')
    dateline("catalog", "--write", "--output", copy)
    behind = json.loads((copy / "datapackage.json").read_text())["dateline:sequence"]

    assert dateline("run", SEEDS, "--output", copy).returncode == 0

    assert behind == 2
    assert (copy / "datapackage.json").read_bytes() == (dataset / "datapackage.json").read_bytes()


def test_it_is_replaced_at_once(copy, monkeypatch):
    """Whoever reads it while it is written finds the old one whole."""
    (copy / "datapackage.json").write_text("old")
    seen = []
    plain = disk.rename
    monkeypatch.setattr(
        disk, "rename", lambda *of: seen.append((copy / "datapackage.json").read_text()) or plain(*of)
    )

    write_catalog(Output(copy))

    assert seen == ["old"]
    assert json.loads((copy / "datapackage.json").read_text())["dateline:sequence"] == 4


def test_it_is_not_touched_when_nothing_has_changed(copy):
    os.utime(copy / "datapackage.json", ns=(1, 1))

    write_catalog(Output(copy))

    assert (copy / "datapackage.json").stat().st_mtime_ns == 1


def test_an_output_of_odd_values_is_described_too(tmp_path):
    found = catalog(make_odd_output(tmp_path / "odd"))

    assert found["dateline:row_counts"]["articles"] == 12
    assert errors_in(found) == []


def test_where_nothing_is_published_there_is_no_catalogue(tmp_path):
    with pytest.raises(WrongUse, match="no published commit"):
        catalog(tmp_path)

    assert dateline("catalog", "--write", "--output", tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []
