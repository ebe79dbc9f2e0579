"""The layout of an output, and the lock that one writer holds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from flows.addresses import is_address
from flows.write.store import (
    CATALOG,
    GENERATED_BY,
    LOG,
    SPOOL,
    STAGE,
    STATE,
    WATERMARK,
    Store,
    store_at,
    wrong_output,
)

__all__ = ["GENERATED_BY", "Output"]


@dataclass(frozen=True, slots=True)
class Output:
    """An output: a folder for each table, and `.dateline`, which readers ignore.

    `address` is the path of a folder, or the address of a prefix of an object store such as `s3://bucket/news`.
    """

    address: Path | str

    @property
    def store(self) -> Store:
        """Where its files are."""
        return store_at(self.address)

    @property
    def uri(self) -> str:
        """What identifies it: an absolute path, or an address."""
        return self.store.uri

    @property
    def is_folder(self) -> bool:
        """Return True if it is a folder of this machine."""
        return isinstance(self.address, Path) or not is_address(self.address)

    @property
    def root(self) -> Path:
        """The folder.

        Raises:
            WrongUse: it is on an object store.
        """
        if not self.is_folder:
            raise wrong_output(
                str(self.address),
                "a folder",
            )
        return Path(self.address)

    @property
    def state(self) -> Path:
        """All that is not a table."""
        return self.root / STATE

    @property
    def log(self) -> Path:
        """The commit records: the only truth."""
        return self.root / LOG

    @property
    def stage(self) -> Path:
        """Files of batches that are not committed yet, or not published yet."""
        return self.root / STAGE

    @property
    def spool(self) -> Path:
        """Copies of the bytes that are being read."""
        return self.root / SPOOL

    @property
    def watermark(self) -> Path:
        """How far the log is published: a hint that saves time, never a truth."""
        return self.root / WATERMARK

    @property
    def catalog(self) -> Path:
        """The tables and their files for other programs: made from the log, and never read for a commit."""
        return self.root / CATALOG

    def prepare(self) -> None:
        """Make the output where there is none.

        Raises:
            WrongUse: the output cannot be written, or holds files of another program.
        """
        self.store.prepare()

    def locked(self) -> AbstractContextManager[None]:
        """Keep other runs out until the end.

        Raises:
            OutputBusy: another run is writing here.
        """
        return self.store.locked()
