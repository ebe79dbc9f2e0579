"""Text with marked parts, as `explain` shows it. It imports nothing, since every command prints through `terminal.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Words that a row names: `number`, `claimant`, `cue`. Offsets into the text of the article."""

    name: str
    start: int
    end: int
    words: str

    def __str__(self) -> str:
        return f"{self.name} [{self.start}:{self.end}]: {self.words}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the names of the parts that it belongs to, the longest first; none for the text around them."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """Text with marked parts. As a string: `[[15]{number} soldiers]{claim} were killed`."""

    pieces: tuple[Piece, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parts in reading order."""
        return tuple(dict.fromkeys(name for piece in self.pieces for name in piece.names))

    def __str__(self) -> str:
        text = ""
        open_: tuple[str, ...] = ()
        for piece in (*self.pieces, Piece("", ())):
            kept = 0
            while kept < min(len(open_), len(piece.names)) and open_[kept] == piece.names[kept]:
                kept += 1
            text += "".join(f"]{{{name}}}" for name in reversed(open_[kept:]))
            text += "[" * (len(piece.names) - kept) + piece.text
            open_ = piece.names
        return text
