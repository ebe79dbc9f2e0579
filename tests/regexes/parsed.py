"""A pattern as Python's own parser reads it, with its characters grouped into classes that it treats alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from re import _constants as sre
from re import _parser as parser
from typing import Any

Predicate = Callable[[str], bool]

REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)

# One character of each kind that `\w`, `\d` and `\s` tell apart, and that bytes and ASCII patterns do too.
ALWAYS = "aZ09_ \n\t.\u00e9\u00b2\u0663\u00a0\u2028\u2014\u4e00\u0301\U0001f600"


@dataclass(frozen=True)
class Parsed:
    """A pattern, its flags and its tree."""

    source: str | bytes
    flags: int

    @cached_property
    def tree(self) -> Any:
        return parser.parse(self.source, self.flags)

    @cached_property
    def all_flags(self) -> int:
        return int(self.tree.state.flags) | self.flags

    @property
    def is_bytes(self) -> bool:
        return isinstance(self.source, bytes)

    def has(self, flag: re.RegexFlag) -> bool:
        return bool(self.all_flags & flag)

    @property
    def is_ascii(self) -> bool:
        return self.is_bytes or self.has(re.ASCII)

    def predicate(self, op: Any, value: Any, folds: bool) -> Predicate:
        """Return whether a node of one character matches a character."""
        return (
            _folding(self._plain(op, value), self.is_ascii)
            if folds and op is not sre.ANY
            else self._plain(op, value)
        )

    def _plain(self, op: Any, value: Any) -> Predicate:
        if op is sre.LITERAL:
            return lambda char: ord(char) == value
        if op is sre.NOT_LITERAL:
            return lambda char: ord(char) != value
        if op is sre.ANY:
            return (lambda _: True) if self.has(re.DOTALL) else (lambda char: char != "\n")
        if op is sre.RANGE:
            return lambda char: value[0] <= ord(char) <= value[1]
        if op is sre.CATEGORY:
            return _category(value, self.is_ascii)
        if op is sre.IN:
            is_negated = value[0][0] is sre.NEGATE
            parts = [self._plain(*part) for part in value if part[0] is not sre.NEGATE]
            return lambda char: any(part(char) for part in parts) != is_negated
        raise NotImplementedError(str(op))

    def is_word(self, char: str) -> bool:
        """Return True for a character of `\\w`."""
        return _category(sre.CATEGORY_WORD, self.is_ascii)(char)

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """Return characters, at least one of each class that the pattern tells apart."""
        points = set(map(ord, ALWAYS)) | set(self._points(self.tree))
        top = 0xFF if self.is_bytes else 0x10FFFF
        near = {at + step for at in points for step in (-1, 0, 1)}
        return tuple(
            dict.fromkeys(
                char
                for at in sorted(near)
                if 0 <= at <= top and not 0xD800 <= at <= 0xDFFF
                for char in _cases(chr(at), self.is_ascii)
            )
        )

    def _points(self, tree: Any) -> Iterator[int]:
        for op, value in tree:
            if op in (sre.LITERAL, sre.NOT_LITERAL):
                yield value
            elif op is sre.IN:
                for kind, part in value:
                    if kind is sre.LITERAL:
                        yield part
                    elif kind is sre.RANGE:
                        yield from part
            else:
                for inner in subtrees(op, value):
                    yield from self._points(inner)


def subtrees(op: Any, value: Any) -> list[Any]:
    """Return the trees within a node."""
    if op in REPEATS:
        return [value[2]]
    if op is sre.SUBPATTERN:
        return [value[3]]
    if op is sre.BRANCH:
        return list(value[1])
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]]
    if op is sre.ATOMIC_GROUP:
        return [value]
    if op is sre.GROUPREF_EXISTS:
        return [each for each in value[1:] if each is not None]
    return []


def _cases(char: str, is_ascii: bool) -> set[str]:
    if is_ascii and not char.isascii():
        return {char}
    return {each for each in (char, char.lower(), char.upper()) if len(each) == 1}


def _folding(plain: Predicate, is_ascii: bool) -> Predicate:
    return lambda char: any(map(plain, _cases(char, is_ascii)))


def _category(value: Any, is_ascii: bool) -> Predicate:
    name = str(value)
    if name.startswith("CATEGORY_NOT_"):
        positive = _category(getattr(sre, name.replace("NOT_", "")), is_ascii)
        return lambda char: not positive(char)
    tell: Predicate = {
        "CATEGORY_DIGIT": str.isdecimal,
        "CATEGORY_SPACE": str.isspace,
        "CATEGORY_WORD": lambda char: char.isalnum() or char == "_",
    }[name]
    if is_ascii:
        # \x1c to \x1f are white space for str.isspace, and not for ASCII patterns.
        spaces = " \t\n\r\f\v"
        return (
            (lambda char: char in spaces)
            if name == "CATEGORY_SPACE"
            else (lambda char: char.isascii() and tell(char))
        )
    return tell
