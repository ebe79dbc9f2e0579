"""Subjects of verbs of speech: names, roles and pronouns, with their appositions between commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.enrich.quotes.cues import Cue
from flows.enrich.quotes.reference import NAME, QuoteReference
from flows.records import Span

MAX_SUBJECT_WORDS = 16
WORD = re.compile(r"\S+")
LETTER = re.compile(r"[^\W\d_]")
BETWEEN_COMMAS = re.compile(r"[^,]+")
LAST_CLAUSE = re.compile(r".*\s(?:and|but)\s", re.DOTALL | re.IGNORECASE)
NAME_WHO = re.compile(rf"\b(?P<speaker>{NAME}),?\swho$")
RELATIVE = re.compile(r"(?:^|[\s,])(?:who|which|that)$", re.IGNORECASE)
MAX_WORD_CHARS = 40
MAX_NAME_CHARS = 200
"""A name with `who` after it is looked for in so many characters."""
OF_DAY = re.compile(r"(?:^|\s)(?:on|late|early)$", re.IGNORECASE)
AFTER_EVENT = re.compile(r"\s(?:after|before|since)\s", re.IGNORECASE)
FULL_NAME = re.compile(
    r"[^\W\d_a-z][\w.’'-]*(?:\s(?:(?:de|la|del|du|da|dos|di|van|von|der|den|bin|ibn|al|el)\s){0,2}[^\W\d_a-z][\w.’'-]*){1,4}"
)


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without the blanks around it; the empty range at `start` where there is nothing else."""
    words = text[start:end]
    inner = words.strip()
    if not inner:
        return start, start
    first = start + len(words) - len(words.lstrip())
    return first, first + len(inner)


def subject(text: str, start: int, end: int, reference: QuoteReference) -> Span | None:
    """Return the words without surrounding blanks if they may be the subject of a clause, else None."""
    grammar = reference.grammar
    start, end = stripped(text, start, end)
    while start < end and text[start] in "([":
        start += 1
    words = text[start:end].split()
    if not 0 < len(words) <= MAX_SUBJECT_WORDS or not LETTER.search(text, start, end):
        # The year of `On 1 July, 2015, after the raid, Gen. Ali Reza, head of the guard, said`
        return None
    small = [lowercase(word, text[start:end]) for word in words]
    # `Will` and `May` are names where not all is in capitals.
    verbs = small if text[start:end].isupper() else words
    if small[-1] in grammar["pronoun"] and small[-1] != "who":
        return Span(end - len(words[-1]), end)
    if small[0] in reference.adverbial and (rest := _words_of_adverbial(words, reference)):
        at = [word.start() for word in WORD.finditer(text, start, end)][rest]
        return subject(text, at, end, reference)
    if not (grammar["auxiliary"] | {"says", "said", "told"}).isdisjoint(verbs):
        # `The road was shut and driver Ali Reza`: another clause begins after the conjunction.
        other = LAST_CLAUSE.match(text, start, end)
        return subject(text, other.end(), end, reference) if other else None
    if (
        small[0] in reference.adverbial
        or small[0] in reference.not_a_subject
        or not (words[0][0].isalnum() or words[0][0] == "@")
    ):
        return None
    if small[0] in grammar["pronoun"]:
        return None
    if small[-1] in grammar["preposition"] or (
        len(words) > 1 and small[-1] in grammar["article"] - {"her", "his"}
    ):
        return None
    if words[-1].endswith(("'", "’", "'s", "’s")):
        # `the minister's claims of "fraud"`
        return None
    if words[-1].islower() and len(words) == 1 and words[0].endswith("ing"):
        return None
    if len(words) > 1 and _is_past_of(words, small, reference):
        return None
    is_named = any(word[0].isupper() for word in words)
    if not (is_named or small[0] in grammar["determiner"] or len(words) <= 3):
        return None
    return Span(start, end)


def _is_past_of(words: list[str], small: list[str], reference: QuoteReference) -> bool:
    """Return True for a clause in the past: the `his father signed` of `the paper that his father signed said`."""
    behind_person = (
        words[-2].istitle()
        or small[-2] in reference.persons
        or (len(words) > 2 and small[0] in ("his", "her", "their", "its", "my", "our"))
    )
    return behind_person and words[-1].islower() and small[-1].endswith("ed")


def lowercase(word: str, around: str) -> str:
    """Return a word in lowercase; `US` and `WHO` as they are where not all around them is in capitals."""
    is_acronym = len(word) > 1 and word.isupper() and not around.isupper()
    return word if is_acronym else word.lower()


def _words_of_adverbial(words: list[str], reference: QuoteReference) -> int:
    """Return how many words to omit from `Meanwhile Ms Reza` and `In May the mayor`; 0 if that is not clear."""
    grammar = reference.grammar
    if words[0].lower() in grammar["introductory"]:
        return 1 if len(words) > 1 else 0
    if words[0].lower() == "of":
        return 0
    # `In a statement the group`: another determiner begins another phrase.
    first = 2 if words[1:] and words[1].lower() in grammar["determiner"] else 1
    for number in range(first + 1, min(len(words), 5)):
        word = words[number]
        if word.lower() in grammar["determiner"] and words[number - 1].lower() not in grammar["preposition"]:
            return number
        if first == 1 and number == 2 and word[0].isupper() and not words[1].isupper():
            return number
    return 0


