"""Who is affected: from a verb, an adjective or a noun of effect to the heads of the noun phrases that it happens to."""

from __future__ import annotations

from flows.enrich.claims.reference import EITHER, OBJECT, PERSON_TYPES, POSSESSOR, Frame
from flows.enrich.claims.sources import RELATIVE_TAGS, Sources

PASSIVE_SUBJECTS = ("nsubjpass", "csubjpass")
MAX_CLIMB = 6
"""Steps up a tree in the search of a subject; chains of verbs are shorter."""

MAX_SHARED = 3
"""Tokens between two verbs that share an object: `shot and killed`."""

REFLEXIVE = frozenset(("himself", "herself", "themselves", "itself", "themself"))


def affected_by_verb(sources: Sources, verb: int, frame: Frame) -> list[int]:
    """Return the heads of who a verb affects by its frame; empty if the sentence does not name them."""
    if frame.frame == OBJECT:
        return objects_of(sources, verb)
    if frame.frame == EITHER:
        return objects_of(sources, verb) or subjects_of(sources, verb)
    if frame.frame == POSSESSOR:
        found = objects_of(sources, verb)
        if not found or all(_is_residence(sources, head) for head in found):
            return subjects_of(sources, verb) or found
        return found
    return subjects_of(sources, verb)


def _is_residence(sources: Sources, head: int) -> bool:
    """Return True for what people leave and nobody counts: `their homes`, `the area`."""
    if sources.child(head, "poss") is not None:
        return True
    is_place = sources.tokens[head].lemma.lower() in sources.reference.words["residence"]
    return is_place and not any(child in sources.quantity_at for child in sources.syntax.children(head))


def objects_of(sources: Sources, verb: int) -> list[int]:
    """Return the object of a verb, or its subject where it is passive, a participle, or a headline's (`Six killed`)."""
    tokens = sources.tokens
    if (found := sources.child(verb, *PASSIVE_SUBJECTS)) is not None:
        return [_without_relative(sources, verb, found)]
    dobj = sources.child(verb, "dobj")
    if dobj is not None and tokens[dobj].tag not in RELATIVE_TAGS:
        return [self_of(sources, verb, dobj)] if tokens[dobj].text.lower() in REFLEXIVE else [dobj]
    if (
        dobj is None
        and not _has_passive(sources, verb)
        and (shared := _shared_object(sources, verb)) is not None
    ):
        return [shared]
    token = tokens[verb]
    if token.dep == "relcl" and (dobj is not None or _has_passive(sources, verb)):
        return [token.head]
    if token.tag in ("VBG", "VB", "VBP", "VBZ") and not _has_passive(sources, verb):
        if (small := _small_clause(sources, verb)) is not None:
            return [small]
        return _object_after(sources, verb)
    return _of_participle(sources, verb)


SINGULAR_SELVES = frozenset(("himself", "herself"))


def self_of(sources: Sources, trigger: int, reflexive: int) -> int:
    """Return whom a reflexive pronoun stands for: the subject, or where that is many, the last singular subject before: `Police say a man shot his wife, then killed himself`."""
    tokens = sources.tokens
    subject = next(iter(subjects_of(sources, trigger)), reflexive)
    if tokens[reflexive].text.lower() not in SINGULAR_SELVES or tokens[subject].tag in ("NN", "NNP", "PRP"):
        return subject
    start = sources.reading.sentences[sources.sentence_no_of(trigger)].start
    for at in range(trigger - 1, -1, -1):
        if tokens[at].start < start:
            break
        if tokens[at].dep == "nsubj" and tokens[at].tag in ("NN", "NNP"):
            return at
    return subject


def _shared_object(sources: Sources, verb: int) -> int | None:
    """Return the object that a verb shares with one that is joined to it: `shot and killed a suspect`."""
    tokens = sources.tokens
    for child in sources.children(verb, "conj", "dep"):
        if (
            tokens[child].tag[:2] == "VB"
            and sources.child(child, "nsubj", *PASSIVE_SUBJECTS) is None
            and child - verb <= MAX_SHARED
        ):
            found = sources.child(child, "dobj")
            if found is not None and not _has_passive(sources, child):
                return found
    return None


