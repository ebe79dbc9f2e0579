"""Words that may name a person or an organisation: entities of the model, entries of tables, and runs of capitalised words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flows.enrich.entities.capitalised import runs_in
from flows.enrich.entities.casing import Casing
from flows.enrich.entities.certainty import (
    ARTICLE,
    LOOK_BACK,
    NEXT_WORDS,
    PLURAL_ACRONYM,
    ends_in_state_organisation,
    kind_by_words,
)
from flows.enrich.entities.peoples import peoples_in
from flows.enrich.entities.reference import EntityReference
from flows.enrich.entities.runs import Runs
from flows.enrich.entities.trimming import trimmed
from flows.enrich.places.mentions import PlaceMention
from flows.records import Reading, Span, Word

KINDS = ("PER", "ORG", "OTHER")
"""The classes of a candidate that is not a place; OTHER is neither a person nor an organisation, but may be an ethnic group, a work or an event."""

NAMED = frozenset("PERSON ORG GPE LOC FAC NORP EVENT PRODUCT WORK_OF_ART LAW LANGUAGE".split())
ACRONYM = re.compile(r",?\s[(\[](?P<short>[A-Z][A-Za-z&./-]{1,11})[)\]]")
HAS_DIGIT = re.compile(r"\d")
ENDS_WORD = frozenset([" ", "", "\n", ",", ".", ";", ":", ")"])
MAX_ACRONYM_LOWER = 2
"""An acronym in brackets has at most this many lowercase letters (`SoHR`); with more it is a word (`Reuters`)."""

MAX_JOINED_CHARS = 60
"""Characters after a word that are searched for what is joined to it by hyphens; the longest such word of `actors.tsv` is shorter."""


class NameCandidate(NamedTuple):
    """Words that may be a name.

    `label` is the model's, or None; `place` the place mention of the same words; `source` where the candidate comes from: model,
    place, table, acronym or capitals. `certain` is the kind where a table or the text itself says it.
    """

    span: Span
    surface: str
    label: str | None
    place: PlaceMention | None
    source: str
    certain: str | None = None


def candidates_in(
    reading: Reading, places: Sequence[PlaceMention], casing: Casing, reference: EntityReference
) -> tuple[NameCandidate, ...]:
    """Return the candidates in reading order, one for each span."""
    text = reading.text
    runs = runs_in(reading, places, casing, reference)
    found = {candidate.span: candidate for candidate in _of_model(reading, casing, runs, reference)}
    for place in places:
        if not place.is_adjective:
            seen = found.get(place.span)
            found[place.span] = NameCandidate(
                place.span, place.surface, seen.label if seen else None, place, "place", "LOC"
            )
    for span, kind in _of_tables(text, reading.words, casing, runs, reference):
        seen = found.get(span)
        if (
            seen is None
            or seen.place is None
            or (kind is not None and span.of(text) not in reference.ambiguous)
        ):
            label = seen.label if seen else None
            found[span] = NameCandidate(span, span.of(text), label, None, "table", kind)
    for span in peoples_in(text, reading.words, reference):
        found[span] = NameCandidate(span, span.of(text), None, None, "people", "NORP")
    for place in places:
        if place.is_adjective:
            found[place.span] = NameCandidate(place.span, place.surface, None, place, "place", "NORP")
    _add_runs(found, text, runs, reference)
    _add_acronyms(found, text, reading.words)
    decided = {span: _decided(candidate, text, reference) for span, candidate in found.items()}
    _add_short_names(decided, text, reading.words, reference)
    return tuple([decided[span] for span in sorted(decided, key=_ends) if not _cuts_word(text, span)])


def _ends(span: Span) -> tuple[int, int]:
    # As spans are sorted; their own comparison takes several times as long.
    return span.start, span.end


def _cuts_word(text: str, span: Span) -> bool:
    """Return True where a span ends before a digit or begins behind one: the `OS` of `OS2`."""
    return text[span.end : span.end + 1].isdigit() or text[max(0, span.start - 1) : span.start].isdigit()


def _of_model(
    reading: Reading, casing: Casing, runs: Runs, reference: EntityReference
) -> Iterator[NameCandidate]:
    """Yield the entities of the model without titles and punctuation; a person's name extends over the capitalised words around it."""
    text = reading.text
    for entity in reading.entities:
        if entity.label not in NAMED or (entity.label == "NORP" and HAS_DIGIT.search(entity.span.of(text))):
            continue
        is_person = entity.label == "PERSON"
        for span in trimmed(text, entity.span, reference, entity.label):
            for piece in runs.within(span) if casing.at(span.start) != "sentence" else [span]:
                whole = runs.completed(piece) if is_person else piece
                yield NameCandidate(whole, whole.of(text), entity.label, None, "model")


