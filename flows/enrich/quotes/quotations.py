"""Words in quotation marks, the verb of speech beside them, and who is said to have spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.speakers import APPOSITION, CUE, SPEAKER, lead_of
from flows.records import Reading, Span

NO_CUE = "no verb of speech beside the quotation"
NO_SPEAKER = "no name or pronoun beside the verb of speech"

CLOSING = {"“": "”", '"': '"', "«": "»", "„": "“"}
OPENER = re.compile('[“«„]|(?<![^\\s(\\[—–-])"(?=\\S)')

# `…,” Mr Erdogan said`, `…,” said the minister`
AFTER = (
    re.compile(rf"\s{{1,2}}{SPEAKER}{APPOSITION}\s(?:also |later |then |had |has )?{CUE}\b"),
    re.compile(rf"\s{{1,2}}{CUE}\s{SPEAKER}\b"),
)
LOOK_BACK, LOOK_AHEAD = 400, 160
LONGEST = 3000
"""A quotation that is not closed within this many characters is a stray mark."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation: the pieces between the marks, the cue, and the speaker's words.

    `type` is direct where the words make a clause of their own and mixed where they are part of
    the sentence around them, as in PolNeAR. `span` runs from the first piece to the last.
    """

    span: Span
    type: str
    content: tuple[Span, ...]
    cue: Span | None
    speaker: Span | None
    rule: str
    null_reason: str | None
    sentence_no: int


@dataclass(frozen=True, slots=True)
class _Attribution:
    cue: Span
    speaker: Span | None
    rule: str
    is_marked: bool = False


def quotes_in(reading: Reading) -> tuple[Quote, ...]:
    """Find every quotation, in reading order; empty if there is none."""
    quotes: list[Quote] = []
    for paragraph in reading.paragraphs:
        quotes += _in_paragraph(reading, paragraph)
    return tuple(quotes)


def _in_paragraph(reading: Reading, paragraph: Span) -> Iterator[Quote]:
    pieces = list(_pieces(reading.text, paragraph))
    at = 0
    while at < len(pieces):
        content = [pieces[at]]
        attribution = _attribution(reading, pieces[at], paragraph)
        # `“A,” he said, “B.”`: what goes on behind the same cue is one quotation.
        while (
            attribution
            and attribution.rule.startswith("cue-after")
            and at + 1 < len(pieces)
            and _goes_on(reading.text, attribution, pieces[at + 1])
        ):
            at += 1
            content.append(pieces[at])
        at += 1
        yield _quote(reading, content, attribution)


def _pieces(text: str, paragraph: Span) -> Iterator[Span]:
    at = paragraph.start
    while opener := OPENER.search(text, at, paragraph.end):
        mark = opener.group()
        close = text.find(CLOSING[mark], opener.end(), min(paragraph.end, opener.end() + LONGEST))
        if close < 0:
            if mark != '"' and paragraph.end - opener.end() <= LONGEST:
                # Speech that goes on in the next paragraph is closed only at its end.
                if words := _bare(text, opener.end(), paragraph.end):
                    yield words
                return
            at = opener.end()
            continue
        if words := _bare(text, opener.end(), close):
            yield words
        at = close + 1


def _bare(text: str, start: int, end: int) -> Span | None:
    words = text[start:end]
    if not re.search(r"[^\W\d_]", words):
        return None
    return Span(end - len(words.lstrip()), start + len(words.rstrip()))


def _attribution(reading: Reading, piece: Span, paragraph: Span) -> _Attribution | None:
    """Return who is said to speak: before a colon or comma that the quotation follows, else behind it, else before it.

    Behind `Smith said: "We go." Jones said …` another sentence begins.
    """
    before = _before(reading, piece, paragraph)
    if before and before.is_marked and reading.text[piece.end - 1] != ",":
        return before
    return _after(reading, piece, paragraph) or before


def _after(reading: Reading, piece: Span, paragraph: Span) -> _Attribution | None:
    text = reading.text
    behind = min(piece.end + 1, paragraph.end)
    if text[piece.end - 1] not in ",.!?-—–…" and text[behind : behind + 1] not in (",", ""):
        return None
    start = behind + (1 if text[behind : behind + 1] == "," else 0)
    for pattern, rule in zip(AFTER, ("cue-after", "cue-after-inverted"), strict=True):
        if match := pattern.match(text, start, min(paragraph.end, start + LOOK_AHEAD)):
            return _Attribution(Span(*match.span("cue")), Span(*match.span("speaker")), rule)
    return None


def _before(reading: Reading, piece: Span, paragraph: Span) -> _Attribution | None:
    """Return the attribution before a quotation; one that begins its paragraph may have it at the end of the paragraph before."""
    opens = piece.start - 1
    begins = not reading.text[paragraph.start : opens].strip()
    first = max(0, opens - LOOK_BACK)
    at = max(opens - 1, paragraph.start)
    if begins:
        at = first + len(reading.text[first:opens].rstrip()) - 1
        if at < first or reading.text[at] not in ":,":
            return None
    start = max(first, reading.sentences[sentence_at(reading.sentences, at)].start)
    lead = lead_of(reading.text, start, opens)
    if lead is None:
        return None
    return _Attribution(lead.cue, lead.speaker, "cue-before", lead.is_marked)


def _goes_on(text: str, attribution: _Attribution, piece: Span) -> bool:
    ends = [attribution.cue.end] + ([attribution.speaker.end] if attribution.speaker else [])
    between = text[max(ends) : piece.start - 1]
    return len(between) <= 60 and re.fullmatch(r"(?:\s[\w’'-]+){0,6}[,.]?\s*", between) is not None


def _quote(reading: Reading, content: list[Span], attribution: _Attribution | None) -> Quote:
    first, last = content[0], content[-1]
    words = first.of(reading.text)
    clause = words[0].isupper() and (words[-1] in ",.!?…" or words.count(" ") >= 4)
    return Quote(
        span=Span(first.start, last.end),
        type="direct" if clause else "mixed",
        content=tuple(content),
        cue=attribution.cue if attribution else None,
        speaker=attribution.speaker if attribution else None,
        rule=attribution.rule if attribution else "marks",
        null_reason=None if attribution and attribution.speaker else NO_SPEAKER if attribution else NO_CUE,
        sentence_no=sentence_at(reading.sentences, first.start),
    )
