"""Words in quotation marks, the verb of speech beside them, and who is said to have spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.leads import lead_of
from flows.enrich.quotes.marks import Piece, pieces_in
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.trails import tail_of, trail_of
from flows.records import Reading, Span

NO_CUE = "no verb of speech beside the quotation"

LOOK_BACK, LOOK_AHEAD = 400, 300
MIN_CLAUSE_WORDS = 5
"""A quotation of so many words is a clause, though no mark ends it."""

INTRODUCED = re.compile(r"(?:^|[,:;—–(\[\"”-]|--)\s*$")
OPENS_SENTENCE = re.compile(r"[\s—–\"“‘'(\[-]*|.*[:;]\s*", re.DOTALL)


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
class _Quoted:
    """The pieces of a paragraph with what is needed to look around them."""

    reading: Reading
    paragraph: Span
    pieces: tuple[Piece, ...]
    reference: QuoteReference


def quotes_in(reading: Reading, reference: QuoteReference) -> tuple[Quote, ...]:
    """Find every quotation, in reading order; empty if there is none."""
    quotes: list[Quote] = []
    goes_on: tuple[str, Attribution | None] | None = None
    for number, paragraph in enumerate(reading.paragraphs):
        pieces = tuple(pieces_in(reading.text, reading.paragraphs, number))
        inherited = None
        if goes_on and pieces and pieces[0].start == paragraph.start and pieces[0].mark == goes_on[0]:
            inherited = goes_on[1]
        goes_on = None
        for quote, last, attribution in _in_paragraph(
            _Quoted(reading, paragraph, pieces, reference), inherited
        ):
            quotes.append(quote)
            if last.runs_on:
                goes_on = last.mark, attribution
    return tuple(quotes)


def _in_paragraph(
    quoted: _Quoted, inherited: Attribution | None
) -> Iterator[tuple[Quote, Piece, Attribution | None]]:
    """Yield the quotations of a paragraph, each with its last piece and who speaks it."""
    pieces = quoted.pieces
    at = 0
    before: tuple[Piece, Attribution | None] | None = None
    while at < len(pieces):
        content = [pieces[at]]
        attribution = _attribution(quoted, at) or (inherited if at == 0 else _of_sentence(quoted, at, before))
        # `“A,” he said, “B.”`: what goes on behind the same cue is one quotation.
        while attribution and attribution.speaker.start >= content[0].end and at + 1 < len(pieces):
            if not _goes_on(quoted, attribution, at + 1):
                break
            at += 1
            content.append(pieces[at])
        before = content[-1], attribution
        yield _quote(quoted, content, attribution), content[-1], attribution
        at += 1


def _attribution(quoted: _Quoted, at: int) -> Attribution | None:
    """Return who is said to speak: before a colon or comma that the quotation follows, else behind it, else before it, else at the
    end of its sentence.

    Behind `Smith said: "We go." Jones said …` another sentence begins.
    """
    before = _before(quoted, at)
    text = quoted.reading.text
    piece = quoted.pieces[at]
    if before and before.is_marked and text[piece.span.end - 1] != ",":
        return before
    return _after(quoted, at) or before or _tail(quoted, at)


def _before(quoted: _Quoted, at: int) -> Attribution | None:
    """Return the attribution before a quotation; one that begins its paragraph may have it at the end of the paragraph before."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    first = max(0, piece.start - LOOK_BACK)
    position = max(piece.start - 1, quoted.paragraph.start)
    if not text[quoted.paragraph.start : piece.start].strip(" -—–\t\n"):
        position = first + len(text[first : piece.start].rstrip(" -—–\t\n")) - 1
        if position < first or text[position] not in ":,":
            return None
    sentences = quoted.reading.sentences
    start = max(first, sentences[sentence_at(sentences, position)].start)
    goes_on = False
    if at and quoted.pieces[at - 1].end > start:
        previous = quoted.pieces[at - 1]
        start = previous.end
        goes_on = text[previous.span.end - 1] in ",!?"
    return lead_of(text, start, piece.start, quoted.reference, goes_on=goes_on)


