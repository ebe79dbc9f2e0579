"""The words of a text with their grammar: part of speech, lemma, and the dependency tree of each sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A word or a punctuation mark of a sentence that was parsed.

    `tag` is a Penn Treebank tag and `dep` a dependency label of ClearNLP, as spaCy's English pipelines have them (`nsubjpass`, `dobj`,
    `pobj`, `agent`). `head` is the number of the token it depends on; the root of a tree depends on itself.
    """

    start: int
    end: int
    text: str
    lemma: str
    tag: str
    dep: str
    head: int


class Syntax:
    """The tokens of a text in reading order, numbered from 0; blanks, and sentences that were not parsed, have none.

    No tree spans two sentences.
    """

    __slots__ = ("_children", "_edges", "_starts", "tokens")

    def __init__(self, tokens: Sequence[Token] = ()) -> None:
        self.tokens = tuple(tokens)
        self._starts = [token.start for token in self.tokens]
        self._children: list[list[int]] | None = None
        self._edges: list[tuple[int, int]] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Syntax) and self.tokens == other.tokens

    def __hash__(self) -> int:
        return hash(self.tokens)

    def children(self, number: int) -> list[int]:
        """Return the tokens that depend on a token, in reading order."""
        if self._children is None:
            self._children = [[] for _ in self.tokens]
            for child, token in enumerate(self.tokens):
                if token.head != child:
                    self._children[token.head].append(child)
        return self._children[number]

    def edges(self, number: int) -> tuple[int, int]:
        """Return the numbers of the first and the last token of the subtree of a token."""
        if self._edges is None:
            self._edges = self._all_edges()
        return self._edges[number]

    def _all_edges(self) -> list[tuple[int, int]]:
        first, last = list(range(len(self.tokens))), list(range(len(self.tokens)))
        for number in self._leaves_first():
            head = self.tokens[number].head
            if first[number] < first[head]:
                first[head] = first[number]
            if last[number] > last[head]:
                last[head] = last[number]
        return list(zip(first, last, strict=True))

    def _leaves_first(self) -> list[int]:
        order = [number for number, token in enumerate(self.tokens) if token.head == number]
        for number in order:
            if children := self.children(number):
                order += children
        return order[::-1]

    def subtree(self, number: int) -> Iterator[int]:
        """Yield a token and all that depend on it, directly or not; in no certain order."""
        waiting = [number]
        while waiting:
            here = waiting.pop()
            yield here
            waiting.extend(self.children(here))

    def ancestors(self, number: int) -> Iterator[int]:
        """Yield the token that a token depends on, then that one's, up to the root of the tree."""
        while (head := self.tokens[number].head) != number:
            yield head
            number = head

    def at(self, offset: int) -> int | None:
        """Return the token that covers a code point, or None."""
        number = bisect_right(self._starts, offset) - 1
        return number if number >= 0 and offset < self.tokens[number].end else None

    def within(self, start: int, end: int) -> range:
        """Return the tokens that begin in a range of code points."""
        return range(bisect_left(self._starts, start), bisect_left(self._starts, end))

    def head_of(self, start: int, end: int) -> int | None:
        """Return the head of the words in a range: their first token that depends on none of the others. None if no token begins there."""
        numbers = self.within(start, end)
        return next(
            (n for n in numbers if self.tokens[n].head not in numbers or self.tokens[n].head == n), None
        )
