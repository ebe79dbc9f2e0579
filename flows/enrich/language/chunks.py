"""Tokenize texts by their chunks: what stands between two blanks is tokenized once and looked up from then on.

The tokens of a chunk do not depend on its text, with one exception: special cases such as `:)` are looked for in the whole text. Chunks
whose tokens may be part of one together, as in `: )`, are looked up as one chunk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flows.enrich.language.features import FEATURES, WordFeatures
from flows.enrich.language.growing import GrowingArray
from flows.enrich.language.rules import CHUNK, RuleToken, RuleTokenizer

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Tokens(NamedTuple):
    """The tokens of several texts, one after the other.

    `types` are numbers of `Types`, `spaces` says whether a space follows, `starts` counts characters from the beginning of the first
    text on. `ends` holds the number of tokens up to the end of each text.
    """

    types: Ints
    spaces: Flags
    starts: Ints
    ends: Ints


class Types:
    """The distinct pairs of form and norm among tokens. Special cases have norms of their own: `'d` is `would` in `I'd`."""

    def __init__(self, features: WordFeatures) -> None:
        """Take what computes the features of words."""
        self._word_features = features
        self._numbers: dict[RuleToken, int] = {}
        self.texts: list[str] = []
        self._features = GrowingArray(np.uint64, len(FEATURES))
        self._lengths = GrowingArray(np.int64)
        self._plain = GrowingArray(np.int64)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def features(self) -> npt.NDArray[np.uint64]:
        """The FEATURES of each type."""
        return self._features.view

    @property
    def lengths(self) -> Ints:
        """The number of characters of each type."""
        return self._lengths.view

    @property
    def plain(self) -> Ints:
        """The type of the same form that is no special case, for each type; mostly itself."""
        return self._plain.view

    @property
    def are_blank(self) -> Flags:
        """Whether a type consists of blanks."""
        return np.asarray(self.features[:, -1] != 0)

    def numbers(self, tokens: Sequence[RuleToken]) -> list[int]:
        """Return the type of each token; new types are added."""
        found = list(map(self._numbers.get, tokens))
        if None in found:
            self._add(
                dict.fromkeys(token for token, number in zip(tokens, found, strict=True) if number is None)
            )
        return [self._numbers[token] for token in tokens]

    def _add(self, tokens: Iterable[RuleToken]) -> None:
        first = len(self.texts)
        features: list[tuple[int, ...]] = []
        plain: list[int] = []
        for token in tokens:
            usual = self._word_features.norm(token.text)
            # A form that has only occurred in a special case is added as it is outside of one, too.
            forms = [(RuleToken(token.text), usual)]
            if token.norm is not None:
                forms.append((token, token.norm))
            for form, norm in forms:
                if form not in self._numbers:
                    self._numbers[form] = len(self.texts)
                    self.texts.append(token.text)
                    features.append(self._word_features.of(token.text, norm))
                    plain.append(self._numbers[forms[0][0]])
        self._features.extend(np.array(features, dtype=np.uint64))
        self._lengths.extend(list(map(len, self.texts[first:])))
        self._plain.extend(plain)


class ChunkTokenizer:
    """Tokenizes texts as a spaCy tokenizer does."""

    def __init__(self, tokenizer: RuleTokenizer, features: WordFeatures) -> None:
        """Take what tokenizes new chunks, and what computes the features of new words."""
        self._tokenizer = tokenizer
        self._features = features
        self._cases = _SpecialCases(tokenizer.patterns)
        self.clear()

    def clear(self) -> None:
        """Forget all chunks and types."""
        self.types = Types(self._features)
        self._numbers: dict[str, int] = {}
        # Of each chunk: its first token among the tokens of all chunks, and how many tokens and characters it has.
        self._firsts = GrowingArray(np.int64)
        self._counts = GrowingArray(np.int64)
        self._chars = GrowingArray(np.int64)
        # What it may add to a special case that spans chunks.
        self._opens = GrowingArray(np.bool_)
        self._closes = GrowingArray(np.bool_)
        self._sides: dict[int, tuple[Collection[str], Collection[str]]] = {}
        # Of each token of a chunk.
        self._types = GrowingArray(np.int64)
        self._spaces = GrowingArray(np.bool_)
        self._offsets = GrowingArray(np.int64)

    def __len__(self) -> int:
        return len(self._numbers)

    def tokens_of(self, texts: Sequence[str]) -> Tokens:
        """Tokenize texts."""
        chunks: list[str] = []
        ends = []
        for text in texts:
            chunks += CHUNK.findall(text)
            ends.append(len(chunks))
        numbers = self._looked_up(chunks)
        if joints := self._joints(numbers, ends):
            numbers, ends = self._joined(chunks, numbers, ends, joints)
        counts = self._counts.view[numbers]
        chars = self._chars.view[numbers]
        total = counts.cumsum()
        size = int(total[-1]) if len(total) else 0
        # The tokens of a chunk lie side by side: the n-th token of the texts is at n plus the same shift in each chunk.
        at = np.repeat(self._firsts.view[numbers] - total + counts, counts) + np.arange(size)
        return Tokens(
            self._types.view[at],
            self._spaces.view[at],
            self._offsets.view[at] + np.repeat(chars.cumsum() - chars, counts),
            np.concatenate([[0], total])[ends],
        )

    def _looked_up(self, chunks: Sequence[str]) -> Ints:
        """Return the number of each chunk; tokenize those that are new."""
        numbers = list(map(self._numbers.get, chunks))
        if None in numbers:
            new = [at for at, number in enumerate(numbers) if number is None]
            self._add(dict.fromkeys(chunks[at] for at in new))
            for at in new:
                numbers[at] = self._numbers[chunks[at]]
        return np.array(numbers, dtype=np.int64)

    def _add(self, chunks: Collection[str]) -> None:
        """Tokenize new chunks."""
        tokens: list[RuleToken] = []
        spaces: list[bool] = []
        offsets: list[int] = []
        counts: list[int] = []
        for chunk in chunks:
            of_chunk, followed = self._tokenizer.tokens_of(chunk)
            lengths = [len(token.text) + space for token, space in zip(of_chunk, followed, strict=True)]
            tokens += of_chunk
            spaces += followed
            offsets += accumulate(lengths[:-1], initial=0)
            counts.append(len(of_chunk))
        sizes = np.array(counts, dtype=np.int64)
        self._firsts.extend(len(self._types) + sizes.cumsum() - sizes)
        self._counts.extend(sizes)
        self._chars.extend(list(map(len, chunks)))
        self._types.extend(self.types.numbers(tokens))
        self._spaces.extend(spaces)
        self._offsets.extend(offsets)
        self._add_sides(chunks, sizes)

    def _add_sides(self, chunks: Collection[str], counts: Ints) -> None:
        """Number chunks whose tokens were stored, and store what they may add to a special case that spans chunks."""
        first = len(self._numbers)
        self._numbers.update(zip(chunks, range(first, first + len(chunks)), strict=True))
        texts = self.types.texts
        firsts = self._firsts.view[first:]
        begins, lasts = (self._types.view[at].tolist() for at in (firsts, firsts + counts - 1))
        opens, closes = [], []
        for number, chunk, begin, last in zip(
            range(first, len(self._numbers)), chunks, begins, lasts, strict=True
        ):
            # The space at the end of a chunk is part of no token.
            before, after = self._cases.sides(chunk.rstrip(" ") or chunk, texts[begin], texts[last])
            opens.append(bool(before))
            closes.append(bool(after))
            if before or after:
                self._sides[number] = before, after
        self._opens.extend(opens)
        self._closes.extend(closes)

    def _joints(self, numbers: Ints, ends: Sequence[int]) -> list[int]:
        """Return the chunks that may be part of a special case together with the chunk before, in order."""
        beside = self._opens.view[numbers[:-1]] & self._closes.view[numbers[1:]]
        first_chunks = set(ends)
        return [
            at
            for at in (np.flatnonzero(beside) + 1).tolist()
            if at not in first_chunks
            and self._cases.joins(self._sides[int(numbers[at - 1])][0], self._sides[int(numbers[at])][1])
        ]

    def _joined(
        self, chunks: Sequence[str], numbers: Ints, ends: Sequence[int], joints: Sequence[int]
    ) -> tuple[Ints, list[int]]:
        """Join each of some chunks to the chunk before; return the numbers of the chunks and the ends of the texts among them."""
        joined: dict[int, str] = {}
        first = last = -1
        for at in joints:
            if at - 1 != last:
                first = at - 1
                joined[first] = chunks[first]
            joined[first] += chunks[at]
            last = at
        numbers[list(joined)] = self._looked_up(list(joined.values()))
        return np.delete(numbers, joints), [end - bisect_left(joints, end) for end in ends]


class _SpecialCases:
    """The special cases of a tokenizer that it looks for among the tokens of a text: those of several tokens."""

    def __init__(self, patterns: Mapping[tuple[str, ...], str]) -> None:
        """Take the special cases by their tokens."""
        self._tokens = {case: words for words, case in patterns.items() if len(words) > 1}
        self._pairs = {pair for words in self._tokens.values() for pair in pairwise(words)}
        self._lefts = {left for left, _ in self._pairs}
        self._rights = {right for _, right in self._pairs}
        # By the character that a chunk must begin or end with, which rules nearly all chunks out.
        self._by_first = _grouped(self._tokens, 0)
        self._by_last = _grouped(self._tokens, -1)

    def sides(self, chunk: str, first: str, last: str) -> tuple[Collection[str], Collection[str]]:
        """Return the tokens that may end and may begin a chunk before special cases are applied, if they are within one.

        `first` and `last` are its tokens at its ends afterwards.
        """
        lasts, firsts = {last}, {first}
        if (cases := self._by_last.get(chunk[-1])) and chunk.endswith(cases):
            lasts.update(self._tokens[case][-1] for case in cases if chunk.endswith(case))
        if (cases := self._by_first.get(chunk[0])) and chunk.startswith(cases):
            firsts.update(self._tokens[case][0] for case in cases if chunk.startswith(case))
        return lasts & self._lefts, firsts & self._rights

    def joins(self, lasts: Collection[str], firsts: Collection[str]) -> bool:
        """Return True if one of the tokens before may be followed by one of the tokens after in a special case."""
        return any((last, first) in self._pairs for last in lasts for first in firsts)


def _grouped(cases: Iterable[str], at: int) -> dict[str, tuple[str, ...]]:
    """Return the cases by their character at a position."""
    groups: dict[str, tuple[str, ...]] = {}
    for case in cases:
        groups[case[at]] = (*groups.get(case[at], ()), case)
    return groups
