"""READ FIRST: the whole life of a dispatch, from bytes to rows. Pure: no file, no clock, no log.

    RawDispatch --understand--> Article --read--> Reading --enrich--> Enriched --rows_of--> rows

A dispatch that cannot be parsed raises `DispatchError` and becomes a `Rejected`, a row of `rejects`. Every dispatch ends as one or the other. Anything else that is raised is a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from flows.enrich.casing.truecasing import truecased
from flows.enrich.findings import Enriched, enrich, without_findings
from flows.enrich.language.sentences import sentences_in
from flows.enrich.language.words import words_in
from flows.enrich.reference import HeaderReference, Reference
from flows.errors import DispatchError, ErasedDispatch
from flows.fields import SYNTACTIC
from flows.parse import understand
from flows.records import Article, Body, Language, RawDispatch, Reading, Rejected, erasure_keys
from flows.syntax import Syntax

MIN_FOREIGN_CONFIDENCE = 0.8
"""From this confidence on a text in another language is not shown to the English model."""

SHORT_TEXT, MIN_SHORT_FOREIGN_CONFIDENCE = 100, 0.95
"""The same for texts of less than SHORT_TEXT characters, where foreign names mislead the detector: `Houthi missiles hit Marib` is Finnish at 0.82."""

LONG_TEXT, MIN_LONG_FOREIGN_CONFIDENCE = 1000, 0.6
"""The same for texts of at least so many characters: an answer of less than 0.8 is then one about all of the text."""

NO_FIELDS = "no field was asked for"
NO_SYNTAX = Syntax()


def journey(
    dispatches: Sequence[RawDispatch | Rejected],
    reference: Reference | HeaderReference,
    stage_ended: Callable[[str], None] | None = None,
) -> Iterator[Enriched | Rejected]:
    """Take dispatches through their whole life together, since the model reads faster in batches.

    Yields one outcome for each dispatch, in order; what was rejected before is passed on. `stage_ended` is called with
    the name of a stage (of `commits.STAGES`) when it ends, for a caller that measures.
    """
    understood = [each if isinstance(each, Rejected) else article_or_rejected(each) for each in dispatches]
    if stage_ended:
        stage_ended("parse")
    outcomes = list(enriched(understood, reference))
    if stage_ended:
        stage_ended("enrich")
    yield from outcomes


def article_or_rejected(raw: RawDispatch) -> Article | Rejected:
    """Understand one dispatch, or say why it cannot be."""
    try:
        article = understand(raw)
        _refuse_erased(article)
    except DispatchError as error:
        return Rejected(raw, error.code, str(error))
    return article


def _refuse_erased(article: Article) -> None:
    erased = article.raw.source.erased
    if not erased:
        return
    keys = (article.article_id, *erasure_keys(article.dispatch_key, article.body.text))
    if not erased.isdisjoint(keys):
        raise ErasedDispatch


def enriched(
    outcomes: Sequence[Article | Rejected], reference: Reference | HeaderReference
) -> Iterator[Enriched | Rejected]:
    """Read and enrich the articles among the outcomes; pass on the refusals. In order."""
    bodies = [(each.body, each.published_on) for each in outcomes if isinstance(each, Article)]
    if isinstance(reference, HeaderReference):
        readings = _read_without_model(bodies, reference)
    else:
        readings = read(bodies, reference)
    for outcome in outcomes:
        if isinstance(outcome, Rejected):
            yield outcome
        elif isinstance(reference, HeaderReference):
            yield without_findings(outcome, next(readings))
        else:
            yield enrich(outcome, next(readings), reference)


def _read_without_model(
    bodies: Sequence[tuple[Body, date | None]], reference: HeaderReference
) -> Iterator[Reading]:
    languages = [reference.detector.language_of(body.text) for body, _ in bodies]
    for (body, published_on), language in zip(bodies, languages, strict=True):
        yield Reading(
            text=body.text,
            published_on=published_on,
            paragraphs=body.paragraphs,
            sentences=sentences_in(body.text, body.paragraphs, reference.sentences),
            words=(),
            language=language,
            entities=(),
            syntax=NO_SYNTAX,
            model="",
            unread=NO_FIELDS,
        )


def read(bodies: Sequence[tuple[Body, date | None]], reference: Reference) -> Iterator[Reading]:
    """Read each (body, day of publication): its language, words and sentences, and what the model finds in it."""
    languages = [reference.detector.language_of(body.text) for body, _ in bodies]
    unread = [_why_unread(body, language) for (body, _), language in zip(bodies, languages, strict=True)]
    sentences = [sentences_in(body.text, body.paragraphs, reference.language.sentences) for body, _ in bodies]
    texts = [
        body.text if why else truecased(body.text, body.paragraphs, within, reference.casing)
        for (body, _), why, within in zip(bodies, unread, sentences, strict=True)
    ]
    found = reference.model.read(
        [
            (text, () if why else body.paragraphs, within)
            for text, (body, _), why, within in zip(texts, bodies, unread, sentences, strict=True)
        ],
        with_syntax=not SYNTACTIC.isdisjoint(reference.fields),
    )
    for text, (body, published_on), language, why, within, by_model in zip(
        texts, bodies, languages, unread, sentences, found, strict=True
    ):
        yield Reading(
            text=text,
            published_on=published_on,
            paragraphs=body.paragraphs,
            sentences=within,
            words=words_in(text),
            language=language,
            entities=by_model.entities,
            syntax=by_model.syntax,
            model=reference.model.name,
            unread=why,
        )


def _why_unread(body: Body, language: Language) -> str | None:
    if not body.text:
        return "no text"
    least = MIN_FOREIGN_CONFIDENCE
    if len(body.text) < SHORT_TEXT:
        least = MIN_SHORT_FOREIGN_CONFIDENCE
    elif len(body.text) >= LONG_TEXT:
        least = MIN_LONG_FOREIGN_CONFIDENCE
    if language.code not in (None, "en") and (language.confidence or 0) >= least:
        return f"the language is {language.code}; the model reads en"
    return None
