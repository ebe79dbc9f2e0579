"""The log read through its checkpoints: which files are live, what is known of each source, what was erased."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any

from flows.commits import Input
from flows.fetch.ledger import Ledger
from flows.history.checkpoints import Checkpoint, open_checkpoints
from flows.history.records import erased_by, inputs_of, last_placed, last_signed, revised_among
from flows.schema_versions import SCHEMA_VERSION
from flows.write.log import Commit, LiveFiles, StagedFile, read_log, read_outline
from flows.write.output import Output


@dataclass(frozen=True, slots=True)
class History:
    """What the log adds up to: checkpoints, the oldest first, and the commits after them, without their inputs.

    `fields` names the fields of the output, None where nothing was ever committed; `schema` is the version of its tables.
    """

    output: Output
    checkpoints: Sequence[Checkpoint]
    after: Sequence[Commit]
    fields: str | None
    schema: int

    def ledger(self) -> Ledger:
        """Return what is known of each source; the inputs of the commits after the checkpoints are read now."""
        return Ledger(self._inputs_after(), checkpoints=self.checkpoints)

    def _inputs_after(self) -> Iterator[dict[str, Any]]:
        last = self.after[-1].seq if self.after else 0
        records = read_log(self.output, after=self.after[0].seq - 1) if self.after else iter(())
        return inputs_of(takewhile(lambda record: record.seq <= last, records))

    def files(self, up_to: int | None = None) -> list[tuple[int, StagedFile]]:
        """Return each live file with the number of its commit, in the order of the log: those that no generation has replaced.

        `up_to` leaves out later commits: those that are not published yet, or that a warehouse does not have.
        """
        live = LiveFiles()
        for each in self.checkpoints:
            if up_to is None or each.range.first <= up_to:
                each.add_files_to(live, up_to)
        for record in self.after:
            if up_to is None or record.seq <= up_to:
                live.add_record(record)
        return live.files()

    def erased(self) -> frozenset[str]:
        """Return the keys of all that was erased."""
        return frozenset(chain(*(each.range.erased for each in self.checkpoints), erased_by(self.after)))

    def revised(self) -> dict[str, int]:
        """Return the newest version of each source, and of each item of a feed, that has had more than one."""
        found: dict[str, int] = {}
        for each in self.checkpoints:
            found |= each.revised()
        return found | revised_among(Input(**each) for each in self._inputs_after())

    @property
    def placed_seq(self) -> int:
        """The number of the last commit that placed articles into stories, 0 for none."""
        return max(last_placed(self.after), *(each.range.placed_seq for each in self.checkpoints), 0)

    @property
    def has_unplaced(self) -> bool:
        """Whether articles were committed after that."""
        signed = max(last_signed(self.after), *(each.range.signed_seq for each in self.checkpoints), 0)
        return signed > self.placed_seq


def live_files(output: Output, up_to: int | None = None) -> list[tuple[int, StagedFile]]:
    """Return the files of an output that hold its rows, with the number of the commit of each, in the order of the log.

    This is the one answer to which files count: a generation takes the place of files of earlier commits. `up_to` is most often
    the watermark: a commit after it may not be published yet.

    Raises:
        LostFile: a damaged record of the log.
    """
    return read_history(output).files(up_to)


def read_history(output: Output) -> History:
    """Read the checkpoints, and the records of the log after them.

    Raises:
        LostFile: a damaged record of the log.
    """
    checkpoints = open_checkpoints(output)
    last = checkpoints[-1].range.last if checkpoints else 1
    # The record `last` itself too, which says what fields the output has.
    records = list(read_outline(output, after=last - 1))
    newest = records[-1] if records else None
    return History(
        output,
        checkpoints,
        records[1:] if checkpoints else records,
        newest.fields if newest else None,
        newest.schema if newest else SCHEMA_VERSION,
    )
