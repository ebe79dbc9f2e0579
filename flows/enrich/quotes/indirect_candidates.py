"""Words that may attribute something to somebody, with the clause or phrase that they would attribute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.quotes.indirect_content import AFFECT, content_of
from flows.enrich.quotes.indirect_reference import ACCORD, CueWords
from flows.syntax import Syntax

VERB, NOUN, ADJECTIVE, SOURCE = "verb", "noun", "adjective", "source"

CLAUSAL = frozenset(("clausal", "continue"))
"""The classes of verbs that count only with a clause: `saw that`, not `saw a house`; `added that`, not `added a room`."""
LABELLING = frozenset(("label", "think", "say", "report", "argue"))
"""The classes of verbs that call something something: `called it a crime`, not `found him dead`."""
TOLD = frozenset(("tell", "promise", "ask", "request"))
"""The classes of verbs that have an addressee as object."""
TELLING = "tell"
"""The class of verbs whose only object is who is told, or `a joke`."""
COMMAS = frozenset((",", "—", "–", "--", "-"))
COMPLEMENTS = (("dobj", "object"), ("xcomp", "infinitive"), ("prep", "preposition"))
"""What a verb without a clause may have as content, by label, and the shape that it is called."""
INSERTED = frozenset(("parataxis", "ccomp", "advcl", "conj", "dep"))
"""How the parser joins a verb to the clause that it is inserted in."""


@dataclass(frozen=True, slots=True)
class CueCandidate:
    """A token that may be a cue. `shape` is how its content is joined to it; `content` are ranges of token numbers, both ends included.

    `top` is the token on which the content depends, or which it depends on.
    """

    head: int
    pos: str
    shape: str
    classes: tuple[str, ...]
    top: int
    content: tuple[tuple[int, int], ...]


def candidates_in(syntax: Syntax, words: CueWords) -> Iterator[CueCandidate]:
    """Yield the candidates of a text in reading order, one for each token that may be a cue."""
    lemmas = words.lemmas
    for number, token in enumerate(syntax.tokens):
        if token.lemma in lemmas and (found := _candidate_at(syntax, number, words)):
            yield found


def _candidate_at(syntax: Syntax, number: int, words: CueWords) -> CueCandidate | None:
    token = syntax.tokens[number]
    if token.tag[0] == "V":
        if token.lemma == ACCORD:
            return _according(syntax, number, words)
        is_cue = token.lemma in words.verbs and token.dep not in ("aux", "auxpass")
        return _of_verb(syntax, number, words) if is_cue else None
    if token.tag in ("NN", "NNS"):
        return _of_noun(syntax, number, words) if token.lemma in words.nouns else None
    is_adjective = token.tag[:2] == "JJ" and token.lemma in words.adjectives
    return _of_adjective(syntax, number, words) if is_adjective else None


def _of_verb(syntax: Syntax, head: int, words: CueWords) -> CueCandidate | None:
    classes = words.verbs[syntax.tokens[head].lemma]
    by_dep = _first_of_each(syntax, head, words)
    clause = by_dep.get("ccomp")
    if clause is not None and clause < head < by_dep.get("dobj", -1) and TOLD.isdisjoint(classes):
        # `Three want a cap - the commission has urged an increase.`
        clause = None
    if clause is not None and not syntax.edges(clause)[0] <= head <= syntax.edges(clause)[1]:
        shape = "clause" if clause > head else "clause-before"
        return _candidate(syntax, head, VERB, shape, classes, clause, words)
    if (clause := _clause_of_object(syntax, by_dep.get("dobj"), classes)) is not None:
        return _candidate(syntax, head, VERB, "clause", classes, clause, words)
    if AFFECT in classes and "auxpass" not in by_dep:
        return None
    if "ccomp" not in by_dep and (found := _inserted(syntax, head, classes, by_dep)):
        return found
    if not CLAUSAL.isdisjoint(classes):
        return None
    if by_dep.get("oprd", -1) > head and not LABELLING.isdisjoint(classes):
        top = by_dep.get("dobj", by_dep.get("nsubjpass", by_dep["oprd"]))
        return _candidate(syntax, head, VERB, "label", classes, top, words)
    if TELLING in classes and not _has_more(syntax, head, by_dep.get("dobj", -1)):
        return None
    for dep, shape in COMPLEMENTS:
        if by_dep.get(dep, -1) > head:
            return _candidate(syntax, head, VERB, shape, classes, by_dep[dep], words)
    if syntax.tokens[head].dep == "relcl" and syntax.tokens[head].head < head:
        return _antecedent(syntax, head, classes)
    top = by_dep.get("advcl", by_dep.get("dep", -1))
    return _candidate(syntax, head, VERB, "adverbial", classes, top, words) if top > head else None


def _has_more(syntax: Syntax, head: int, told: int) -> bool:
    """Return True for `told the men to leave`, `reminded them of the danger`."""
    return any(
        child > told and syntax.tokens[child].dep in ("xcomp", "prep") for child in syntax.children(head)
    )


def _clause_of_object(syntax: Syntax, told: int | None, classes: tuple[str, ...]) -> int | None:
    """Return the clause of `assured the men that they were safe`, which the parser may take for a part of `the men`."""
    if told is None or TOLD.isdisjoint(classes):
        return None
    for child in syntax.children(told):
        first = syntax.tokens[syntax.edges(child)[0]]
        if (
            child > told
            and syntax.tokens[child].dep in ("acl", "relcl")
            and first.lemma == "that"
            and first.tag == "IN"
        ):
            return child
    return None


def _first_of_each(syntax: Syntax, head: int, words: CueWords) -> dict[str, int]:
    """Return the first child of each label; of prepositions, the first after the word that may stand before a content."""
    tokens = syntax.tokens
    found: dict[str, int] = {}
    for child in syntax.children(head):
        dep = tokens[child].dep
        if dep not in found and (dep != "prep" or (child > head and _brings_content(syntax, child, words))):
            found[dep] = child
    return found


def _brings_content(syntax: Syntax, preposition: int, words: CueWords) -> bool:
    return syntax.tokens[preposition].lemma in words.prepositions and bool(syntax.children(preposition))


def _inserted(
    syntax: Syntax, head: int, classes: tuple[str, ...], by_dep: dict[str, int]
) -> CueCandidate | None:
    """Read `The town, police said, is empty` and `As police said, …`: the clause is the one that the verb is inserted in."""
    tokens = syntax.tokens
    dep = tokens[head].dep
    if dep not in INSERTED or "nsubj" not in by_dep:
        return None
    mark = by_dep.get("mark")
    is_as = mark is not None and tokens[mark].lemma == "as" and mark < head
    if dep != "parataxis" and not is_as and ("dobj" in by_dep or dep == "conj" or mark is not None):
        return None
    top = tokens[head].head
    first, last = syntax.edges(head)
    beside = {tokens[at].text for at in (max(0, first - 1), first, last, min(last + 1, len(tokens) - 1))}
    if not is_as and COMMAS.isdisjoint(beside):
        return None
    start, end = syntax.edges(top)
    return CueCandidate(
        head,
        VERB,
        "inserted-as" if is_as else "inserted",
        classes,
        top,
        _without((start, end), (first, last)),
    )


def _without(whole: tuple[int, int], part: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    pieces = ((whole[0], part[0] - 1), (part[1] + 1, whole[1]))
    return tuple(piece for piece in pieces if piece[0] <= piece[1])


def _antecedent(syntax: Syntax, head: int, classes: tuple[str, ...]) -> CueCandidate | None:
    """Read `a charge that the leaders denied`."""
    top = syntax.tokens[head].head
    first = syntax.edges(head)[0]
    subjects = [child for child in syntax.children(head) if syntax.tokens[child].dep == "nsubj"]
    if not subjects or syntax.tokens[subjects[0]].tag in ("WP", "WDT") or first <= top:
        return None
    return CueCandidate(head, VERB, "antecedent", classes, top, ((syntax.edges(top)[0], first - 1),))


def _of_noun(syntax: Syntax, head: int, words: CueWords) -> CueCandidate | None:
    """Read `the claim that they fled`, `hopes for a truce`."""
    tokens = syntax.tokens
    classes = words.nouns[tokens[head].lemma]
    best = None
    for child in syntax.children(head):
        if child < head:
            continue
        dep = tokens[child].dep
        first = syntax.edges(child)[0]
        if dep in ("acl", "ccomp", "relcl") and (
            tokens[first].lemma in ("that", "whether") or (dep == "acl" and tokens[child].tag in ("VB",))
        ):
            subject = any(
                tokens[each].dep in ("nsubj", "nsubjpass") and each != first
                for each in syntax.children(child)
            )
            if dep == "relcl" and not subject:
                continue
            return _candidate(
                syntax,
                head,
                NOUN,
                "infinitive" if tokens[child].tag == "VB" and tokens[first].lemma == "to" else "clause",
                classes,
                child,
                words,
            )
        if dep == "prep" and best is None and _brings_content(syntax, child, words):
            best = child
    if best is not None:
        return _candidate(syntax, head, NOUN, "preposition", classes, best, words)
    return None


def _of_adjective(syntax: Syntax, head: int, words: CueWords) -> CueCandidate | None:
    """Read `is confident that they will come`, `worried about the vote`."""
    tokens = syntax.tokens
    classes = words.adjectives[tokens[head].lemma]
    by_dep: dict[str, int] = {}
    for child in syntax.children(head):
        if child > head:
            by_dep.setdefault(tokens[child].dep, child)
    above = tokens[head].head
    if "ccomp" not in by_dep and tokens[head].dep == "acomp":
        for child in syntax.children(above):
            if child > head and tokens[child].dep == "ccomp":
                by_dep.setdefault("ccomp", child)
    for dep, shape in (("ccomp", "clause"), ("xcomp", "infinitive"), ("prep", "preposition")):
        if dep in by_dep and (dep != "prep" or _brings_content(syntax, by_dep[dep], words)):
            return _candidate(syntax, head, ADJECTIVE, shape, classes, by_dep[dep], words)
    return None


def _according(syntax: Syntax, head: int, words: CueWords) -> CueCandidate | None:
    """Read `according to the ministry`: the content is the clause that it is part of."""
    tokens = syntax.tokens
    own = syntax.edges(head)
    top = tokens[head].head
    if top == head or own[1] <= head + 1 or _is_norm(syntax, head, words):
        return None
    while tokens[top].head != top and (
        tokens[top].tag[0] != "V" or tokens[top].dep in ("ccomp", "aux", "auxpass", "xcomp")
    ):
        top = tokens[top].head
    return CueCandidate(head, SOURCE, "according", ("say",), top, _without(syntax.edges(top), own))


def _is_norm(syntax: Syntax, head: int, words: CueWords) -> bool:
    """Return True for `according to the rules`: how something is done, not who says so."""
    return any(
        syntax.tokens[noun].lemma in words.norms
        for to in syntax.children(head)
        for noun in syntax.children(to)
        if syntax.tokens[noun].dep == "pobj"
    )


def _candidate(
    syntax: Syntax, head: int, pos: str, shape: str, classes: tuple[str, ...], top: int, words: CueWords
) -> CueCandidate:
    return CueCandidate(head, pos, shape, classes, top, content_of(syntax, head, shape, classes, top, words))
