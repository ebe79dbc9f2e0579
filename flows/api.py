"""Dateline as a library: `from flows import run, annotate, load, verify, to_pandas`.

Each function does what the command of its name does, and imports what it needs when it is called (decision 0011).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from multiprocessing import current_process
from typing import TYPE_CHECKING, Any, Literal

from flows.addresses import is_unicode, path_or_address, secrets_apart
from flows.errors import WrongUse
from flows.fields import fields_named
from flows.records import MAX_REJECT_SHARE, Rules
from flows.secret_blocks import resolve

if TYPE_CHECKING:
    # Each brings libraries that the other functions do without.
    import pandas as pd

    from flows.generations.rewriting import Changed
    from flows.report.summary import Summary
    from flows.warehouse.load import LoadSummary
    from flows.warehouse.verify import Verification

PathLike = str | os.PathLike[str]


def run(
    sources: PathLike | Iterable[PathLike],
    output: PathLike = "output",
    *,
    targets: Sequence[str] = (),
    format: str | None = None,  # noqa: A002  # named as on the command line
    date_order: Literal["dmy", "mdy"] | None = None,
    repair: bool = False,
    columns: Mapping[str, str] | None = None,
    only_rejects: bool = False,
    reread: bool = False,
    max_reject_share: float = MAX_REJECT_SHARE,
    model: str | None = None,
    fields: str = "all",
    workers: int | None = None,
    engine: Literal["processes", "dask"] = "processes",
    scheduler: str | None = None,
    fetched_at: datetime | None = None,
    allow_private: bool = False,
) -> Summary:
    """Read what is new under the sources, commit its rows under the output, and load the targets.

    The options are those of `dateline run`. `fetched_at` is recorded as the instant of the fetch, and has
    a zone. `allow_private` permits addresses of private networks and of this machine, which are refused otherwise;
    user, password and secret parameters of an address are sent to its server, and are part of no row, log or message.
    What failed is named in `Summary.failures`; nothing of a failed batch is committed. Rejected dispatches raise nothing: compare `Summary.reject_share()`. With a Prefect server in the settings
    (PREFECT_API_URL) a run that has something to read is reported there; else no server and no socket is used.

    The worker processes import the calling script. In a script the call must be below
    `if __name__ == "__main__":`, or in a function that is called from there:

        from flows import run

        if __name__ == "__main__":
            print(run("seeds", "output").article_count)

    Raises:
        WrongUse: a source that does not exist, an option of a wrong value, an output that cannot be written,
            or a call at the top level of a script.
        OutputBusy: another run is writing to the output.
        DiskFull: there is no room for a file of the output; what is committed stays.
        WorkerDied: a worker process has ended before its work, or could not start; what is committed stays.
        ClusterLost: the Dask scheduler does not answer, or has ended; what is committed stays.
        BatchFailed: under a Prefect server, a run with failures.
    """
    if getattr(current_process(), "_inheriting", False):
        # As Python's own check has it: this is a worker that is starting, and imports the script.
        raise WrongUse(
            "flows.run", "a call at the top of a script", 'the call below `if __name__ == "__main__":`'
        )
    named = _named(sources)
    if not named:
        raise WrongUse("sources", "none", "at least one file, folder, glob or address")
    for what, each in (*(("source", each) for each in named), ("output", os.fspath(output))):
        if not is_unicode(each):
            raise WrongUse(what, each, "a name in UTF-8; files of any name are read from their folder")
    with (
        secrets_apart(map(resolve, named)) as public,
        secrets_apart(map(resolve, targets)) as public_targets,
    ):
        return _run(
            tuple(public),
            output,
            targets=public_targets,
            format=format,
            date_order=date_order,
            repair=repair,
            columns=dict(columns or {}),
            only_rejects=only_rejects,
            reread=reread,
            max_reject_share=max_reject_share,
            model=model,
            fields=fields,
            workers=workers,
            engine=engine,
            scheduler=scheduler,
            fetched_at=fetched_at or datetime.now(UTC),
            allow_private=allow_private,
        )


def _run(
    sources: tuple[str, ...],
    output: PathLike,
    *,
    targets: list[str],
    format: str | None,  # noqa: A002  # named as on the command line
    date_order: Literal["dmy", "mdy"] | None,
    repair: bool,
    columns: dict[str, str],
    only_rejects: bool,
    reread: bool,
    model: str | None,
    fields: str,
    engine: str,
    fetched_at: datetime,
    **asked: Any,
) -> Summary:
    """Run with addresses that lack their secrets."""
    from flows.survey import Job, nothing_new, refuse_wrong_use  # noqa: PLC0415  # start-up

    job = Job(
        sources,
        path_or_address(output),
        1,
        fetched_at,
        form=format,
        rules=Rules(date_order=date_order, repairs=repair, columns=columns),
        only_rejects=only_rejects,
        reread=reread,
        fields=fields_named(fields),
    )
    refuse_wrong_use(job)
    summary = None if targets else nothing_new(job)
    if summary is not None:
        return summary
    from flows.workers import fork_server  # noqa: PLC0415  # start-up

    # Before Prefect is imported, which takes as long as the model.
    with fork_server(model, job.fields) if engine == "processes" else nullcontext():
        from flows.alone import run_ingest  # noqa: PLC0415  # start-up

        return run_ingest(
            sources=list(sources),
            output=os.fspath(output),
            targets=targets,
            format=format,
            date_order=date_order,
            repair=repair,
            columns=columns,
            only_rejects=only_rejects,
            reread=reread,
            model=model,
            fields=fields,
            engine=engine,
            fetched_at=fetched_at,
            **asked,
        )


def _named(sources: PathLike | Iterable[PathLike]) -> tuple[str, ...]:
    if isinstance(sources, (str, os.PathLike)):
        return (os.fspath(sources),)
    return tuple(os.fspath(source) for source in sources)


def annotate(
    texts: Iterable[str | Mapping[str, Any]],
    *,
    published: date | str | None = None,
    model: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the annotations of each text, in order, as `dateline annotate` prints them.

    A text is a string, or a mapping with `text`, and `id` and `published` if they are known. The id of a
    string is its number, from 0. `published` is the day of publication, a date or ISO 8601, of each text
    that states none: without it `on Monday` has no date. Offsets are half-open ranges of code points in the text
    as given.

    A dict has `id`, `language`, `sentences`, `times`, `places`, `entities`, `nominals` and `quotes`. A text that
    cannot be read gives `{"id", "error": {"code", "why"}}` and raises nothing. The first text is answered
    when it is there; later ones are read in batches of 2, 4 and up to 64.

    Raises:
        BrokenModel: the language model is not installed, or not as it should be.
    """
    from flows.annotation import annotate_texts  # noqa: PLC0415  # start-up
    from flows.reference import load_reference  # noqa: PLC0415  # start-up

    def asked() -> Iterator[Any]:
        for number, text in enumerate(texts):
            if isinstance(text, str):
                yield {"id": number, "text": text, "published": published}
            elif isinstance(text, Mapping) and text.get("published") is None:
                yield {**text, "published": published}
            else:
                yield text

    return annotate_texts(asked(), load_reference(model))


