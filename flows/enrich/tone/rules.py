"""The rules of VADER: how the words before a word of the lexicon change its valence.

`is_denied` is our own. Source of the others: Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", and what vaderSentiment
3.3.2 makes of it, whose scores these are. The constants are the paper's, from ratings of people.
"""

from __future__ import annotations

from collections.abc import Sequence

from flows.enrich.tone.reference import ToneReference

CAPITALS = 0.733
"""What capitals add where other words have none."""

NEGATED = -0.74
"""What a negation multiplies a valence with."""

INTENSIFIED = 1.25
"""What `never so` and `never this` multiply it with."""

REACH = 3
"""Words before a word that may change its valence."""

DENIAL_REACH = 6
"""Words before a word in which a subject such as `none` negates it."""

ONE = "one"
"""A subject that negates after `no` only."""

DISTANCE_FACTORS = (1.0, 0.95, 0.9)
"""What an adverb of degree counts by its distance."""

BEFORE_BUT, AFTER_BUT = 0.5, 1.5
"""What valences before and after the first `but` are multiplied with."""


def valence_at(
    at: int,
    words: Sequence[str],
    lower: Sequence[str],
    known: Sequence[bool],
    has_capitals: bool,
    has_modifiers: bool,
    reference: ToneReference,
) -> float:
    """Return the valence of the word at an index in its sentence.

    `known` says which words the lexicon has, `has_modifiers` whether one is near that may change the valence.
    """
    if not has_modifiers:
        valence = reference.valences[lower[at]]
        if has_capitals and words[at].isupper():
            valence += CAPITALS if valence > 0 else -CAPITALS
        return valence
    word, following = lower[at], lower[at + 1 : at + 2]
    if word in reference.degrees or (word == "kind" and following == ["of"]):
        return 0.0
    valence = reference.valences[word]
    if word == "no" and any(known[at + 1 : at + 2]):
        valence = 0.0
    if _follows_no(at, lower):
        valence = reference.valences[word] * NEGATED
    if has_capitals and words[at].isupper():
        valence += CAPITALS if valence > 0 else -CAPITALS
    for distance in range(1, REACH + 1):
        if at >= distance and not known[at - distance]:
            valence += _degree(words[at - distance], valence, distance, has_capitals, reference)
            valence = _negated(valence, at, distance, lower, reference)
            if distance == REACH and not reference.marks.isdisjoint(lower[at - REACH : at + REACH]):
                valence = _phrase(valence, at, lower, reference)
    if at and lower[at - 1] == "least" and not known[at - 1] and lower[max(at - 2, 0)] not in ("at", "very"):
        valence *= NEGATED
    return valence


def is_denied(at: int, lower: Sequence[str], reference: ToneReference) -> bool:
    """Return True if a subject such as `none of them` or `no one` stands before the word and no other rule has negated it.

    The library knows neither `nobody` nor `no one`, and `none` up to three words before.
    """
    if _follows_no(at, lower):
        return False
    for before in range(max(at - DENIAL_REACH, 0), at):
        word = lower[before]
        is_subject = word in reference.denials and (word != ONE or (before > 0 and lower[before - 1] == "no"))
        if is_subject and not (word in reference.negations and at - before <= REACH):
            return True
    return False


def _follows_no(at: int, lower: Sequence[str]) -> bool:
    return (
        "no" in lower[max(at - 2, 0) : at]
        or (at > 2 and lower[at - 3] == "no" and lower[at - 1] in ("or", "nor"))
    )  # fmt: skip


def _degree(word: str, valence: float, distance: int, has_capitals: bool, reference: ToneReference) -> float:
    degree = reference.degrees.get(word.lower())
    if degree is None:
        return 0.0
    if valence < 0:
        degree = -degree
    if has_capitals and word.isupper():
        degree += CAPITALS if valence > 0 else -CAPITALS
    return degree * DISTANCE_FACTORS[distance - 1]


def _negated(valence: float, at: int, distance: int, lower: Sequence[str], reference: ToneReference) -> float:
    """Return the valence after a word that may be a negation, `distance` words before."""
    word, between = lower[at - distance], lower[at - distance + 1 : at]
    if distance == 2 and word == "never" and between[0] in ("so", "this"):
        return valence * INTENSIFIED
    # As in the library: at a distance of three, `so` and `this` right before the word need no `never`.
    if distance == 3 and ((word == "never" and between[0] in ("so", "this")) or between[1] in ("so", "this")):
        return valence * INTENSIFIED
    if word == "without" and "doubt" in between:
        return valence
    return valence * NEGATED if word in reference.negations or "n't" in word else valence


def _phrase(valence: float, at: int, lower: Sequence[str], reference: ToneReference) -> float:
    """Return the valence of a phrase of two or three words that the word is in or follows, and what a phrase of degree adds."""
    for start, end in ((1, 1), (2, 1), (2, 0), (3, 0), (3, -1)):
        sequence = " ".join(lower[at - start : at + end])
        if sequence in reference.phrases:
            valence = reference.phrases[sequence]
            break
    for end in (2, 3):
        sequence = " ".join(lower[at : at + end])
        if at + end <= len(lower) and sequence in reference.phrases:
            valence = reference.phrases[sequence]
    for start, end in ((3, 0), (3, -1), (2, 0)):
        valence += reference.degrees.get(" ".join(lower[at - start : at + end]), 0.0)
    return valence
