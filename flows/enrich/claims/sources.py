"""What claims are read from: the syntax of a text with its numbers, names, places, times and quotations by token."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol, TypeVar

from flows.enrich.claims.reference import ClaimReference
from flows.enrich.entities.mentions import Mention
from flows.enrich.numbers.quantities import Quantity
from flows.enrich.places.mentions import PlaceMention
from flows.enrich.quotes.quotations import Quote
from flows.enrich.times.expressions import Time
from flows.records import Reading, Span
from flows.syntax import Syntax, Token

Found = TypeVar("Found")


class Located(Protocol):
    """Something found in a text, with its span."""

    @property
    def span(self) -> Span:
        """Return where it stands."""


Placed = TypeVar("Placed", bound=Located)

END = attrgetter("end")
RELATIVE_TAGS = frozenset(("WDT", "WP", "WP$"))


@dataclass(frozen=True, slots=True)
class Sources:
    """A text and what the fields before found in it. `quantity_at`, `mention_at` and `place_at` map the number of a token to what covers it."""

    reading: Reading
    syntax: Syntax
    tokens: tuple[Token, ...]
    places: Sequence[PlaceMention]
    mentions: Sequence[Mention]
    times: Sequence[Time]
    quotes: Sequence[Quote]
    quantity_at: Mapping[int, Quantity]
    mention_at: Mapping[int, Mention]
    place_at: Mapping[int, PlaceMention]
    reference: ClaimReference

    def times_within(self, start: int, end: int) -> Sequence[Time]:
        """Return the times that begin in a range of code points."""
        return within(self.times, start, end)

    def mentions_within(self, start: int, end: int) -> Sequence[Mention]:
        """Return the mentions that begin in a range of code points."""
        return within(self.mentions, start, end)

    def child(self, number: int, *labels: str) -> int | None:
        """Return the first child of a token with one of the labels, or None."""
        tokens = self.tokens
        return next((c for c in self.syntax.children(number) if tokens[c].dep in labels), None)

    def children(self, number: int, *labels: str) -> list[int]:
        """Return the children of a token with one of the labels."""
        tokens = self.tokens
        return [c for c in self.syntax.children(number) if tokens[c].dep in labels]

    def object_of(self, number: int, *prepositions: str) -> int | None:
        """Return the object of the first child of a token that is one of the prepositions, or None."""
        for prep in self.children(number, "prep", "agent", "dative", "pcomp"):
            if self.tokens[prep].text.lower() in prepositions:
                found = self.child(prep, "pobj", "pcomp")
                if found is not None:
                    return found
        return None

    def span(self, first: int, last: int) -> Span:
        """Return the span from a token to another."""
        return Span(self.tokens[first].start, self.tokens[last].end)

    def sentence_no_of(self, number: int) -> int:
        """Return the number of the sentence of a token."""
        sentences = self.reading.sentences
        return min(bisect_right(sentences, self.tokens[number].start, key=END), len(sentences) - 1)


def within(found: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Return those of a sequence in reading order that begin in a range of code points."""
    return found[bisect_left(found, start, key=_start_of) : bisect_left(found, end, key=_start_of)]


def _start_of(found: Located) -> int:
    return found.span.start


def sources_of(
    reading: Reading,
    places: Sequence[PlaceMention],
    mentions: Sequence[Mention],
    times: Sequence[Time],
    quotes: Sequence[Quote],
    quantities: Sequence[Quantity],
    reference: ClaimReference,
) -> Sources:
    """Index what was found in a text by its tokens."""
    syntax = reading.syntax
    return Sources(
        reading,
        syntax,
        syntax.tokens,
        places,
        mentions,
        times,
        quotes,
        _by_token(syntax, [(each.numeral, each) for each in quantities]),
        _by_token(syntax, [(each.span, each) for each in mentions]),
        _by_token(syntax, [(each.span, each) for each in places]),
        reference,
    )


def _by_token(syntax: Syntax, found: Sequence[tuple[Span, Found]]) -> dict[int, Found]:
    """Map each token to the longest thing found that covers it."""
    at: dict[int, Found] = {}
    for span, each in sorted(found, key=lambda pair: pair[0].end - pair[0].start):
        numbers = syntax.within(span.start, span.end)
        for number in numbers:
            at[number] = each
        if not numbers or syntax.tokens[numbers[0]].start != span.start:
            # A token may begin before the span: `34-year-old`.
            first = syntax.at(span.start)
            if first is not None:
                at.setdefault(first, each)
    return at
