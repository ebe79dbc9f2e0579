"""Computes what the words of a name say, once for each name: its form, and its features."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.enrich.entities.forms import Form, FormFeatures
from flows.enrich.entities.persons import is_full_name
from flows.enrich.entities.reference import EntityReference
from flows.enrich.language.spelling import folded

DIGIT = re.compile(r"\d")
ADDRESS = re.compile(r"@|\.(?:com|org|net)")
CAPITAL_WITHIN = re.compile(r"[a-z][A-Z]")
MAX_WORDS = 4
MAX_SHORT_CAPITALS = 5


def form_of(surface: str, reference: EntityReference) -> Form:
    """Return the form of a name."""
    return reference.forms.get(surface) or reference.forms.put(surface, _form_of(surface))


def _form_of(surface: str) -> Form:
    words = surface.split()
    return Form(tuple(words), tuple([word.strip(".,").lower() for word in words]))


def features_of_form(surface: str, label: str, reference: EntityReference) -> FormFeatures:
    """Return the features of the words of a name; `label` is the model's, or `none`."""
    form = form_of(surface, reference)
    size = min(len(form.words), MAX_WORDS)
    ordinary = sum(
        word in reference.ordinary and (len(form.words) == 1 or folded(written) not in reference.given_names)
        for word, written in zip(form.small, form.words, strict=True)
    )
    made_of = "none" if not ordinary else "all" if ordinary == len(form.words) else "some"
    return FormFeatures(
        tuple(_of_names(surface, label, size, made_of, reference)),
        f"unseen ordinary {made_of} words {min(size, 2)}",
        (*_of_nouns(form, surface, label, size, reference), *_of_letters(surface, label)),
    )


def _of_names(surface: str, label: str, size: int, made_of: str, reference: EntityReference) -> Iterator[str]:
    """Yield features of the number of the words, and of the names and words of English among them."""
    simple = folded(surface).split() or [""]
    yield f"words {size}"
    yield f"words {size} model {label}"
    yield f"ordinary {made_of} model {label}"
    yield f"ordinary {made_of} words {size}"
    if simple[0] in reference.given_names:
        yield f"given name words {size}"
        yield f"given name model {label}"
    if simple[-1] in reference.family_names:
        yield f"family name words {size}"
    if is_full_name(surface, reference, is_seen=label == "PERSON"):
        yield "full name of a person"
        yield f"full name of a person model {label}"


def _of_nouns(form: Form, surface: str, label: str, size: int, reference: EntityReference) -> Iterator[str]:
    """Yield features of the nouns for organisations and titles among the words."""
    heads, small = reference.organisations.heads, form.small
    if small[-1] in heads:
        yield f"ends in an organisation words {size}"
    elif any(word in heads for word in small):
        yield "holds an organisation"
    if small[0] in reference.titles.words and small[-1] not in heads:
        yield "begins with a title"
    if any(word in reference.words["connecting"] for word in form.words[1:-1]):
        yield "connecting word"
    if surface in reference.actors:
        yield f"well-known{' ambiguous' if surface in reference.ambiguous else ''} model {label}"


def _of_letters(surface: str, label: str) -> Iterator[str]:
    if surface.isupper():
        yield f"capitals {'short' if len(surface) <= MAX_SHORT_CAPITALS else 'long'}"
        yield f"capitals model {label}"
    elif surface[:1].islower():
        yield "begins in lowercase"
    if not surface.isalpha():
        if DIGIT.search(surface):
            yield "digits"
        if ADDRESS.search(surface):
            yield "address"
        if " of " in surface or " for " in surface:
            yield "of"
        if " and " in surface or " & " in surface:
            yield "and"
    if not (surface.istitle() or surface.isupper()) and CAPITAL_WITHIN.search(surface):
        yield "capital within"
