"""Who else: those joined to a noun, those it names as its parts, and those who share its fate."""

from __future__ import annotations

from collections.abc import Iterator

from flows.enrich.claims.sources import Sources

CONJUNCTION_LABELS = ("conj",)


def coordinated(sources: Sources, head: int) -> Iterator[int]:
    """Yield the head of a noun phrase, then those that are joined to it: `a woman and two children`."""
    tokens = sources.tokens
    yield head
    for child in sources.syntax.children(head):
        is_joined = tokens[child].dep in CONJUNCTION_LABELS and tokens[child].tag[:2] not in (
            "VB",
            "IN",
            "RB",
            "MD",
        )
        if is_joined or (tokens[child].dep == "appos" and _is_list(sources, head, child)):
            yield from coordinated(sources, child)
        elif (
            tokens[child].dep in ("nmod", "compound", "amod", "nummod")
            and tokens[child].tag[:2] in ("NN", "CD", "JJ")
            and sources.child(child, "cc") is not None
            and sources.child(child, "conj") is None
            and tokens[sources.child(child, "cc") or 0].text.lower() in ("and", "&")
        ):
            # `a Syrian tank and armoured personnel carrier`
            yield child


def _is_list(sources: Sources, head: int, apposition: int) -> bool:
    """Return True for `three pupils and a cook` in `a teacher, three pupils and a cook`, which names others and not the teacher."""
    tokens = sources.tokens
    if _are_names(sources, head, apposition):
        return True
    if sources.child(apposition, "conj") is None or tokens[head].tag not in ("NN", "NNP"):
        return False
    first = sources.child(head, "det", "nummod")
    return (
        first is not None
        and tokens[first].text.lower() in ("a", "an", "one", "another")
        and tokens[apposition - 1].text != ":"
    )


def _words_of(key: str) -> set[str]:
    return set(key.partition(":")[2].split())


def _are_names(sources: Sources, one: int, other: int) -> bool:
    """Return True for two persons' names, of which the second is no apposition: `Ann Lee, 35, Bo Ek, 29, and Cy Ott`."""
    first, second = sources.mention_at.get(one), sources.mention_at.get(other)
    return (
        first is not None
        and second is not None
        and first.type == second.type == "PER"
        and first.kind == second.kind == "name"
        and not _words_of(first.entity.key) <= _words_of(second.entity.key)
        and any(sources.child(at, "conj") is not None for at in (other, *sources.children(other, "appos")))
    )


def parts_of(sources: Sources, head: int) -> Iterator[int]:
    """Yield the heads of the nouns that name a part of the affected: `among them three children`, `including two pupils`, `three reporters: Ann Lee and Bo Ek`."""
    tokens = sources.tokens
    part = sources.reference.words["part"] - {"with", "of"}
    for child in sources.syntax.children(head):
        token = tokens[child]
        if token.dep == "prep" and token.text.lower() in part:
            found = sources.child(child, "pobj", "pcomp", "dep")
            if found is not None:
                yield from coordinated(sources, found)
        elif token.dep == "appos" and not _is_list(sources, head, child):
            prep = sources.child(child, "prep")
            is_among = prep is not None and prep < child and tokens[prep].text.lower() in part
            if is_among or (tokens[head].tag in ("NNS", "CD") and token.tag in ("NNP", "NNPS")):
                yield from coordinated(sources, child)
    yield from named_by_verb(sources, head)


NAMING = frozenset(("include", "be", "identify", "name"))


def named_by_verb(sources: Sources, head: int) -> Iterator[int]:
    """Yield the names that a verb gives of the affected: `The wounded guards are Ann Lee and Bo Ek`, `Among the dead was Ann Lee`."""
    tokens = sources.tokens
    token = tokens[head]
    verb = token.head
    if token.dep == "pobj" and tokens[verb].text.lower() == "among":
        verb = tokens[verb].head
        labels: tuple[str, ...] = ("nsubj", "attr")
    elif token.dep in ("nsubj", "nsubjpass"):
        labels = ("attr", "dobj", "oprd")
    else:
        return
    if tokens[verb].lemma.lower() not in NAMING:
        return
    named = sources.children(verb, *labels)
    as_named = sources.object_of(verb, "as")
    for found in (*named, *([as_named] if as_named is not None else [])):
        if found != head and tokens[found].tag[:2] == "NN":
            yield from coordinated(sources, found)


def companions_of(sources: Sources, verb: int) -> Iterator[int]:
    """Yield who shares the fate of the affected: `was killed along with two guards`."""
    tokens = sources.tokens
    for child in sources.children(verb, "prep", "advmod"):
        word = tokens[child].text.lower()
        if word in ("along", "together"):
            found = sources.object_of(child, "with")
        elif word == "with" and child and tokens[child - 1].text.lower() in ("along", "together"):
            found = sources.child(child, "pobj")
        else:
            continue
        if found is not None:
            yield found
