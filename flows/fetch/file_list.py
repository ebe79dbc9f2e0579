"""Found files by the million: kept packed, in blocks, in the order in which they were added."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import orjson

from flows.fetch.local import FoundFile

BLOCK_FILES = 1000
"""Files of a block. A packed file takes about 40 bytes, one that is a Python object 400."""


class FileList:
    """Files that can be read again and again; of one reading, the files of a block exist at a time."""

    def __init__(self, files: Iterable[FoundFile] = ()) -> None:
        """Take the first files."""
        self._blocks: list[bytes] = []
        self._last: list[FoundFile] = []
        self._count = 0
        self.byte_count = 0
        """The sum of the sizes that are known."""
        for file in files:
            self.add(file)

    def add(self, file: FoundFile) -> None:
        """Add a file after the others."""
        self._last.append(file)
        self._count += 1
        self.byte_count += max(0, file.size)
        if len(self._last) == BLOCK_FILES:
            rows = [[getattr(each, name) for name in FoundFile.__slots__] for each in self._last]
            self._blocks.append(zlib.compress(orjson.dumps(rows), 1))
            self._last = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[FoundFile]:
        for block in self._blocks:
            for row in orjson.loads(zlib.decompress(block)):
                yield FoundFile(*row)
        yield from self._last