def enrich(
    output: PathLike = "output",
    *,
    fields: str | None = None,
    model: str | None = None,
    workers: int | None = None,
    keep: timedelta = timedelta(days=7),
) -> Changed:
    """Extract the fields of all committed articles anew, and replace their rows at once; the sources are not read.

    The options are those of `dateline enrich`. As with `run`, the call in a script is below `if __name__ == "__main__":`.

    Raises:
        WrongUse: no output there, one on an object store, or fewer fields than it has.
        OutputBusy: a run is writing there.
        LostFile: a file is not as it was committed; nothing was changed.
        WorkerDied: a worker process has ended; nothing was changed.
    """
    from flows.enrichment import enrich_with_workers  # noqa: PLC0415  # start-up

    wanted = None if fields is None else fields_named(fields)
    return enrich_with_workers(path_or_address(output), wanted, model, workers, keep)


def load(target: str, output: PathLike = "output") -> LoadSummary:
    """Load what is committed, and not in the target yet, into a warehouse, each commit once.

    A target is `duckdb:///FILE`, `postgresql://user@host/database`, `clickhouse:///FOLDER` or
    `delta:FOLDER`. A load that is stopped and started again ends as one that was not.

    Raises:
        WrongUse: no such kind of target, or a folder that holds no output.
        LostFile: a file that is not as it was committed.
        RowsDiffer: the target counts other rows than were committed; nothing of its transaction is kept.
        ForeignTarget, TargetAhead, TargetSchemaDiffers: the target holds something else; it is not changed.
        TargetBusy, TargetFailed: the database refuses or breaks off; what is marked stays.
        MissingLibrary: the target needs an extra that is not installed.
    """
    from flows.warehouse.load import load as load_committed  # noqa: PLC0415  # start-up

    return load_committed(path_or_address(output), resolve(target))


def verify(output: PathLike = "output", target: str | None = None) -> Verification:
    """Compare each published file with the commit log, and a target with the files; nothing is changed.

    `Verification.differences` has a line for each difference, and is empty where there is none.

    Raises:
        WrongUse: no output there, or no such target.
        ForeignTarget, TargetAhead, TargetBusy, TargetFailed: the target cannot be compared.
    """
    from flows.warehouse.verify import verify as verify_output  # noqa: PLC0415  # start-up

    return verify_output(path_or_address(output), resolve(target) if target else None)


def to_pandas(
    table: str,
    output: PathLike = "output",
    *,
    latest: bool = False,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the committed rows of a table as a data frame, in the order of their commits.

    The columns are those of output/README.md, the partition last, or `columns` in that order. Types are
    those of Arrow (`pandas.ArrowDtype`): nulls stay nulls, instants are in UTC, lists and maps stay nested.
    A column that is younger than a file is null in its rows.

    With `latest`, the rows of the newest version of each source only, as the views `<table>_latest` have
    them; `runs` and `loads` have one version of each row.

    Raises:
        WrongUse: no such table or column, or a folder that holds no output.
        LostFile: a file is missing, damaged, or written by a newer version of Dateline.
    """
    from flows.warehouse.frames import read_frame  # noqa: PLC0415  # start-up

    return read_frame(path_or_address(output), table, latest=latest, columns=columns)
