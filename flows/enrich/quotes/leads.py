"""Attributions before the quotation: `A spokesman for the ministry, Ali Reza, said: "..."`."""

from __future__ import annotations

import re

from flows.enrich.language.speech import LABEL, MARK, STANCE
from flows.enrich.quotes.attribution import Attribution
from flows.enrich.quotes.cues import Cue, cues_in
from flows.enrich.quotes.phrases import phrase_at
from flows.enrich.quotes.reference import QuoteReference
from flows.enrich.quotes.subjects import earlier_subject, first_subject, stripped, subject, subject_before
from flows.enrich.quotes.trees import subject_in_tree
from flows.records import Span
from flows.syntax import Syntax

TAIL = re.compile(r"(?P<words>(?:,?\s+[\w.’'&$£€%()/-]+)*?)\s*(?P<mark>[,:]?)[\s—–-]*")
MAX_TAIL_WORDS = {":": 20, ",": 12, "": 20}
"""Words between the verb and the quotation, by the mark before it: `told reporters in Rome: "…"`, `said the talks were "over"`. Tuned on the
training part of PolNeAR: fewer lose speakers (6 words without a mark: 130 of 2,060), more gain none."""

MAX_ADDRESSED_WORDS = 3

WHAT = re.compile(r"\b(?:what|which|whom|that)\s(?=[^,.;:]{1,60}$)", re.IGNORECASE)
"""`what they called "the enemy"`, `a raid which he described as "cruel"`: the object stands before the verb."""

ABSOLUTE = re.compile(r"(?:^|,\s)(?:with|as)\s(?P<noun>[^,]+)$", re.IGNORECASE)
"""`with the union calling him "a champion"`"""

MAX_COLON_WORDS = 8
"""Words of a speaker with a colon and no verb: `Mayor of Venice: "…"`."""

HEADLINE_SPEAKER = re.compile(r"(?P<speaker>[^\W\d_a-z][\w.’'-]*(?:\s[\w.’'-]+){0,3}):\s")


def lead_of(
    text: str, start: int, end: int, reference: QuoteReference, before: Attribution | None, syntax: Syntax
) -> Attribution | None:
    """Return the attribution of the quotation that opens at `end`, or None; the sentence begins at `start`.

    `before` is the attribution of a quotation that ends at `start` in the same sentence, as in
    `"We go," Smith told the court, adding: "We stay."`
    """
    if found := _quoted_as(text, start, end, reference):
        return found
    cues = list(cues_in(text, start, end, reference, syntax))
    is_spoken_to = False
    for number in range(len(cues) - 1, -1, -1):
        cue = cues[number]
        tail = TAIL.fullmatch(text, cue.span.end, end)
        if tail is None:
            continue
        if tail["words"].endswith(".") and before is None:
            # The sentence ends before the quotation.
            return None
        left = stripped(text, start, cue.span.start)[1]
        auxiliary = text[start:left].split()[-1:]
        is_participle = cue.is_gerund
        if auxiliary and auxiliary[0].lower() in reference.grammar["passive"]:
            if not cue.is_gerund:
                is_spoken_to = True
                continue
            # `She is calling it "a disgrace"`
            is_participle = False
            left = stripped(text, start, left - len(auxiliary[0]))[1]
        fronted = WHAT.search(text, start, cue.span.start)
        if not _brings(cue, tail, reference, is_fronted=fronted is not None):
            continue
        if number and _belongs_to_claim(text, cues[number - 1], cue, tail, reference):
            continue
        speaker = _speaker(
            text,
            fronted.end() if fronted and cue.use == LABEL else start,
            left,
            tail,
            cues[: number + 1],
            reference,
            is_participle=is_participle,
        )
        if speaker is None and is_participle and before:
            # `"We go," Smith said, adding: "We stay."`
            speaker = before.speaker
        if speaker is None or _has_finite_verb(syntax, speaker):
            # `In an interview Mr Howard said`
            speaker = subject_in_tree(syntax, cue.span.start, start, cue.span.start) or speaker
        if speaker:
            return Attribution(cue.span, speaker, "cue-before", tail["mark"] != "")
    return _source(text, start, end, reference) or (
        None if is_spoken_to else _before_colon(text, start, end, reference, has_cue=bool(cues))
    )


def _has_finite_verb(syntax: Syntax, speaker: Span | None) -> bool:
    return speaker is not None and any(
        syntax.tokens[number].tag in ("VBD", "VBZ", "VBP", "MD")
        for number in syntax.within(speaker.start, speaker.end)
    )


def _belongs_to_claim(
    text: str, before: Cue, cue: Cue, tail: re.Match[str], reference: QuoteReference
) -> bool:
    """Return True for the `agreed` of `He said the claim that they had agreed to leave was "just talk"`: the clause of the cue has ended."""
    words = tail["words"].lower().split()
    return (
        not tail["mark"]
        and bool(words)
        and words[0] in reference.grammar["preposition"] | {"to"}
        and not reference.grammar["auxiliary"].isdisjoint(words)
        and "," not in (between := text[before.span.end : cue.span.start])
        and " that " in between
    )


