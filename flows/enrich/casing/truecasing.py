"""Gives the words of paragraphs in capitals the case that they have in a sentence; no offset moves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.enrich.casing.features import WORD, CaselessWord, features_of, names_among, words_in
from flows.enrich.casing.reference import CASES, CasingReference
from flows.records import Span

CERTAIN = {"acronym": "upper", "date": "capital", "date+place": "capital"}
"""The case of words that are nothing but a known acronym, or the name of a month or a day; by their signatures."""

LOWERCASE_WORDS = re.compile(r"(?:\W*+\w++(?:\W+[a-z]+){3}|\W++[a-z]+(?:\W+[a-z]+){2})\b")
"""A beginning with three lowercase words behind the first: most paragraphs are told by it alone."""

MIN_WORDS = 3
MIN_UPPER_SHARE = 0.9
"""A paragraph of at least MIN_WORDS words is in capitals if this share of its letters is. Chosen by reading, not tuned: units and
names such as `McDONALD` keep lowercase letters."""


AFTER_MARK = re.compile(r"[\]“\"] ?$|``$")
"""What a sentence begins after, within another: `[REPORT] THE ARMY SAYS`, `HE SAID: "WE GO."`"""


def truecased(
    text: str, paragraphs: Sequence[Span], sentences: Sequence[Span], reference: CasingReference
) -> str:
    """Return the text with its paragraphs in capitals rewritten, at the same length; the text itself if it has none."""
    parts: list[str] = []
    done = 0
    for paragraph in paragraphs:
        if is_in_capitals(text[paragraph.start : paragraph.end]):
            parts += [text[done : paragraph.start], _recased(text, paragraph, sentences, reference)]
            done = paragraph.end
    return "".join([*parts, text[done:]]) if parts else text


def is_in_capitals(paragraph: str) -> bool:
    """Return True if nearly all letters of a paragraph are capitals."""
    if LOWERCASE_WORDS.match(paragraph):
        return False
    upper = sum(map(str.isupper, paragraph))
    if upper <= MIN_WORDS or upper < MIN_UPPER_SHARE * sum(map(str.isalpha, paragraph)):
        return False
    return sum(1 for _ in WORD.finditer(paragraph)) >= MIN_WORDS


def _recased(text: str, paragraph: Span, sentences: Sequence[Span], reference: CasingReference) -> str:
    words = words_in(text, paragraph.start, paragraph.end, reference)
    cases = cases_of(words, reference)
    opening = {sentence.start for sentence in sentences}
    letters = list(text[paragraph.start : paragraph.end])
    begins = True
    position = paragraph.start
    for word, case in zip(words, cases, strict=True):
        begins = (
            begins
            or any(at in opening for at in range(position + 1, word.start + 1))
            or AFTER_MARK.search(word.before) is not None
        )
        if begins and case == "lower":
            case = "capital"
        at = word.start - paragraph.start
        letters[at : at + len(word.text)] = _written(text[word.start : word.start + len(word.text)], case)
        begins, position = False, word.start
    return "".join(letters)


def cases_of(words: Sequence[CaselessWord], reference: CasingReference) -> list[str]:
    """Return the case of each word: the most likely one, given the case of the word before."""
    names = names_among(words, reference)
    weights = reference.weights
    cases: list[str] = []
    for at, word in enumerate(words):
        if case := CERTAIN.get(word.signature):
            cases.append(case)
            continue
        scores = [0.0] * len(CASES)
        for feature in features_of(words, at, names, cases[-1] if cases else "none"):
            if found := weights.get(feature):
                scores = [score + weight for score, weight in zip(scores, found, strict=True)]
        cases.append(CASES[scores.index(max(scores))])
    return cases


def _written(word: str, case: str) -> str:
    """Return a word in a case: `O'BRIEN'S` becomes `O'Brien's`. A word whose length would change stays as it is."""
    if case == "upper":
        stem, mark, ending = word.replace("’", "'").rpartition("'")
        return stem + word[len(stem)] + ending.lower() if mark and len(ending) == 1 else word
    written = word.lower() if case == "lower" else _capitalised(word)
    return written if len(written) == len(word) else word


def _capitalised(word: str) -> str:
    """Return a word with a capital, and another one after each prefix of one letter: `D'O'BRIEN` becomes `D'O'Brien`."""
    plain = word.replace("’", "'")
    written, at = [], 0
    # A loop: a line of capitals and apostrophes has thousands of prefixes.
    while (mark := plain.find("'", at)) == at + 1 and len(plain) - mark > 2:
        written += [plain[at].capitalize(), plain[mark]]
        at = mark + 1
    head, last_mark, rest = plain[at:].partition("'")
    whole = "".join([*written, head.capitalize(), last_mark, rest.lower()])
    # The first mark stays as it is written.
    first = plain.find("'")
    return whole[:first] + word[first] + whole[first + 1 :] if 0 <= first < len(whole) else whole
