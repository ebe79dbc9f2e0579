"""Compares a case with the annotations of its text, in the form of `dateline annotate`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .cases import SPAN_KEYS, Case, Expectation, find_words, spans_of_words

Annotation = Mapping[str, Any]
Answer = Mapping[str, Any]
"""The annotations of one text by field, and its toll."""

REL_TOLERANCE = 1e-6
"""Numbers that agree to this share are equal: amounts are converted to other units."""

MIN_TONE = 0.05
"""The least score of a positive tone, as the authors of VADER have it."""

SPANS_OF_QUOTES = {"source": "source", "cue": "cue"}


def failures_of(case: Case, answer: Answer) -> tuple[str, ...]:
    """Return a sentence for each expectation that does not hold, with what was found at its words."""
    return tuple(_failures(case, answer))


def _failures(case: Case, answer: Answer) -> Iterator[str]:
    for wanted in case.must:
        near = [each for each in _annotations(answer, wanted) if _overlaps(each, wanted)]
        at = near if wanted.overlaps else [each for each in near if _is_at(each, wanted)]
        if not any(_agrees(each, wanted, case.text, answer) for each in at):
            yield f"must have {wanted}, found {_shown(near, wanted, case.text)}"
    for refused in case.must_not:
        near = [each for each in _annotations(answer, refused) if _overlaps(each, refused)]
        if wrong := [each for each in near if _agrees(each, refused, case.text, answer)]:
            yield f"must not have {refused}, found {_shown(wrong, refused, case.text)}"


def _annotations(answer: Answer, wanted: Expectation) -> Sequence[Annotation]:
    """Return the annotations of a field; the toll is one annotation of the whole text."""
    if wanted.field == "toll":
        return [
            {"start": 0, "end": wanted.end, "killed": answer["killed"], "injured": answer["injured"]},
        ]
    if wanted.field == "topics":
        return _topics(answer, wanted)
    if wanted.field == "tone":
        return _tones(answer, wanted)
    found: Sequence[Annotation] = answer[wanted.field]
    return found


def _topics(answer: Answer, wanted: Expectation) -> list[Annotation]:
    """Return the topics of the whole text, or the words that speak for them; those of a topic speak for its parent too."""
    found: list[Annotation] = []
    parent = ""
    begun: set[str] = set()
    for each in answer["topics"] or ():
        parent = each["name"] if each["level"] == 1 else parent
        scope = "" if each["level"] == 1 else parent
        names = (each["name"],) if each["level"] == 1 or not wanted.words else (each["name"], parent)
        spans = each["words"] if wanted.words else [(0, wanted.end)]
        found += [
            {"start": start, "end": end, "topic": name, "first": scope not in begun}
            for start, end in spans
            for name in names
        ]
        begun.add(scope)
    return found


def _tones(answer: Answer, wanted: Expectation) -> list[Annotation]:
    tone = answer["tone"]
    if tone is None:
        return []
    if wanted.words:
        return [
            {"start": each["start"], "end": each["end"], "sign": _sign(each["valence"])}
            for each in tone["words"]
        ]
    return [{"start": 0, "end": wanted.end, "sign": _sign(tone["score"])}]


def _sign(score: float) -> str:
    if abs(score) < MIN_TONE:
        return "neutral"
    return "positive" if score > 0 else "negative"


def _spans(annotation: Annotation) -> list[tuple[int, int]]:
    """Return the span of an annotation; of a quotation, those of its pieces; of an event, that of its trigger."""
    if "content" in annotation:
        return [(start, end) for start, end in annotation["content"]]
    if "trigger" in annotation:
        start, end = annotation["trigger"]
        return [(start, end)]
    return [(annotation["start"], annotation["end"])]


def _is_at(annotation: Annotation, wanted: Expectation) -> bool:
    return (wanted.start, wanted.end) in _spans(annotation)


def _overlaps(annotation: Annotation, wanted: Expectation) -> bool:
    return any(start < wanted.end and wanted.start < end for start, end in _spans(annotation))


def _agrees(annotation: Annotation, wanted: Expectation, text: str, answer: Answer) -> bool:
    return all(_holds(annotation, key, value, wanted, text, answer) for key, value in wanted.values.items())


def _holds(
    annotation: Annotation, key: str, value: Any, wanted: Expectation, text: str, answer: Answer
) -> bool:
    if key == "same_as":
        return _is_same(annotation, value, text, answer)
    if key == "speaker" and value is not None:
        return annotation["speaker"] in _entities_at(value, text, answer)
    if key in SPAN_KEYS.get(wanted.field, ()):
        return _covers(annotation[key], value, text)
    if wanted.field == "toll":
        return _range(annotation[key]) == _range(value)
    if wanted.field == "events" and key in ("source", "target"):
        codes = [actor["code"] for actor in annotation[key]]
        return value in codes if value is not None else not codes
    if wanted.field == "events" and key == "code" and None not in (value, annotation[key]):
        # CAMEO's codes are hierarchical: 190 is one of 19.
        return str(annotation[key]).startswith(value)
    found = _value(annotation, key, text)
    if _is_number(value) and _is_number(found):
        return math.isclose(found, value, rel_tol=REL_TOLERANCE)
    return isinstance(found, bool) is isinstance(value, bool) and bool(found == value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _covers(span: Sequence[int] | None, words: str | None, text: str) -> bool:
    """Return True if a span overlaps an occurrence of the words, or if there is neither."""
    if span is None or words is None:
        return span is words
    return any(span[0] < end and start < span[1] for start, end in spans_of_words(text, words))


def _range(toll: int | Sequence[int] | None) -> tuple[int, ...] | None:
    if toll is None:
        return None
    return (toll, toll) if isinstance(toll, int) else tuple(toll)


def _value(annotation: Annotation, key: str, text: str) -> Any:
    """Return a value of an annotation; of the speaker and the cue of a quotation, their words."""
    if "content" in annotation and key in SPANS_OF_QUOTES:
        spans = annotation[SPANS_OF_QUOTES[key]]
        return text[spans[0][0] : spans[-1][1]] if spans else None
    return annotation[key]


def _is_same(annotation: Annotation, words: str, text: str, answer: Answer) -> bool:
    """Return True if the words are a piece of this quotation, or a mention of this entity."""
    if "content" in annotation:
        start = find_words(text, words)
        return (start, start + len(words)) in _spans(annotation)
    return annotation["entity_id"] in _entities_at(words, text, answer)


def _entities_at(words: str, text: str, answer: Answer) -> set[str]:
    """Return the ids of the entities of which the words are a mention."""
    start = find_words(text, words)
    there = (start, start + len(words))
    mentions = [each for field in ("entities", "nominals") for each in answer[field]]
    return {each["entity_id"] for each in mentions if there in _spans(each)}


def _shown(found: Sequence[Annotation], wanted: Expectation, text: str) -> str:
    def shown(each: Annotation) -> str:
        words = " … ".join(text[start:end] for start, end in _spans(each)) if wanted.words else ""
        keys = [key for key in wanted.values if key != "same_as"] or [
            key for key in ("type", "value", "label") if key in each
        ]
        return f"{words!r}" + "".join(f" {key}={_value(each, key, text)!r}" for key in keys)

    return "; ".join(map(shown, found)) or "nothing"
