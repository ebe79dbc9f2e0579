"""Who speaks where the verb of speech stands before the quotation: `A spokesman for the ministry, Ali Reza, said: "…"`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.records import Span

# Verbs that bring speech in news, by frequency; a verb that also means an act, as `called`, only
# counts right beside the quotation.
VERBS = (
    "said says say told tells added adds stated states announced declared insisted insists warned warns claimed claims argued "
    "argues explained explains noted notes replied replies asked asks wrote writes acknowledged admitted denied reported vowed urged commented "
    "remarked recalled concluded continued stressed emphasised emphasized suggested maintained tweeted testified shouted joked "
    "predicted"
).split()
GERUNDS = (
    "saying adding telling stating announcing declaring insisting warning claiming arguing explaining noting replying asking "
    "writing stressing shouting"
).split()
CUE = rf"(?P<cue>{'|'.join(VERBS)})"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Dr|Sir|Gen|Col|Maj|Lt|Sgt|Sen|Rep|Gov|Prof|Rev)\.?\s)?"
_NAME = (
    r"[^\W\d_a-z][\w.’'-]*(?:\s(?:(?:de|van|von|bin|al|el|of|the|for|and)\s){0,2}[^\W\d_a-z][\w.’'-]*){0,5}"
)
_ROLE = r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Hh]is|[Hh]er|[Tt]heir)\s(?:[\w’'-]+\s){0,4}?[\w’'-]+"
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey|I|[Ww]e)"
SPEAKER = rf"(?P<speaker>{_PRONOUN}|{_TITLE}{_NAME}|{_ROLE})"
APPOSITION = r"(?:,\s[^,.;“”\"]{1,80},)?"

ANY_CUE = re.compile(rf"\b(?:{'|'.join([*VERBS, *GERUNDS])})\b", re.IGNORECASE)
TAIL = re.compile(r"(?P<words>(?:,?\s+[\w.’'&$-]+)*?)\s*(?P<mark>[,:]?)[\s—–-]*")
MAX_TAIL_WORDS = {":": 20, ",": 8, "": 6}
"""Words between the verb and the quotation, by the mark before it: `told reporters in Rome: "…"`, `said the talks were "over"`."""

NOT_OF_SUBJECT = re.compile(
    r"(?:(?<=\s)|(?<=,)|^)(?:also|later|then|had|has|have|once|further|simply|only|reportedly|repeatedly|immediately|again|"
    r"recently|subsequently|would|will|could|might|did|today|yesterday|tonight|earlier|"
    r"(?:on\s)?(?:late\s|early\s)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s*$"
)
CLAUSE = re.compile(
    r"[,;:]\s+|\s[—–-]{1,2}\s|(?<=\s)(?:that|as|while|when|because|if|where|which|whether|until|although|though|than)\s"
)
COORDINATING = re.compile(r"(?:(?:and|but|or|so|yet|then|still)\s+)+", re.IGNORECASE)
SUBORDINATING = re.compile(r"(?:(?:and|but|or|so|yet|then|still|while|as|when|that)\s+)+", re.IGNORECASE)
ENDS_COORDINATED = re.compile(r"(?:^|[\s,])(?:and|but|or|then)$", re.IGNORECASE)
NAME_WHO = re.compile(rf"\b(?P<speaker>{_TITLE}{_NAME}),?\swho$")
RELATIVE = re.compile(r"(?:^|[\s,])(?:who|which|that)$", re.IGNORECASE)
BLANK = re.compile(r"\s*")
WORD = re.compile(r"\S+")
LAST_CLAUSE = re.compile(r"\s(?:and|but)\s(?!.*\s(?:and|but)\s)", re.DOTALL)
BETWEEN_COMMAS = re.compile(r"[^,]+")
ADVERBIAL = frozenset(
    "in on at by for from with after before since during when while as if although though despite speaking asked referring "
    "following under over about to of among between because until without however meanwhile still later separately earlier "
    "moreover nevertheless instead today yesterday".split()
)
"""A part of a sentence that begins with one of these is not who speaks."""
ADVERBS = frozenset(
    "however meanwhile still later separately earlier moreover nevertheless instead today yesterday".split()
)
PASSIVE = frozenset("was were is are be been being to".split())
FINITE = frozenset(
    "is are was were has have had be been will would can could may might must should did does do not says said told".split()
)
"""Words that no subject of a clause holds."""
PRONOUNS = frozenset("he she it they i we you".split())
DETERMINERS = frozenset(
    "a an the one another his her their its our my this that some two three four five several many".split()
)
NAME = re.compile(
    rf"{_TITLE}[^\W\d_a-z][\w.’'-]*(?:\s(?:(?:de|van|von|bin|al|el)\s)?[^\W\d_a-z][\w.’'-]*){{1,4}}"
)
MAX_SUBJECT_WORDS = 16
MARKS_OF_QUOTES = re.compile('["“”«»]')


@dataclass(frozen=True, slots=True)
class Lead:
    """A verb of speech before a quotation with its subject. `is_marked` where a colon or comma stands before the quotation."""

    cue: Span
    speaker: Span
    is_marked: bool


def lead_of(text: str, start: int, end: int) -> Lead | None:
    """Return the verb of speech that brings in the quotation which opens at `end`, or None; the sentence begins at `start`."""
    marks = [mark.end() for mark in MARKS_OF_QUOTES.finditer(text, start, end)]
    start = marks[-1] if marks else start
    # In `"We go," Smith told the court. "We stay."` he goes on.
    goes_on = bool(marks) and text[max(0, start - 5) : start - 1].rstrip(" '’").endswith((",", "!", "?"))
    cues = list(ANY_CUE.finditer(text, start, end))
    while cues:
        cue = cues.pop()
        tail = TAIL.fullmatch(text, cue.end(), end)
        if tail is None or len(tail["words"].split()) > MAX_TAIL_WORDS[tail["mark"]]:
            continue
        if tail["words"].endswith(".") and not goes_on:
            # The sentence ends before the quotation.
            return None
        left = _rstripped(text, start, cue.start())
        before = text[start:left].rpartition(" ")[2].rpartition("\n")[2].lower()
        if before in PASSIVE:
            continue
        if cue.group().lower() in GERUNDS:
            speaker = _earlier_subject(text, start, cue.start(), cues) if tail["mark"] else None
        elif left == start or (cue.group()[0].isupper() and not cue.group().isupper()):
            speaker = _subject(text, tail.start("words"), tail.end("words")) if tail["mark"] else None
        else:
            speaker = _subject_before(text, start, left, cues)
        if speaker:
            return Lead(Span(*cue.span()), speaker, tail["mark"] != "")
    return None


def _rstripped(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _subject_before(text: str, start: int, end: int, cues: list[re.Match[str]]) -> Span | None:
    """Return the subject of the verb that begins behind `end`."""
    while stripped := NOT_OF_SUBJECT.search(text[start:end]):
        end = _rstripped(text, start, start + stripped.start())
    if end > start and text[end - 1] == ",":
        return _subject_before_insertion(text, start, end - 1)
    left = text[start:end]
    if RELATIVE.search(left):
        named = NAME_WHO.search(left)
        return Span(start + named.start("speaker"), start + named.end("speaker")) if named else None
    if ENDS_COORDINATED.search(left):
        # `Smith came in, and said`: the subject is that of the verb before.
        return _earlier_subject(text, start, end, cues)
    at = start
    for boundary in CLAUSE.finditer(text, start, end):
        at = boundary.end()
    at = start_of_words(text, at, end)
    if conjunction := SUBORDINATING.match(text, at, end):
        at = conjunction.end()
    return _subject(text, at, end)


def _subject_before_insertion(text: str, start: int, end: int) -> Span | None:
    """Return the subject before what stands between commas: `Smith, 54, said`, `A spokesman, Ali Reza, said`."""
    parts = list(_parts(text, start, end))
    if len(parts) < 2:
        return None
    chosen = None
    for number, (first, last) in enumerate(parts[:-1]):
        conjunction = COORDINATING.match(text, first, last)
        at = conjunction.end() if conjunction else first
        if text[at:last].split(None, 1)[:1] and text[at:last].split(None, 1)[0].lower() in ADVERBIAL:
            continue
        if (chosen is None or (conjunction and number)) and (found := _subject(text, at, last)):
            chosen = found, number
    if chosen is None:
        return None
    subject, number = chosen
    insertion = NAME.fullmatch(text, *parts[number + 1])
    if insertion and text[subject.start : subject.end].split()[0].lower() in DETERMINERS:
        return Span(subject.start, insertion.end())
    return subject


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a sentence between its commas."""
    for part in BETWEEN_COMMAS.finditer(text, start, end):
        first = start_of_words(text, part.start(), part.end())
        if first < part.end():
            yield first, _rstripped(text, first, part.end())


