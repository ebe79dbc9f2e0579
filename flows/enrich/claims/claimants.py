"""Who says so: the claimant of a clause, its verb or noun of speech, and its stance."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.claims.claimant_phrases import claimant_type_of, entity_in, phrase_of
from flows.enrich.claims.sources import Sources, within
from flows.enrich.claims.speakers import ASSERTS, REVISES, is_speech, speaker_of, stance_of
from flows.enrich.entities.coreference import Entity
from flows.enrich.quotes.quotations import Quote
from flows.records import Span

MAX_CLIMB = 12
MAX_QUOTE_CHARS = 5000
"""How far back a quotation may begin that covers a word."""

CLAUSE_LABELS = frozenset(("ccomp", "xcomp", "parataxis", "oprd", "dep", "acl", "pcomp", "acomp"))
OBJECT_LABELS = frozenset(("dobj", "attr", "nsubjpass"))
REPORTING_PREPOSITIONS = frozenset(("of", "on", "at", "about", "for", "as", "to"))


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who states a claim. `claimant` is null where nobody is named; `cue` is the verb, the noun, or `according to`."""

    claimant: Span | None
    entity: Entity | None
    type: str | None
    cue: Span | None
    stance: str
    rule: str


UNATTRIBUTED = Attribution(None, None, None, None, ASSERTS, "unattributed")


def attribution_of(sources: Sources, trigger: int) -> Attribution:
    """Return who states what the clause of a trigger says: by a verb of speech above it, `according to`, or the quotation that it is in."""
    found = _by_syntax(sources, trigger)
    if found is not None and found.claimant is not None:
        return found
    quoted = _by_quotation(sources, trigger)
    if quoted is not None:
        return quoted
    return _according_to(sources, trigger) or found or UNATTRIBUTED


def _by_syntax(sources: Sources, trigger: int) -> Attribution | None:
    """Climb from the trigger to the first verb or noun of speech that governs its clause."""
    tokens = sources.tokens
    at = trigger
    for _ in range(MAX_CLIMB):
        if (beside := _verb_beside(sources, at)) is not None:
            return _of_verb(sources, beside)
        token = tokens[at]
        if token.head == at:
            return None
        above = tokens[token.head]
        if ";" in _between(sources, at, token.head):
            # What follows a semicolon is another sentence, whatever the tree says.
            return _before_in_segment(sources, trigger)
        if above.tag[:2] == "VB" and is_speech(sources, token.head) and _is_governed(sources, at):
            found = _of_verb(sources, token.head)
            if found is not None:
                return found
        if (
            above.tag[:2] == "NN"
            and token.dep in ("acl", "ccomp", "relcl", "pobj", "prep")
            and (found := _of_noun(sources, at, token.head))
        ):
            return found
        at = token.head
    return None


def _between(sources: Sources, one: int, other: int) -> set[str]:
    return {sources.tokens[at].text for at in range(min(one, other) + 1, max(one, other))}


def _before_in_segment(sources: Sources, trigger: int) -> Attribution | None:
    """Return the attribution by the nearest verb of speech before a trigger, in the part of the sentence that a semicolon begins."""
    for at in range(trigger - 1, -1, -1):
        token = sources.tokens[at]
        if token.text == ";" or sources.sentence_no_of(at) != sources.sentence_no_of(trigger):
            return None
        if token.tag[:2] == "VB" and is_speech(sources, at) and sources.child(at, "nsubj") is not None:
            return _of_verb(sources, at)
    return None


def _is_governed(sources: Sources, at: int) -> bool:
    """Return True if a verb of speech states what hangs on it by this token: its clause or its object."""
    tokens = sources.tokens
    token = tokens[at]
    lemma = tokens[token.head].lemma.lower()
    if token.dep == "advcl":
        return False
    if token.dep in CLAUSE_LABELS:
        return True
    if lemma not in sources.reference.verb_stances:
        return False
    if token.dep in OBJECT_LABELS:
        return True
    return token.dep in ("prep", "agent") and token.text.lower() in REPORTING_PREPOSITIONS


def _verb_beside(sources: Sources, at: int) -> int | None:
    """Return the verb of speech of an inserted clause: `Nine were killed, police said`."""
    tokens = sources.tokens
    for child in sources.syntax.children(at):
        token = tokens[child]
        if (
            token.dep in ("parataxis", "ccomp", "advcl", "conj")
            and token.tag[:2] == "VB"
            and is_speech(sources, child)
            and sources.child(child, "ccomp", "dobj", "xcomp", "mark") is None
            and (sources.child(child, "nsubj") is not None or sources.child(child, "nsubjpass") is not None)
            and token.dep != "conj"
            and _comma_between(sources, at, child)
        ):
            return child
    return None


