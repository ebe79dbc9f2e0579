"""Where things lie in an output folder, and who may write there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.errors import OutputBusy, WrongUse
from flows.write import disk

OWN_FILES = ("README.md", "views.sql", "datapackage.json", "lost+found")
"""Names that may stand in a new output: what `dateline schema --write` makes, and an empty disk has."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output folder. Tables lie beside `.dateline`, which holds what no reader looks at."""

    root: Path

    @property
    def state(self) -> Path:
        """All that is not a table."""
        return self.root / ".dateline"

    @property
    def log(self) -> Path:
        """The commit records: the only truth."""
        return self.state / "log"

    @property
    def stage(self) -> Path:
        """Files of batches that are not committed yet, or not published yet."""
        return self.state / "stage"

    @property
    def spool(self) -> Path:
        """Copies of the bytes that are being read."""
        return self.state / "spool"

    @property
    def watermark(self) -> Path:
        """How far the log is published: a hint that saves time, never a truth."""
        return self.state / "watermark.json"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            WrongUse: the output cannot be written, or holds files of another program.
        """
        self._refuse_foreign()
        try:
            for folder in (self.log, self.stage, self.spool):
                disk.make_folder(folder)
        except OSError as error:
            raise WrongUse(
                "--output", f"{self.root} ({error.strerror})", "a folder that can be written"
            ) from None
        if not os.access(self.state, os.W_OK):
            raise WrongUse("--output", f"{self.root} (no permission)", "a folder that can be written")

    def _refuse_foreign(self) -> None:
        if self.state.is_dir() or not self.root.is_dir():
            return
        foreign = sorted(
            path.name for path in self.root.iterdir() if path.name not in OWN_FILES and path.name[0] != "."
        )
        if foreign:
            raise WrongUse(
                "--output",
                f"{self.root}, which holds {', '.join(foreign[:3])}{', …' if len(foreign) > 3 else ''}",
                "a new or empty folder, or one that `dateline run` has written",
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs on this machine out until the end; a killed run holds nothing.

        The lock saves work and makes leftovers safe to sweep. That no batch is committed twice
        rests on the log alone.

        Raises:
            OutputBusy: another run is writing here.
        """
        with (self.state / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                raise OutputBusy(str(self.root), lock.read().strip() or "another run") from None
            lock.truncate(0)
            lock.write(f"process {os.getpid()}")
            lock.flush()
            yield