def _of_tables(
    text: str, words: Sequence[Word], casing: Casing, runs: Runs, reference: EntityReference
) -> Iterator[tuple[Span, str | None]]:
    """Yield well-known organisations, storms and wars, each with its kind, or None if the name has other meanings."""
    reached = 0
    starts = frozenset(sentence.start for sentence in casing.sentences)
    begins_event = reference.words["storm"] | reference.words["event"]
    begins_actor = reference.actor_beginnings
    # Most words begin neither.
    beginnings = [
        (at, word)
        for at, word in enumerate(words)
        if word.text in begins_actor or (word.upper and word.text.lower() in begins_event)
    ]
    for at, word in beginnings:
        if word.start < reached:
            continue
        names = reference.actor_names.get(word.text, ())
        if text[word.end : word.end + 1] not in ENDS_WORD:
            names = (*_hyphened(text, word, reference.actor_names), *names)
        for name in names:
            surface = " ".join(name)
            end = word.start + len(surface)
            if not text.startswith(surface, word.start) or text[end : end + 1].isalnum():
                continue
            span = Span(word.start, end)
            if _is_tied(text, word.start) or runs.is_part_of_organisation(span):
                continue
            is_sure = (
                surface not in reference.ambiguous
                or _is_state_organisation(surface, span, casing, starts, reference)
                or _is_acronym_of_group(text, span, reference)
            )
            yield span, "ORG" if is_sure else None
            reached = end
            break
        if word.upper and word.text.lower() in begins_event and (event := runs.event_at(at)) is not None:
            yield event, "EVENT"


def _is_acronym_of_group(text: str, span: Span, reference: EntityReference) -> bool:
    """Return True for capitals after an article or before a word for a group: `the SAC`, `ADF rebels`."""
    if not span.of(text).isupper():
        return False
    after = NEXT_WORDS.match(text, span.end)
    is_group = after is not None and after["verb"] in reference.organisations.nominal
    return is_group or ARTICLE.search(text, max(0, span.start - LOOK_BACK), span.start) is not None


def _is_tied(text: str, start: int) -> bool:
    """Return True for the second part of a word with a hyphen or an apostrophe: `anti-UN`."""
    return start > 1 and text[start - 1] in "-'’" and not text[start - 2].isspace()


def _is_state_organisation(
    surface: str, span: Span, casing: Casing, starts: frozenset[int], reference: EntityReference
) -> bool:
    """Return True for `Supreme Court`, and for `Congress` where its capital is not that of its sentence."""
    if not reference.actors[surface].takes_country:
        return False
    return " " in surface or (casing.at(span.start) == "sentence" and span.start not in starts)


def _hyphened(
    text: str, word: Word, names: Mapping[str, Sequence[tuple[str, ...]]]
) -> Sequence[tuple[str, ...]]:
    """Return the names that begin with the word and what is joined to it: `Al-Shabaab`, `Lord's`, `M23`."""
    end = word.end
    limit = min(len(text), word.end + MAX_JOINED_CHARS)
    while end < limit and not text[end].isspace() and text[end] not in ',;:()"”':
        end += 1
    if end == word.end:
        return ()
    whole = text[word.start : end].rstrip(".!?")
    return names.get(whole) or names.get(whole.removesuffix("'s").removesuffix("’s"), ())


