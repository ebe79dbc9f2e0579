"""Who says, thinks or wants what an indirect attribution reports."""

from __future__ import annotations

from flows.enrich.quotes.indirect_candidates import ADJECTIVE, NOUN, SOURCE, CueCandidate
from flows.enrich.quotes.indirect_content import RAISING
from flows.enrich.quotes.indirect_reference import CueWords
from flows.enrich.quotes.indirect_trees import subject_of
from flows.records import Span
from flows.syntax import Syntax

OF_NOUN = frozenset(("by", "of", "from", "among"))


def source_of(syntax: Syntax, cue: CueCandidate, words: CueWords) -> int | None:
    """Return the head of the words that name the source, or None if there are none."""
    tokens = syntax.tokens
    head = cue.head
    if cue.shape == "infinitive" and RAISING in cue.classes:
        return None
    if cue.pos == SOURCE:
        return _object_of(syntax, head)
    if cue.pos == NOUN:
        return _owner(syntax, cue, words)
    if cue.pos == ADJECTIVE:
        head = tokens[head].head if tokens[head].dep in ("acomp", "amod", "oprd") else head
    elif _is_passive(syntax, head):
        return _agent(syntax, head)
    return subject_of(syntax, head, words)


def _object_of(syntax: Syntax, head: int) -> int | None:
    """Return the noun after `according to`."""
    tokens = syntax.tokens
    for child in syntax.children(head):
        if tokens[child].dep == "prep":
            return next((each for each in syntax.children(child) if tokens[each].dep == "pobj"), None)
        if tokens[child].dep == "pobj":
            return child
    return None


def _is_passive(syntax: Syntax, head: int) -> bool:
    """Return True for `was said`, for `a strike declared illegal`, and for a participle that is coordinated with one of these."""
    tokens = syntax.tokens
    while tokens[head].tag == "VBN":
        children = {tokens[child].dep for child in syntax.children(head)}
        if "auxpass" in children or tokens[head].dep in ("acl", "advcl"):
            return True
        if tokens[head].dep != "conj" or not children.isdisjoint(("nsubj", "aux")):
            return False
        head = tokens[head].head
    return False


def _agent(syntax: Syntax, head: int) -> int | None:
    tokens = syntax.tokens
    for child in syntax.children(head):
        if tokens[child].dep == "agent":
            return next((each for each in syntax.children(child) if tokens[each].dep == "pobj"), None)
    return None


def _owner(syntax: Syntax, cue: CueCandidate, words: CueWords) -> int | None:
    """Return whose a claim is: `Turkey's claim`, `the claim of the army`, else the subject of `made the claim`."""
    tokens = syntax.tokens
    for child in syntax.children(cue.head):
        if tokens[child].dep == "poss":
            return child
    for child in syntax.children(cue.head):
        if tokens[child].dep in ("prep", "agent") and tokens[child].lemma in OF_NOUN and child != cue.top:
            return next((each for each in syntax.children(child) if tokens[each].dep == "pobj"), None)
    if tokens[cue.head].dep in ("dobj", "attr"):
        return subject_of(syntax, tokens[cue.head].head, words)
    if tokens[cue.head].dep == "pobj":
        above = tokens[tokens[cue.head].head].head
        return subject_of(syntax, above, words) if tokens[above].tag[0] == "V" else None
    return None


def antecedent_of(syntax: Syntax, source: int) -> int | None:
    """Return the noun that a relative pronoun refers to, or None: `the mayor, who said that …`."""
    tokens = syntax.tokens
    if tokens[source].tag not in ("WP", "WDT", "WP$"):
        return None
    return next(
        (tokens[each].head for each in (source, *syntax.ancestors(source)) if tokens[each].dep == "relcl"),
        None,
    )


def edges_of(syntax: Syntax, source: int, cue: CueCandidate) -> tuple[int, int]:
    """Return the first and the last token of the noun phrase of a source, without the cue and what follows it."""
    first, last = _without_cue(syntax, source, cue.head)
    for start, end in cue.content:
        if first <= start <= last and start > source:
            last = start - 1
        elif first <= end <= last and end < source:
            first = end + 1
    return first, last


def _without_cue(syntax: Syntax, source: int, head: int) -> tuple[int, int]:
    first, last = syntax.edges(source)
    if first <= head <= last:
        if head < source:
            first = head + 1
        else:
            last = max(source, min(syntax.edges(head)[0], head) - 1)
    return first, last


def whole_source(syntax: Syntax, cue: Span, speaker: Span, words: CueWords) -> Span:
    """Return the whole noun phrase of the speaker of a quotation: `Ali Reza, the head of the union`.

    It is the subject of the cue, if that contains the speaker's words; else these alone.
    """
    head = syntax.at(cue.start)
    subject = (
        subject_of(syntax, head, words) if head is not None and syntax.tokens[head].tag[0] == "V" else None
    )
    if head is None or subject is None:
        return speaker
    first, last = _without_cue(syntax, subject, head)
    while last > subject and syntax.tokens[last].dep == "punct":
        last -= 1
    whole = Span(syntax.tokens[first].start, syntax.tokens[last].end)
    return whole if whole.start <= speaker.start and speaker.end <= whole.end else speaker