def _of_participle(sources: Sources, verb: int) -> list[int]:
    tokens = sources.tokens
    token = tokens[verb]
    if token.dep in ("acl", "amod", "relcl") and tokens[token.head].tag[:1] in "NCPJ":
        return [token.head]
    if token.dep in ("oprd", "acomp", "ccomp", "xcomp", "advcl", "dep") or (
        token.dep == "attr" and token.tag != "NN"
    ):
        subject = sources.child(verb, "nsubj")
        if (
            subject is not None
            and tokens[subject].tag not in RELATIVE_TAGS
            and not _governs_speech(sources, verb)
        ):
            return [subject]
        return complement_subject(sources, verb)
    if token.dep == "conj":
        if (own := sources.child(verb, "nsubj")) is not None:
            return [own]
        return _of_conjunct(sources, verb)
    subject = sources.child(verb, "nsubj")
    if subject is not None and tokens[subject].tag not in RELATIVE_TAGS:
        # A headline: `13 killed`, `Six hurt in blast`
        return [subject]
    if token.dep in ("ROOT", "parataxis", "appos", "punct"):
        return _object_after(sources, verb)
    return []


def _governs_speech(sources: Sources, verb: int) -> bool:
    return sources.child(verb, "ccomp") is not None


def _small_clause(sources: Sources, verb: int) -> int | None:
    """Return the subject of a clause that is the object: `left eight people dead`."""
    clause = sources.child(verb, "ccomp")
    if clause is None or sources.child(clause, "mark", "aux") is not None:
        return None
    return sources.child(clause, "nsubj")


def _object_after(sources: Sources, verb: int) -> list[int]:
    found = sources.child(verb, "ccomp", "npadvmod", "attr", "oprd", "dep")
    if found is None or found < verb or sources.tokens[found].tag[:1] not in "NC":
        return []
    return [found]


def _of_conjunct(sources: Sources, verb: int) -> list[int]:
    """Return the affected of the verb that a participle is joined to: `were killed or wounded`, `shot and killed`."""
    head = sources.tokens[verb].head
    if sources.tokens[head].tag[:2] not in ("VB", "JJ"):
        return [head] if sources.tokens[verb].tag == "VBN" and sources.tokens[head].tag[:1] in "NC" else []
    return objects_of(sources, head)


def complement_subject(sources: Sources, number: int) -> list[int]:
    """Return what a complement describes: the object of its verb, or its subject (`left 46 people dead`, `six are missing`)."""
    tokens = sources.tokens
    head = tokens[number].head
    if head == number:
        return []
    for labels in (("dobj",), PASSIVE_SUBJECTS, ("nsubj",)):
        found = sources.child(head, *labels)
        if found is not None and found != number:
            return [_without_relative(sources, head, found)]
    if tokens[head].dep in ("acl", "relcl"):
        return [tokens[head].head]
    if tokens[head].dep in ("conj", "xcomp", "ccomp", "advcl"):
        return subjects_of(sources, head)
    return []


def _without_relative(sources: Sources, verb: int, found: int) -> int:
    """Return the noun that a relative pronoun stands for."""
    tokens = sources.tokens
    if tokens[found].tag not in RELATIVE_TAGS:
        return found
    at = verb
    for _ in range(MAX_CLIMB):
        if tokens[at].dep in ("relcl", "acl"):
            return tokens[at].head
        if tokens[at].head == at:
            break
        at = tokens[at].head
    return found


def _has_passive(sources: Sources, verb: int) -> bool:
    return sources.child(verb, "auxpass") is not None


def subjects_of(sources: Sources, verb: int) -> list[int]:
    """Return the subject of a verb: its own, that of the verb it is joined to, or the noun that it describes."""
    tokens = sources.tokens
    at = verb
    for _ in range(MAX_CLIMB):
        own = _nearest_subject(sources, at)
        if own is not None:
            return [_without_relative(sources, at, own)]
        token = tokens[at]
        if token.dep in ("acl", "relcl", "amod"):
            return [token.head]
        if token.head == at:
            return []
        if token.dep in ("xcomp", "ccomp", "oprd"):
            dobj = sources.child(token.head, "dobj")
            if dobj is not None and dobj < verb:
                return [_without_relative(sources, token.head, dobj)]
        if token.dep not in (
            "xcomp",
            "ccomp",
            "conj",
            "advcl",
            "oprd",
            "acomp",
            "aux",
            "dep",
            "pcomp",
            "prep",
        ):
            return []
        at = token.head
    return []


def _nearest_subject(sources: Sources, verb: int) -> int | None:
    """Return the subject of a verb; of two, which only a misread list has, the last if it is people with a number, else the first."""
    found = sources.children(verb, "nsubj", *PASSIVE_SUBJECTS)
    if len(found) > 1 and _is_counted_people(sources, found[-1]) and found[-1] < verb:
        return found[-1]
    return found[0] if found else None


def _is_counted_people(sources: Sources, noun: int) -> bool:
    is_people = sources.reference.types.get(sources.tokens[noun].lemma.lower()) in PERSON_TYPES
    return is_people and any(child in sources.quantity_at for child in sources.syntax.children(noun))
