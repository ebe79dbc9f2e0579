"""The reference data of enrichment. Loaded once for each process, then passed in."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.amounts.reference import AmountReference
from flows.enrich.casing.reference import CasingReference
from flows.enrich.claims.reference import ClaimReference
from flows.enrich.entities.reference import EntityReference
from flows.enrich.events.reference import EventReference
from flows.enrich.language.identification import LanguageDetector
from flows.enrich.language.model import LanguageModel
from flows.enrich.language.reference import LanguageReference
from flows.enrich.language.sentences import SentenceRules
from flows.enrich.numbers.reference import NumberReference
from flows.enrich.places.reference import PlaceReference
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.stories.terms import Background
from flows.enrich.tone.reference import ToneReference
from flows.enrich.topics.reference import TopicReference
from flows.fields import ALL, Fields


@dataclass(frozen=True, slots=True)
class HeaderReference:
    """What an article is given of which no field is extracted: the language detector, and the rules of sentences."""

    detector: LanguageDetector
    sentences: SentenceRules


@dataclass(frozen=True, slots=True)
class Reference:
    """The language model, the language detector, the tables of the language and of numbers, the tables and weights of each field, and how many documents have a term.

    `fields` are those that are extracted.
    """

    model: LanguageModel
    detector: LanguageDetector
    language: LanguageReference
    casing: CasingReference
    places: PlaceReference
    entities: EntityReference
    quotes: QuoteReference
    numbers: NumberReference
    amounts: AmountReference
    claims: ClaimReference
    events: EventReference
    background: Background
    topics: TopicReference
    tone: ToneReference
    fields: Fields = ALL
