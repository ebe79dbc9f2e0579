"""Who speaks by a verb of speech, and the stance of the verb."""

from __future__ import annotations

from flows.enrich.claims.arguments import subjects_of
from flows.enrich.claims.sources import RELATIVE_TAGS, Sources

ASSERTS, DENIES, CANNOT_CONFIRM, REVISES = "asserts denies cannot_confirm revises".split()
MAX_CLIMB = 12
PRONOUNS = frozenset(("it", "they", "he", "she"))


def is_speech(sources: Sources, at: int) -> bool:
    """Return True for a verb that may report a number."""
    lemma = sources.tokens[at].lemma.lower()
    return lemma in sources.reference.verb_stances or lemma in sources.reference.speech


def speaker_of(sources: Sources, verb: int) -> int | None:
    """Return the subject of a verb of speech; of a participle (`adding that`), that of the nearest verb of speech above it."""
    tokens = sources.tokens
    own = sources.child(verb, "nsubj")
    if own is None and sources.child(verb, "auxpass") is not None:
        return sources.object_of(verb, "by")
    if own is not None:
        if tokens[own].tag in RELATIVE_TAGS:
            return tokens[verb].head if tokens[verb].dep == "relcl" else None
        if tokens[own].text.lower() == "it" and sources.child(verb, "auxpass") is not None:
            return None
        return _antecedent(sources, own)
    if tokens[verb].tag == "VBG" and tokens[verb].dep in ("advcl", "xcomp", "conj", "acl", "pcomp"):
        if tokens[verb].dep == "pcomp" and tokens[tokens[verb].head].text.lower() == "as":
            quoted = tokens[tokens[verb].head].head
            return sources.child(quoted, "nsubjpass") or sources.child(quoted, "dobj")
        for ancestor in sources.syntax.ancestors(verb):
            if tokens[ancestor].tag[:2] == "VB" and is_speech(sources, ancestor):
                subject = sources.child(ancestor, "nsubj")
                if subject is not None and tokens[subject].tag not in RELATIVE_TAGS:
                    return subject
    found = subjects_of(sources, verb)
    return _antecedent(sources, found[0]) if found else _phrase_before(sources, verb)


def _antecedent(sources: Sources, subject: int) -> int:
    """Return the speaker whom a pronoun repeats: `the army` for `it` in `the army said it could not confirm that …`."""
    tokens = sources.tokens
    if tokens[subject].tag != "PRP" or tokens[subject].text.lower() not in PRONOUNS:
        return subject
    verb = tokens[subject].head
    above = tokens[verb].head
    if tokens[verb].dep != "ccomp" or above == verb or not is_speech(sources, above):
        return subject
    outer = sources.child(above, "nsubj")
    if outer is None or tokens[outer].tag in RELATIVE_TAGS or tokens[outer].tag == "PRP":
        return subject
    return outer


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


def stance_of(sources: Sources, verb: int) -> str:
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
