"""Finds the words of effect: verbs, adjectives and nouns that say what happened, each with its frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.claims.arguments import REFLEXIVE
from flows.enrich.claims.reference import FATALLY, Frame
from flows.enrich.claims.sources import Sources

VERB_TAGS = frozenset(("VB", "VBD", "VBN", "VBP", "VBZ", "VBG"))


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word of effect with the frames that may hold of it, in the order in which they are tried."""

    at: int
    frames: tuple[Frame, ...]


def triggers_in(sources: Sources) -> Iterator[Trigger]:
    """Yield the words of effect of a text in reading order."""
    reference = sources.reference
    verbs, states, victims, deeds = reference.verbs, reference.states, reference.victims, reference.deeds
    known = reference.words_of_effect
    for at, token in enumerate(sources.tokens):
        tag = token.tag
        if tag[0] not in "VJNR" or (tag[0] == "R" and tag != "RB"):
            continue
        word = token.text.lower()
        if word not in known and token.lemma.lower() not in known:
            continue
        if tag in VERB_TAGS:
            frames = verbs.get(token.lemma) or verbs.get(reference.participles.get(word, ""))
            if frames is None and tag in ("VB", "VBP"):
                # A base form is its own lemma: `wound` is not `wind`.
                frames = verbs.get(word)
        else:
            # An adjective such as `injured` is the participle of a verb.
            frames = verbs.get(reference.participles.get(word, "")) if tag == "JJ" else None
        if frames and (fitting := fitting_frames(sources, at, frames)):
            yield Trigger(at, fitting)
        elif frames and any(frame.excluded for frame in frames):
            # `hurt by prices` is no state either.
            continue
        elif word in FATALLY:
            if counted_before(sources, at) is not None:
                # `five were shot, two of them fatally`
                yield Trigger(at, (states["dead"],))
        elif word in states and tag[:2] != "NN" and not _is_of_verb(sources, at):
            yield Trigger(at, (states[word],))
        elif word in victims and tag[:2] in ("JJ", "VB", "NN"):
            yield Trigger(at, (victims[word],))
        elif tag[:2] == "NN" and (
            frame := deeds.get(token.lemma.lower()) or victims.get(token.lemma.lower())
        ):
            yield Trigger(at, (frame,))


def _is_of_verb(sources: Sources, at: int) -> bool:
    """Return True for a verb that only looks like a state: `missing out on the finals`, `missing five games`."""
    return sources.tokens[at].tag == "VBG" and sources.child(at, "dobj", "prt") is not None


def counted_before(sources: Sources, at: int) -> int | None:
    """Return the number before `fatally` that it is said of, and not of the verb: `one fatally`, `two of them fatally`, `one man fatally`."""
    tokens = sources.tokens
    before = at - 1
    if (
        before >= 2
        and tokens[before].text.lower() in ("them", "whom")
        and tokens[before - 1].text.lower() == "of"
    ):
        before -= 2
    if before >= 0 and tokens[before].tag[:2] == "NN":
        # `four were shot, one man fatally`
        numbers = [c for c in sources.children(before, "nummod") if tokens[c].tag == "CD"]
        return before if numbers == [before - 1] and sources.tokens[before].head != at else None
    return before if before >= 0 and tokens[before].tag == "CD" else None


