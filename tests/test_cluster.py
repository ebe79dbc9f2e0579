"""Runs on a Dask cluster: a real scheduler and workers on loopback, in processes of their own."""

from __future__ import annotations

import json
import pickle
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows import api, cluster, s3_client
from flows.coordinator import run_job
from flows.errors import ClusterLost, WorkerDiffers, WrongUse
from flows.fetch import plan
from flows.fetch.slices import Slice
from flows.fields import fields_named
from flows.records import NO_RULES, Source
from flows.report.summary import Summary
from flows.survey import Job
from flows.write import objects
from flows.write.deliver import stage_of
from flows.write.log import read_log
from flows.write.output import Output

from .conftest import FETCHED_AT, SEEDS
from .coordinating import run_here, steps_here
from .dask_cluster import DaskCluster, dask_cluster, free_port
from .s3_server import S3Server, s3_server

distributed = pytest.importorskip("distributed", reason="needs the extra `dask`")


SOME_SEEDS = (
    "inline-bridge.txt",
    "inline-hostages.txt",
    "keys-coup.txt",
    "table-incidents.csv",
    "mbox-desk.mbox",
    "pages-crawl.warc",
)


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as started:
        yield started


@pytest.fixture(scope="module")
def running(server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster"), **server.env) as started:
        yield started


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Twelve small files."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        lines = [
            json.dumps({"text": f"Two soldiers were killed in Ankara on day {line} of {number}.", "id": line})
            for line in range(20)
        ]
        (folder / f"{number:02d}.jsonl").write_text("\n".join(lines))
    return folder


def on_cluster(
    running: DaskCluster, source: str | Path, output: str | Path, fields: str = "header"
) -> Summary:
    """Run in this process; the workers are others."""
    options = {"engine": "dask", "scheduler": running.address, "fetched_at": FETCHED_AT, "fields": fields}
    return api.run(source, output, **options)


