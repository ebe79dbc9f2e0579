"""The quotations of one paragraph with their attributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.speech import SPEECH
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.kinds import is_clause, is_title
from flows.enrich.quotes.leads import lead_of
from flows.enrich.quotes.marks import Piece
from flows.enrich.quotes.paragraph import DASHES, LOOK_BACK, QuotedParagraph
from flows.enrich.quotes.trails import signature_of, tail_of, trail_of
from flows.enrich.quotes.trees import subject_in_tree, verbs_above
from flows.records import Span

MAX_BESIDE = 4
"""Quoted words within an attribution after which the quotation may go on."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """A quotation with its attribution; `quoted` is the paragraph of its first piece, `ended` that of its last."""

    quoted: QuotedParagraph
    ended: QuotedParagraph
    pieces: tuple[Piece, ...]
    attribution: Attribution | None


def attributed_in(quoted: QuotedParagraph) -> Iterator[Attributed]:
    """Yield the quotations of a paragraph in order."""
    pieces = quoted.pieces
    at = 0
    before: Attributed | None = None
    while at < len(pieces):
        first = at
        while at + 1 < len(pieces) and _is_one(quoted, pieces[at], pieces[at + 1]):
            at += 1
        attribution = _attribution(quoted, first, at, before.attribution if before else None) or _of_sentence(
            quoted, first, before
        )
        # `“A,” he said, “B.”`: both pieces share the cue and are one quotation.
        content = list(pieces[first : at + 1])
        beside: list[Piece] = []
        while attribution and attribution.speaker.start >= content[0].end and at + 1 < len(pieces):
            following = _next_part(quoted, attribution, at + 1)
            if following is None:
                break
            beside += pieces[at + 1 : following]
            at = following
            content.append(pieces[at])
            while (
                at + 1 < len(pieces)
                and _is_one(quoted, pieces[at], pieces[at + 1])
                and _after(quoted, at + 1) is None
            ):
                at += 1
                content.append(pieces[at])
        before = Attributed(quoted, quoted, tuple(content), attribution)
        yield before
        yield from (Attributed(quoted, quoted, (piece,), None) for piece in beside)
        at += 1


def _is_one(quoted: QuotedParagraph, piece: Piece, following: Piece) -> bool:
    """Return True for speech over lines or paragraphs that the source has joined."""
    between = quoted.reading.text[piece.end : following.start]
    return piece.runs_on or (
        not between.strip() and is_clause(quoted, piece) and is_clause(quoted, following)
    )


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
    found = _after(quoted, last) or before or _tail(quoted, last) or _above(quoted, piece)
    if found is None and is_clause(quoted, quoted.pieces[first]):
        return signature_of(text, piece.end, quoted.reference)
    if found and found.cue and is_title(quoted, piece, found.cue):
        return None
    return found


def _before(quoted: QuotedParagraph, at: int, earlier: Attribution | None) -> Attribution | None:
    """Return the attribution before a quotation; one that begins its paragraph may have it at the end of the paragraph before."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    first = max(0, piece.start - LOOK_BACK)
    position = max(piece.start - 1, quoted.span.start)
    if not text[max(quoted.span.start, first) : piece.start].strip(DASHES):
        position = first + len(text[first : piece.start].rstrip(DASHES)) - 1
        if position < first or text[position] not in ":,":
            return None
    sentences = quoted.reading.sentences
    start = max(first, sentences[sentence_at(sentences, position)].start)
    if at and (previous := quoted.pieces[at - 1]).end > start:
        goes_on = text[previous.span.end - 1] in ",!?"
        return lead_of(
            text,
            previous.end,
            piece.start,
            quoted.reference,
            earlier if goes_on else None,
            quoted.reading.syntax,
        )
    return lead_of(text, start, piece.start, quoted.reference, None, quoted.reading.syntax)


def _after(quoted: QuotedParagraph, at: int) -> Attribution | None:
    text, piece = quoted.reading.text, quoted.pieces[at]
    end = quoted.sentence_end(piece)
    if at + 1 < len(quoted.pieces):
        end = min(end, quoted.pieces[at + 1].start)
    found = trail_of(
        text,
        piece.span,
        piece.end,
        end,
        quoted.reference,
        syntax=quoted.reading.syntax,
        opens_sentence=quoted.opens_sentence(piece),
        ends_paragraph=end == quoted.span.end,
    )
    is_lead = (
        found is not None
        and at + 1 < len(quoted.pieces)
        and end == quoted.pieces[at + 1].start
        and text[piece.span.end - 1] in ".!?…"
        and text[found.start].isupper()
        and text[piece.end : end].rstrip()[-1:] in (",", ":")
    )
    # `He called it "a shame." He added, "We go."`
    return None if is_lead else found


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
    return tail_of(text, start, end, quoted.reference, quoted.reading.syntax) if start < end else None


def _above(quoted: QuotedParagraph, piece: Piece) -> Attribution | None:
    """Return the attribution of the clause that a quotation is a part of: `The army added that the raid helped to "repel" them`."""
    syntax, reference = quoted.reading.syntax, quoted.reference
    for number in verbs_above(syntax, piece.span):
        verb = syntax.tokens[number]
        if reference.uses.get(verb.text.lower()) == SPEECH:
            sentence = quoted.reading.sentences[sentence_at(quoted.reading.sentences, verb.start)]
            speaker = subject_in_tree(syntax, verb.start, sentence.start, sentence.end)
            cue = Span(verb.start, verb.end)
            if speaker and not (speaker.overlaps(piece.span) or cue.overlaps(piece.span)):
                return Attribution(cue, speaker, "clause")
    return None


def _of_sentence(quoted: QuotedParagraph, at: int, before: Attributed | None) -> Attribution | None:
    """Return the attribution of the quotation before in the same sentence, as in `He called it "unfair" and "cruel"`."""
    if before is None or before.attribution is None:
        return None
    sentences = quoted.reading.sentences
    same = sentence_at(sentences, before.pieces[-1].end - 1) == sentence_at(
        sentences, quoted.pieces[at].start
    )
    is_lead = before.attribution.speaker.start < before.pieces[0].start
    return before.attribution if same and is_lead else None


def _next_part(quoted: QuotedParagraph, attribution: Attribution, at: int) -> int | None:
    """Return the next piece of a quotation, or None: the first after the words in quotation marks that its attribution contains.

    `"They left," said Ann Lee, one of the "big four" of the party. "They took the car."`
    """
    sentences = quoted.reading.sentences
    end = sentences[sentence_at(sentences, attribution.end - 1)].end
    for number in range(at, min(len(quoted.pieces), at + MAX_BESIDE + 1)):
        if _goes_on(quoted, attribution, number):
            return number
        piece = quoted.pieces[number]
        if piece.end > end or is_clause(quoted, piece):
            return None
    return None


def _goes_on(quoted: QuotedParagraph, attribution: Attribution, at: int) -> bool:
    """Return True if a piece continues the quotation before the attribution."""
    text, piece = quoted.reading.text, quoted.pieces[at]
    sentences = quoted.reading.sentences
    between = text[attribution.end : piece.start].rstrip(DASHES)
    # The words after the cue end with its sentence.
    last = max(attribution.end, attribution.end + len(between)) - 1
    if sentence_at(sentences, attribution.end - 1) != sentence_at(sentences, last):
        return False
    if _after(quoted, at) is not None:
        return False
    if between.endswith((".", "!", "?")):
        return is_clause(quoted, piece)
    if between and not between.endswith((",", ":")):
        return False
    lead = _before(quoted, at, attribution)
    return lead is None or lead.cue is None or lead.cue.start < attribution.end