def start_of_words(text: str, start: int, end: int) -> int:
    """Return where the blanks end that a range begins with."""
    blank = BLANK.match(text, start, end)
    return blank.end() if blank else start


def _earlier_subject(text: str, start: int, end: int, cues: list[re.Match[str]]) -> Span | None:
    """Return who spoke before in the sentence, else its first words where they name somebody."""
    for number in range(len(cues) - 1, -1, -1):
        if cues[number].group().lower() not in GERUNDS:
            left = _rstripped(text, start, cues[number].start())
            if found := _subject_before(text, start, left, cues[:number]):
                return found
    for first, last in _parts(text, start, end):
        conjunction = COORDINATING.match(text, first, last)
        first = conjunction.end() if conjunction else first
        words = text[first:last].split(None, 1)
        if words and words[0].lower() in ADVERBIAL:
            continue
        named = LEADING_ROLE.match(text, first, last) or LEADING.match(text, first, last)
        return Span(*named.span("speaker")) if named else None
    return None


LEADING = re.compile(rf"(?P<speaker>{_PRONOUN}|(?!The\b|An?\b|This\b){_TITLE}{_NAME})(?=\s[a-z]|,|$)")
LEADING_ROLE = re.compile(
    rf"(?P<speaker>(?:The|An?|His|Her|Their|One|Another)\s(?:[\w’'-]+\s){{0,4}}?[\w’'-]+)(?=\s(?:{'|'.join(sorted(FINITE))}|\w+ed|\w+ly)\b)"
)


