"""The parameters of a run, and which sources are new: compares the sources with the commit log.

It imports neither Prefect nor pyarrow nor the language model, so that a run with nothing new takes little time.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from time import perf_counter

from flows.addresses import is_address
from flows.errors import WrongUse
from flows.fetch.file_list import FileList
from flows.fetch.ledger import Ledger
from flows.fetch.local import FoundFile, find_files, folders_among, noting_vanished
from flows.fields import ALL, Fields, name_of
from flows.history.reading import read_history
from flows.records import NO_RULES, Rules, identify
from flows.report.summary import Summary
from flows.schema_versions import SCHEMA_VERSION
from flows.write.folder import FolderStore
from flows.write.output import Output
from flows.write.publish import is_settled


@dataclass(frozen=True, slots=True)
class Job:
    """The parameters of a run.

    `began` is recorded as `fetched_at`. `form` is the format to read every file in. `only_rejects` reads only
    the sources with refused dispatches again; `reread` reads every source again, whatever its size and times.
    `fields` are those that are extracted. `allow_private` permits sources at addresses of private networks.
    """

    sources: tuple[str, ...]
    output: Path | str
    workers: int
    began: datetime
    form: str | None = None
    rules: Rules = NO_RULES
    only_rejects: bool = False
    reread: bool = False
    model: str | None = None
    fields: Fields = ALL
    allow_private: bool = False

    def options(self) -> dict[str, str]:
        """Return the parameters besides sources and output, as the table `runs` stores them."""
        asked = {
            "workers": str(self.workers),
            **self.rules.options(self.form),
            "model": self.model,
            "fields": name_of(self.fields),
            "only_rejects": "true" if self.only_rejects else None,
            "reread": "true" if self.reread else None,
            "allow_private": "true" if self.allow_private else None,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(slots=True)
class Survey:
    """The files that the sources name, divided by what the ledger records about them.

    `file_count` counts those that are read if they are new, and `differing_count` those that are not, and were read with other `Rules.options` than
    the job has. `placed_seq` is the commit up to which articles are in stories;
    `has_unplaced` says that there are articles after it. `schema` is the version of the tables of the output. `erased` are the
    keys of what was erased.
    """

    ledger: Ledger
    placed_seq: int
    has_unplaced: bool
    file_count: int = 0
    differing_count: int = 0
    waiting: FileList = field(default_factory=FileList)
    left_out: FileList = field(default_factory=FileList)
    vanished: list[str] = field(default_factory=list)
    schema: int = SCHEMA_VERSION
    erased: frozenset[str] = frozenset()

    def summary(self, job: Job, head: int) -> Summary:
        """Return the summary of a run that has not read anything yet."""
        return Summary(
            run_id=identify(
                "run", job.began.isoformat(), platform.node(), os.getpid(), Output(job.output).uri, head
            ),
            output=str(job.output),
            source_count=self.file_count,
            differing_count=self.differing_count,
            left_out=[file.uri for file in self.left_out],
            vanished=self.vanished,
        )


def find_sources(job: Job) -> Iterator[FoundFile]:
    """Return the files that the sources name on this machine, ordered by uri.

    Raises:
        WrongUse: a source does not exist; at once, before the first file is asked for.
    """
    output = Output(job.output)
    outside = output.root if output.is_folder else None
    return find_files([each for each in job.sources if not is_address(each)], outside=outside)


def survey(
    job: Job,
    addressed: Sequence[FoundFile] = (),
    again: Collection[str] | None = None,
    *,
    until_new: bool = False,
) -> Survey:
    """Compare the files of the sources with the commit log, one after the other; `addressed` are those found at addresses.

    `again` limits them to sources that must be read again. With `until_new` it ends at the first file that is new.

    Raises:
        WrongUse: a source does not exist, or the output has other fields than the job.
    """
    history = read_history(Output(job.output))
    _refuse_other_fields(job, history.fields)
    ledger = history.ledger()
    has_unplaced = "stories" in job.fields and history.has_unplaced
    seen = Survey(ledger, history.placed_seq, has_unplaced, schema=history.schema, erased=history.erased())
    options = job.rules.options(job.form)
    found: Iterable[FoundFile] = find_sources(job)
    if again is None:
        known = chain.from_iterable(map(ledger.uris, folders_among(job.sources)))
        found = noting_vanished(found, known, seen.vanished)
    for file in chain(found, addressed):
        if file.is_left_out:
            seen.left_out.add(file)
        elif again is None or file.uri in again:
            seen.file_count += 1
            if again is not None or job.reread or ledger.stamp_of(file.uri) != file.stamp:
                seen.waiting.add(file)
                if until_new:
                    break
            elif options and (known_file := ledger.of(file.uri)) and known_file.options != options:
                seen.differing_count += 1
    return seen


def _refuse_other_fields(job: Job, has: str | None) -> None:
    """Raise WrongUse if the commits of the output have other fields: readers could not tell which article lacks which."""
    asked = name_of(job.fields)
    if has not in (None, asked):
        raise WrongUse(
            "--fields",
            f"{asked}, and {job.output} has {has}",
            f"--fields {has}, or another --output for {asked}",
        )


def refuse_wrong_use(job: Job) -> None:
    """Refuse sources and a folder that no run can use; imports nothing heavy, so that a typing error is told at once.

    Raises:
        WrongUse: a source does not exist, or the output holds files of another program.
    """
    find_sources(job)
    output = Output(job.output)
    if output.is_folder:
        FolderStore(output.root).refuse_foreign()


def nothing_new(job: Job) -> Summary | None:
    """Return the summary of a run that has nothing to read, or None where a run is needed.

    A run is needed to read a source, to request an address, to place articles into stories, and to complete an interrupted run.

    Raises:
        WrongUse: a source does not exist, or the output has other fields than the job.
    """
    began = perf_counter()
    output = Output(job.output)
    if job.only_rejects or job.reread or any(map(is_address, job.sources)) or not is_settled(output):
        return None
    seen = survey(job, until_new=True)
    if seen.waiting or seen.has_unplaced:
        return None
    summary = seen.summary(job, 0)
    summary.unchanged_count = seen.file_count
    summary.seconds["total"] = perf_counter() - began
    return summary
