"""How the command ends when it is told to, and when nobody reads what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from flows import workers
from flows.write.log import read_log
from flows.write.output import Output

from .processes import children_of, has_ended, workers_of

DATELINE = str(Path(sys.executable).with_name("dateline"))
KEPT = "committed data is kept, run again to continue\n"


def articles_in(output: Path) -> int:
    return sum(
        file.rows for record in read_log(Output(output)) for file in record.files if file.table == "articles"
    )


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """A run with seconds of work in flight."""
    (tmp_path / "in.jsonl").write_text('{"text": "Two soldiers were killed in Ankara."}\n' * 30_000)
    fields = ["--fields", "header", "--workers", "2"]
    return [DATELINE, "run", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "output"), *fields]


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGTERM, 143, f"dateline: ended by SIGTERM; {KEPT}"),
        (signal.SIGHUP, 129, f"dateline: ended by SIGHUP; {KEPT}"),
    ],
)
def test_a_signal_to_the_group_ends_the_run_in_one_line_with_all_of_its_processes(
    tmp_path, command, number, status, said
):
    """As when a system stops a service, or a terminal closes: the fork server and the workers get the signal too."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as run:
        for line in run.stderr:
            if b"batch.fetched" in line:
                break
        while not workers_of(run.pid) and run.poll() is None:
            pass
        processes = [os.pidfd_open(int(pid)) for pid in (*workers_of(run.pid), *children_of(run.pid))]
        os.killpg(run.pid, number)
        last = run.stderr.read().decode()

    assert (run.returncode, last) == (status, said)
    assert len(processes) >= 2
    assert all(map(has_ended, processes))
    assert articles_in(tmp_path / "output") == 0


def script(body: str) -> list[str]:
    return [sys.executable, "-c", f"import os, signal, sys\nfrom flows import exits, signals\n{body}"]


HANGS = """
with signals.interruptible():
    try:
        print("ready", flush=True)
        signal.pause()
    finally:
        print("ending", flush=True)
        signal.pause()
"""


def test_a_second_interrupt_ends_the_process_at_once():
    """While it still cleans up after the first, which may wait for a disk that does not answer."""
    with subprocess.Popen(script(HANGS), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "ready\n"
        run.send_signal(signal.SIGINT)
        assert run.stdout.readline() == "ending\n"
        run.send_signal(signal.SIGTERM)
        said = run.stderr.read()

    assert (run.returncode, said) == (130, f"dateline: interrupted; {KEPT}")


IN_C_CODE = """
signals.GRACE_SECONDS = 0.1
with signals.interruptible():
    os.system("kill -TERM $PPID; exec cat > /dev/null 2>&1")
"""


def test_a_process_that_is_in_c_code_for_ever_ends_all_the_same():
    """No Python code of the main thread runs there, a handler neither: here C waits for a program that does not end."""
    with subprocess.Popen(script(IN_C_CODE), stdin=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        said = run.stderr.read().decode()

    assert (run.returncode, said) == (143, f"dateline: ended by SIGTERM; {KEPT}")


def test_a_signal_that_the_caller_ignores_stays_ignored():
    """`nohup dateline run` goes on when the terminal closes."""
    ignoring = """
with signals.interruptible():
    os.kill(os.getpid(), signal.SIGHUP)
    print("goes on")
"""
    command = [*script(ignoring)]
    done = subprocess.run(
        ["bash", "-c", 'trap "" HUP; exec "$@"', "bash", *command], capture_output=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"goes on\n", b"")


def in_shell(redirection: str, *arguments: str | Path) -> tuple[list[str], str]:
    """Run the command with its output redirected; return the statuses of the pipeline, and what was printed.

    Buffered, as for a user: what could not be written would be tried again when Python ends.
    """
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    line = f'"$@" {redirection}; echo "${{PIPESTATUS[@]}}" >&3'
    command = ["bash", "-c", f"exec 3>&1; {line}", "bash", DATELINE, *map(str, arguments)]
    done = subprocess.run(command, env=buffered, capture_output=True, text=True, check=False, timeout=300)
    return done.stdout.split(), done.stderr


def test_a_run_whose_output_nobody_reads_commits_and_succeeds(tmp_path):
    """As with `dateline run | head`: the reader ends first. What the run has done decides its status."""
    (tmp_path / "in.txt").write_text("date 2020-02-20 Two soldiers were killed in Ankara on Monday.")
    output = tmp_path / "output"
    statuses, said = in_shell(
        "2>&1 | true", "run", tmp_path / "in.txt", "--output", output, "--fields", "header"
    )

    assert (statuses, said) == (["0", "0"], "")
    assert articles_in(output) == 1


def test_a_command_that_only_prints_ends_quietly_when_nobody_reads(tmp_path):
    assert in_shell("| true", "schema", "--json") in (
        (["141", "0"], ""),
        # The reader was slower, and the pipe holds it all.
        (["0", "0"], ""),
    )
    assert in_shell("2>&1 | true", "status", "--output", tmp_path / "nowhere") == (["2", "0"], "")


CLOSED = """
exits.open_standard_streams()
file = open(sys.argv[1], "w")
print("for nobody")
os.write(2, b"for nobody")
file.write(str(file.fileno() > 2))
"""


def test_a_closed_standard_stream_is_not_mistaken_for_a_file_of_the_output(tmp_path):
    """The next file that is opened would get its number, and what libraries print would be written there."""
    command = ["bash", "-c", '"$@" <&- >&- 2>&-', "bash", *script(CLOSED), str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, check=False)

    assert done.returncode == 0
    assert (tmp_path / "file").read_text() == "True"


# Which way a worker ends.

ENDING = """
import os, signal
from flows import batch
if __name__ == "__mp_main__":
    def read_part(part):
        {how}
    batch.read_part = read_part
if __name__ == "__main__":
    from flows.cli import main
    main()
"""
"""A command whose workers, which import the script too, end when they read a part."""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("os.abort()", "was ended by SIGABRT in part 0 of batch 2; committed data is kept"),
        ("os._exit(3)", "ended with status 3 in part 0 of batch 2; committed data is kept"),
    ],
)
def test_a_worker_that_ends_is_named_with_how_it_ended_and_where(tmp_path, how, said):
    """It was not memory that ran out: an operator is not to look for that."""
    (tmp_path / "script.py").write_text(ENDING.format(how=how))
    (tmp_path / "in.txt").write_text("date 2020-02-20 Two soldiers were killed in Ankara on Monday.")
    command = [
        sys.executable,
        str(tmp_path / "script.py"),
        "run",
        str(tmp_path / "in.txt"),
        "--fields",
        "header",
    ]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "output")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    line, remedy = done.stderr.splitlines()[-2:]
    assert done.returncode == 3
    assert line.startswith("dateline: worker process ")
    assert line.endswith(f"{said}, run again to continue ({workers.IS_A_BUG})")
    assert remedy == f"What to do: {workers.IS_A_BUG}; then run again."


