"""A backtracking matcher that counts its steps, in the order in which Python's own goes through the alternatives.

A step is one node tried at one place, or one character taken by a repeat. The results equal those of `re`; a test compares them.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from re import _constants as sre
from typing import Any

from tests.regexes.parsed import REPEATS, Parsed

Next = Callable[[int], int]
"""What matches the rest from a place on: the end of the match, or FAILED."""

Node = Callable[[int, Next], int]
FAILED = -1
STACK_BYTES = 512 << 20
MAX_DEPTH = 400_000


class TooManySteps(Exception):
    """The limit was reached: far from linear."""


class Counter:
    """A pattern that is matched against texts; `steps` counts from the creation on."""

    def __init__(self, parsed: Parsed, limit: int = 2_000_000) -> None:
        self._parsed = parsed
        self._limit = limit
        self._text = ""
        self._groups: dict[int, tuple[int, int]] = {}
        self._tests: dict[tuple[int, str], bool] = {}
        self.steps = 0
        self._root = self._sequence(parsed.tree, parsed.has(re.IGNORECASE))

    def match(self, text: str, at: int = 0, *, is_whole: bool = False, is_filled: bool = False) -> int:
        """Return the end of a match that begins at a place, or FAILED; of the whole text, or not empty, where asked."""
        self._text, self._groups = text, {}

        def accept(end: int) -> int:
            is_refused = (is_whole and end < len(text)) or (is_filled and end == at)
            return FAILED if is_refused else end

        return self._root(at, accept)

    def find_all(self, text: str) -> list[tuple[int, int]]:
        """Return the ranges that `finditer` finds."""
        found, at, is_filled = [], 0, False
        while at <= len(text):
            end = self.match(text, at, is_filled=is_filled)
            if end == FAILED:
                at, is_filled = at + 1, False
                continue
            found.append((at, end))
            # After an empty match, one is looked for at the same place that is not empty.
            at, is_filled = end, end == at
        return found

    def _step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > self._limit:
            raise TooManySteps

    def _sequence(self, tree: Any, folds: bool) -> Node:
        nodes = [self._node(op, value, folds) for op, value in tree]
        if not nodes:
            return lambda at, then: then(at)
        if len(nodes) == 1:
            return nodes[0]

        def run(number: int, at: int, then: Next) -> int:
            if number == len(nodes) - 1:
                return nodes[number](at, then)
            return nodes[number](at, lambda end: run(number + 1, end, then))

        return lambda at, then: run(0, at, then)

    def _node(self, op: Any, value: Any, folds: bool) -> Node:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._one(op, value, folds)
        if op in REPEATS:
            return self._repeat(op, value, folds)
        if op is sre.SUBPATTERN:
            return self._group(value, folds)
        if op is sre.BRANCH:
            return self._branch([self._sequence(each, folds) for each in value[1]])
        if op is sre.AT:
            return self._at(value)
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            return self._assertion(value, folds, is_wanted=op is sre.ASSERT)
        if op is sre.ATOMIC_GROUP:
            return self._atomic(self._sequence(value, folds))
        if op is sre.GROUPREF:
            return self._reference(value, folds)
        raise NotImplementedError(str(op))

    def _one(self, op: Any, value: Any, folds: bool) -> Node:
        matches = self._test(op, value, folds)

        def run(at: int, then: Next) -> int:
            self._step()
            return then(at + 1) if at < len(self._text) and matches(self._text[at]) else FAILED

        return run

    def _test(self, op: Any, value: Any, folds: bool) -> Callable[[str], bool]:
        plain = self._parsed.predicate(op, value, folds)
        known: dict[str, bool] = {}

        def matches(char: str) -> bool:
            if char not in known:
                known[char] = plain(char)
            return known[char]

        return matches

    def _repeat(self, op: Any, value: Any, folds: bool) -> Node:
        least, most, tree = value
        most = sys.maxsize if most is sre.MAXREPEAT else most
        if op is sre.POSSESSIVE_REPEAT:
            return self._atomic(self._repeat(sre.MAX_REPEAT, value, folds))
        if len(tree) == 1 and tree[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return self._repeat_one(self._test(*tree[0], folds), least, most, is_greedy=op is sre.MAX_REPEAT)
        body = self._sequence(tree, folds)

        def run(count: int, at: int, then: Next) -> int:
            self._step()
            if count < least:
                return body(at, lambda end: run(count + 1, end, then))

            def again() -> int:
                if count >= most:
                    return FAILED
                # An iteration that took nothing ends the repeat.
                return body(at, lambda end: FAILED if end == at else run(count + 1, end, then))

            first, second = (again, lambda: then(at)) if op is sre.MAX_REPEAT else ((lambda: then(at)), again)
            end = first()
            return end if end != FAILED else second()

        return lambda at, then: run(0, at, then)

    def _repeat_one(self, matches: Callable[[str], bool], least: int, most: int, *, is_greedy: bool) -> Node:
        def greedy(at: int, then: Next) -> int:
            end, last = at, min(len(self._text), at + most)
            while end < last and matches(self._text[end]):
                end += 1
            self._step(end - at + 1)
            while end >= at + least:
                self._step()
                found = then(end)
                if found != FAILED:
                    return found
                end -= 1
            return FAILED

        def lazy(at: int, then: Next) -> int:
            end, last = at, min(len(self._text), at + most)
            while True:
                self._step()
                if end >= at + least:
                    found = then(end)
                    if found != FAILED:
                        return found
                if end >= last or not matches(self._text[end]):
                    return FAILED
                end += 1

        return greedy if is_greedy else lazy

    def _group(self, value: Any, folds: bool) -> Node:
        number, added, removed, tree = value
        if added & re.IGNORECASE:
            folds = True
        elif removed & re.IGNORECASE:
            folds = False
        body = self._sequence(tree, folds)
        if number is None:
            return body

        def run(at: int, then: Next) -> int:
            before = self._groups.get(number)

            def close(end: int) -> int:
                inner = self._groups.get(number)
                self._groups[number] = (at, end)
                found = then(end)
                if found == FAILED:
                    self._restore(number, inner)
                return found

            found = body(at, close)
            if found == FAILED:
                self._restore(number, before)
            return found

        return run

    def _restore(self, number: int, value: tuple[int, int] | None) -> None:
        if value is None:
            self._groups.pop(number, None)
        else:
            self._groups[number] = value

    def _branch(self, bodies: list[Node]) -> Node:
        def run(at: int, then: Next) -> int:
            self._step()
            for body in bodies:
                found = body(at, then)
                if found != FAILED:
                    return found
            return FAILED

        return run

    def _at(self, where: Any) -> Node:
        is_word = self._parsed.is_word
        has_lines = self._parsed.has(re.MULTILINE)

        def holds(at: int) -> bool:
            text = self._text
            if where in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
                return at == 0 or (where is sre.AT_BEGINNING and has_lines and text[at - 1] == "\n")
            if where is sre.AT_END_STRING:
                return at == len(text)
            if where is sre.AT_END:
                is_last = at == len(text) or (at == len(text) - 1 and text[at] == "\n")
                return is_last or (has_lines and text[at] == "\n")
            before = at > 0 and is_word(text[at - 1])
            after = at < len(text) and is_word(text[at])
            return (before != after) == (where is sre.AT_BOUNDARY)

        def run(at: int, then: Next) -> int:
            self._step()
            return then(at) if holds(at) else FAILED

        return run

    def _assertion(self, value: Any, folds: bool, *, is_wanted: bool) -> Node:
        direction, tree = value
        body = self._sequence(tree, folds)
        width = tree.getwidth()[0] if direction < 0 else 0

        def run(at: int, then: Next) -> int:
            self._step()
            start = at - width
            is_found = start >= 0 and body(start, lambda end: end) != FAILED
            return then(at) if is_found == is_wanted else FAILED

        return run

    def _atomic(self, body: Node) -> Node:
        def run(at: int, then: Next) -> int:
            self._step()
            end = body(at, lambda end: end)
            return then(end) if end != FAILED else FAILED

        return run

    def _reference(self, number: int, folds: bool) -> Node:
        def run(at: int, then: Next) -> int:
            if number not in self._groups:
                self._step()
                return FAILED
            start, end = self._groups[number]
            wanted = self._text[start:end]
            self._step(len(wanted) + 1)
            found = self._text[at : at + len(wanted)]
            is_equal = found.lower() == wanted.lower() if folds else found == wanted
            return then(at + len(wanted)) if is_equal else FAILED

        return run


def deeply(act: Callable[[], Any]) -> Any:
    """Return what a function returns that calls itself for each character of a text."""
    done: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(act())
        except BaseException as error:  # noqa: BLE001  # raised again in the thread that asked
            failed.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    sys.setrecursionlimit(MAX_DEPTH)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if failed:
        raise failed[0]
    return done[0]
