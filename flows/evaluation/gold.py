"""Reads gold files: JSON lines, plain or gzipped, each a text with what should be found in it.

A line is `{"id", "corpus", "published", "text", "gold": {…}}`; spans are offsets in code points. `gold` has any of
`times`, `places`, `entities` (items with `start` and `end`);
`quotes` (`content`, `source`, `cue`: lists of spans; `type`; `source_text`);
`claims` (`effect`: a list; `lo`, `hi`; `optional`), with `number_in_text` false where the text lacks the number;
`killed`, `injured` (`[low, high]`), with `killed_number_in_text` false in the same way;
`events` (`code`: CAMEO or a PLOVER type; `source`, `target`: lists of items with `code`; `reciprocal`).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from flows.errors import WrongUse

PATTERNS = ("*.jsonl", "*.jsonl.gz")
MAGIC = b"\x1f\x8b"


def gold_files(folder: Path) -> list[Path]:
    """Return the gold files of a folder and those below it, by path."""
    return sorted(path for pattern in PATTERNS for path in folder.rglob(pattern))


def texts_of(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the lines that have a text and labels; labels without a text, as for a web page, are passed over.

    Raises:
        WrongUse: a line is not JSON, or a compressed file is damaged.
    """
    for number, line in enumerate(_content(path).splitlines(), 1):
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise WrongUse("--gold", f"{path}:{number}: {error}", "JSON lines") from None
        if (
            isinstance(document, dict)
            and isinstance(document.get("text"), str)
            and isinstance(document.get("gold"), dict)
        ):
            yield document


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise WrongUse("--gold", f"{path}: {error}", "a whole gzip file") from None
