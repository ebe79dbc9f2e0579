"""Quotations: words in quotation marks with their verb of speech and their speaker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flows.enrich.entities.coreference import Entity
from flows.enrich.entities.mentions import Mention
from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.leads import lead_of
from flows.enrich.quotes.marks import Piece, pieces_in
from flows.enrich.quotes.paragraph import QuotedParagraph
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.speakers import entity_of
from flows.enrich.quotes.trails import signature_of, tail_of, trail_of
from flows.records import Reading, Span

NO_CUE = "no verb of speech beside the quotation"

LOOK_BACK = 400
"""Characters before a quotation in which its attribution is looked for."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation: the pieces between the marks, the cue, and the speaker's words.

    `type` is direct where the words make a clause of their own and mixed where they are part of
    the sentence around them, as in PolNeAR. `span` runs from the first piece to the last. `entity` is
    the entity that the speaker's words mean; `addressee` who is spoken to (`told reporters`); `venue`
    where or by what means it is said (`in a statement`).
    """

    span: Span
    type: str
    content: tuple[Span, ...]
    cue: Span | None
    speaker: Span | None
    entity: Entity | None
    addressee: Span | None
    venue: Span | None
    rule: str
    null_reason: str | None
    sentence_no: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A quotation of a paragraph with its attribution."""

    quoted: QuotedParagraph
    pieces: tuple[Piece, ...]
    attribution: Attribution | None


def quotes_in(reading: Reading, mentions: Sequence[Mention], reference: QuoteReference) -> tuple[Quote, ...]:
    """Find every quotation, in reading order; empty if there is none."""
    found: list[_Found] = []
    for number, paragraph in enumerate(reading.paragraphs):
        pieces = tuple(pieces_in(reading.text, reading.paragraphs, number, has_single=not reading.unread))
        if not pieces:
            continue
        last = found[-1] if found and found[-1].pieces[-1].runs_on else None
        goes_on = last if last and _continues(last, pieces[0], paragraph) else None
        here = list(_in_paragraph(QuotedParagraph(reading, paragraph, pieces, reference), goes_on))
        if goes_on and goes_on.attribution is None and here[0].attribution:
            # `“The road is shut.` and in the next paragraph `“We wait,” he said.`
            for at in range(len(found) - 1, -1, -1):
                if found[at].attribution or not found[at].pieces[-1].runs_on:
                    break
                found[at] = replace(found[at], attribution=here[0].attribution)
        found += here
    return tuple(_quote(reading, mentions, each) for each in found)


def _continues(last: _Found, piece: Piece, paragraph: Span) -> bool:
    """Return True if a paragraph continues the unclosed quotation of the paragraph before."""
    before = last.quoted.span.end
    is_next = not last.quoted.reading.text[before : paragraph.start].strip()
    return is_next and piece.start == paragraph.start and piece.mark == last.pieces[-1].mark


def _in_paragraph(quoted: QuotedParagraph, goes_on: _Found | None) -> Iterator[_Found]:
    """Yield the quotations of a paragraph; the first may continue one of the paragraph before."""
    pieces = quoted.pieces
    at = 0
    before: _Found | None = None
    while at < len(pieces):
        first = at
        content = [pieces[at]]
        while content[-1].runs_on and at + 1 < len(pieces):
            at += 1
            content.append(pieces[at])
        attribution = _attribution(quoted, first, at, before.attribution if before else None)
        if attribution is None:
            attribution = (
                goes_on.attribution if goes_on and first == 0 else _of_sentence(quoted, first, before)
            )
        # `“A,” he said, “B.”`: both pieces share the cue and are one quotation.
        while attribution and attribution.speaker.start >= content[-1].end and at + 1 < len(pieces):
            if not _goes_on(quoted, attribution, at + 1):
                break
            at += 1
            content.append(pieces[at])
        before = _Found(quoted, tuple(content), attribution)
        yield before
        at += 1


def _attribution(
    quoted: QuotedParagraph, first: int, last: int, earlier: Attribution | None
) -> Attribution | None:
    """Return the attribution of the pieces from the first to the last.

    Before a colon or comma that the quotation follows, else after it, else before it, else at the end of its sentence. After
    `Smith said: "We go." Jones said …` another sentence begins.
    """
    before = _before(quoted, first, earlier)
    if before and before.is_marked and quoted.reading.text[quoted.pieces[last].span.end - 1] != ",":
        return before
    text, piece = quoted.reading.text, quoted.pieces[last]
    found = _after(quoted, last) or before or _tail(quoted, last)
    if found is None and quoted.is_clause(quoted.pieces[first]):
        return signature_of(text, piece.end, quoted.reference)
    if found and found.cue and quoted.is_title(piece, found.cue):
        return None
    return found