def _comma_between(sources: Sources, one: int, other: int) -> bool:
    first, last = min(one, other), max(one, other)
    return (
        any(sources.tokens[n].text in (",", ";", "—", "--", ":", '"', "”") for n in range(first, last))
        or other < one
    )


def _of_verb(sources: Sources, verb: int) -> Attribution | None:
    tokens = sources.tokens
    subject = speaker_of(sources, verb)
    stance = stance_of(sources, verb)
    cue = sources.span(verb, verb)
    if stance == REVISES and subject is not None and _is_news(sources, verb, subject):
        return None
    if subject is None:
        if stance == ASSERTS and (source := _according_to(sources, verb)):
            return source
        return Attribution(None, None, None, cue, stance, "clause")
    if (
        tokens[subject].tag[:2] == "NN"
        and tokens[subject].lemma.lower() in sources.reference.words["event"]
        and not _is_source(sources, subject)
    ):
        return None
    return _attribution(sources, subject, cue, stance, "clause")


def _is_news(sources: Sources, verb: int, subject: int) -> bool:
    """Return True if what happened changes a toll, and nobody says so: `four more died, raising the toll to 37`, `the deaths bring the toll to 37`."""
    tokens = sources.tokens
    if tokens[verb].tag == "VBG" and sources.child(verb, "nsubj") is None:
        return not any(is_speech(sources, above) for above in sources.syntax.ancestors(verb))
    return tokens[subject].lemma.lower() in sources.reference.deeds or any(
        child in sources.quantity_at for child in sources.children(subject, "nummod")
    )


def _of_noun(sources: Sources, clause: int, noun: int) -> Attribution | None:
    """Read `reports that five died`, `the army's claim that …`, `denied a report that …`."""
    tokens = sources.tokens
    lemma = tokens[noun].lemma.lower()
    stance = sources.reference.noun_stances.get(lemma)
    if stance is None or (tokens[clause].dep in ("relcl",) and tokens[clause].tag[:2] == "VB"):
        return None
    if tokens[clause].dep in ("pobj", "prep") and tokens[clause].text.lower() not in ("of", "that"):
        return None
    owner = sources.child(noun, "poss") or sources.object_of(noun, "by", "from")
    if owner is not None:
        return _attribution(sources, owner, sources.span(noun, noun), stance.stance, "noun")
    token = tokens[noun]
    above = token.head
    if token.dep in ("dobj", "pobj", "nsubjpass") and above != noun:
        verb = above if tokens[above].tag[:2] == "VB" else tokens[above].head
        if tokens[verb].tag[:2] == "VB" and is_speech(sources, verb):
            return _of_verb(sources, verb)
    return None


def _according_to(sources: Sources, trigger: int) -> Attribution | None:
    """Read `according to survivors` in the sentence of the trigger, if no `;` stands between."""
    tokens = sources.tokens
    sentence = sources.reading.sentences[sources.sentence_no_of(trigger)]
    for at in sources.syntax.within(sentence.start, sentence.end):
        if (
            tokens[at].text.lower() != "according"
            or at + 1 >= len(tokens)
            or tokens[at + 1].text.lower() != "to"
        ):
            continue
        if any(tokens[n].text == ";" for n in range(min(at, trigger), max(at, trigger))):
            continue
        source = sources.child(at + 1, "pobj") or sources.child(at, "pobj")
        if source is not None:
            return _attribution(sources, source, sources.span(at, at + 1), ASSERTS, "according-to")
    return None


def _by_quotation(sources: Sources, trigger: int) -> Attribution | None:
    start = sources.tokens[trigger].start
    near = within(sources.quotes, start - MAX_QUOTE_CHARS, start + 1)
    quote = next((each for each in reversed(near) if _holds(each, start)), None)
    if quote is None or quote.speaker is None:
        return None
    head = sources.syntax.head_of(quote.speaker.start, quote.speaker.end)
    entity = entity_in(sources, quote.speaker)
    kind = claimant_type_of(sources, head, entity) if head is not None else None
    return Attribution(quote.speaker, entity, kind, quote.cue, ASSERTS, "quotation")


def _holds(quote: Quote, offset: int) -> bool:
    return any(piece.start <= offset < piece.end for piece in quote.content)


def _is_source(sources: Sources, noun: int) -> bool:
    return sources.tokens[noun].lemma.lower() in sources.reference.claimants


def _attribution(sources: Sources, noun: int, cue: Span, stance: str, rule: str) -> Attribution:
    words = phrase_of(sources, noun)
    entity = entity_in(sources, words)
    return Attribution(words, entity, claimant_type_of(sources, noun, entity), cue, stance, rule)
