"""What is extracted from an article, and in which order: the registry of the fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.enrich.amounts.amount import Amount
from flows.enrich.amounts.amounts import amounts_in
from flows.enrich.claims.claim import Claim
from flows.enrich.claims.finding import claims_in
from flows.enrich.claims.toll import Toll, toll_of
from flows.enrich.entities.mentions import Mention, mentions_in
from flows.enrich.events.event import Event
from flows.enrich.events.events import events_in
from flows.enrich.numbers.quantities import quantities_in
from flows.enrich.places.mentions import PlaceMention, places_in
from flows.enrich.quotes.attributions import attributions_in
from flows.enrich.quotes.quotations import Quote
from flows.enrich.reference import Reference
from flows.enrich.stories.signatures import Signature, signature_of
from flows.enrich.times.expressions import Time, times_in
from flows.enrich.tone.tone import Tone, tone_in
from flows.enrich.topics.topics import Topics, topics_in
from flows.fields import Fields
from flows.records import Article, Reading


@dataclass(frozen=True, slots=True)
class Findings:
    """What each field found in one text, in reading order; `topics` and `tone` are None where the text was not read for them."""

    places: tuple[PlaceMention, ...]
    mentions: tuple[Mention, ...]
    times: tuple[Time, ...]
    quotes: tuple[Quote, ...]
    amounts: tuple[Amount, ...]
    claims: tuple[Claim, ...]
    events: tuple[Event, ...]
    topics: Topics | None = None
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Enriched:
    """An article, how it was read, what was found in it, and its signature, by which it is compared with others."""

    article: Article
    reading: Reading
    found: Findings
    signature: Signature


COUNTED: Fields = frozenset({"claims", "amounts"})
"""Fields that are found at the numerals of a text."""

MEDIA = "MED"
"""CAMEO's code of the press: a place within the name of a newspaper is dropped, one within that of a court or a university is kept."""


def without_names_of_others(
    places: Sequence[PlaceMention], mentions: Sequence[Mention]
) -> tuple[PlaceMention, ...]:
    """Return the places that are not the name of a person, an organisation or an ethnic group, nor part of a person's or a newspaper's.

    No span may be a place in `places` and something else in `mentions`; both are in reading order.
    """
    names = [each for each in mentions if each.kind == "name"]
    taken = {each.span for each in names if each.type in ("PER", "ORG", "EVENT", "WEAPON")}
    peoples = {each.span for each in names if each.type == "NORP"}
    within = [
        each.span
        for each in names
        if each.type == "PER" or (each.type == "ORG" and each.entity.sector == MEDIA)
    ]
    left = []
    at = reached = 0
    for place in places:
        while at < len(within) and within[at].start <= place.span.start:
            reached = max(reached, within[at].end)
            at += 1
        if (
            place.span.end > reached
            and place.span not in taken
            and (place.is_adjective or place.span not in peoples)
        ):
            left.append(place)
    return tuple(left)


NOTHING = Findings((), (), (), (), (), (), ())
NO_TOLL = Toll(None, None)


def find_all(reading: Reading, reference: Reference, headline: str | None = None) -> Findings:
    """Run the extraction of each field of the reference; each is given the results of those before it.

    Places and names are always extracted, since every other field needs them. Only topics read the headline.
    """
    fields = reference.fields
    named = places_in(reading, reference.places)
    mentions = mentions_in(reading, named, reference.entities)
    places = without_names_of_others(named, mentions)
    times = times_in(reading, places) if "times" in fields else ()
    quotes = attributions_in(reading, mentions, reference.quotes) if "quotes" in fields else ()
    are_counted = not reading.unread and not fields.isdisjoint(COUNTED)
    quantities = quantities_in(reading.text, reference.numbers) if are_counted else ()
    claims = (
        claims_in(reading, places, mentions, times, quotes, quantities, reference.claims)
        if "claims" in fields
        else ()
    )
    return Findings(
        places=places,
        mentions=mentions,
        times=times,
        quotes=quotes,
        amounts=amounts_in(reading, places, quantities, reference.amounts) if "amounts" in fields else (),
        claims=claims,
        events=events_in(reading, places, mentions, times, quotes, claims, reference.events)
        if "events" in fields
        else (),
        topics=topics_in(reading, mentions, reference.topics, headline) if "topics" in fields else None,
        tone=tone_in(reading, mentions, reference.tone) if "tone" in fields else None,
    )


def enrich(article: Article, reading: Reading, reference: Reference) -> Enriched:
    """Extract each field of the reference from an article, and compute its signature."""
    found = find_all(reading, reference, article.header.headline)
    background = reference.background if "stories" in reference.fields else None
    signature = signature_of(
        article, reading, found.places, found.mentions, toll_of(found.claims), background
    )
    return Enriched(article, reading, found, signature)


def without_findings(article: Article, reading: Reading) -> Enriched:
    """Return an article of which no field is extracted, with its signature."""
    return Enriched(article, reading, NOTHING, signature_of(article, reading, (), (), NO_TOLL, None))
