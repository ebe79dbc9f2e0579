"""Who says, thinks or wants what an indirect attribution reports."""

from __future__ import annotations

from flows.enrich.quotes.indirect_candidates import ADJECTIVE, NOUN, SOURCE, CueCandidate
from flows.enrich.quotes.indirect_content import AFFECT, RAISING
from flows.enrich.quotes.indirect_reference import CueWords
from flows.enrich.quotes.indirect_trees import subject_of
from flows.syntax import Syntax

HELD = frozenset(("with", "in", "by", "on"))
"""`came with a promise that` is the promise of who came; `fell amid fears that` has no source."""
OF_NOUN = frozenset(("by", "of", "from", "among"))


def source_of(syntax: Syntax, cue: CueCandidate, words: CueWords) -> int | None:
    """Return the head of the words that name the source, or None if there are none."""
    tokens = syntax.tokens
    head = cue.head
    if RAISING in cue.classes:
        return None
    if cue.pos == SOURCE:
        return _object_of(syntax, head)
    if cue.pos == NOUN:
        return _owner(syntax, cue, words)
    if cue.pos == ADJECTIVE:
        head = tokens[head].head if tokens[head].dep in ("acomp", "amod", "oprd") else head
    elif AFFECT not in cue.classes and _is_passive(syntax, head):
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
    if tokens[cue.head].dep == "pobj" and tokens[tokens[cue.head].head].lemma in HELD:
        above = tokens[tokens[cue.head].head].head
        return subject_of(syntax, above, words) if tokens[above].tag[0] == "V" else None
    return None


def name_of(syntax: Syntax, source: int) -> tuple[int, int]:
    """Return the tokens to find the entity of a source by: the noun phrase up to its head, without whose it is; of `who` the noun before it."""
    head = antecedent_of(syntax, source)
    source = source if head is None else head
    first = syntax.edges(source)[0]
    for child in syntax.children(source):
        if syntax.tokens[child].dep == "poss" and child < source:
            first = syntax.edges(child)[1] + 1
    return first, source


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
    last = max(source, _without_apposition(syntax, source, last))
    if last > source and syntax.tokens[last].dep == "case":
        last -= 1
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


def _without_apposition(syntax: Syntax, source: int, last: int) -> int:
    """Return where a name ends before `, the head of the union` and `, who left`; a noun keeps the name after it: `the mayor, Ann Lee`."""
    tokens = syntax.tokens
    is_name = tokens[source].tag in ("NNP", "NNPS")
    for child in syntax.children(source):
        first = syntax.edges(child)[0]
        if child < source or first - 1 <= source or tokens[first - 1].text not in (",", "(", "-", "–", "—"):
            continue
        is_named = tokens[child].dep == "appos" and tokens[child].tag in ("NNP", "NNPS")
        if tokens[child].dep in ("appos", "relcl", "acl", "advcl", "amod", "nummod", "npadvmod") and (
            is_name or not is_named
        ):
            return min(last, first - 2)
        if is_named:
            return min(last, child)
    return last
