"""Who speaks in a quotation that has no verb of speech beside it: the speaker of the sentence before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.enrich.language.sentences import sentence_at
from flows.enrich.language.speech import SPEECH
from flows.enrich.quotes.attributed import Attributed
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.cues import cues_in
from flows.enrich.quotes.kinds import is_direct
from flows.enrich.quotes.named import Named
from flows.enrich.quotes.paragraph import LOOK_AHEAD, LOOK_BACK
from flows.enrich.quotes.trails import tail_of
from flows.enrich.quotes.trees import subject_in_tree, subject_of_sentence
from flows.records import Span

PERSON_PRONOUNS = ("he", "she")
MAX_SENTENCES = 3
"""Sentences between an attribution and a quotation of the same speaker."""


def with_earlier_speakers(quotations: Iterable[Attributed], named: Named) -> Iterator[Attributed]:
    """Yield the quotations in order; a direct one without attribution has the speaker of the words before it."""
    last: Attribution | None = None
    for each in quotations:
        found = each.attribution
        if found is None and is_direct(each.quoted, each.pieces, None):
            found = _earlier(each, last, named)
            each = replace(each, attribution=found)
        last = found or last
        yield each


def _earlier(each: Attributed, last: Attribution | None, named: Named) -> Attribution | None:
    reading, piece = each.quoted.reading, each.pieces[0]
    if not each.quoted.opens_sentence(piece):
        return None
    number = sentence_at(reading.sentences, piece.start)
    if number == 0 or (reading.sentences[number].start < piece.start and not each.quoted.begins_with(piece)):
        # The marks follow a sentence without a blank.
        number += 1
    before = reading.sentences[number - 1]
    if last and before.start <= last.start < before.end:
        return Attribution(None, last.speaker, "carried")
    speaker = _speaker_in(each, before, named)
    if speaker:
        return Attribution(None, speaker, "sentence-before")
    is_near = last is not None and number - sentence_at(reading.sentences, last.start) <= MAX_SENTENCES
    return Attribution(None, last.speaker, "carried") if last and is_near else None


def _speaker_in(each: Attributed, sentence: Span, named: Named) -> Span | None:
    """Return who speaks in a sentence of indirect speech, or the person that it is about."""
    reading, reference = each.quoted.reading, each.quoted.reference
    text, syntax = reading.text, reading.syntax
    root = subject_of_sentence(syntax, sentence)
    if root and reference.uses.get(syntax.tokens[root[0]].text.lower()) == SPEECH:
        return root[1]
    end = _end(text, sentence)
    tail = tail_of(text, max(sentence.start, end - LOOK_AHEAD), end, reference, syntax)
    if tail:
        return tail.speaker
    for cue in cues_in(
        text, sentence.start, min(sentence.end, sentence.start + LOOK_BACK), reference, syntax
    ):
        if cue.use == SPEECH and (
            found := subject_in_tree(syntax, cue.span.start, sentence.start, sentence.end)
        ):
            return found
    return root[1] if root and _is_person(each, root[1], named) else None


def _is_person(each: Attributed, words: Span, named: Named) -> bool:
    """Return True if a person is named by the last word of a noun phrase without what follows its noun."""
    text, syntax = each.quoted.reading.text, each.quoted.reading.syntax
    head = syntax.head_of(words.start, words.end)
    if head is None:
        return False
    at = syntax.tokens[head].start
    return (
        words.of(text).lower() in PERSON_PRONOUNS
        or named.is_person_at(at)
        or syntax.tokens[head].lemma.lower() in each.quoted.reference.persons
    )


def _end(text: str, sentence: Span) -> int:
    """Return where a sentence ends without its full stop."""
    return sentence.start + len(sentence.of(text).rstrip(" .!?…"))
