"""An output on an object store: a real S3 server on loopback, and the same promises as on a disk."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyarrow import BufferReader

from flows import api, s3_client
from flows.cli import main
from flows.coordinator import run_job
from flows.errors import OutputBusy, SequenceTaken, UnreachableStore, WrongUse
from flows.fields import fields_named
from flows.report.run_report import report_of
from flows.report.state import state_of
from flows.survey import Job
from flows.write import lease, objects
from flows.write.deliver import deliver, stage_of
from flows.write.log import Commit, commit, read_log
from flows.write.output import Output
from flows.write.publish import is_settled, publish, read_watermark, recover

from .conftest import FETCHED_AT, dateline
from .coordinating import dispatches_in, run_here, steps_here
from .crashes import Crash
from .s3_server import S3Server, s3_server


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as started:
        yield started


@pytest.fixture
def address(server: S3Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The address of a new output, in a bucket of its own, for runs of this process."""
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    s3_client.close()
    name = request.node.name.replace("_", "-").lower()
    return (
        server.new_bucket("b" + "".join(c for c in name if c.isalnum() or c == "-")[-40:].strip("-")) + "/out"
    )


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six dispatches in three batches."""
    return dispatches_in(tmp_path / "in", 6, monkeypatch)


def tables_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """The Parquet files that a plain glob finds, but those of the run itself: it has a number of its process."""
    return {
        name: content
        for name, content in files.items()
        if name.endswith(".parquet") and not name.startswith(("runs/", "loads/"))
    }


def on_disk(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*.parquet")}


def logged(address: str) -> set[str]:
    """The files that the log has committed."""
    return {file.path for record in read_log(Output(address)) for file in record.files}


def test_the_files_are_those_of_an_output_on_disk_byte_for_byte(server, address, sources, tmp_path):
    run_here(sources, output=tmp_path / "out")
    run_here(sources, output=address)

    found = server.objects(address)
    assert tables_of(found) == tables_of(on_disk(tmp_path / "out"))
    assert len(tables_of(found)) > 30
    kept = ("/log/", "/checkpoints/")
    assert [
        name for name in found if name.startswith(".dateline") and not any(map(name.__contains__, kept))
    ] == [".dateline/watermark.json"]
    assert {"README.md", "views.sql", "datapackage.json"} <= found.keys()
    assert is_settled(Output(address))


def test_a_second_run_reads_only_what_is_new(address, sources):
    first = run_here(sources, output=address)
    (sources / "new.txt").write_text("date 2020-02-21 It rained.")
    second, third = (run_here(sources, output=address) for _ in range(2))

    assert [each.article_count for each in (first, second, third)] == [6, 1, 0]


@pytest.mark.usefixtures("sources")
def test_a_source_below_the_same_bucket_does_not_read_the_output(server, address):
    bucket = address.removesuffix("/out")
    server.client.put_object(Bucket=bucket.removeprefix("s3://"), Key="a.txt", Body=b"date 2020-02-20 Rain.")
    first, second = (run_here(bucket, output=address) for _ in range(2))

    assert (first.article_count, first.reject_count, second.dispatch_count) == (1, 0, 0)


def test_nothing_is_seen_before_it_is_committed(server, address, sources, monkeypatch):
    looks = []
    create = objects.ObjectStore.create

    def looking(store, name, data):
        seen = {each for each in server.objects(address) if each.endswith(".parquet")}
        looks.append((seen, logged(address)))
        create(store, name, data)

    monkeypatch.setattr(objects.ObjectStore, "create", looking)
    run_here(sources, output=address)

    assert len(looks) > 4
    assert all(seen == committed for seen, committed in looks)


def test_a_number_that_another_writer_took_stops_the_commit_and_changes_nothing(server, address, sources):
    run_here(sources, output=address)
    before = server.objects(address)

    with pytest.raises(SequenceTaken):
        commit(Output(address), Commit(2, "batch", "b", "r", FETCHED_AT.isoformat(), "s", {}, [], [], "w"))

    assert server.objects(address) == before


@pytest.mark.parametrize("was_done", [True, False], ids=["done", "not-done"])
def test_a_commit_whose_answer_is_lost_is_read_back(server, address, sources, monkeypatch, was_done):
    """Neither is it made again under the next number, nor are its files removed."""
    run_here(sources, output=address)
    wanted = tables_of(server.objects(address))
    other = address.replace("/out", "/other")
    put = objects.ObjectStore._put
    lost = []

    def losing(store, name, data, **asked):
        if name.endswith("3.json") and "/log/" in name and not lost:
            lost.append(name)
            if was_done:
                put(store, name, data, **asked)
            raise UnreachableStore(name, "ReadTimeoutError: no answer", "an answer")
        put(store, name, data, **asked)

    monkeypatch.setattr(objects.ObjectStore, "_put", losing)
    if was_done:
        run_here(sources, output=other)
    else:
        with pytest.raises(UnreachableStore, match="no clear answer"):
            run_here(sources, output=other)
        run_here(sources, output=other)

    assert lost
    assert tables_of(server.objects(other)) == wanted


def fail_at(number: int, patch: pytest.MonkeyPatch, *, before: bool) -> Callable[[], int]:
    """Crash before or after the nth request that changes the store; return how many there were."""
    count = 0
    call = objects.ObjectStore.call

    def counting(store: objects.ObjectStore, method: str, **asked: Any) -> Any:
        nonlocal count
        if method not in ("put_object", "copy_object", "delete_objects"):
            return call(store, method, **asked)
        count += 1
        is_last = count == number
        if is_last and before:
            raise Crash
        done = call(store, method, **asked)
        if is_last:
            raise Crash
        return done

    patch.setattr(objects.ObjectStore, "call", counting)
    return lambda: count


@pytest.mark.parametrize("stride", [389, pytest.param(1, marks=pytest.mark.slow, id="every-request")])
def test_a_crash_at_any_request_loses_and_doubles_nothing(server, address, sources, stride, monkeypatch):
    """Before and after the request; requests that run beside it may still be done."""
    # The process of a lease that is left has ended.
    monkeypatch.setattr(lease, "_is_gone", lambda _: True)
    run_here(sources, output=address)
    wanted = tables_of(server.objects(address))
    with pytest.MonkeyPatch.context() as patch:
        requests = fail_at(-1, patch, before=True)
        run_here(sources, output=f"{address}-counted")
    total = requests()
    assert total > 100

    for number in range(1, total + 1, stride):
        for before in (True, False):
            output = f"{address}-{number}-{before}".lower()
            with pytest.MonkeyPatch.context() as patch:
                fail_at(number, patch, before=before)
                with pytest.raises(Crash):
                    run_here(sources, output=output)
            visible = {name for name in server.objects(output) if name.endswith(".parquet")}
            assert visible <= logged(output)
            with pytest.MonkeyPatch.context() as patch:
                fail_at(2, patch, before=before)
                with contextlib.suppress(Crash):
                    run_here(sources, output=output)
            run_here(sources, output=output)
            found = server.objects(output)
            assert tables_of(found) == wanted, f"request {number}, {'before' if before else 'after'} it"
            assert read_watermark(Output(output)) == max(each.seq for each in read_log(Output(output)))


def test_a_writer_that_no_lease_kept_out_makes_the_plan_be_made_again(
    server, address, sources, tmp_path, monkeypatch
):
    """Another run commits all sources while this one is about to commit its first batch."""
    run_here(sources, output=tmp_path / "out")
    wanted = tables_of(on_disk(tmp_path / "out"))
    monkeypatch.setattr(objects, "held", lambda _: contextlib.nullcontext())
    create, others = objects.ObjectStore.create, []

    def overtaken(store, name, data):
        if name.endswith("2.json") and not others:
            others.append(name)
            others.append(run_here(sources, output=address))
        create(store, name, data)

    monkeypatch.setattr(objects.ObjectStore, "create", overtaken)
    summary = run_here(sources, output=address)

    assert (others[1].article_count, summary.article_count, summary.failures) == (6, 0, [])
    assert tables_of(server.objects(address)) == wanted


def test_two_runs_may_publish_one_commit(server, address, sources, monkeypatch):
    """The other one has made the copies and removed the stage before this one begins."""
    output = Output(address)
    publish = objects.ObjectStore.publish

    def late(store, stage, moves):
        with monkeypatch.context() as patch:
            patch.setattr(objects.ObjectStore, "publish", publish)
            recover(output)
        publish(store, stage, moves)

    monkeypatch.setattr(objects.ObjectStore, "publish", late)
    run_here(sources, output=address)

    assert logged(address) == {name for name in server.objects(address) if name.endswith(".parquet")}


def test_a_batch_that_failed_keeps_its_number_from_other_writers(address, sources):
    """Else one that is late would commit under it, behind readers that are past it."""
    job = Job((str(sources),), address, 1, FETCHED_AT)
    work = steps_here(job).submit

    def failing(part, stage, seq):
        return ValueError("a bug") if seq == 3 else work(part, stage, seq)

    summary = run_job(job, steps_here(job, failing))

    kinds = [(record.seq, record.kind) for record in read_log(Output(address))]
    assert summary.failures == ["batch 3: ValueError: a bug"]
    assert kinds[:4] == [(1, "empty"), (2, "batch"), (3, "failed"), (4, "batch")]


def test_what_is_staged_for_a_later_number_is_left_to_its_run(address, sources):
    """No lock tells whether that run is alive; once its number is taken, it cannot commit what it has staged."""
    run_here(sources, output=address)
    output = Output(address)
    last = read_watermark(output)
    for seq in (last, last + 1):
        with stage_of(output, seq, "0123456789").folder() as folder:
            (folder / "articles.staged").write_bytes(b"staged")

    recover(output)

    assert output.store.names(".dateline/stage") == [
        f".dateline/stage/{last + 1:020d}-01234567/articles.staged"
    ]


def test_what_a_killed_run_has_staged_is_removed_by_a_run_with_nothing_new(address, sources):
    """It takes the numbers first, with commits of nothing: if that run lives after all, it can commit nothing of it."""
    run_here(sources, output=address)
    output = Output(address)
    last = read_watermark(output)
    for seq in (last + 1, last + 3):
        with stage_of(output, seq, "0123456789").folder() as folder:
            (folder / "articles.staged").write_bytes(b"staged")
    before = api.to_pandas("articles", address)

    summary = run_here(sources, output=address)

    assert (summary.dispatch_count, output.store.names(".dateline/stage")) == (0, [])
    assert [record.kind for record in read_log(output, after=last)] == ["failed"] * 3
    assert api.to_pandas("articles", address).equals(before)
    assert is_settled(output)


def test_a_jump_in_the_numbers_is_refused(address, sources):
    run_here(sources, output=address)
    output = Output(address)

    with pytest.raises(Exception, match="that of the commit before"):
        deliver(
            output,
            seq=99,
            kind="batch",
            batch_id="b",
            run_id="r" * 8,
            staged_at=FETCHED_AT,
            versions={},
            files=[],
        )


def test_a_second_run_is_kept_out_while_one_holds_the_lease(address, monkeypatch):
    output = Output(address)
    with output.locked():
        with pytest.raises(OutputBusy, match="its lease ends in"), output.locked():
            pass
        # As if the holder had been killed.
        monkeypatch.setattr(lease, "_is_gone", lambda _: True)
        with output.locked():
            pass
    assert output.store.names(".dateline") == []


def test_a_lease_that_was_not_renewed_ends(address, monkeypatch):
    output = Output(address)
    output.store.replace(lease.LEASE, orjson.dumps({"host": "elsewhere", "process": 1, "token": "t"}))
    with pytest.raises(OutputBusy, match="process 1 of elsewhere"), output.locked():
        pass
    monkeypatch.setattr(lease, "LASTS", lease.LASTS * 0)

    with output.locked():
        assert b"elsewhere" not in output.store.read(lease.LEASE)


OTHERS = orjson.dumps({"host": "elsewhere", "process": 1, "token": "t", "change": 1})


def test_of_two_runs_that_take_over_a_lease_at_once_one_has_it(address, monkeypatch):
    output = Output(address)
    output.store.replace(lease.LEASE, OTHERS)
    monkeypatch.setattr(lease, "LASTS", lease.LASTS * 0)
    look, first = objects.ObjectStore.look, lease._Lease(output.store)

    def slow(store, name):
        found = look(store, name)
        monkeypatch.setattr(objects.ObjectStore, "look", look)
        first.take()
        return found

    monkeypatch.setattr(objects.ObjectStore, "look", slow)
    with pytest.raises(OutputBusy, match="a run that has begun at this moment"), output.locked():
        pass

    assert first.renew()


def test_a_run_whose_lease_was_taken_over_neither_renews_nor_deletes_it(address):
    output = Output(address)
    stopped = lease._Lease(output.store)
    stopped.take()
    output.store.replace(lease.LEASE, OTHERS)

    renewed = stopped.renew()
    stopped.give_back()

    assert (renewed, output.store.read(lease.LEASE)) == (False, OTHERS)


def test_a_run_that_was_overtaken_ends_while_the_other_one_is_at_work(address, sources, monkeypatch):
    create = objects.ObjectStore.create

    def overtaken(store, name, data):
        if name.endswith("2.json"):
            store.replace(lease.LEASE, OTHERS)
            raise FileExistsError(name)
        create(store, name, data)

    monkeypatch.setattr(objects.ObjectStore, "create", overtaken)

    with pytest.raises(OutputBusy, match="is being written by process 1 of elsewhere"):
        run_here(sources, output=address)


def test_a_writer_that_publishes_late_does_not_set_the_watermark_back(address, sources):
    """It was stopped after its record; another has published that commit and later ones."""
    run_here(sources, output=address)
    output = Output(address)
    _, record, *_, last = read_log(output)

    publish(output, record)

    assert read_watermark(output) == last.seq
    assert is_settled(output)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("gs://bucket/out", "s3://BUCKET/PREFIX"),
        ("s3://", "s3://BUCKET/PREFIX"),
        ("s3://no-such-bucket/out", "a bucket that exists"),
    ],
)
@pytest.mark.usefixtures("address")
def test_an_address_that_cannot_be_written_is_wrong_use(sources, output, message):
    with pytest.raises(WrongUse, match=message):
        run_here(sources, output=output)


def test_a_prefix_of_another_program_is_no_output(server, address, sources):
    bucket = address.removeprefix("s3://").removesuffix("/out")
    server.client.put_object(Bucket=bucket, Key="out/thesis.odt", Body=b"mine")

    with pytest.raises(WrongUse, match=r"which holds thesis\.odt"):
        run_here(sources, output=address)

    assert server.objects(address) == {"thesis.odt": b"mine"}


def test_a_listing_of_several_pages_is_read_to_its_end(server, address):
    store = Output(address).store
    for number in range(1005):
        server.client.put_object(Bucket=address.split("/")[2], Key=f"out/many/{number:04d}", Body=b"")

    assert len(store.names("many")) == 1005
    assert store.names("many", after="many/1002") == ["many/1003", "many/1004"]
    store.delete(store.names("many"))
    assert store.names("many") == []


def test_ranges_of_an_object_are_read(address):
    store = Output(address).store
    store.replace("a", b"0123456789")

    assert (store.read("a"), store.read("a", 2, 5), store.read("a", 8)) == (b"0123456789", b"234", b"89")


def test_the_commands_use_an_output_on_a_store(server, address, sources, tmp_path):
    """`run` with worker processes, `status`, `verify`, `load`, `catalog`; `to_pandas` in this process."""
    target = f"duckdb:///{tmp_path / 'news.duckdb'}"
    asked = [
        ("run", sources, "--workers", "1", "--json"),
        ("run", sources, "--json"),
        ("status", "--json"),
        ("verify", "--json"),
        ("load", target, "--json"),
        ("verify", target, "--json"),
        ("catalog",),
    ]
    answers = []
    for command in asked:
        done = dateline(*command, "--output", address, **server.env)
        assert done.returncode == 0, (command, done.stderr.decode())
        answers.append(json.loads(done.stdout))
    first, second, status, verified, loaded, compared, catalog = answers

    assert (first["article_count"], second["article_count"], second["unchanged_count"]) == (6, 0, 6)
    assert (status["source_count"], status["tables"]["articles"]["rows"]) == (6, 6)
    assert (verified["differences"], compared["differences"]) == ([], [])
    assert loaded["row_counts"]["articles"] == 6
    assert catalog["dateline:row_counts"]["articles"] == 6
    assert len(api.to_pandas("articles", address, latest=True)) == 6
    assert state_of(address)["output"] == address


def test_verify_names_what_someone_changed(server, address, sources):
    run_here(sources, output=address)
    bucket = address.split("/")[2]
    names = [name for name in server.objects(address) if name.startswith("articles/publish_month=2020")]
    server.client.delete_object(Bucket=bucket, Key=f"out/{names[0]}")
    server.client.put_object(Bucket=bucket, Key=f"out/{names[1]}", Body=b"other")
    server.client.put_object(Bucket=bucket, Key="out/articles/x.parquet", Body=b"")

    found = api.verify(address).differences

    assert [line.split(":")[0] for line in found] == [names[0], names[1], "articles/x.parquet"]


def test_explain_split_and_schema_use_an_output_on_a_store(address, sources):
    """Two articles of one day and one text are one story, which is split."""
    for name in ("7.txt", "8.txt"):
        (sources / name).write_text(
            "date 2020-07-20 The old bridge over the river was closed on Monday after engineers had found a crack in its "
            "northern pillar. Buses take the road along the canal until the repairs end in autumn, the council said."
        )
    run_here(sources, output=address)
    articles = api.to_pandas("articles", address)
    pair = sorted(articles[articles.published_at == articles.published_at.max()].article_id)
    runner = CliRunner()

    explained = runner.invoke(main, ["explain", pair[0], "--output", address])
    split = runner.invoke(main, ["split", pair[0], "--output", address])
    written = runner.invoke(main, ["schema", "--write", "--output", address])
    unknown = runner.invoke(main, ["explain", "0123456789", "--output", address])

    assert (explained.exit_code, split.exit_code, written.exit_code) == (0, 0, 0)
    assert f"article_id: {pair[0]}" in explained.output
    assert f"of file://{sources}/" in explained.output
    assert "1 articles are a story of their own" in split.output
    stories = api.to_pandas("story_members", address, latest=True).set_index("article_id").story_id
    assert stories[pair[0]] != stories[pair[1]]
    assert written.output.splitlines() == [f"{address}/README.md", f"{address}/views.sql"]
    assert unknown.exit_code == 2
    assert f"an id of a row in {address}" in unknown.output
    assert api.verify(address).differences == ()


def test_every_row_of_a_staged_file_is_there(server, address, sources):
    run_here(sources, output=address)
    counts = {
        name: pq.read_metadata(BufferReader(content)).num_rows
        for name, content in server.objects(address).items()
        if name.endswith(".parquet")
    }
    assert counts == {file.path: file.rows for record in read_log(Output(address)) for file in record.files}


def test_the_report_of_a_run_is_an_object_that_a_browser_shows_and_can_be_made_again(
    server, address, sources
):
    summary = run_here(sources, output=address, fields=fields_named("header"))

    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    name = f"_reports/{summary.run_id}.html"
    found = server.client.get_object(Bucket=bucket, Key=f"{prefix}/{name}")
    assert summary.report == f"{address}/{name}"
    assert found["ContentType"] == "text/html; charset=utf-8"
    assert found["Body"].read().decode() == report_of(Output(address))[1]
