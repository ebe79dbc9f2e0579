"""The country of an organisation that many countries have (`the Senate`), by the text around it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from flows.enrich.language.sentences import sentence_at
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

BESIDE = 5
"""Number of places on either side, in reading order, that are examined: they may lie in the name or right before it."""

MIN_ARTICLE_SHARE = 0.5
MIN_ARTICLE_MENTIONS = 3
"""A country is the article's own from this share and number of the mentions of places with a country. Chosen by reading news, not tuned."""

BEFORE = (" ", "'s ", "’s ")
OF_COUNTRY = re.compile(r"^(?:['’]s)?\s*|(?<!\s)\s+of(?: the)?$")
IN_PLACE = re.compile(r"(?:'s|’s)?,? (?:of|in) (?:the )?(?:\w+ )?$")
IS_OBJECT = re.compile(
    r"\b(?:on|for|against|to|with|towards?|about|over|between|condemn\w*|urge[ds]?)(?: the)? $"
)
"""Words before a country that is an object and not the actor: `supported a call for Japan`."""

DATELINE = re.compile(r"\A[^\n]{0,80}?(?:\s[-–—]{1,2}\s|:\s|\)\s?[-–—])")


class Surroundings:
    """The countries that a text names, by sentence and as a whole."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Span],
        places: Sequence[PlaceMention],
        demonyms: Mapping[str, str],
    ) -> None:
        self.text = text
        self.demonyms = demonyms
        self.sentences = sentences
        self.places = [
            place
            for place in places
            if place.point
            and place.point.country
            and (
                text[place.span.end : place.span.end + 2] in ("'s", "’s")
                or not IS_OBJECT.search(text, max(0, place.span.start - 16), place.span.start)
            )
        ]
        self.starts = [place.span.start for place in self.places]
        self.counts = Counter(_country(place) for place in self.places)
        dateline = DATELINE.match(text)
        filed = [place for place in self.places if dateline and place.span.end <= dateline.end()]
        self.dateline = _country(filed[0]) if filed else None

    def of_organisation(self, span: Span) -> str | None:
        """Return the country in an organisation's name, right before it or after it: `Pakistan's`, `of Kenya`, `in Abuja`."""
        for place in self._beside(span):
            if span.start <= place.span.start and place.span.end <= span.end:
                return _country(place)
            if place.span.end <= span.start and self.text[place.span.end : span.start] in BEFORE:
                return _country(place)
            if place.span.start > span.end and IN_PLACE.fullmatch(self.text, span.end, place.span.start):
                return _country(place)
        return self.demonyms.get(span.of(self.text).split(" ", 1)[0])

    def of_person(self, span: Span, role: str | None) -> str | None:
        """Return the country before a person's name or title, or that of a king: `Turkish`, `Turkish President`, `of Jordan`."""
        before: tuple[str, ...] = BEFORE
        beside = self._beside(span)
        if role and beside:
            before = (*BEFORE, *(f"{mark}{role}{end}" for mark in BEFORE for end in (" ", ". ")))
        for place in beside:
            if place.span.end <= span.start and self.text[place.span.end : span.start] in before:
                return _country(place)
            if place.span.start > span.end and self.text[span.end : place.span.start] == " of ":
                return _country(place)
        return None

    def without_country(self, span: Span) -> str:
        """Return an organisation's name without the country in it: `Turkey's Defence Ministry`, `Senate of the Philippines`."""
        start, end = span.start, span.end
        first, _, others = span.of(self.text).partition(" ")
        if others and first in self.demonyms:
            start = end - len(others)
        for place in self._beside(span):
            if place.span.start == span.start and place.span.end < end:
                start = place.span.end
            elif place.span.end == span.end and start < place.span.start:
                end = place.span.start
        return OF_COUNTRY.sub("", self.text[start:end].strip()).strip()

    def _beside(self, span: Span) -> Sequence[PlaceMention]:
        at = bisect_left(self.starts, span.start)
        return self.places[max(0, at - 1) : at + BESIDE]

    def around(self, span: Span) -> str | None:
        """Return the country of the sentence, of the dateline, or of the article, whichever the text makes most likely; else None."""
        main = self._of_article()
        number = sentence_at(self.sentences, span.start)
        own = self._of_sentence(number, span)
        if len(own) == 1:
            country, is_before = next(iter(own.items()))
            # A country after a parliament or a court is often its object: `The Senate condemned Russia.`
            return country if is_before or main is None else main
        if main is not None and (main in own or not own):
            return main
        before = [country for country, is_before in own.items() if is_before]
        if len(before) == 1:
            return before[0]
        sentence = self.sentences[number]
        first, last = (bisect_left(self.starts, offset) for offset in (sentence.start, sentence.end))
        counts = Counter(_country(place) for place in self.places[first:last])
        most = counts.most_common(2)
        if len(most) == 2 and most[0][1] > most[1][1]:
            return most[0][0]
        return self._nearest_before(number) if not own else None

    def _of_article(self) -> str | None:
        """Return the dateline's country if the text names it again, else the country of most mentions."""
        if self.dateline is not None and self.counts[self.dateline] > 1:
            return self.dateline
        if not self.counts:
            return None
        country, count = self.counts.most_common(1)[0]
        if count >= MIN_ARTICLE_MENTIONS and count >= MIN_ARTICLE_SHARE * self.counts.total():
            return country
        return country if len(self.counts) == 1 else self.dateline

    def _of_sentence(self, number: int, span: Span) -> dict[str, bool]:
        """Return the countries of a sentence, each with whether it precedes the span."""
        sentence = self.sentences[number]
        first = bisect_left(self.starts, sentence.start)
        own: dict[str, bool] = {}
        for place in self.places[first:]:
            if place.span.start >= sentence.end:
                break
            own.setdefault(_country(place), place.span.start < span.start)
        return own

    def _nearest_before(self, number: int) -> str | None:
        """Return the only country of the sentence before."""
        if not number:
            return None
        before = self._of_sentence(number - 1, self.sentences[number])
        return next(iter(before)) if len(before) == 1 else None


def _country(place: PlaceMention) -> str:
    point = place.point
    if point is None or point.country is None:
        raise ValueError(f"the place {place.surface!r} has no country")
    return point.country
