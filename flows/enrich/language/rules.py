"""Tokenizes by the rules of a spaCy tokenizer: affixes, infixes, addresses, and special cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

CHUNK = re.compile(r"\S+ ?|\s+")
"""What stands between two blanks, with the space that ends it, or other blanks. Every character of a text is in one."""

ORTH, NORM = 65, 67
"""The attributes of spaCy that special cases set."""


class RuleToken(NamedTuple):
    """A token; `norm` is that of a special case, or None."""

    text: str
    norm: str | None = None


class Rules(NamedTuple):
    """What a tokenizer of spaCy is made of. Special cases are by their text."""

    find_prefix: Callable[[str], re.Match[str] | None]
    find_suffix: Callable[[str], re.Match[str] | None]
    find_infixes: Callable[[str], Iterable[re.Match[str]]]
    is_address: Callable[[str], re.Match[str] | None]
    cases: Mapping[str, tuple[RuleToken, ...]]


def read_rules(table: Mapping[str, Any]) -> Rules:
    """Read the file of a tokenizer.

    Raises:
        ValueError: it has a rule that is not implemented here.
    """
    if table["token_match"] or not table["faster_heuristics"]:
        raise ValueError("token_match, or all special cases are looked for")
    if any(len(case) > 1 and len(case.split()) != 1 for case in table["exceptions"]):
        raise ValueError("special cases with blanks")
    if others := {key for parts in table["exceptions"].values() for part in parts for key in part} - {
        ORTH,
        NORM,
    }:
        raise ValueError(f"special cases with the attributes {others}")
    return Rules(
        re.compile(table["prefix_search"]).search,
        re.compile(table["suffix_search"]).search,
        re.compile(table["infix_finditer"]).finditer,
        re.compile(table["url_match"]).match,
        {
            case: tuple(RuleToken(part[ORTH], part.get(NORM)) for part in parts)
            for case, parts in table["exceptions"].items()
        },
    )


class RuleTokenizer:
    """Tokenizes as spaCy's tokenizer does (`spacy/tokenizer.pyx`)."""

    def __init__(self, rules: Rules) -> None:
        """Prepare to find those special cases among the tokens that their affixes split."""
        self._rules = rules
        self.patterns: dict[tuple[str, ...], str] = {
            tuple(token.text for token in self._split(case, {})): case
            for case in rules.cases
            if rules.find_prefix(case)
            or rules.find_suffix(case)
            or any(True for _ in rules.find_infixes(case))
            or " " in case
        }
        self._sizes = sorted({len(pattern) for pattern in self.patterns})
        self._single = {pattern[0] for pattern in self.patterns if len(pattern) == 1}
        self._pairs = {pattern[:2] for pattern in self.patterns if len(pattern) > 1}

    def tokens_of(self, text: str) -> tuple[Sequence[RuleToken], list[bool]]:
        """Return the tokens of a text, and whether a space follows each."""
        tokens: Sequence[RuleToken]
        spaces: list[bool] = []
        if " " not in text[:-1] and not text.isspace():
            tokens = self._split(text.removesuffix(" "), self._rules.cases)
            spaces = [False] * len(tokens)
            spaces[-1] = text[-1] == " "
        else:
            tokens = []
            for chunk in CHUNK.findall(text):
                is_spaced = chunk[-1] == " " and not chunk.isspace()
                found = self._split(chunk[:-1] if is_spaced else chunk, self._rules.cases)
                tokens += found
                spaces += [False] * len(found)
                spaces[-1] = is_spaced
        texts = [token.text for token in tokens]
        if self._single.isdisjoint(texts) and (len(texts) == 1 or self._pairs.isdisjoint(pairwise(texts))):
            return tokens, spaces
        return self._with_cases(list(tokens), spaces)

    def _split(self, text: str, cases: Mapping[str, tuple[RuleToken, ...]]) -> Sequence[RuleToken]:
        """Split one chunk: first its prefixes and suffixes, in turn, then what is left at its infixes."""
        if case := cases.get(text):
            return case
        prefixes: list[RuleToken] = []
        suffixes: list[RuleToken] = []
        size = 0
        while text and len(text) != size and text not in cases:
            size = len(text)
            prefix = self._rules.find_prefix(text)
            start = prefix.end() - prefix.start() if prefix else 0
            if start and text[start:] in cases:
                prefixes.append(RuleToken(text[:start]))
                text = text[start:]
                break
            suffix = self._rules.find_suffix(text[start:])
            end = size - (suffix.end() - suffix.start() if suffix else 0)
            if end < size and text[:end] in cases:
                suffixes.append(RuleToken(text[end:]))
                text = text[:end]
                break
            if start:
                prefixes.append(RuleToken(text[:start]))
            if end < size:
                suffixes.append(RuleToken(text[end:]))
            text = text[start:end]
        return [*prefixes, *self._middle(text, cases), *suffixes[::-1]]

    def _middle(self, text: str, cases: Mapping[str, tuple[RuleToken, ...]]) -> Sequence[RuleToken]:
        if not text:
            return ()
        if case := cases.get(text):
            return case
        if self._rules.is_address(text):
            return (RuleToken(text),)
        tokens: list[RuleToken] = []
        start = 0
        for infix in self._rules.find_infixes(text):
            if infix.start() == 0:
                continue
            if infix.start() != start:
                tokens.append(RuleToken(text[start : infix.start()]))
            if infix.end() > infix.start():
                tokens.append(RuleToken(infix.group()))
            start = infix.end()
        if start < len(text):
            tokens.append(RuleToken(text[start:]))
        return tokens

    def _with_cases(self, tokens: list[RuleToken], spaces: list[bool]) -> tuple[list[RuleToken], list[bool]]:
        """Replace the tokens of special cases. Of those that overlap the longest counts, of equally long ones the first."""
        texts = [token.text for token in tokens]
        found = [
            (-size, start)
            for start in range(len(texts))
            for size in self._sizes
            if tuple(texts[start : start + size]) in self.patterns and start + size <= len(texts)
        ]
        taken: set[int] = set()
        chosen = []
        for negative, start in sorted(found):
            end = start - negative
            if start not in taken and end - 1 not in taken:
                chosen.append((start, end))
            taken.update(range(start, end))
        for start, end in sorted(chosen, reverse=True):
            # What only looks like a special case, as `: )`, stays as it is.
            if not any(spaces[start : end - 1]):
                case = self._rules.cases[self.patterns[tuple(texts[start:end])]]
                spaces[start:end] = [*[False] * (len(case) - 1), spaces[end - 1]]
                tokens[start:end] = case
        return tokens, spaces