def by_table(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """The Parquet files of each table but those of the run itself, which has a number of its process."""
    tables: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
    for name, content in files.items():
        table = name.split("/")[0]
        if name.endswith(".parquet") and table not in ("runs", "loads"):
            tables[table][name] = content
    return dict(tables)


def on_disk(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*.parquet")}


def test_the_rows_are_those_of_a_run_on_one_machine_byte_for_byte(running, server, tmp_path, monkeypatch):
    """Data in and out on S3, all fields; the workers see no folder of the coordinator."""
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    s3_client.close()
    bucket = server.new_bucket("news")
    for name in SOME_SEEDS:
        path = SEEDS / name
        server.client.put_object(Bucket="news", Key=f"in/{path.name}", Body=path.read_bytes())
    run_here(f"{bucket}/in", output=tmp_path / "out")
    done = on_cluster(running, f"{bucket}/in", f"{bucket}/out", "all")

    found, wanted = by_table(server.objects(f"{bucket}/out")), by_table(on_disk(tmp_path / "out"))
    assert {table: sorted(files) for table, files in found.items()} == {
        table: sorted(files) for table, files in wanted.items()
    }
    assert found == wanted
    assert (done.failures, done.article_count) == ([], 8)
    assert [name for name in server.objects(f"{bucket}/out") if "/stage/" in name] == []


def test_workers_that_share_a_folder_stage_there(running, sources, tmp_path):
    run_here(sources, output=tmp_path / "alone", fields=fields_named("header"))
    done = on_cluster(running, sources, tmp_path / "out")

    assert (done.failures, done.article_count) == ([], 240)
    assert by_table(on_disk(tmp_path / "out")) == by_table(on_disk(tmp_path / "alone"))
    assert list((tmp_path / "out" / ".dateline" / "stage").iterdir()) == []


def worker_with_part(address: str) -> str:
    """Wait until a worker of a cluster has a part; return the name of the worker."""
    with distributed.Client(address, set_as_default=False, timeout=60) as client:
        while not (busy := [worker for worker, keys in client.processing().items() if keys]):
            client.wait_for_workers(1)
        name: str = client.scheduler_info(n_workers=-1)["workers"][busy[0]]["id"]
        return name


def ready(address: str, workers: int) -> None:
    with distributed.Client(address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(workers, timeout=120)


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Act in a thread while the block runs."""
    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        yield
        acting.result()


def test_the_parts_of_a_worker_that_is_killed_are_done_by_another(sources, tmp_path):
    """The workers are stopped before the run, so that the one that is killed has begun its part."""
    run_here(sources, output=tmp_path / "alone", fields=fields_named("header"))
    with dask_cluster(tmp_path / "cluster") as running:
        ready(running.address, 2)
        for worker in running.workers:
            worker.send_signal(signal.SIGSTOP)

        def kill() -> None:
            busy = int(worker_with_part(running.address).rpartition("-")[2])
            running.workers[busy].kill()
            running.workers[1 - busy].send_signal(signal.SIGCONT)

        with meanwhile(kill):
            done = on_cluster(running, sources, tmp_path / "out")

    assert (done.failures, done.article_count) == ([], 240)
    assert by_table(on_disk(tmp_path / "out")) == by_table(on_disk(tmp_path / "alone"))


def test_a_scheduler_that_ends_ends_the_run_and_the_next_run_goes_on_with_a_new_one(sources, tmp_path):
    """Nothing of a run is kept by the scheduler: the commit log alone says what is done."""
    run_here(sources, output=tmp_path / "alone", fields=fields_named("header"))
    port = free_port()
    with dask_cluster(tmp_path / "first", workers=1, port=port) as running:
        ready(running.address, 1)
        running.workers[0].send_signal(signal.SIGSTOP)

        def kill() -> None:
            worker_with_part(running.address)
            running.processes[0].kill()

        with meanwhile(kill), pytest.raises(ClusterLost, match="committed data is kept, run again"):
            on_cluster(running, sources, tmp_path / "out")

    with dask_cluster(tmp_path / "second", workers=1, port=port) as running:
        done, again = (on_cluster(running, sources, tmp_path / "out") for _ in range(2))
    assert (done.failures, done.article_count, again.unchanged_count) == ([], 240, 12)
    assert by_table(on_disk(tmp_path / "out")) == by_table(on_disk(tmp_path / "alone"))


def test_a_scheduler_that_does_not_answer_is_named(sources, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"

    with pytest.raises(ClusterLost, match=f"scheduler {address}: found "):
        api.run(sources, tmp_path / "out", engine="dask", scheduler=address)


@pytest.mark.parametrize("options", [{"engine": "dask"}, {"scheduler": "tcp://127.0.0.1:1"}])
def test_an_engine_and_its_scheduler_are_named_together(tmp_path, options):
    with pytest.raises(WrongUse, match="--scheduler"):
        api.run(SEEDS, tmp_path / "out", **options)


# What a worker does, in this process.


def far_run(sources: Path, output: Any) -> list[cluster.FarPart]:
    """Run with parts that were pickled, as for a cluster; return them."""
    fields = fields_named("header")
    job = Job((str(sources),), output, 2, FETCHED_AT, fields=fields)
    parts = []

    def submit(part, stage, seq):
        parts.append(pickle.dumps(cluster.sent(part, stage, seq, None, fields)))
        return pickle.loads(pickle.dumps(cluster.work_far(pickle.loads(parts[-1]))))  # noqa: S301  # made here

    assert run_job(job, steps_here(job, submit)).failures == []
    # Results and parts are small, whatever the parts hold.
    assert max(map(len, parts)) < 300_000
    return [pickle.loads(part) for part in parts]  # noqa: S301


def test_a_worker_is_sent_the_bytes_of_its_part_alone(server, tmp_path, sources, monkeypatch):
    """Also of files whose records share a head, such as CSV, and of archives and refused files."""
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    s3_client.close()
    # A run that extracts no fields takes eight times as much.
    monkeypatch.setattr(plan, "PART_BYTES", 125)
    rows = "".join(f'2020-02-20,"Two soldiers were killed, day {day}."\n' for day in range(400))
    (sources / "table.csv").write_text("date,text\n" + rows)
    (sources / "nothing.bin").write_bytes(bytes(5000))
    address = server.new_bucket("pieces") + "/out"
    sizes = {}
    replaced = objects.ObjectStore.replace

    def looking(store, name, data):
        if "/spool-" in name:
            sizes[name] = len(data)
        replaced(store, name, data)

    monkeypatch.setattr(objects.ObjectStore, "replace", looking)
    run_here(sources, output=tmp_path / "alone", fields=fields_named("header"))
    far_run(sources, address)

    assert by_table(server.objects(address)) == by_table(on_disk(tmp_path / "alone"))
    assert len(sizes) > 30
    assert max(sizes.values()) < 1500


def test_a_part_that_is_worked_on_twice_changes_nothing_that_is_published(tmp_path, sources):
    """A worker that was given up goes on after the commit."""
    far, *_ = far_run(sources, tmp_path / "out")
    before = on_disk(tmp_path / "out")
    spool = tmp_path / "spool"
    spool.write_bytes(b"".join(path.read_bytes() for path in sorted(sources.iterdir())))
    done = cluster.work_far(replace(far, part=replace(far.part, spool=spool)))

    assert [file.path for file in done.files]
    assert {file.path for file in done.files} <= before.keys()
    assert on_disk(tmp_path / "out") == before
    run_here(sources, output=tmp_path / "out", fields=fields_named("header"))
    assert len([record for record in read_log(Output(tmp_path / "out")) if record.kind == "batch"]) == 1


def test_a_worker_with_another_installation_works_on_nothing(tmp_path):
    """Its rows might differ from those that the commit says they are."""
    stage = stage_of(Output(tmp_path), 2, "0123456789")
    part = plan.Part(0, tmp_path / "spool", ())
    far = cluster.sent(part, stage, 2, None, fields_named("header"))

    with pytest.raises(WorkerDiffers, match=r"found dateline .*, wanted dateline 99"):
        cluster.work_far(replace(far, versions={**far.versions, "dateline": "99"}))


def test_the_pieces_of_a_part_are_joined_where_they_touch():
    """The head of a table is read with each of its parts; a refused file is not read."""
    source = Source("file:///in", "0" * 64, "csv", 1, None, FETCHED_AT, NO_RULES)
    slices = (
        Slice(source, 100, 0, ((50, 60), (60, 70)), (0, 10)),
        Slice(source, 170, 0, ((0, 5),)),
        Slice(source, 300, 0, ((0, 9),), refused=("code", "why")),
    )

    assert cluster.pieces_of(plan.Part(0, Path("spool"), slices)) == ((100, 110), (150, 175))
