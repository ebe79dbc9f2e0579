"""All attributions of a text: quotations, mixed and indirect ones."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from flows.enrich.entities.mentions import Mention
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.circumstances import circumstances_of
from flows.enrich.quotes.indirect import Indirect, indirect_in
from flows.enrich.quotes.kinds import is_title_case
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.quotations import Quote, quotes_in
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.speakers import Speakers
from flows.records import Reading, Span

NO_SOURCE = "no source is named"

NAME_BEFORE = re.compile(r"(?<!\w)[A-Z][\w.]*\s[\"“‘']$")
NAME_AFTER = re.compile(r"[\"”’']\s[A-Z]\w")
"""What stands around a nickname."""

AROUND = 24
MAX_TITLE_WORDS = 3
"""Words of a title or a scare quote. Not tuned."""


def attributions_in(
    reading: Reading, mentions: Sequence[Mention], reference: QuoteReference
) -> tuple[Quote, ...]:
    """Find every attribution, in reading order.

    A quotation within the content of an attribution with the same cue, or without a cue of its own, is a part of it, and no row of its own:
    `He said the talks were "over"`. A name in marks is none: `Joe "Ace" Brown`.
    """
    named = Named(mentions)
    direct = quotes_in(reading, named, reference)
    found = indirect_in(reading, direct, reference.cue_words)
    quotes, merged = _merged(direct, found, reading.text)
    speakers = Speakers(
        reading, named, sorted(piece for quote in direct for piece in quote.content), reference
    )
    every: list[Quote | Indirect] = [*quotes, *merged]
    every.sort(key=_position)
    return tuple(
        replace(each, entity=speakers.entity_of(each.speaker) if each.speaker else None)
        if isinstance(each, Quote)
        else _quote(each, reading, named, speakers, reference)
        for each in every
    )


def _position(found: Quote | Indirect) -> tuple[int, int]:
    return found.content[0].start, found.content[-1].end


def _merged(
    direct: Sequence[Quote], found: Sequence[Indirect], text: str
) -> tuple[list[Quote], list[Indirect]]:
    """Return the quotations that stay, and the indirect attributions, with the words and speakers of the quotations that became part of them."""
    order = sorted(range(len(direct)), key=lambda at: direct[at].span.start)
    starts = [direct[at].span.start for at in order]
    merged = list(found)
    taken: set[int] = set()
    for number, each in enumerate(found):
        if not each.quoted:
            continue
        first, last = each.content[0].start, each.content[-1].end
        for at in order[bisect_left(starts, first) : bisect_left(starts, last)]:
            if at not in taken and _is_part(direct[at], each) and not _is_title(direct[at], text):
                taken.add(at)
                merged[number] = _with_quotation(merged[number], direct[at], text)
    kept = [quote for at, quote in enumerate(direct) if at not in taken and not _is_name(quote, text)]
    return kept, merged


def _is_part(quote: Quote, found: Indirect) -> bool:
    """Return True if a quotation begins within a content and has the same cue, or none, or one outside the content."""
    begins = any(own.start <= quote.content[0].start < own.end for own in found.content)
    return begins and (
        quote.cue is None
        or quote.cue.overlaps(found.cue)
        or not any(quote.cue.overlaps(own) for own in found.content)
    )


def _is_title(quote: Quote, text: str) -> bool:
    """Return True for a title or a word in marks that nobody is said to have said: `the "Kestrel" programme`."""
    return quote.speaker is None and len(quote.span.of(text).split()) <= MAX_TITLE_WORDS


def _is_name(quote: Quote, text: str) -> bool:
    """Return True for a name in marks, and for a part of one: `the "Kestrel" programme`, `K.L. "Buzz" Larsen`."""
    words = quote.span.of(text)
    if len(words.split()) > MAX_TITLE_WORDS or not is_title_case(words):
        return False
    start, end = quote.span.start, quote.span.end
    is_between = NAME_BEFORE.search(text, max(0, start - AROUND), start) and NAME_AFTER.match(text, end)
    return quote.speaker is None or is_between is not None


def _with_quotation(found: Indirect, quote: Quote, text: str) -> Indirect:
    """Make the pieces of a quotation pieces of the content, also those that run on after it: `He said that "we stay. We fight."`."""
    pieces = list(quote.content)
    for own in found.content:
        start = own.start
        for piece in quote.content:
            if piece.end <= start or piece.start >= own.end:
                continue
            pieces += _words(text, start, piece.start)
            start = max(start, piece.end)
        pieces += _words(text, start, own.end)
    # Who the marks are attributed to is known by more rules than the tree.
    is_same = quote.speaker is not None and quote.cue is not None and quote.cue.overlaps(found.cue)
    return replace(
        found,
        content=tuple(sorted(pieces)),
        source=quote.speaker if is_same else found.source or quote.speaker,
        is_mixed=True,
    )


def _words(text: str, start: int, end: int) -> list[Span]:
    """Return the words between quotations, without the marks; none if there are no words."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return [Span(start, end)] if start < end else []


def _quote(
    found: Indirect, reading: Reading, named: Named, speakers: Speakers, reference: QuoteReference
) -> Quote:
    addressee, venue = None, None
    if found.source and found.is_said:
        said = Attribution(found.cue, found.source, found.rule)
        addressee, venue = circumstances_of(said, reading, named, reference)
    return Quote(
        span=Span(found.content[0].start, found.content[-1].end),
        type="mixed" if found.is_mixed else "indirect",
        content=found.content,
        cue=found.cue,
        speaker=found.source,
        entity=speakers.entity_of(found.named or found.source) if found.source else None,
        addressee=_outside(addressee, found),
        venue=_outside(venue, found),
        rule=found.rule,
        null_reason=None if found.source else NO_SOURCE,
        sentence_no=found.sentence_no,
    )


def _outside(words: Span | None, found: Indirect) -> Span | None:
    """Return words that are no part of the content: `urged the government to leave` has no addressee."""
    if words is None or any(words.overlaps(piece) for piece in found.content):
        return None
    return words