def fitting_frames(sources: Sources, verb: int, frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """Return the frames of a verb whose complements are beside it, without those that these words exclude."""
    if _is_idle(sources, verb):
        return ()
    if not any(frame.complements or frame.excluded for frame in frames):
        return frames
    beside = frozenset(_complements(sources, verb))
    around: frozenset[str] | None = None
    found = []
    for frame in frames:
        if frame.complements and frame.complements.isdisjoint(beside):
            continue
        if frame.excluded:
            if around is None:
                around = beside.union(_subjects(sources, verb))
            if not frame.excluded.isdisjoint(around):
                continue
        found.append(frame)
    return tuple(found)


def _is_idle(sources: Sources, verb: int) -> bool:
    """Return True for the dying of who is not dead: `a dying man`, `dying to learn more`."""
    token = sources.tokens[verb]
    return (
        token.tag == "VBG"
        and token.lemma.lower() == "die"
        and (token.dep == "amod" or sources.child(verb, "xcomp") is not None)
    )


def _subjects(sources: Sources, verb: int) -> Iterator[str]:
    """Yield the subject of a passive as an object (`=well`), that of an active verb as its agent (`by price`), and `=` for an object that is not the subject itself."""
    tokens = sources.tokens
    for child in sources.children(verb, "nsubj", "nsubjpass", "dobj"):
        token = tokens[child]
        if token.dep == "nsubj":
            yield f"by {token.lemma.lower()}"
        elif token.dep == "nsubjpass":
            yield f"={token.lemma.lower()}"
        elif token.text.lower() not in REFLEXIVE:
            yield "="
    if tokens[verb].dep == "acl":
        yield f"={tokens[tokens[verb].head].lemma.lower()}"


def _complements(sources: Sources, verb: int) -> Iterator[str]:
    """Yield the words beside a verb: `dead`, prepositions with the nouns of their objects (`to hospital`), and objects (`=life`)."""
    tokens = sources.tokens
    for child in sources.syntax.children(verb):
        token = tokens[child]
        if token.dep in ("nsubj", "nsubjpass", "punct", "conj", "cc", "mark"):
            continue
        if token.text.lower() in FATALLY and counted_before(sources, child) is not None:
            continue
        if not _governs_noun(sources, child):
            yield token.text.lower()
        if token.dep in ("dobj", "oprd", "attr", "npadvmod") or (
            token.dep == "conj" and token.tag[:2] == "NN"
        ):
            yield from _objects(sources, child)
        yield from _prepositions(sources, child)
        if child > verb and token.dep in ("ccomp", "dobj", "xcomp", "oprd", "advcl", "advmod"):
            for grandchild in sources.syntax.children(child):
                if tokens[grandchild].dep in (
                    "acomp",
                    "amod",
                    "acl",
                    "advmod",
                    "prep",
                    "oprd",
                    "attr",
                    "advcl",
                ):
                    if not _governs_noun(sources, grandchild):
                        yield tokens[grandchild].text.lower()
                    yield from _prepositions(sources, grandchild)
    if verb + 1 < len(tokens) and not _governs_noun(sources, verb + 1):
        yield tokens[verb + 1].text.lower()


def _governs_noun(sources: Sources, at: int) -> bool:
    """Return True for a preposition with its object, which is no particle: `gave shares in the firm`, not `gave in`."""
    if sources.tokens[at].tag not in ("IN", "TO", "RP"):
        return False
    # In `were shot at by soldiers` another preposition is behind it, and no object.
    return any(sources.tokens[each].tag != "IN" for each in sources.children(at, "pobj", "pcomp"))


def _objects(sources: Sources, noun: int) -> Iterator[str]:
    tokens = sources.tokens
    yield f"={tokens[noun].lemma.lower()}"
    yield f"={tokens[noun].text.lower()}"
    for child in sources.children(noun, "conj", "compound"):
        yield f"={tokens[child].lemma.lower()}"
    for child in sources.children(noun, "amod"):
        yield f"={tokens[child].lemma.lower()} {tokens[noun].lemma.lower()}"
    inner = sources.object_of(noun, "of", "to")
    if inner is not None:
        yield f"={tokens[inner].lemma.lower()}"


def _prepositions(sources: Sources, at: int) -> Iterator[str]:
    tokens = sources.tokens
    if tokens[at].tag not in ("IN", "TO", "RP", "RB"):
        return
    word = tokens[at].text.lower()
    for noun in sources.children(at, "pobj"):
        for each in (noun, *sources.children(noun, "conj")):
            yield f"{word} {tokens[each].lemma.lower()}"
    for inner in sources.children(at, "prep"):
        for noun in sources.children(inner, "pobj"):
            yield f"{word} {tokens[inner].text.lower()} {tokens[noun].lemma.lower()}"
            yield f"{word} of {tokens[noun].lemma.lower()}"