def _behind_adverbial(words: list[str]) -> int:
    """Return how many words to leave out of `Meanwhile Ms Reza` and `In May the mayor`; 0 where that is not clear."""
    if words[0].lower() in ADVERBS:
        return 1 if len(words) > 1 else 0
    begins = len(words) > 2 and (words[2].lower() in DETERMINERS or words[2][0].isupper())
    return 2 if begins and words[1].lower() not in DETERMINERS and words[0].lower() != "of" else 0


def _subject(text: str, start: int, end: int) -> Span | None:
    """Return the words without blanks around them where they may be the subject of a clause."""
    start = start_of_words(text, start, end)
    while start < end and text[start] in "([":
        start += 1
    words = text[start:end].split()
    if not 0 < len(words) <= MAX_SUBJECT_WORDS:
        return None
    small = [word.lower() for word in words]
    if small[-1] in PRONOUNS:
        end = _rstripped(text, start, end)
        return Span(end - len(words[-1]), end)
    if small[0] in ADVERBIAL and (rest := _behind_adverbial(words)):
        at = [word.start() for word in WORD.finditer(text, start, end)][rest]
        return _subject(text, at, end)
    if not FINITE.isdisjoint(words):
        # `The road was shut and driver Ali Reza`: another clause begins behind the conjunction.
        other = LAST_CLAUSE.search(text, start, end)
        return _subject(text, other.end(), end) if other else None
    if small[0] in ADVERBIAL or not words[0][0].isalnum():
        return None
    if small[0] in PRONOUNS:
        return None
    is_named = any(word[0].isupper() for word in words)
    if not (is_named or small[0] in DETERMINERS or len(words) <= 3):
        return None
    return Span(start, _rstripped(text, start, end))
