"""Compares a case with the annotations of its text, in the form of `dateline annotate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .cases import Case, Expectation, find_words

Annotation = Mapping[str, Any]
SPANS_OF_QUOTES = {"source": "source", "cue": "cue"}


def failures_of(case: Case, annotations: Mapping[str, Sequence[Annotation]]) -> tuple[str, ...]:
    """Return a sentence for each expectation that does not hold, with what was found at its words."""
    return tuple(_failures(case, annotations))


def _failures(case: Case, annotations: Mapping[str, Sequence[Annotation]]) -> Iterator[str]:
    for wanted in case.must:
        near = [each for each in annotations[wanted.field] if _overlaps(each, wanted)]
        at = near if wanted.overlaps else [each for each in near if _is_at(each, wanted)]
        if not any(_agrees(each, wanted, case.text, annotations) for each in at):
            yield f"must have {wanted}, found {_shown(near, wanted, case.text)}"
    for refused in case.must_not:
        near = [each for each in annotations[refused.field] if _overlaps(each, refused)]
        if wrong := [each for each in near if _agrees(each, refused, case.text, annotations)]:
            yield f"must not have {refused}, found {_shown(wrong, refused, case.text)}"


def _spans(annotation: Annotation) -> list[tuple[int, int]]:
    """Return the span of an annotation; of a quotation, those of its pieces."""
    if "content" in annotation:
        return [(start, end) for start, end in annotation["content"]]
    return [(annotation["start"], annotation["end"])]


def _is_at(annotation: Annotation, wanted: Expectation) -> bool:
    return (wanted.start, wanted.end) in _spans(annotation)


def _overlaps(annotation: Annotation, wanted: Expectation) -> bool:
    return any(start < wanted.end and wanted.start < end for start, end in _spans(annotation))


def _agrees(
    annotation: Annotation, wanted: Expectation, text: str, annotations: Mapping[str, Sequence[Annotation]]
) -> bool:
    return all(
        _is_same(annotation, value, text, annotations)
        if key == "same_as"
        else _value(annotation, key, text) == value
        for key, value in wanted.values.items()
    )


def _value(annotation: Annotation, key: str, text: str) -> Any:
    """Return a value of an annotation; of the speaker and the cue of a quotation, their words."""
    if "content" in annotation and key in SPANS_OF_QUOTES:
        spans = annotation[SPANS_OF_QUOTES[key]]
        return text[spans[0][0] : spans[-1][1]] if spans else None
    return annotation[key]


def _is_same(
    annotation: Annotation, words: str, text: str, annotations: Mapping[str, Sequence[Annotation]]
) -> bool:
    """Return True if the words are a piece of this quotation, or a mention of this entity."""
    start = find_words(text, words)
    there = (start, start + len(words))
    if "content" in annotation:
        return there in _spans(annotation)
    return any(
        there in _spans(each) and each["entity_id"] == annotation["entity_id"]
        for field in ("entities", "nominals")
        for each in annotations[field]
    )


def _shown(found: Sequence[Annotation], wanted: Expectation, text: str) -> str:
    def shown(each: Annotation) -> str:
        words = " … ".join(text[start:end] for start, end in _spans(each))
        keys = [key for key in wanted.values if key != "same_as"] or [
            key for key in ("type", "value", "label") if key in each
        ]
        return f"{words!r}" + "".join(f" {key}={_value(each, key, text)!r}" for key in keys)

    return "; ".join(map(shown, found)) or "nothing"