def _brings(cue: Cue, tail: re.Match[str], reference: QuoteReference, *, is_fronted: bool) -> bool:
    """Return True if a verb of this use, followed by these words, introduces the quotation."""
    use = cue.use
    words = tail["words"].lower().split()
    is_adjunct = bool(words) and (
        words[0] in reference.grammar["adjunct"]
        or (cue.form in reference.addressed and len(words) <= MAX_ADDRESSED_WORDS)
    )
    if is_adjunct and not tail["mark"] and words[-1].endswith(("'s", "’s")):
        # `said on the BBC's "Today"`
        return False
    if len(words) > MAX_TAIL_WORDS[tail["mark"]]:
        return False
    if use == LABEL:
        # `a man called "X"`, `the raid described as "X"`: there is no object, so it is a participle.
        has_object = is_fronted or (bool(words) and words[0] not in ("as", "by"))
        is_closed = tail["mark"] == "," and "," in tail["words"]
        return (not tail["mark"] or is_closed) and (
            has_object or not (cue.is_gerund or cue.form.endswith("ed"))
        )
    if use == STANCE:
        return not tail["mark"]
    return use != MARK or words[:1] == ["of"] or "that" in words or bool(tail["mark"])


def _speaker(
    text: str,
    start: int,
    left: int,
    tail: re.Match[str],
    cues: list[Cue],
    reference: QuoteReference,
    *,
    is_participle: bool,
) -> Span | None:
    """Return the subject of the last of the cues, whose sentence so far ends at `left`."""
    if is_participle:
        absolute = ABSOLUTE.search(text, start, left)
        if absolute and (found := subject(text, *absolute.span("noun"), reference)):
            return found
        return earlier_subject(text, start, left, reference, cues[:-1])
    if left == start or cues[-1].is_capitalised:
        # `Said another, "..."`
        return phrase_at(text, tail.start("words"), tail.end("words"), reference) if tail["mark"] else None
    found = subject_before(text, start, left, reference, cues[:-1])
    if (
        found
        and cues[-1].use == MARK
        and not tail["mark"]
        and found.of(text).lower() in reference.grammar["impersonal"]
    ):
        # `This shows that "cruel" means something else`
        return None
    if found is None and tail["mark"] == "," and text[left - 1] == ",":
        # `With the vote over, explained Rosenberg, "..."`
        return subject(text, tail.start("words"), tail.end("words"), reference)
    return found


def _quoted_as(text: str, start: int, end: int, reference: QuoteReference) -> Attribution | None:
    """Read `X was quoted as saying` and `state radio quoted X as saying`."""
    for quoted in reference.quoted_as.finditer(text, start, end):
        tail = TAIL.fullmatch(text, quoted.end(), end)
        if tail and (speaker := speaker_quoted(text, start, quoted, reference)):
            return Attribution(Span(*quoted.span("cue")), speaker, "quoted-as", tail["mark"] != "")
    return None


def speaker_quoted(text: str, start: int, quoted: re.Match[str], reference: QuoteReference) -> Span | None:
    """Return the speaker that `was quoted as saying` or `quoted X as saying` names."""
    middle = quoted["middle"].split()
    if middle and middle[0].lower() != "by":
        return subject(text, *quoted.span("middle"), reference)
    left = stripped(text, start, quoted.start())[1]
    words = text[start:left].split()
    if words and words[-1].lower() in reference.grammar["passive"]:
        return subject_before(text, start, left - len(words[-1]), reference, [])
    return None


def _source(text: str, start: int, end: int, reference: QuoteReference) -> Attribution | None:
    """Read `According to the governor, the raiders were "many"`."""
    for source in reference.source.finditer(text, start, end):
        comma = text.find(",", source.end(), end)
        if speaker := subject(text, source.end(), comma if comma >= 0 else end, reference):
            return Attribution(Span(*source.span("cue")), speaker, "source-before")
    return None


def _before_colon(
    text: str, start: int, end: int, reference: QuoteReference, *, has_cue: bool
) -> Attribution | None:
    """Read `Mayor of Venice: "..."`, `The crowd roared with one voice: "..."` and `Kremlin: raid "did not happen"`."""
    colon = stripped(text, start, end)[1] - 1
    if colon < start or text[colon] != ":":
        headline = HEADLINE_SPEAKER.match(text, start, end)
        if headline is None or has_cue or ":" in text[headline.end() : end]:
            return None
        speaker = subject(text, *headline.span("speaker"), reference)
        is_person = speaker is not None and is_speaker(speaker.of(text), reference)
        return Attribution(None, speaker, "headline") if speaker and is_person else None
    named = subject(text, start, colon, reference)
    if named and len(named.of(text).split()) <= MAX_COLON_WORDS:
        return (
            Attribution(None, named, "colon", is_marked=True)
            if is_speaker(named.of(text), reference)
            else None
        )
    found = None if has_cue else first_subject(text, start, colon, reference)
    if found is None or found.of(text).lower() in reference.grammar["impersonal"]:
        return None
    return Attribution(None, found, "colon", is_marked=True)


def is_speaker(words: str, reference: QuoteReference) -> bool:
    """Return True if words without a verb of speech may name a speaker: `Goma priest` and `Kremlin`, but not `Sudan crisis`.

    In `Mother of three` and `War in Yemen` the word before the preposition decides.
    """
    all_words = words.split()
    head = next(
        (at for at, word in enumerate(all_words) if at and word.lower() in reference.grammar["preposition"]),
        None,
    )
    if head is not None:
        return all_words[head - 1].lower() in reference.persons
    return not all_words[-1].islower() or all_words[-1] in reference.persons
