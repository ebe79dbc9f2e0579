"""Publishing: moves committed files to their final names in the order of the log, also after a crash."""

from __future__ import annotations

import re
import shutil

import orjson

from flows.errors import LostFile
from flows.write import disk
from flows.write.log import NAME, Commit, read_log
from flows.write.output import Output


def publish(output: Output, record: Commit) -> None:
    """Move the files of a commit to their final names, then set the watermark.

    It may be interrupted anywhere and repeated. A file is either staged or published, whole.

    Raises:
        LostFile: a committed file is neither.
    """
    folders = set()
    stage = output.stage / record.stage
    for file in record.files:
        target = output.root / file.path
        if not target.exists():
            disk.make_folder(target.parent)
            try:
                disk.rename(stage / file.staged, target)
            except FileNotFoundError:
                raise LostFile(file.path, "neither staged nor published", "one of the two") from None
        if target.stat().st_size != file.bytes:
            raise LostFile(file.path, f"{target.stat().st_size} bytes", f"{file.bytes} bytes")
        folders.add(target.parent)
    for folder in sorted(folders):
        disk.sync_folder(folder)
    _set_watermark(output, record.seq)
    if stage.exists():
        shutil.rmtree(stage)


def recover(output: Output) -> int:
    """Complete an interrupted run: publish what it committed, and remove the files that it did not commit.

    The caller holds the lock, so that no running process owns a staged file. Returns the sequence
    number of the last commit, 0 in a new output.
    """
    last = read_watermark(output)
    for record in read_log(output, after=last):
        publish(output, record)
        last = record.seq
    for folder in output.stage.iterdir():
        shutil.rmtree(folder)
    for left in (*output.spool.iterdir(), *output.log.iterdir()):
        if not (left.parent == output.log and NAME.fullmatch(left.name)):
            disk.remove(left)
    return last


def is_settled(output: Output) -> bool:
    """Return True if every commit is published and in the catalogue, and nothing is staged or spooled.

    False for a new output, and for one that was copied without its empty folders.
    """
    names = [path.name for path in output.log.iterdir()] if output.log.is_dir() else []
    last = max((int(name[:20]) for name in names if NAME.fullmatch(name)), default=0)
    return (
        0 < last == read_watermark(output)
        and all(map(NAME.fullmatch, names))
        and all(folder.is_dir() and not any(folder.iterdir()) for folder in (output.stage, output.spool))
        and _is_catalogued(output, last)
    )


def _is_catalogued(output: Output, last: int) -> bool:
    """Return True if the catalogue names the commit as the last; it does so before it lists the files."""
    if not output.catalog.exists():
        return False
    with output.catalog.open("rb") as catalog:
        return re.search(rb'"dateline:sequence":\s*%d\b' % last, catalog.read(4096)) is not None


def read_watermark(output: Output) -> int:
    """Return the last published sequence number: 0 where no commit was published."""
    if not output.watermark.exists():
        return 0
    seq: int = orjson.loads(output.watermark.read_bytes())["seq"]
    return seq


def _set_watermark(output: Output, seq: int) -> None:
    draft = output.state / "watermark.new"
    disk.write_new(draft, orjson.dumps({"seq": seq}))
    disk.rename(draft, output.watermark)
    disk.sync_folder(output.state)