def _after(quoted: _Quoted, at: int) -> Attribution | None:
    text, piece = quoted.reading.text, quoted.pieces[at]
    end = _sentence_end(quoted, at)
    if at + 1 < len(quoted.pieces):
        end = min(end, quoted.pieces[at + 1].start)
    return trail_of(
        text, piece.span, piece.end, end, quoted.reference, opens_sentence=_opens_sentence(quoted, piece)
    )


def _sentence_end(quoted: _Quoted, at: int) -> int:
    """Return where the sentence ends that the words behind a quotation are in."""
    piece = quoted.pieces[at]
    behind = quoted.reading.text[piece.end : quoted.paragraph.end]
    position = piece.end + len(behind) - len(behind.lstrip())
    sentences = quoted.reading.sentences
    end = sentences[sentence_at(sentences, position)].end
    return min(end, quoted.paragraph.end, piece.end + LOOK_AHEAD)


def _tail(quoted: _Quoted, at: int) -> Attribution | None:
    """Return who is named at the end of the sentence that a quotation is part of."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    if text[piece.span.end - 1] in ".!?…":
        return None
    end = _sentence_end(quoted, at)
    start = max(other.end for other in quoted.pieces[at:] if other.start < end)
    return tail_of(text, start, end, quoted.reference) if start < end else None


def _of_sentence(
    quoted: _Quoted, at: int, before: tuple[Piece, Attribution | None] | None
) -> Attribution | None:
    """Return who speaks the quotation before in the same sentence: `He called it "unfair" and "cruel".`"""
    if before is None or before[1] is None:
        return None
    sentences = quoted.reading.sentences
    same = sentence_at(sentences, before[0].end - 1) == sentence_at(sentences, quoted.pieces[at].start)
    return before[1] if same and before[1].speaker.start < before[0].start else None


def _opens_sentence(quoted: _Quoted, piece: Piece) -> bool:
    sentences = quoted.reading.sentences
    start = max(quoted.paragraph.start, sentences[sentence_at(sentences, piece.start)].start)
    return (
        start >= piece.start or OPENS_SENTENCE.fullmatch(quoted.reading.text, start, piece.start) is not None
    )


def _goes_on(quoted: _Quoted, attribution: Attribution, at: int) -> bool:
    """Return True if a piece goes on with the quotation that the attribution stands behind."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    sentences = quoted.reading.sentences
    between = text[attribution.end : piece.start].rstrip(" -—–\n\t")
    if between.endswith((".", "!", "?")):
        last = attribution.end + len(between) - 1
        if sentence_at(sentences, attribution.end - 1) != sentence_at(sentences, last):
            return False
    elif between and not between.endswith((",", ":")):
        return False
    if not _is_clause(quoted, piece) and between.endswith((".", "!", "?")):
        return False
    if _after(quoted, at) is not None:
        return False
    lead = _before(quoted, at)
    return lead is None or lead.cue is None or lead.cue.start < attribution.end


def _is_clause(quoted: _Quoted, piece: Piece) -> bool:
    """Return True if the words make a clause of their own."""
    text = quoted.reading.text
    words = piece.span.of(text)
    ends = words[-1] in ",.!?…" or text[piece.end : piece.end + 1] == ","
    if not (ends or piece.runs_on or len(words.split()) >= MIN_CLAUSE_WORDS):
        return False
    if _opens_sentence(quoted, piece):
        return words[0].isupper() or ends
    if not words[0].isupper():
        return False
    before = text[max(0, piece.start - 40) : piece.start]
    word = before.split()[-1:]
    return INTRODUCED.search(before) is not None or (bool(word) and word[0].lower() in quoted.reference.uses)


def _quote(quoted: _Quoted, content: list[Piece], attribution: Attribution | None) -> Quote:
    first, last = content[0], content[-1]
    return Quote(
        span=Span(first.span.start, last.span.end),
        type="direct" if _is_clause(quoted, first) else "mixed",
        content=tuple(piece.span for piece in content),
        cue=attribution.cue if attribution else None,
        speaker=attribution.speaker if attribution else None,
        rule=attribution.rule if attribution else "marks",
        null_reason=None if attribution else NO_CUE,
        sentence_no=sentence_at(quoted.reading.sentences, first.span.start),
    )
