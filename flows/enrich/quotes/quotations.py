"""Quotations: words in quotation marks with their verb of speech and their speaker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.entities.coreference import Entity
from flows.enrich.language.sentences import sentence_at
from flows.enrich.quotes.attributed import Attributed, attributed_in
from flows.enrich.quotes.circumstances import circumstances_of
from flows.enrich.quotes.continuations import joined
from flows.enrich.quotes.earlier_speakers import with_earlier_speakers
from flows.enrich.quotes.kinds import is_direct
from flows.enrich.quotes.marks import pieces_in
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.paragraph import QuotedParagraph
from flows.enrich.quotes.reference import QuoteReference
from flows.records import Reading, Span

NO_CUE = "no verb of speech beside the quotation"


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation: the pieces between the marks, the cue, and the speaker's words.

    `type` is direct where all that is said stands between the marks and mixed where it is part of
    a longer sentence, as in PolNeAR. `span` runs from the first piece to the last. `entity` is
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


def quotes_in(reading: Reading, named: Named, reference: QuoteReference) -> tuple[Quote, ...]:
    """Find every quotation, in reading order; empty if there is none. Whom the words of a speaker mean is not known yet."""
    return tuple(
        [
            _quote(reading, named, each)
            for each in with_earlier_speakers(joined(_attributed(reading, reference)), named)
        ]
    )


def _attributed(reading: Reading, reference: QuoteReference) -> Iterator[Attributed]:
    for number, paragraph in enumerate(reading.paragraphs):
        pieces = tuple(pieces_in(reading.text, reading.paragraphs, number, has_single=not reading.unread))
        if pieces:
            yield from attributed_in(QuotedParagraph(reading, paragraph, pieces, reference))


def _quote(reading: Reading, named: Named, found: Attributed) -> Quote:
    first, last = found.pieces[0].span, found.pieces[-1].span
    attribution = found.attribution
    addressee, venue = (
        circumstances_of(attribution, reading, named, found.quoted.reference) if attribution else (None, None)
    )
    return Quote(
        span=Span(first.start, last.end),
        type="direct" if is_direct(found.quoted, found.pieces, attribution) else "mixed",
        content=tuple(piece.span for piece in found.pieces),
        cue=attribution.cue if attribution else None,
        speaker=attribution.speaker if attribution else None,
        entity=None,
        addressee=addressee,
        venue=venue,
        rule=attribution.rule if attribution else "marks",
        null_reason=None if attribution else NO_CUE,
        sentence_no=sentence_at(reading.sentences, first.start),
    )