def subject_before(
    text: str, start: int, end: int, reference: QuoteReference, cues: list[Cue]
) -> Span | None:
    """Return the subject of the verb that begins after `end`, in the sentence so far; `cues` are the verbs of speech before it."""
    end = without_adverbs(text, start, end, reference)
    if end > start and text[end - 1] == ",":
        return _before_insertion(text, start, end - 1, reference)
    left = text[start:end]
    if RELATIVE.search(left):
        named = NAME_WHO.search(left, max(0, len(left) - MAX_NAME_CHARS))
        return Span(start + named.start("speaker"), start + named.end("speaker")) if named else None
    if reference.ends_coordinated.search(left):
        # `Smith came in, and said`: the subject is that of the verb before.
        return earlier_subject(text, start, end, reference, cues)
    at = start
    for boundary in reference.clause.finditer(text, start, end):
        at = boundary.end()
    at, end = stripped(text, at, end)
    if conjunction := reference.subordinating.match(text, at, end):
        at = conjunction.end()
    return subject(text, at, end, reference)


def without_adverbs(text: str, start: int, end: int, reference: QuoteReference) -> int:
    """Return where the words before a verb end that are not adverbs and auxiliaries of it."""
    grammar = reference.grammar
    _, end = stripped(text, start, end)
    while end > start:
        word = text[max(start, end - MAX_WORD_CHARS) : end].split()[-1]
        small = word.lower()
        # `May` and `Will` may be names.
        is_adverb = (small in reference.before_verb or small.endswith("ly")) and not word.istitle()
        if not is_adverb and small not in grammar["day"]:
            break
        _, end = stripped(text, start, end - len(word))
        while small in grammar["day"] and (found := OF_DAY.search(text[start:end])):
            end = start + found.start()
    return end


def parts_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a sentence between its commas."""
    for part in BETWEEN_COMMAS.finditer(text, start, end):
        first, last = stripped(text, part.start(), part.end())
        if first < last:
            yield first, last


def _before_insertion(text: str, start: int, end: int, reference: QuoteReference) -> Span | None:
    """Return the subject before an apposition between commas: `Smith, 54, said`, `A spokesman, Ali Reza, said`."""
    parts = list(parts_of(text, start, end))
    chosen = None
    is_place = False
    for number, (first, last) in enumerate(parts[:-1]):
        conjunction = reference.coordinating.match(text, first, last)
        at = conjunction.end() if conjunction else first
        if _is_adverbial(text, at, last, reference, after_place=is_place and number + 2 < len(parts)):
            is_place = True
            continue
        is_place = False
        for boundary in (*reference.clause.finditer(text, at, last), *AFTER_EVENT.finditer(text, at, last)):
            at = max(at, boundary.end())
        if (chosen is None or (conjunction and number)) and (found := subject(text, at, last, reference)):
            chosen = found, number
    if chosen is None:
        # The name alone of `The mayor – who was there –, Ann Lee, said`.
        named = FULL_NAME.fullmatch(text, *parts[-1]) if len(parts) > 1 else None
        return Span(*parts[-1]) if named else None
    found, number = chosen
    return with_name(text, found, parts[number + 1], reference)


def with_name(text: str, role: Span, insertion: tuple[int, int], reference: QuoteReference) -> Span:
    """Return a role together with the name that follows between commas: `A spokesman, Ali Reza,`."""
    words = text[role.start : role.end].split()
    is_role = words[0].lower() in reference.grammar["determiner"] or words[-1].islower()
    if is_role and FULL_NAME.fullmatch(text, *insertion):
        return Span(role.start, insertion[1])
    return role


def earlier_subject(
    text: str, start: int, end: int, reference: QuoteReference, cues: list[Cue]
) -> Span | None:
    """Return the earlier speaker of the sentence, else its first words if they name somebody."""
    for number in range(len(cues) - 1, -1, -1):
        if not cues[number].is_gerund:
            left = stripped(text, start, cues[number].span.start)[1]
            if found := subject_before(text, start, left, reference, cues[:number]):
                return found
    return first_subject(text, start, end, reference)


def first_subject(text: str, start: int, end: int, reference: QuoteReference) -> Span | None:
    """Return the first words of a sentence that name somebody, before its verb."""
    is_place = False
    for first, last in parts_of(text, start, end):
        conjunction = reference.coordinating.match(text, first, last)
        first = conjunction.end() if conjunction else first
        if _is_adverbial(
            text, first, last, reference, after_place=is_place and last < stripped(text, start, end)[1]
        ):
            is_place = True
            continue
        named = reference.leading_role.match(text, first, last) or reference.leading_name.match(
            text, first, last
        )
        return Span(*named.span("speaker")) if named else None
    return None


def _is_adverbial(text: str, start: int, end: int, reference: QuoteReference, *, after_place: bool) -> bool:
    """Return True for `At a rally in Ames`, and for `Iowa` after it."""
    words = text[start:end].split()
    if not words or words[0].lower() in reference.adverbial:
        return True
    if len(words) > 1 and words[0].endswith("ing") and words[0][0].isupper() and words[1].islower():
        # `Recalling that day`, not `Ming Li`.
        return True
    return after_place and all(map(str.istitle, words))
