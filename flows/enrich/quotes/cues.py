"""Finds the verbs of speech in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.enrich.quotes.reference import QuoteReference
from flows.records import Span
from flows.syntax import Syntax

# Not `so-called`, nor `call’s`.
WORD = re.compile(r"(?<![\w’'-])[^\W\d_]+(?![\w’'-])")
MAX_PARTICLE_CHARS = 8
NOUN_ROLES = ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "appos", "conj")


@dataclass(frozen=True, slots=True)
class Cue:
    """A form of a verb of speech; `form` is in lowercase, with one blank before a particle."""

    span: Span
    form: str
    use: str
    is_gerund: bool
    is_capitalised: bool


def cues_in(text: str, start: int, end: int, reference: QuoteReference, syntax: Syntax) -> Iterator[Cue]:
    """Yield the verbs of speech in a range, in order.

    A verb after `should`, `may` or `cannot` reports nothing and is left out. A word that is a noun as well is left out where its subject would not agree with it, as `report` in `the report`, and
    where it is part of a name, as in `the Washington Post`, or where the parser takes it for an object or a subject.
    """
    before = None
    for word in WORD.finditer(text, start, end):
        form = word.group().lower()
        if form in reference.particles:
            form = _with_particle(text, word, end, reference) or form
        if use := reference.uses.get(form):
            is_capitalised = word.group()[0].isupper() and not (len(form) > 1 and word.group().isupper())
            if not (
                _reports_nothing(form, before, reference, is_capitalised=is_capitalised)
                or _is_noun(word.start(), form, reference, syntax)
            ):
                stop = word.start() + len(form)
                yield Cue(Span(word.start(), stop), form, use, form in reference.gerunds, is_capitalised)
        before = word


def _is_noun(at: int, form: str, reference: QuoteReference, syntax: Syntax) -> bool:
    """Return True for the noun of `the Shultz comments are`, and for the name of `the Demos report`."""
    if form not in reference.nouns and form.removesuffix("s") not in reference.nouns:
        return False
    number = syntax.at(at)
    return (
        number is not None
        and syntax.tokens[number].tag.startswith("NN")
        and syntax.tokens[number].dep in NOUN_ROLES
    )


def _with_particle(text: str, word: re.Match[str], end: int, reference: QuoteReference) -> str | None:
    following = WORD.match(text, word.end() + 1, min(end, word.end() + 1 + MAX_PARTICLE_CHARS))
    form = f"{word.group()} {following.group()}".lower() if following else ""
    return form if form in reference.uses else None


def _reports_nothing(
    form: str, before: re.Match[str] | None, reference: QuoteReference, *, is_capitalised: bool
) -> bool:
    if is_capitalised and before is not None:
        return True
    if (
        before is not None
        and not before.group().istitle()
        and before.group().lower() in reference.grammar["modal"]
    ):
        # `should have said` reports nothing.
        return True
    subject = before.group().lower() if before else ""
    if subject == "no":
        # `no griping about it`
        return True
    if form.endswith("s") and form[:-1] in reference.nouns:
        return subject in reference.grammar["article"] or subject in reference.grammar["preposition"]
    if form not in reference.nouns:
        return False
    return (
        not (subject.endswith("s") and not subject.endswith("ss"))
        and subject not in reference.grammar["plural"]
    )
