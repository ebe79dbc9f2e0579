"""Attributions after the quotation: `"...," said the minister`, `"...," a teacher was quoted as saying`."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.enrich.language.speech import LABEL, MARK, SPEECH, STANCE
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.cues import Cue, cues_in
from flows.enrich.quotes.leads import is_speaker, speaker_quoted
from flows.enrich.quotes.phrases import phrase_at
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.subjects import (
    FULL_NAME,
    RELATIVE,
    parts_of,
    stripped,
    subject,
    with_name,
    without_adverbs,
)
from flows.enrich.quotes.trees import subject_in_tree
from flows.records import Span
from flows.syntax import Syntax

MARK_AFTER = re.compile(r"\s*(?P<mark>,|[—–:]|--?)?\s*")
HEADLINE_MARKS = ("—", "–", "-", "--", ":")
SIGNATURE = re.compile(
    r"[^\S\n]*\n\s*(?:-{1,3}|[—–])[ \t]*(?P<speaker>[^\W\d_a-z][\w.’'-]*(?: (?:(?:de|la|del|da|van|von|der|bin|ibn|al) )?[^\W\d_a-z][\w.’'-]*){0,4})"
    r"(?=[ \t]*(?:[,;(\[\n]|$| in | to ))"
)
"""`"We shall stay."` and in the next line `--- Ann Lee, in a letter of May 2001`."""
MAX_HEADLINE_WORDS = 5
MAX_INSERTED_WORDS = 5
"""Words between commas before the clause that depends on the verb: `said, on Monday, that`."""
MAX_ADJUNCT_WORDS = 10
"""Words after the verb that ends a clause: `said by phone from Goma on Monday`."""


def trail_of(
    text: str,
    piece: Span,
    start: int,
    end: int,
    reference: QuoteReference,
    *,
    syntax: Syntax,
    opens_sentence: bool,
    ends_paragraph: bool,
) -> Attribution | None:
    """Return the attribution of the quotation that closes before `start`, or None; the sentence after it ends at `end`.

    A comma or a dash calls for an attribution. After a full stop, and after a quotation without any mark, the attribution
    must be the whole clause: `"They left." The minister said aid was on its way` names no speaker.
    """
    after = MARK_AFTER.match(text, start, end)
    at = after.end() if after else start
    if at >= end:
        return None
    last = piece.of(text).rstrip("'’\"”")[-1:]
    calls = last in ",—–-" or (after is not None and after["mark"] not in (None, ":"))
    is_bare = not calls and last not in ".!?…"
    if is_bare and not (opens_sentence and " " in piece.of(text)):
        return None
    follows = calls or text[at].islower()
    found = _inverted(text, at, end, reference, syntax) if follows or text[at:end].isupper() else None
    if found is None:
        found = _quoted_as(text, at, end, reference) or _canonical(
            text, at, end, reference, syntax, is_whole=is_bare or not follows
        )
    if found is None and calls:
        found = _in_tree(text, at, end, reference, syntax)
    if found is None and ends_paragraph and after is not None and after["mark"] in HEADLINE_MARKS:
        found = _after_headline(text, at, end, reference)
    if found is None and last != "." and (source := reference.source.match(text, at, end)):
        found = _source(text, source, end, reference)
    return found


def _in_tree(
    text: str, start: int, end: int, reference: QuoteReference, syntax: Syntax
) -> Attribution | None:
    """Read `Jeffrey Miller, of Miller and Co, told Reuters`: the subject of the verb opens the range."""
    cue = next((cue for cue in cues_in(text, start, end, reference, syntax) if cue.use == SPEECH), None)
    speaker = subject_in_tree(syntax, cue.span.start, start, end) if cue and not cue.is_gerund else None
    if cue is None or speaker is None:
        return None
    opens = not text[start : speaker.start].strip()
    return Attribution(cue.span, speaker, "cue-after") if opens else None


def _after_headline(text: str, start: int, end: int, reference: QuoteReference) -> Attribution | None:
    """Read a headline: `“We are alone” – Gaza doctor`."""
    words = text[start:end].split()
    is_person = 0 < len(words) <= MAX_HEADLINE_WORDS and is_speaker(text[start:end], reference)
    speaker = subject(text, start, end, reference) if is_person else None
    return Attribution(None, speaker, "headline") if speaker else None


def signature_of(text: str, end: int, reference: QuoteReference) -> Attribution | None:
    """Return who signs the quotation whose marks end at `end`, or None."""
    signed = SIGNATURE.match(text, end)
    speaker: Span | None = subject(text, *signed.span("speaker"), reference) if signed else None
    return Attribution(None, speaker, "signature") if speaker else None


def tail_of(text: str, start: int, end: int, reference: QuoteReference, syntax: Syntax) -> Attribution | None:
    """Return the attribution in the last words of a sentence: `The ship was "lost" with all hands, police said`."""
    for source in reference.source.finditer(text, start, end):
        if found := _source(text, source, end, reference):
            return found
    comma = start
    while (comma := text.find(",", comma, end)) >= 0:
        comma += 1
        if found := _inverted(text, comma, end, reference, syntax, is_within=True) or _canonical(
            text, comma, end, reference, syntax, is_whole=True
        ):
            return replace(found, rule="clause-end")
    return None


def _source(text: str, source: re.Match[str], end: int, reference: QuoteReference) -> Attribution | None:
    speaker = phrase_at(text, source.end(), end, reference)
    return Attribution(Span(*source.span("cue")), speaker, "source-after") if speaker else None


def _inverted(
    text: str, start: int, end: int, reference: QuoteReference, syntax: Syntax, *, is_within: bool = False
) -> Attribution | None:
    """Read `said the head of the union in Goma, who had fled`; with `is_within` the quotation is part of a sentence, which `shows the way` ends."""
    cue = next(cues_in(text, start, end, reference, syntax), None)
    if (
        cue is None
        or cue.is_gerund
        or cue.use in (LABEL, STANCE)
        or (is_within and cue.use == MARK)
        or without_adverbs(text, start, cue.span.start, reference) > start
    ):
        return None
    speaker = phrase_at(text, cue.span.end, end, reference)
    return Attribution(cue.span, speaker, "cue-after-inverted") if speaker else None


def _canonical(
    text: str, start: int, end: int, reference: QuoteReference, syntax: Syntax, *, is_whole: bool
) -> Attribution | None:
    """Read `Wei Lan, a worker at the plant, told reporters`; with `is_whole` no object clause may follow."""
    for cue in cues_in(text, start, end, reference, syntax):
        if cue.is_gerund or cue.use == LABEL or (is_whole and cue.use != SPEECH):
            continue
        left = without_adverbs(text, start, cue.span.start, reference)
        speaker = _whole_subject(text, start, left, reference)
        if speaker is None:
            if cue.use in (MARK, STANCE):
                continue
            return None
        if is_whole and not _ends_clause(text, cue, end, reference):
            return None
        return Attribution(cue.span, speaker, "cue-after")
    return None


def _quoted_as(text: str, start: int, end: int, reference: QuoteReference) -> Attribution | None:
    quoted = reference.quoted_as.search(text, start, end)
    speaker = speaker_quoted(text, start, quoted, reference) if quoted else None
    return Attribution(Span(*quoted.span("cue")), speaker, "quoted-as") if quoted and speaker else None


def _whole_subject(text: str, start: int, end: int, reference: QuoteReference) -> Span | None:
    """Return the subject that fills the range, apart from appositions between commas after it."""
    start, end = stripped(text, start, end)
    left = text[start:end]
    if (
        not left
        or reference.coordinating.match(left)
        or reference.ends_coordinated.search(left)
        or RELATIVE.search(left)
    ):
        return None
    if "," not in text[start:end]:
        found = subject(text, start, end, reference)
        return found if found and found.start == start else None
    parts = list(parts_of(text, start, end))
    ages = parts[1:-1]
    if (
        len(parts) > 1
        and text[end - 1] != ","
        and all(text[first:last].isdecimal() for first, last in ages)
        and FULL_NAME.fullmatch(text, *parts[0])
    ):
        # `Ann Lee, the firm's director said`, `Ann Lee, 54, a villager said`
        return Span(*parts[0]) if subject(text, *parts[-1], reference) else None
    if text[end - 1] != "," or len(parts) < 2:
        return None
    found = subject(text, *parts[0], reference)
    return with_name(text, found, parts[1], reference) if found and found.start == start else None


def _ends_clause(text: str, cue: Cue, end: int, reference: QuoteReference) -> bool:
    """Return True if no clause depends on the verb: `said.`, `said by phone on Monday`, `told reporters in Goma`."""
    rest = text[cue.span.end : end].strip().rstrip(".!…")
    words = rest.split()
    if not words or (rest[0] in ",;" and "that" not in words[:MAX_INSERTED_WORDS]):
        return True
    grammar = reference.grammar
    small = {word.lower().strip(",") for word in words}
    if len(words) > MAX_ADJUNCT_WORDS or not small.isdisjoint(grammar["auxiliary"] | {"that", "to"}):
        return False
    first = words[0].lower().strip(",")
    adjuncts = (
        grammar["preposition"] | grammar["degree"] | grammar["day"] | grammar["introductory"] | {"as", "when"}
    )
    return cue.form in reference.addressed or first in adjuncts or first.endswith("ly")