def _before(quoted: QuotedParagraph, at: int, earlier: Attribution | None) -> Attribution | None:
    """Return the attribution before a quotation; one that begins its paragraph may have it at the end of the paragraph before."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    first = max(0, piece.start - LOOK_BACK)
    position = max(piece.start - 1, quoted.span.start)
    if not text[max(quoted.span.start, first) : piece.start].strip(" -—–\t\n"):
        position = first + len(text[first : piece.start].rstrip(" -—–\t\n")) - 1
        if position < first or text[position] not in ":,":
            return None
    sentences = quoted.reading.sentences
    start = max(first, sentences[sentence_at(sentences, position)].start)
    if at and (previous := quoted.pieces[at - 1]).end > start:
        goes_on = text[previous.span.end - 1] in ",!?"
        return lead_of(text, previous.end, piece.start, quoted.reference, earlier if goes_on else None)
    return lead_of(text, start, piece.start, quoted.reference, None)


def _after(quoted: QuotedParagraph, at: int) -> Attribution | None:
    text, piece = quoted.reading.text, quoted.pieces[at]
    end = quoted.sentence_end(piece)
    if at + 1 < len(quoted.pieces):
        end = min(end, quoted.pieces[at + 1].start)
    return trail_of(
        text,
        piece.span,
        piece.end,
        end,
        quoted.reference,
        opens_sentence=quoted.opens_sentence(piece),
        ends_paragraph=end == quoted.span.end,
    )


def _tail(quoted: QuotedParagraph, at: int) -> Attribution | None:
    """Return the attribution at the end of the sentence that a quotation is part of."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    if text[piece.span.end - 1] in ".!?…":
        return None
    end = quoted.sentence_end(piece)
    start = piece.end
    while at + 1 < len(quoted.pieces) and quoted.pieces[at + 1].start < end:
        at += 1
        start = quoted.pieces[at].end
    return tail_of(text, start, end, quoted.reference) if start < end else None


def _of_sentence(quoted: QuotedParagraph, at: int, before: _Found | None) -> Attribution | None:
    """Return the attribution of the quotation before in the same sentence, as in `He called it "unfair" and "cruel"`."""
    if before is None or before.attribution is None:
        return None
    sentences = quoted.reading.sentences
    same = sentence_at(sentences, before.pieces[-1].end - 1) == sentence_at(
        sentences, quoted.pieces[at].start
    )
    is_lead = before.attribution.speaker.start < before.pieces[0].start
    return before.attribution if same and is_lead else None


def _goes_on(quoted: QuotedParagraph, attribution: Attribution, at: int) -> bool:
    """Return True if a piece continues the quotation before the attribution."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    sentences = quoted.reading.sentences
    between = text[attribution.end : piece.start].rstrip(" -—–\n\t")
    # The words after the cue end with its sentence.
    last = max(attribution.end, attribution.end + len(between)) - 1
    if sentence_at(sentences, attribution.end - 1) != sentence_at(sentences, last):
        return False
    if between.endswith((".", "!", "?")):
        if not quoted.is_clause(piece):
            return False
    elif between and not between.endswith((",", ":")):
        return False
    if _after(quoted, at) is not None:
        return False
    lead = _before(quoted, at, attribution)
    return lead is None or lead.cue is None or lead.cue.start < attribution.end


def _quote(reading: Reading, mentions: Sequence[Mention], found: _Found) -> Quote:
    first, last = found.pieces[0].span, found.pieces[-1].span
    attribution = found.attribution
    return Quote(
        span=Span(first.start, last.end),
        type="direct" if found.quoted.is_clause(found.pieces[0]) else "mixed",
        content=tuple(piece.span for piece in found.pieces),
        cue=attribution.cue if attribution else None,
        speaker=attribution.speaker if attribution else None,
        entity=entity_of(attribution.speaker, mentions) if attribution else None,
        addressee=None,
        venue=None,
        rule=attribution.rule if attribution else "marks",
        null_reason=None if attribution else NO_CUE,
        sentence_no=sentence_at(reading.sentences, first.start),
    )
