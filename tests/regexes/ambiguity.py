"""The worst case of a pattern: a word that can be repeated in two places of it at once.

The pattern becomes a nondeterministic automaton, and a search begins with a loop over any character. Where one word leads from a loop to
itself, from it to another loop, and from that to itself, the matcher tries every division of a long run between the two: quadratic, and with
more loops worse. Where one word leads in two ways from a state to itself, it is exponential. Both are looked for in the product of the
automaton with itself (Weideman et al. 2016, "Analyzing matching time behavior of backtracking regular expression matchers").

Characters that a pattern treats alike are one symbol. A state is a place in the pattern with the character before it, so that `\\b` and
lookbehind of one character are exact, and so is lookahead of one character. Other assertions are taken to hold, which may find cases
that are none (their steps are counted afterwards) and misses none. Of a repeat that is bounded, a few rounds are kept: it is no loop.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from re import _constants as sre
from typing import Any

from tests.regexes.parsed import REPEATS, Parsed

BEGIN = -1
"""The symbol before the text."""

LONG_REPEAT = 300
"""A repeat that is bounded by more is taken for one without bound."""

KEPT_ROUNDS = 3
MAX_PAIRS = 150_000


class TooLarge(Exception):
    """The product has more states than are looked at."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A text that is slow to match: `start`, then `pump` many times, then `end`."""

    start: str
    pump: str
    end: str = ""

    def text(self, length: int) -> str:
        """Return the text with about so many characters."""
        return self.start + self.pump * (length // len(self.pump)) + self.end


@dataclass(slots=True)
class Automaton:
    """States from 0; `steps` by a class of characters, `jumps` without one, under a condition or None."""

    steps: list[list[tuple[frozenset[int], int]]] = field(default_factory=list)
    jumps: list[list[tuple[Any, int]]] = field(default_factory=list)

    def new(self) -> int:
        self.steps.append([])
        self.jumps.append([])
        return len(self.steps) - 1


class Analysis:
    """The automaton of a pattern for searching, and the words that are ambiguous in it."""

    def __init__(self, parsed: Parsed, *, searches: bool, is_whole: bool = False) -> None:
        self._is_whole = is_whole
        self._parsed = parsed
        self._symbols: list[str] = []
        self._class_of: dict[str, int] = {}
        self._group_characters()
        self._machine = Automaton()
        self._start = self._machine.new()
        everything = frozenset(range(len(self._symbols)))
        if searches:
            self._machine.steps[self._start].append((everything, self._start))
        first = self._machine.new()
        self._machine.jumps[self._start].append((None, first))
        self._accept = self._machine.new()
        self._add(parsed.tree, parsed.has(re.IGNORECASE), first, self._accept)
        self._followers: dict[tuple[int, int], list[tuple[int, tuple[int, int]]]] = {}

    def attacks(self) -> Iterator[Attack]:
        """Yield the worst cases that were found; the search for others ends with TooLarge."""
        components = self._components()
        loops = {config: number for number, part in enumerate(components) for config in part}
        for part in components:
            seen_places: set[int] = set()
            for q in sorted(part):
                if q[0] in seen_places and q[0] == self._start:
                    continue
                seen_places.add(q[0])
                yield from self._from_loop(q, components, loops)

    def _from_loop(
        self,
        q: tuple[int, int],
        components: Sequence[set[tuple[int, int]]],
        loops: dict[tuple[int, int], int],
    ) -> Iterator[Attack]:
        prefix = self._word(self._initial(), q)
        if prefix is None:
            return
        if (pump := self._two_ways(q, components[loops[q]])) is not None:
            yield Attack(self._spell(prefix), self._spell(pump))
        reach = self._reachable(q)
        for part in components:
            targets = sorted(part & reach)
            done: set[int] = set()
            for p in targets:
                if p == q or p[0] in done or self._always_accepts(p):
                    continue
                pump = self._from_to(q, p, components[loops[q]], part)
                if pump is not None:
                    done.add(p[0])
                    yield Attack(self._spell(prefix), self._spell(pump))

    def _spell(self, word: Sequence[int]) -> str:
        return "".join(self._symbols[each] for each in word)

    @property
    def symbols(self) -> tuple[str, ...]:
        """One character of each class."""
        return tuple(self._symbols)

    # From the pattern to the automaton.

    def _group_characters(self) -> None:
        tests = [
            self._parsed.is_word,
            lambda char: char == "\n",
            *self._predicates(self._parsed.tree, self._parsed.has(re.IGNORECASE)),
        ]
        signatures: dict[tuple[bool, ...], int] = {}
        for char in self._parsed.alphabet:
            signature = tuple(test(char) for test in tests)
            if signature not in signatures:
                signatures[signature] = len(self._symbols)
                self._symbols.append(char)
            self._class_of[char] = signatures[signature]

    def _predicates(self, tree: Any, folds: bool) -> Iterator[Any]:
        for op, value, inner_folds in _walk(tree, folds):
            yield self._parsed.predicate(op, value, inner_folds)

    def _set(self, op: Any, value: Any, folds: bool) -> frozenset[int]:
        test = self._parsed.predicate(op, value, folds)
        return frozenset(number for number, char in enumerate(self._symbols) if test(char))

    def _add(self, tree: Any, folds: bool, start: int, end: int) -> None:
        """Add a sequence between two states."""
        at = start
        for op, value in tree:
            at = self._add_node(op, value, folds, at)
        self._machine.jumps[at].append((None, end))

    def _add_node(self, op: Any, value: Any, folds: bool, start: int) -> int:
        machine = self._machine
        if op in REPEATS:
            return self._add_repeat(value, folds, start)
        end = machine.new()
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            machine.steps[start].append((self._set(op, value, folds), end))
        elif op is sre.SUBPATTERN:
            _, added, removed, tree = value
            self._add(
                tree, (folds or bool(added & re.IGNORECASE)) and not removed & re.IGNORECASE, start, end
            )
        elif op is sre.BRANCH:
            for tree in value[1]:
                first = machine.new()
                machine.jumps[start].append((None, first))
                self._add(tree, folds, first, end)
        elif op is sre.ATOMIC_GROUP:
            self._add(value, folds, start, end)
        elif op is sre.AT:
            machine.jumps[start].append((("at", value), end))
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            self._add_assertion(value, folds, start, end, is_wanted=op is sre.ASSERT)
        elif op is sre.GROUPREF:
            # What a group matched is taken for any text.
            machine.steps[end].append((frozenset(range(len(self._symbols))), end))
            machine.jumps[start].append((None, end))
        else:
            raise NotImplementedError(str(op))
        return end

    def _add_repeat(self, value: Any, folds: bool, start: int) -> int:
        least, most, tree = value
        machine, at = self._machine, start
        is_endless = most is sre.MAXREPEAT or most > LONG_REPEAT
        for _ in range(min(least, 8 if len(tree) == 1 else KEPT_ROUNDS)):
            end = machine.new()
            self._add(tree, folds, at, end)
            at = end
        if is_endless:
            loop, end = machine.new(), machine.new()
            machine.jumps[at].append((None, loop))
            self._add(tree, folds, loop, loop)
            machine.jumps[loop].append((None, end))
            return end
        ends = [at]
        for _ in range(min(most - least, KEPT_ROUNDS)):
            end = machine.new()
            self._add(tree, folds, at, end)
            at = end
            ends.append(at)
        last = machine.new()
        for each in ends:
            machine.jumps[each].append((None, last))
        return last

    def _add_assertion(self, value: Any, folds: bool, start: int, end: int, *, is_wanted: bool) -> None:
        direction, tree = value
        if len(tree) == 1 and tree[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            chars = self._set(*tree[0], folds)
            kind = "ahead" if direction > 0 else "behind"
            self._machine.jumps[start].append(((kind, chars, is_wanted), end))
            return
        self._machine.jumps[start].append((None, end))
        if direction > 0:
            # What it reads costs steps too.
            inside, dead = self._machine.new(), self._machine.new()
            self._machine.jumps[start].append((None, inside))
            self._add(tree, folds, inside, dead)

    # Configurations: a state and the symbol before it.

    def _initial(self) -> tuple[int, int]:
        return self._start, BEGIN

    def _next(self, config: tuple[int, int]) -> list[tuple[int, tuple[int, int]]]:
        """Return the symbols that can follow and the configurations after them."""
        if config not in self._followers:
            found: set[tuple[int, tuple[int, int]]] = set()
            for state, allowed in self._closure(config):
                for chars, target in self._machine.steps[state]:
                    for char in chars if allowed is None else chars & allowed:
                        found.add((char, (target, char)))
            self._followers[config] = sorted(found)
        return self._followers[config]

    def _closure(self, config: tuple[int, int]) -> set[tuple[int, frozenset[int] | None]]:
        """Return the states that are reached without a character, with the symbols that may follow (None: any, or the end)."""
        state, last = config
        seen: set[tuple[int, frozenset[int] | None]] = {(state, None)}
        waiting = [(state, None)]
        while waiting:
            at, allowed = waiting.pop()
            for condition, target in self._machine.jumps[at]:
                passed, now = self._passes(condition, last, allowed)
                if passed and (target, now) not in seen:
                    seen.add((target, now))
                    waiting.append((target, now))
        return seen

    def _passes(
        self, condition: Any, last: int, allowed: frozenset[int] | None
    ) -> tuple[bool, frozenset[int] | None]:
        if condition is None:
            return True, allowed
        kind = condition[0]
        everything = frozenset(range(len(self._symbols)))
        if kind == "behind":
            return (last in condition[1]) == condition[2], allowed
        if kind == "ahead":
            chars = condition[1] if condition[2] else everything - condition[1]
        else:
            where = condition[1]
            words = frozenset(n for n, char in enumerate(self._symbols) if self._parsed.is_word(char))
            newline = frozenset(n for n, char in enumerate(self._symbols) if char == "\n")
            has_lines = self._parsed.has(re.MULTILINE)
            if where in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
                at_line = has_lines and where is sre.AT_BEGINNING and last in newline
                return last == BEGIN or at_line, allowed
            if where in (sre.AT_END, sre.AT_END_STRING):
                chars = newline if where is sre.AT_END else frozenset()
            else:
                is_after_word = last in words
                wants_word = is_after_word != (where is sre.AT_BOUNDARY)
                chars = words if wants_word else everything - words
        both = chars if allowed is None else chars & allowed
        return True, both

    def _always_accepts(self, config: tuple[int, int]) -> bool:
        return not self._is_whole and (self._accept, None) in self._closure(config)

    def _reachable(self, start: tuple[int, int]) -> set[tuple[int, int]]:
        seen, waiting = {start}, [start]
        while waiting:
            for _, target in self._next(waiting.pop()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
                    if len(seen) > MAX_PAIRS:
                        raise TooLarge
        return seen

    def _components(self) -> list[set[tuple[int, int]]]:
        """Return the loops: sets of configurations that lead to one another (Tarjan, without recursion)."""
        index: dict[tuple[int, int], int] = {}
        low: dict[tuple[int, int], int] = {}
        stack: list[tuple[int, int]] = []
        on_stack: set[tuple[int, int]] = set()
        found: list[set[tuple[int, int]]] = []
        work = [(self._initial(), iter(self._next(self._initial())))]
        index[self._initial()] = low[self._initial()] = 0
        stack.append(self._initial())
        on_stack.add(self._initial())
        while work:
            at, targets = work[-1]
            for _, target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    if len(index) > MAX_PAIRS:
                        raise TooLarge
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(self._next(target))))
                    break
                if target in on_stack:
                    low[at] = min(low[at], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == index[at]:
                    part = set()
                    while True:
                        each = stack.pop()
                        on_stack.discard(each)
                        part.add(each)
                        if each == at:
                            break
                    if len(part) > 1 or any(target == at for _, target in self._next(at)):
                        found.append(part)
        return found

    def _word(self, start: tuple[int, int], end: tuple[int, int]) -> list[int] | None:
        before: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            at = waiting.popleft()
            if at == end:
                return _path(before, at)
            for char, target in self._next(at):
                if target not in before:
                    before[target] = (at, char)
                    waiting.append(target)
        return None

    def _two_ways(self, q: tuple[int, int], part: set[tuple[int, int]]) -> list[int] | None:
        """Return a word that leads in two ways from a configuration of a loop to itself."""

        def followers(at: Any) -> Iterator[tuple[int, Any]]:
            a, b, has_parted = at
            of_b = _by_symbol(self._next(b), part)
            for char, x in self._next(a):
                if x in part:
                    for y in of_b.get(char, ()):
                        yield char, (x, y, has_parted or x != y)

        return _shortest((q, q, False), (q, q, True), followers)

    def _from_to(
        self,
        q: tuple[int, int],
        p: tuple[int, int],
        around_q: set[tuple[int, int]],
        around_p: set[tuple[int, int]],
    ) -> list[int] | None:
        """Return a word that leads from q to q, from q to p, and from p to p."""
        if q[0] == self._start:
            # A search loops on every word; q is where it is after that word.
            return self._from_search(p, around_p)

        def followers(at: Any) -> Iterator[tuple[int, Any]]:
            a, b, c = at
            of_b, of_c = _by_symbol(self._next(b)), _by_symbol(self._next(c), around_p)
            for char, x in self._next(a):
                if x in around_q:
                    for y, z in product(of_b.get(char, ()), of_c.get(char, ())):
                        yield char, (x, y, z)

        return _shortest((q, q, p), (q, p, p), followers)

    def _from_search(self, p: tuple[int, int], around_p: set[tuple[int, int]]) -> list[int] | None:
        def followers(at: Any) -> Iterator[tuple[int, Any]]:
            b, c = at
            of_b = _by_symbol(self._next(b))
            for char, z in self._next(c):
                if z in around_p:
                    for y in of_b.get(char, ()):
                        yield char, (y, z)

        return _shortest(((self._start, p[1]), p), (p, p), followers)


def _walk(tree: Any, folds: bool) -> Iterator[tuple[Any, Any, bool]]:
    """Yield each node of one character, and whether case is ignored there."""
    for op, value in tree:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            yield op, value, folds
        elif op in REPEATS:
            yield from _walk(value[2], folds)
        elif op is sre.SUBPATTERN:
            inner = (folds or bool(value[1] & re.IGNORECASE)) and not value[2] & re.IGNORECASE
            yield from _walk(value[3], inner)
        elif op is sre.BRANCH:
            for each in value[1]:
                yield from _walk(each, folds)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _walk(value[1], folds)
        elif op is sre.ATOMIC_GROUP:
            yield from _walk(value, folds)


def _by_symbol(
    followers: Sequence[tuple[int, tuple[int, int]]], within: set[tuple[int, int]] | None = None
) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for char, target in followers:
        if within is None or target in within:
            found.setdefault(char, []).append(target)
    return found


def _shortest(
    start: Any, goal: Any, followers: Callable[[Any], Iterable[tuple[int, Any]]]
) -> list[int] | None:
    """Return the shortest word that leads from a start to another goal; None if there is none.

    Raises:
        TooLarge: more targets than are looked at.
    """
    before: dict[Any, Any] = {start: None}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for char, target in followers(at):
            if target not in before:
                before[target] = (at, char)
                if len(before) > MAX_PAIRS:
                    raise TooLarge
                if target == goal:
                    return _path(before, target)
                waiting.append(target)
    return None


def _path(before: dict[Any, Any], end: Any) -> list[int]:
    word = []
    while before[end] is not None:
        end, char = before[end]
        word.append(char)
    return word[::-1]
