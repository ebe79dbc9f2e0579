"""READ FIRST: one dispatch's whole life, bytes to rows. Pure: no file, no clock, no log.

    RawDispatch --understand--> Article --read--> Reading --found_in--> Enriched --rows_of--> rows

What cannot be understood raises `DispatchError` on the way and becomes a `Rejected`, whose row goes
to `rejects`. Every dispatch ends as one or the other. Anything else that is raised is a bug.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from flows.enrich.fields import found_in
from flows.enrich.language.identification import language_of
from flows.enrich.language.model import LanguageModel
from flows.enrich.language.sentences import sentences_in
from flows.errors import DispatchError
from flows.parse import understand
from flows.records import Article, Body, Enriched, Language, RawDispatch, Reading, Rejected

SURE_LANGUAGE = 0.8
"""From this confidence on a text in another language is not shown to the English model."""


def journey(raws: Sequence[RawDispatch], model: LanguageModel) -> Iterator[Enriched | Rejected]:
    """Take dispatches through their whole life together, since the model reads faster in batches.

    Yields one outcome for each dispatch, in order.
    """
    yield from enriched([article_or_rejected(raw) for raw in raws], model)


def article_or_rejected(raw: RawDispatch) -> Article | Rejected:
    """Understand one dispatch, or say why it cannot be."""
    try:
        return understand(raw)
    except DispatchError as error:
        return Rejected(raw, error.code, str(error))


def enriched(outcomes: Sequence[Article | Rejected], model: LanguageModel) -> Iterator[Enriched | Rejected]:
    """Read and enrich the articles among the outcomes; pass on the refusals. In order."""
    articles = [outcome for outcome in outcomes if isinstance(outcome, Article)]
    readings = read([(article.body, article.published_on) for article in articles], model)
    for outcome in outcomes:
        if isinstance(outcome, Article):
            reading = next(readings)
            yield Enriched(outcome, reading, found_in(reading))
        else:
            yield outcome


def read(bodies: Sequence[tuple[Body, date | None]], model: LanguageModel) -> Iterator[Reading]:
    """Read each (body, day of publication): its language, its sentences, what the model sees in it."""
    languages = [language_of(body.text) for body, _ in bodies]
    unread = [_why_unread(body, language) for (body, _), language in zip(bodies, languages, strict=True)]
    entities = model.entities_in(
        [(body.text, () if why else body.paragraphs) for (body, _), why in zip(bodies, unread, strict=True)]
    )
    for (body, published_on), language, why, seen in zip(bodies, languages, unread, entities, strict=True):
        yield Reading(
            text=body.text,
            published_on=published_on,
            paragraphs=body.paragraphs,
            sentences=sentences_in(body.text, body.paragraphs),
            language=language,
            entities=seen,
            model=model.name,
            precision=model.precision,
            unread=why,
        )


def _why_unread(body: Body, language: Language) -> str | None:
    if not body.text:
        return "no text"
    if language.code not in (None, "en") and (language.confidence or 0) >= SURE_LANGUAGE:
        return f"the language is {language.code}; the model reads en"
    return None
