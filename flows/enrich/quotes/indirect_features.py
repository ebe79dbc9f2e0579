"""The features of a candidate, by name, that decide whether it is a cue."""

from __future__ import annotations

from collections.abc import Mapping

from flows.enrich.quotes.indirect_candidates import CueCandidate
from flows.enrich.quotes.indirect_reference import CueWords
from flows.syntax import Syntax

LENGTHS = (1, 2, 4, 7, 12, 20, 35)
"""Limits of the groups of lengths of a content, in tokens. Not tuned."""


def features_of(
    syntax: Syntax,
    cue: CueCandidate,
    source: int | None,
    labels: Mapping[int, str],
    words: CueWords,
    *,
    quoted: str,
    place: str,
) -> list[str]:
    """Return the features of a candidate.

    `labels` are the types of named entities by token; `quoted` says how the candidate lies to quotation marks, `place` where in the text.
    """
    token = syntax.tokens[cue.head]
    shape = f"{cue.pos} {cue.shape}"
    begins = _beginning(syntax, cue)
    modal, is_negated, is_passive = _auxiliaries(syntax, cue.head)
    above = syntax.tokens[token.head]
    top = syntax.tokens[cue.top]
    subject = _kind(syntax, source, labels, words)
    features = [
        "always",
        shape,
        f"{shape} {begins}",
        f"{shape} length {_length(cue)}",
        f"{shape} subject {subject}",
        f"{shape} {token.tag}",
        f"{shape} {token.dep}",
        f"{shape} quoted {quoted}",
        f"quoted {quoted} {subject}",
        f"{shape} modal {modal}",
        f"modal {modal}",
        f"subject {subject}",
        f"subject {_nearness(syntax, cue.head, source)}",
        f"{shape} passive {is_passive}",
        f"negated {is_negated} {cue.pos}",
        f"place {place}",
        f"{shape} place {place}",
        f"above {above.tag[:2]} {token.dep}",
        f"{shape} top {top.tag}",
        f"top label {labels.get(cue.top, 'none')}",
        f"{token.dep} {token.tag} {subject}",
        f"classes {'|'.join(cue.classes)}",
    ]
    if token.head != cue.head:
        features += [f"over {each} {token.dep}" for each in words.verbs.get(above.lemma, ())]
    for each in cue.classes:
        features += (
            f"{each} {shape}",
            f"{each} {token.tag}",
            f"{each} {subject}",
            f"{each} {begins}",
            f"{each} {token.dep}",
            f"{each} modal {modal}",
            f"{each} passive {is_passive}",
            f"{each} top {top.tag[:2]}",
        )
    return features


def _beginning(syntax: Syntax, cue: CueCandidate) -> str:
    """Return the word that opens the content, if it is one of grammar, else its kind."""
    opening = syntax.tokens[cue.content[-1][0]]
    if opening.tag in ("IN", "WP", "WRB", "WDT", "TO", "WP$"):
        return opening.lemma
    return "bare" if cue.shape == "clause" else opening.tag[:2]


def _length(cue: CueCandidate) -> int:
    size = sum(end - start + 1 for start, end in cue.content)
    return sum(size > each for each in LENGTHS)


def _auxiliaries(syntax: Syntax, head: int) -> tuple[str, bool, bool]:
    """Return the modal verb of a cue, and whether it is negated and passive."""
    modal = "none"
    is_negated = is_passive = False
    for child in syntax.children(head):
        token = syntax.tokens[child]
        if token.dep == "aux" and token.tag in ("MD", "TO"):
            modal = token.lemma
        is_negated |= token.dep == "neg"
        is_passive |= token.dep == "auxpass"
    return modal, is_negated, is_passive


def _kind(syntax: Syntax, source: int | None, labels: Mapping[int, str], words: CueWords) -> str:
    if source is None:
        return "none"
    token = syntax.tokens[source]
    if group := words.pronouns.get(token.text.lower()):
        return group[0]
    if label := labels.get(source):
        return label
    return token.tag if token.tag in ("NN", "NNS", "NNP", "NNPS", "PRP", "DT", "CD") else "other"


def _nearness(syntax: Syntax, head: int, source: int | None) -> str:
    """Return whether the source is the word's own or shared, and its distance."""
    if source is None:
        return "none"
    own = "own" if syntax.tokens[source].head == head else "shared"
    far = abs(head - source)
    return f"{own} {sum(far > each for each in (1, 3, 8, 20))} {'after' if source > head else 'before'}"
