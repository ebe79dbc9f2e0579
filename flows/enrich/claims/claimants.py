"""Who says so: the claimant of a clause, its verb or noun of speech, and its stance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.enrich.claims.arguments import subjects_of
from flows.enrich.claims.sources import RELATIVE_TAGS, Sources, within
from flows.enrich.entities.coreference import Entity
from flows.enrich.quotes.quotations import Quote
from flows.records import Span

ASSERTS, DENIES, CANNOT_CONFIRM, REVISES = "asserts denies cannot_confirm revises".split()
MAX_CLIMB = 12
MAX_QUOTE_CHARS, MAX_NAME_CHARS = 5000, 200
"""How far back a quotation and a name may begin that cover a word."""

CLAUSE_LABELS = frozenset(("ccomp", "xcomp", "parataxis", "oprd", "dep", "acl", "pcomp", "acomp"))
OBJECT_LABELS = frozenset(("dobj", "attr", "nsubjpass"))
REPORTING_PREPOSITIONS = frozenset(("of", "on", "at", "about", "for", "as", "to"))
COUNTRY_TYPE = "government"


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
        if above.tag[:2] == "VB" and _is_speech(sources, token.head) and _is_governed(sources, at):
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
        if token.tag[:2] == "VB" and _is_speech(sources, at) and sources.child(at, "nsubj") is not None:
            return _of_verb(sources, at)
    return None


def _is_speech(sources: Sources, at: int) -> bool:
    lemma = sources.tokens[at].lemma.lower()
    return lemma in sources.reference.verb_stances or lemma in sources.reference.speech


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
            and _is_speech(sources, child)
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
    subject = _speaker_of(sources, verb)
    stance = _stance_of(sources, verb)
    cue = sources.span(verb, verb)
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


def _speaker_of(sources: Sources, verb: int) -> int | None:
    """Return the subject of a verb of speech; of a participle (`adding that`), that of the nearest verb of speech above it."""
    tokens = sources.tokens
    own = sources.child(verb, "nsubj")
    if own is None and sources.child(verb, "auxpass") is not None:
        return sources.object_of(verb, "by")
    if own is not None:
        if tokens[own].tag in RELATIVE_TAGS:
            return tokens[verb].head if tokens[verb].dep == "relcl" else None
        return None if tokens[own].text.lower() in ("it",) and sources.child(verb, "auxpass") else own
    if tokens[verb].tag == "VBG" and tokens[verb].dep in ("advcl", "xcomp", "conj", "acl", "pcomp"):
        if tokens[verb].dep == "pcomp" and tokens[tokens[verb].head].text.lower() == "as":
            quoted = tokens[tokens[verb].head].head
            return sources.child(quoted, "nsubjpass") or sources.child(quoted, "dobj")
        for ancestor in sources.syntax.ancestors(verb):
            if tokens[ancestor].tag[:2] == "VB" and _is_speech(sources, ancestor):
                subject = sources.child(ancestor, "nsubj")
                if subject is not None and tokens[subject].tag not in RELATIVE_TAGS:
                    return subject
    found = subjects_of(sources, verb)
    return found[0] if found else _phrase_before(sources, verb)


def _phrase_before(sources: Sources, verb: int) -> int | None:
    """Return the apposition right before a verb without a subject: in `in Conakry, a doctor said` it is no name of Conakry."""
    tokens = sources.tokens
    at = verb - 1
    for _ in range(MAX_CLIMB):
        if at < 0 or sources.syntax.edges(at)[1] != verb - 1:
            return None
        if tokens[at].dep in ("appos", "conj", "npadvmod") and tokens[at].tag[:2] in ("NN", "PR"):
            return at
        if tokens[at].head == at:
            return None
        at = tokens[at].head
    return None


def _stance_of(sources: Sources, verb: int) -> str:
    """Return the stance of a verb: its own, or what its negation or `refused to` makes of it."""
    tokens, stances = sources.tokens, sources.reference.verb_stances
    stance = stances.get(tokens[verb].lemma.lower())
    if stance is None:
        return ASSERTS
    if sources.child(verb, "neg") is not None or any(
        tokens[c].text.lower() in ("unable", "never", "cannot") for c in sources.syntax.children(verb)
    ):
        return stance.negated
    above = tokens[verb].head
    if tokens[verb].dep == "xcomp" and above != verb:
        outer = stances.get(tokens[above].lemma.lower())
        if outer is not None and outer.stance == CANNOT_CONFIRM:
            return CANNOT_CONFIRM
        if tokens[above].lemma.lower() in ("unable",) or (
            tokens[above].lemma.lower() in ("able",) and sources.child(tokens[above].head, "neg") is not None
        ):
            return stance.negated
    return stance.stance


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
        if tokens[verb].tag[:2] == "VB" and _is_speech(sources, verb):
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
    entity = _entity_in(sources, quote.speaker)
    kind = _type_of(sources, head, entity) if head is not None else None
    return Attribution(quote.speaker, entity, kind, quote.cue, ASSERTS, "quotation")


def _holds(quote: Quote, offset: int) -> bool:
    return any(piece.start <= offset < piece.end for piece in quote.content)


def _is_source(sources: Sources, noun: int) -> bool:
    return sources.tokens[noun].lemma.lower() in sources.reference.claimants


def _attribution(sources: Sources, noun: int, cue: Span, stance: str, rule: str) -> Attribution:
    words = phrase_of(sources, noun)
    entity = _entity_in(sources, words)
    return Attribution(words, entity, _type_of(sources, noun, entity), cue, stance, rule)


PHRASE_LABELS = frozenset("det amod compound nmod poss nummod case predet quantmod punct advmod".split())


def phrase_of(sources: Sources, noun: int) -> Span:
    """Return the words of a noun phrase from its determiner to what `of` or `for` adds, without clauses and appositions."""
    tokens = sources.tokens
    first, last = noun, noun
    children: Sequence[int] = sources.syntax.children(noun)
    for child in reversed([c for c in children if c < noun]):
        left, right = sources.syntax.edges(child)
        if (
            tokens[child].dep not in PHRASE_LABELS
            or right != first - 1
            or (tokens[child].dep == "punct" and tokens[child].text in ',"“')
        ):
            break
        first = left
    for child in (c for c in children if c > noun):
        if tokens[child].dep == "case" and child == last + 1:
            continue
        if (
            tokens[child].dep == "prep"
            and child == last + 1
            and tokens[child].text.lower() in ("of", "for", "in", "at")
        ):
            inner = sources.child(child, "pobj")
            if inner is not None:
                last = max(last, *_right_of(sources, inner))
        elif tokens[child].dep in ("conj", "cc"):
            if tokens[child].dep == "conj" and tokens[child].tag[:2] == "NN":
                last = max(last, child)
        else:
            break
    return sources.span(first, last)


def _right_of(sources: Sources, noun: int) -> Iterator[int]:
    yield noun
    for child in sources.children(noun, "prep"):
        inner = sources.child(child, "pobj")
        if inner is not None and sources.tokens[child].text.lower() == "of":
            yield inner


def _entity_in(sources: Sources, words: Span) -> Entity | None:
    """Return the entity of the last mention within the words, a person before an organisation before a country."""
    named = sources.mentions_within(words.start - MAX_NAME_CHARS, words.end)
    inside = [each for each in named if each.span.overlaps(words)]
    for types in (("PER",), ("ORG",), ()):
        for mention in reversed(inside):
            if not types or mention.type in types:
                return mention.entity
    return None


def _type_of(sources: Sources, noun: int, entity: Entity | None) -> str | None:
    """Return the type of a claimant: by its noun with the words before it, by the sector of its entity, or a country's as its government."""
    tokens, claimants = sources.tokens, sources.reference.claimants
    lemma = tokens[noun].lemma.lower()
    words = [lemma]
    found = claimants.get(lemma) or claimants.get(tokens[noun].text.lower())
    before = noun - 1
    while (
        before >= 0
        and len(words) < 4
        and tokens[before].head in (noun, before + 1)
        and tokens[before].dep in ("compound", "amod", "nmod")
    ):
        words.insert(0, tokens[before].text.lower())
        found = claimants.get(" ".join(words)) or found
        before -= 1
    if (
        entity is not None
        and entity.sector
        and (found is None or lemma in ("statement", "spokesman", "spokeswoman", "agency", "report"))
    ):
        found = sources.reference.claimant_sectors.get(entity.sector) or found
    if found is None:
        for child in sources.children(noun, "poss", "compound", "amod", "nmod"):
            found = found or claimants.get(tokens[child].lemma.lower())
        inner = sources.object_of(noun, "of", "for", "from")
        if found is None and inner is not None:
            found = _type_of(sources, inner, None)
    if found is None:
        place = sources.place_at.get(noun)
        if place is not None and not place.is_adjective:
            return COUNTRY_TYPE
    return found
