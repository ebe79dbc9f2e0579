"""Large inputs, made of sentences of `ratios.corpus`: the same bytes for the same size."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from tests.bench.ratios import corpus

PARAGRAPHS = 20_000
"""Different paragraphs, of which every text is put together."""

BLOCK = 1 << 20
FIRST_DAY = date(2001, 1, 1)
FILES_IN_FOLDER = 10_000


class Texts:
    """Texts of random paragraphs, dated in the order in which an archive has them."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = random.Random(seed)  # noqa: S311  # texts, not secrets
        self._paragraphs = [corpus.text_of(self._rng, 40) for _ in range(PARAGRAPHS)]

    def text(self, size: int) -> str:
        """Return a text of about so many characters; half of them are shorter than two thirds of it."""
        wanted = max(100, int(self._rng.expovariate(1 / size)))
        found: list[str] = []
        while wanted > 0:
            found.append(self._rng.choice(self._paragraphs))
            wanted -= len(found[-1])
        return "\n\n".join(found)


def day_of(share: float) -> date:
    """Return the day of a dispatch by its place in the archive, 0 to 1: two years."""
    return FIRST_DAY + timedelta(days=int(730 * share))


def json_lines(size: int, text_size: int) -> Iterator[bytes]:
    """Yield JSON lines of so many bytes in all."""
    texts = Texts()
    done = number = 0
    while done < size:
        line = json.dumps(
            {"id": f"made/{number}", "published": str(day_of(done / size)), "title": f"Report {number}", "text": texts.text(text_size)}
        ).encode() + b"\n"  # fmt: skip
        yield line
        done += len(line)
        number += 1


def messages(size: int, text_size: int) -> Iterator[bytes]:
    """Yield messages of an mbox of so many bytes in all."""
    texts = Texts(1)
    done = number = 0
    while done < size:
        day = day_of(done / size)
        text = texts.text(text_size)
        message = (
            f"From desk@made.example {day:%a %b %d} 09:00:00 {day:%Y}\nFrom: desk@made.example\nDate: {day:%a, %d %b %Y} 09:00:00 +0000\n"
            f"Message-ID: <{number}@made.example>\nSubject: Report {number}\n\n{text}\n\n"
        ).encode()
        yield message
        done += len(message)
        number += 1


def write_stream(pieces: Iterator[bytes], path: Path, *, packed: bool = False) -> Path:
    """Write pieces into a file, compressed by gzip if `packed`."""
    with gzip.open(path, "wb", compresslevel=1) if packed else path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    return path


def write_one_line(path: Path, size: int) -> Path:
    """Write one line of so many bytes, which is no dispatch."""
    words = b"The road near the border was closed again, and nobody said until when. "
    with path.open("wb") as file:
        for _ in range(size // BLOCK):
            file.write((words * (BLOCK // len(words) + 1))[:BLOCK])
    return path


def write_files(folder: Path, first: int, count: int) -> Path:
    """Write small files, a dispatch in each, FILES_IN_FOLDER in a folder."""
    texts = Texts(2)
    for number in range(first, first + count):
        part = folder / f"{number // FILES_IN_FOLDER:04d}"
        if number == first or number % FILES_IN_FOLDER == 0:
            part.mkdir(parents=True, exist_ok=True)
        day = day_of((number % 1_000_000) / 1_000_000)
        (part / f"{number:08d}.txt").write_text(f"date {day} {texts.text(300)}\n")
    return folder