def _add_runs(found: dict[Span, NameCandidate], text: str, runs: Runs, reference: EntityReference) -> None:
    """Add runs of capitalised words that overlap no candidate, and names of organisations that contain candidates."""
    covered = bytearray(len(text))
    for span in found:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    for run in runs.all:
        if run.span in found:
            continue
        if run.is_organisation or not any(covered[run.span.start : run.span.end]):
            surface = run.span.of(text)
            is_sure = run.is_organisation and ends_in_state_organisation(surface, reference)
            kind = "ORG" if is_sure else None
            found[run.span] = NameCandidate(run.span, surface, None, None, "capitals", kind)
        elif run.is_person:
            inner = [span for span in found if run.span.start <= span.start and span.end <= run.span.end]
            if all(found[span].certain != "ORG" for span in inner):
                found[run.span] = NameCandidate(run.span, run.span.of(text), None, None, "capitals")


def _decided(candidate: NameCandidate, text: str, reference: EntityReference) -> NameCandidate:
    """Set the kind of a candidate that its words and those beside it determine."""
    if candidate.certain is not None or candidate.surface in reference.actors:
        return candidate
    kind = kind_by_words(candidate.span, candidate.label, text, reference)
    return candidate if kind is None else candidate._replace(certain=kind)


def _add_acronyms(found: dict[Span, NameCandidate], text: str, words: Sequence[Word]) -> None:
    """Set the kind of every mention of an acronym that follows an organisation's full name in brackets."""
    shorts = {
        short
        for candidate in list(found.values())
        if candidate.place is None and (short := explained_by(text, candidate.span))
    }
    if not shorts:
        return
    for word in words:
        if word.text in shorts:
            span = Span(word.start, word.end)
            seen = found.get(span)
            if seen is None:
                found[span] = NameCandidate(span, word.text, None, None, "acronym", "ORG")
            elif seen.place is None:
                found[span] = seen._replace(certain="ORG")


def _add_short_names(
    found: dict[Span, NameCandidate], text: str, words: Sequence[Word], reference: EntityReference
) -> None:
    """Add last names that are also days or English words, where a verb follows: `Theresa May left. May said …`."""
    calendar, ordinary = reference.words["calendar"], reference.ordinary
    last_words = {candidate.surface.split()[-1] for candidate in found.values() if candidate.certain == "PER"}
    common = {
        name
        for name in last_words
        if not name.islower() and ((small := name.lower()) in calendar or small in ordinary)
    }
    if not common:
        return
    ends = {span.end for span in found}
    for word in words:
        if word.text in common and word.end not in ends and (after := NEXT_WORDS.match(text, word.end)):
            verb = after["verb"]
            if (
                verb in reference.speech
                or verb in reference.words["verb"]
                or verb in reference.words["person_verb"]
            ):
                span = Span(word.start, word.end)
                found[span] = NameCandidate(span, word.text, None, None, "capitals", "PER")


def explained_by(text: str, span: Span) -> str | None:
    """Return the acronym in brackets after a name of several words, if it may abbreviate the name, or None.

    Its letters are the initials of the name, or it is in capitals and begins or ends as the name does in another language.
    """
    after = ACRONYM.match(text, span.end)
    if not after or " " not in span.of(text):
        return None
    short = after["short"]
    if PLURAL_ACRONYM.fullmatch(short):
        return None
    initials = "".join(word[0] for word in re.split(r"[\s-]", span.of(text)) if word[:1].isupper())
    letters = re.sub(r"[^A-Za-z]", "", short)
    if letters.upper() == initials.upper():
        return short
    if sum(letter.islower() for letter in letters) > MAX_ACRONYM_LOWER:
        return None
    return (
        short if set(letters.upper()) & set(initials.upper()) and len(letters) >= len(initials) - 1 else None
    )