@pytest.mark.parametrize(
    ("exitcode", "has_begun", "wanted"),
    [
        (-9, True, ("was ended by SIGKILL", "if memory ran out, run with fewer workers")),
        (-11, True, ("was ended by SIGSEGV", workers.IS_A_BUG)),
        (-15, True, ("was ended by SIGTERM", workers.FROM_OUTSIDE)),
        (-40, True, ("was ended by signal 40", workers.FROM_OUTSIDE)),
        (1, False, ("ended with status 1", "its error is printed above")),
        (1, True, ("ended with status 1", workers.IS_A_BUG)),
        (255, True, ("was lost with the process that it was forked from", workers.FROM_OUTSIDE)),
    ],
)
def test_only_what_the_system_kills_may_have_run_out_of_memory(exitcode, has_begun, wanted):
    assert workers.describe_end(exitcode, has_begun=has_begun) == wanted


def test_a_worker_that_ends_while_another_is_started_ends_the_run(monkeypatch):
    """Python's own pool would wait for ever for the one that was being started."""
    with workers.worker_processes(2, None, frozenset()) as pool:
        connect = forkserver.connect_to_new_process

        def connected(handles: list[int]) -> tuple[int, int]:
            if len(pool._context.made) == 2:
                os.kill(pool._context.made[0].pid, signal.SIGKILL)
                # Python before 3.11.5 looks for deaths when the start is over.
                while sys.version_info >= (3, 11, 5) and not pool._pool._call_queue._reader.closed:
                    threading.Event().wait(0.001)
            return connect(handles)

        monkeypatch.setattr(forkserver, "connect_to_new_process", connected)
        futures = [pool.submit(dict, 2, number) for number in range(2)]
        (died,) = {str(pool.explained(future.exception())) for future in futures}

        assert died.startswith(f"worker process {pool._context.made[0].pid} was ended by SIGKILL ")
        with pytest.raises(BrokenProcessPool, match="the worker processes have ended"):
            pool.submit(dict, 2, 2)


def test_a_pool_ends_although_its_processes_do_not_answer():
    """As they do where one was killed while it held the lock of the queue, which an idle process does."""
    with workers.worker_processes(2, None, frozenset()) as pool:
        for future in [pool.submit(dict, 2, number) for number in range(2)]:
            assert future.result() == {"batch_seq": 2}
        for process in pool._context.made:
            os.kill(process.pid, signal.SIGSTOP)
        ending = threading.Thread(target=pool.end, daemon=True)
        ending.start()
        ending.join(60)

        assert not ending.is_alive()
        assert [process.exitcode for process in pool._context.made] == [-signal.SIGKILL] * 2


def test_a_worker_that_ends_before_it_took_a_large_part_ends_the_run():
    """The rest of the part is still to be written to the queue of calls, which nobody reads any more."""
    with workers.worker_processes(1, None, frozenset()) as pool:
        assert pool.submit(dict, 2, 0).result() == {"batch_seq": 2}
        os.kill(pool._context.made[0].pid, signal.SIGSTOP)
        waiting = pool.submit(dict, 2, 1, text="a" * 1_000_000)
        os.kill(pool._context.made[0].pid, signal.SIGKILL)
        explained = threading.Thread(target=lambda: pool.explained(waiting.exception()), daemon=True)
        explained.start()
        explained.join(60)

        assert not explained.is_alive()
        assert "was ended by SIGKILL before it had a part" in str(pool.explained(waiting.exception()))


def test_a_fork_server_that_does_not_answer_ends_the_run(monkeypatch):
    def failing(_: BaseProcess) -> None:
        raise EOFError("unexpected EOF")

    monkeypatch.setattr(BaseProcess, "start", failing)
    with workers.worker_processes(2, None, frozenset()) as pool:
        with pytest.raises(BrokenProcessPool) as broken:
            pool.submit(dict, 2, 0)
        died = pool.explained(broken.value)

    assert str(died).startswith(
        "a worker process could not start (the fork server does not answer: unexpected EOF)"
    )
