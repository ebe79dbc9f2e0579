"""What speaks for and against a word being a cue: the names of its features."""

from __future__ import annotations

from collections.abc import Mapping

from flows.enrich.quotes.indirect_candidates import CueCandidate
from flows.enrich.quotes.indirect_reference import CueWords
from flows.syntax import Syntax

LENGTHS = (1, 2, 4, 7, 12, 20, 35)


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
    tokens = syntax.tokens
    token = tokens[cue.head]
    shape = f"{cue.pos} {cue.shape}"
    classes = cue.classes or ("none",)
    first = cue.content[-1][0]
    size = sum(end - start + 1 for start, end in cue.content)
    length = sum(size > each for each in LENGTHS)
    opening = tokens[first]
    begins = (
        opening.lemma
        if opening.tag in ("IN", "WP", "WRB", "WDT", "TO", "WP$")
        else ("bare" if cue.shape == "clause" else opening.tag[:2])
    )
    modal = "none"
    negated = passive = False
    for child in syntax.children(cue.head):
        dep = tokens[child].dep
        if dep == "aux":
            modal = tokens[child].lemma if tokens[child].tag in ("MD", "TO") else modal
        elif dep == "neg":
            negated = True
        elif dep == "auxpass":
            passive = True
    above = tokens[token.head]
    subject = _kind(syntax, source, labels, words)
    mine = _nearest(syntax, cue.head, source)
    features = [
        "always",
        shape,
        f"{shape} {begins}",
        f"{shape} length {length}",
        f"{shape} subject {subject}",
        f"{shape} {token.tag}",
        f"{shape} {token.dep}",
        f"{shape} quoted {quoted}",
        f"quoted {quoted} {subject}",
        f"{shape} modal {modal}",
        f"modal {modal}",
        f"subject {subject}",
        f"subject {mine}",
        f"{shape} passive {passive}",
        f"negated {negated} {cue.pos}",
        f"place {place}",
        f"{shape} place {place}",
        f"above {above.tag[:2]} {token.dep}",
        f"{shape} top {tokens[cue.top].tag}",
        f"top label {labels.get(cue.top, 'none')}",
        f"{token.dep} {token.tag} {subject}",
    ]
    over = words.verbs.get(above.lemma, ()) if token.head != cue.head else ()
    features += [f"over {each} {token.dep}" for each in over]
    for each in classes:
        features += (
            f"{each} {shape}",
            f"{each} {token.tag}",
            f"{each} {subject}",
            f"{each} {begins}",
            f"{each} {token.dep}",
            f"{each} modal {modal}",
            f"{each} passive {passive}",
            f"{each} top {tokens[cue.top].tag[:2]}",
        )
    features.append(f"classes {'|'.join(classes)}")
    return features


def _kind(syntax: Syntax, source: int | None, labels: Mapping[int, str], words: CueWords) -> str:
    if source is None:
        return "none"
    token = syntax.tokens[source]
    if group := words.pronouns.get(token.text.lower()):
        return group[0]
    if label := labels.get(source):
        return label
    return token.tag if token.tag in ("NN", "NNS", "NNP", "NNPS", "PRP", "DT", "CD") else "other"


def _nearest(syntax: Syntax, head: int, source: int | None) -> str:
    """Return whether the source is the word's own or shared, and its distance."""
    if source is None:
        return "none"
    own = "own" if syntax.tokens[source].head == head else "shared"
    far = abs(head - source)
    return f"{own} {sum(far > each for each in (1, 3, 8, 20))} {'after' if source > head else 'before'}"
