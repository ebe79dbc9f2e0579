"""A small real file system that is full: a thin selection of `full_disk.py`, and the real command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import dateline

from . import full_disk, shim
from .full_disk import NotMounted, grow, mounted
from .runner import write_sources

pytestmark = pytest.mark.skipif(shim.compiler() is None, reason="needs a C compiler")


@pytest.fixture(scope="module", autouse=True)
def mounting(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        with mounted(tmp_path_factory.mktemp("disk"), "size=1m"):
            pass
    except NotMounted as error:
        pytest.skip(f"cannot mount a file system: {error}")


def test_a_run_on_a_full_disk_is_completed_when_there_is_room(tmp_path):
    found = list(full_disk.trials(tmp_path, 12))

    assert len(found) > 5
    assert [each for each in found if not each.is_clean or each.differing] == []


@pytest.mark.parametrize("pages", [pytest.param(16, marks=pytest.mark.slow), 60])
def test_the_command_on_a_full_disk_says_what_to_do_and_completes_when_there_is_room(
    pages: int, tmp_path: Path
):
    write_sources(tmp_path / "in")
    with mounted(tmp_path / "disk", f"size={pages * full_disk.PAGE}") as place:
        output = place / "output"
        arguments = (
            "run",
            tmp_path / "in",
            "--output",
            output,
            "--fields",
            "header",
            "--max-reject-share",
            "1",
        )

        done = dateline(*arguments)

        assert done.returncode == 3
        line, remedy = [each for each in done.stderr.decode().splitlines() if "[info " not in each]
        assert line.startswith(f"dateline: cannot write {output}/")
        assert line.endswith(
            ": No space left on device, wanted free space on the disk; committed data is kept, run again to continue"
        )
        assert remedy.startswith("What to do: ")
        grow(place)
        assert dateline(*arguments).returncode == 0
        state = json.loads(dateline("status", "--output", output, "--json").stdout)
        assert (state["tables"]["articles"]["rows"], state["tables"]["rejects"]["rows"]) == (3, 1)
