"""Quotations that continue over paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.attributed import Attributed
from flows.enrich.quotes.kinds import is_direct
from flows.enrich.quotes.paragraph import QuotedParagraph

MAX_PIECES = 200
"""A speech of more pieces is more than one row: a whole file may be one."""


def joined(quotations: Iterable[Attributed]) -> Iterator[Attributed]:
    """Yield the quotations in order, each together with those that continue it in the next paragraphs."""
    last: Attributed | None = None
    for each in quotations:
        if last is None:
            last = each
        elif _continues(last, each):
            last = replace(
                last,
                ended=each.ended,
                pieces=(*last.pieces, *each.pieces),
                attribution=last.attribution or each.attribution,
            )
        else:
            yield last
            last = each
    if last is not None:
        yield last


def _continues(last: Attributed, following: Attributed) -> bool:
    """Return True if a quotation continues the last one of the paragraph before.

    Either the last is not closed and its mark opens the next paragraph; or the last ends its paragraph, the next paragraph
    begins with a quotation, and of the two paragraphs one is a quotation and no more. Not if both have an attribution.
    """
    before, after = last.ended, following.quoted
    piece = following.pieces[0]
    if before.span.end > after.span.start or before.reading.text[before.span.end : after.span.start].strip():
        return False
    if not after.begins_with(piece) or (last.attribution and following.attribution):
        return False
    if len(last.pieces) > MAX_PIECES:
        return False
    if last.pieces[-1].runs_on and last.pieces[-1].mark == piece.mark:
        return True
    if not (_ends_paragraph(last) and _is_direct(last) and _is_direct(following)):
        return False
    if following.attribution is None:
        return after.is_whole(piece, following.pieces[-1])
    is_after = following.attribution.start > piece.start
    return is_after and before.is_whole(before.pieces[0], last.pieces[-1])


def _is_direct(each: Attributed) -> bool:
    return is_direct(each.quoted, each.pieces, each.attribution)


def _ends_paragraph(last: Attributed) -> bool:
    """Return True if a paragraph ends with a quotation, or with the sentence of its attribution."""
    paragraph: QuotedParagraph = last.ended
    end = last.pieces[-1].end
    if last.attribution and last.attribution.end <= paragraph.span.end:
        end = max(end, last.attribution.end)
    sentences = paragraph.reading.sentences
    return sentence_at(sentences, end - 1) == sentence_at(sentences, paragraph.span.end - 1)
