"""Tokenize texts by their chunks: what stands between two blanks is tokenized once and looked up from then on.

spaCy's tokenizer splits a text at its blanks and each chunk by rule, so that the tokens of a chunk do not depend on its text, with one
exception: after that, it looks in the whole text for the tokens of special cases such as `:)`. Chunks whose tokens may be part of one
together, as in `: )`, are looked up as one chunk.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flows.enrich.language.growing import GrowingArray

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CHUNK = re.compile(r"\S+ ?|\s+")
"""A chunk with the space that ends it, or other blanks. Every character of a text is in one."""

SEPARATOR = "\n"
"""Between chunks that are tokenized together. It is a token of its own and part of no special case of several tokens."""

TYPE_FEATURES = ("NORM", "PREFIX", "SUFFIX", "SHAPE", "IS_SPACE")
"""What embeddings may know of a type. They may also know whether a space follows a token, which differs from token to token."""


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

    def __init__(self, vocab: Any, document_class: Any) -> None:
        """Take the vocabulary of a pipeline, and spaCy's class of documents."""
        self._vocab = vocab
        self._doc = document_class
        self._numbers: dict[tuple[int, int], int] = {}
        self.texts: list[str] = []
        self._features = GrowingArray(np.uint64, len(TYPE_FEATURES))
        self._lengths = GrowingArray(np.int64)
        self._plain = GrowingArray(np.int64)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def features(self) -> npt.NDArray[np.uint64]:
        """The TYPE_FEATURES of each type."""
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

    def numbers(self, forms: npt.NDArray[np.uint64], features: npt.NDArray[np.uint64]) -> list[int]:
        """Return the type of each form with its features; new types are added."""
        keys = list(zip(forms.tolist(), features[:, 0].tolist(), strict=True))
        new = {key: at for at, key in enumerate(keys) if key not in self._numbers}
        if new:
            self._add(list(new), features[list(new.values())])
        return [self._numbers[key] for key in keys]

    def _add(self, keys: list[tuple[int, int]], features: npt.NDArray[np.uint64]) -> None:
        first = len(self.texts)
        norms = (
            self._doc(self._vocab, words=[form for form, _ in keys]).to_array(["NORM"]).reshape(-1).tolist()
        )
        plain = [(form, norm) for (form, _), norm in zip(keys, norms, strict=True)]
        # A form that has only occurred in a special case is added as it is outside of one, too.
        own = set(keys)
        others = {key: at for at, key in enumerate(plain) if key not in own and key not in self._numbers}
        features = np.concatenate([features, features[list(others.values())]])
        features[len(keys) :, 0] = [norm for _, norm in others]
        keys = [*keys, *others]
        self._numbers.update(zip(keys, range(first, first + len(keys)), strict=True))
        self.texts += [self._vocab.strings[form] for form, _ in keys]
        self._features.extend(features)
        self._lengths.extend(list(map(len, self.texts[first:])))
        self._plain.extend([self._numbers[key] for key in (*plain, *others)])


class ChunkTokenizer:
    """Tokenizes texts as a spaCy tokenizer does."""

    def __init__(self, tokenizer: Any) -> None:
        """Take the tokenizer of a pipeline. It must not be changed afterwards."""
        self._tokenizer = tokenizer
        self._cases = _SpecialCases(tokenizer)
        self.clear()

    def clear(self) -> None:
        """Forget all chunks and types."""
        self.types = Types(self._tokenizer.vocab, type(self._tokenizer("")))
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

    def _add(self, chunks: Iterable[str]) -> None:
        """Tokenize new chunks."""
        blank: list[str] = []
        words: list[str] = []
        for chunk in chunks:
            (blank if chunk.isspace() else words).append(chunk)
        for chunk in blank:
            self._add_tokenized([chunk], self._tokenizer(chunk))
        if words:
            self._add_tokenized(words, self._tokenizer(SEPARATOR.join(words)))

    def _add_tokenized(self, chunks: Sequence[str], document: Any) -> None:
        """Store chunks from the document of all of them with SEPARATOR between them."""
        rows = document.to_array(["ORTH", "SPACY", "IDX", *TYPE_FEATURES])
        starts = np.cumsum([0, *(len(chunk) + len(SEPARATOR) for chunk in chunks)])
        # The first token of each chunk, and the number of all tokens.
        bounds = rows[:, 2].astype(np.int64).searchsorted(starts)
        counts = np.diff(bounds) - 1
        counts[-1] += 1
        kept = np.ones(len(rows), dtype=np.bool_)
        kept[bounds[1:-1] - 1] = False
        chunk_of = np.repeat(np.arange(len(chunks)), counts)
        rows = rows[kept]
        first = len(self._types)
        self._types.extend(self.types.numbers(rows[:, 0], rows[:, 3:]))
        self._spaces.extend(rows[:, 1] != 0)
        self._offsets.extend(rows[:, 2].astype(np.int64) - starts[chunk_of])
        self._firsts.extend(first + counts.cumsum() - counts)
        self._counts.extend(counts)
        self._chars.extend(np.fromiter(map(len, chunks), dtype=np.int64, count=len(chunks)))
        self._add_sides(chunks, counts)

    def _add_sides(self, chunks: Sequence[str], counts: Ints) -> None:
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

    def __init__(self, tokenizer: Any) -> None:
        without_cases = type(tokenizer)(
            tokenizer.vocab,
            prefix_search=tokenizer.prefix_search,
            suffix_search=tokenizer.suffix_search,
            infix_finditer=tokenizer.infix_finditer,
            token_match=tokenizer.token_match,
            url_match=tokenizer.url_match,
        )
        self._tokens = {
            case: words
            for case in tokenizer.rules
            if len(words := tuple(token.text for token in without_cases(case))) > 1
        }
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
