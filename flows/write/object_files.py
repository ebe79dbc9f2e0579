"""The objects of an output as pyarrow reads them: by ranges, each of which is checked to be whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

if TYPE_CHECKING:
    from flows.write.objects import ObjectStore

ROOT = "output"
"""What stands for the root of the output in paths."""


class ObjectFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The objects below the prefix of an output, to be read. A folder is what objects have in common before a slash."""

    protocol = "dateline"
    cachable = False

    def __init__(self, store: ObjectStore) -> None:
        super().__init__()
        self._store = store

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Return name, size and type of a file or folder.

        Raises:
            FileNotFoundError: there is neither.
        """
        size = self._store.size(_name(path))
        if size is not None:
            return {"name": path, "size": size, "type": "file"}
        if self._store.names(_name(path)):
            return {"name": path, "size": 0, "type": "directory"}
        raise FileNotFoundError(path)

    def find(self, path: str, maxdepth: int | None = None, withdirs: bool = False, **_: Any) -> Any:
        """Return all files below a folder, by path."""
        del maxdepth, withdirs
        found = self._store.sizes(_name(path))
        return {
            f"{ROOT}/{name}": {"name": f"{ROOT}/{name}", "size": size, "type": "file"}
            for name, size in found.items()
        }

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **options: Any) -> Any:
        del options
        return _ObjectFile(self, path, mode, block_size or "default", size=self.info(path)["size"])

    def range_of(self, path: str, start: int, end: int) -> bytes:
        """Return a range of the bytes of a file."""
        return self._store.read(_name(path), start, end)


class _ObjectFile(AbstractBufferedFile):  # type: ignore[misc]
    """A file whose ranges are requested as they are read."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        data: bytes = self.fs.range_of(self.path, start, end)
        return data


def _name(path: str) -> str:
    return path.strip("/").removeprefix(ROOT).strip("/")
