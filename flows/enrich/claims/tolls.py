"""Numbers said of a toll: `the death toll rose to 15`, `put its losses at nine`, `brought to 34 the number killed`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.enrich.claims.counts import Count, count_of_quantity
from flows.enrich.claims.reference import Frame
from flows.enrich.claims.sources import Sources
from flows.enrich.numbers.quantities import Quantity
from flows.enrich.numbers.shapes import COUNT, SCORE

REACH = 12
"""Tokens between a toll and its number: `the death toll from the floods in the north rose on Monday to 15`."""

BEFORE = frozenset(("to", "at"))


@dataclass(frozen=True, slots=True)
class TollNumber:
    """A number said of a toll. `at` is the token of the toll, `number` that of the number; `frame` is None where the words say no effect (`the total`).

    `is_brought`: something brought the toll to the number.
    """

    at: int
    number: int
    count: Count
    frame: Frame | None
    is_brought: bool


def toll_numbers_in(sources: Sources) -> Iterator[TollNumber]:
    """Yield the numbers that are said of a toll or a total."""
    tokens, reference = sources.tokens, sources.reference
    totals = reference.words["total"]
    for at, token in enumerate(tokens):
        if token.tag[0] != "N" or token.tag[:2] != "NN":
            continue
        lemma = token.lemma.lower()
        if lemma not in totals and lemma not in reference.tolls and token.text.lower() not in reference.tolls:
            continue
        frame = _frame_of(sources, at)
        if frame is None and lemma not in totals:
            continue
        if (
            lemma not in totals
            and lemma not in ("loss", "losses", "toll")
            and not _is_subject_of_toll(sources, at)
        ):
            continue
        number = _number_of(sources, at)
        if number is None:
            continue
        quantity = _as_count(sources.quantity_at[number])
        count = count_of_quantity(quantity)
        if count is None or quantity.is_ordinal:
            continue
        yield TollNumber(at, number, count, frame, _is_brought(sources, at))


def _is_brought(sources: Sources, at: int) -> bool:
    """Return True for `bringing to 34 the number`, `raising the death toll to 37`, `the total number stands at 51`: earlier victims are in the number."""
    tokens, words = sources.tokens, sources.reference.words
    token = tokens[at]
    if any(
        tokens[c].text.lower() in words["summed"] for c in sources.children(at, "amod", "compound", "nmod")
    ):
        return True
    governors = {tokens[each].lemma.lower() for each in (token.head, tokens[token.head].head)}
    if token.lemma.lower() in words["total"] - {"toll", "death toll"}:
        return not governors.isdisjoint(words["bring"] - {"be", "stand", "put"})
    return token.dep in ("dobj", "nsubjpass") and tokens[token.head].lemma.lower() in words["raise"]


def _is_subject_of_toll(sources: Sources, at: int) -> bool:
    """Return True for `deaths rose to 15` and `casualties were put at nine`: the noun itself is the toll."""
    tokens = sources.tokens
    token = tokens[at]
    return token.dep in ("nsubj", "nsubjpass", "dobj") and tokens[
        token.head
    ].lemma.lower() in sources.reference.words["bring"] - {"be", "stand", "place"}


def _frame_of(sources: Sources, at: int) -> Frame | None:
    """Return the effect of a toll: that of its words, or of what it is a number of (`the number of soldiers killed`)."""
    tokens, tolls = sources.tokens, sources.reference.tolls
    lemma = tokens[at].lemma.lower()
    before = f"{tokens[at - 1].text.lower()} {lemma}" if at else ""
    if before in tolls:
        return tolls[before]
    for child in sources.syntax.children(at):
        if tokens[child].dep in ("compound", "amod") and tokens[child].text.lower() in tolls:
            return tolls[tokens[child].text.lower()]
    inner = sources.object_of(at, "of", "in", "from")
    around = [at] if inner is None else [at, inner]
    for base in around:
        for each in (base, *sources.syntax.children(base)):
            if each == at:
                continue
            found = _effect_of_word(sources, each)
            if found is not None:
                return found
    return tolls.get(lemma) or tolls.get(tokens[at].text.lower())


def _effect_of_word(sources: Sources, at: int) -> Frame | None:
    reference, token = sources.reference, sources.tokens[at]
    word, lemma = token.text.lower(), token.lemma.lower()
    if word in reference.states:
        return reference.states[word]
    if word in reference.victims or lemma in reference.victims:
        return reference.victims.get(word) or reference.victims[lemma]
    if lemma in reference.deeds:
        return reference.deeds[lemma]
    if token.tag[:2] == "VB" and lemma in reference.verbs:
        plain = [frame for frame in reference.verbs[lemma] if not frame.complements]
        return plain[0] if plain else None
    return None


def _number_of(sources: Sources, at: int) -> int | None:
    """Return the token of the number of a toll: after `to`, `at`, `of` … behind it, or before it in `brought to 15 the number`."""
    tokens = sources.tokens
    sentence = sources.reading.sentences[sources.sentence_no_of(at)]
    end = min(len(tokens), at + REACH)
    for number in range(at + 1, end):
        token = tokens[number]
        if token.start >= sentence.end or token.text in (";",):
            break
        if number in sources.quantity_at and _first_token(sources, number) <= at:
            # `There were a number of …`: the word is a part of the number.
            continue
        if number in sources.quantity_at and (found := _is_reached(sources, at, number)):
            return number if found else None
    for number in range(at - 1, max(-1, at - 6), -1):
        if number in sources.quantity_at and sources.quantity_at[number].is_count:
            first = _first_token(sources, number)
            if first and tokens[first - 1].text.lower() in BEFORE and _is_free(sources, number, at):
                return number
    return None


def _as_count(quantity: Quantity) -> Quantity:
    """Return the numbers of `from 12 to nine` as counts: beside a toll they are no result of a match."""
    return replace(quantity, shape=COUNT) if quantity.shape == SCORE else quantity


def _first_token(sources: Sources, number: int) -> int:
    span = sources.quantity_at[number].span
    first = sources.syntax.at(span.start)
    return number if first is None else first


def _is_reached(sources: Sources, at: int, number: int) -> bool:
    tokens = sources.tokens
    quantity = sources.quantity_at[number]
    if not _as_count(quantity).is_count:
        return False
    first = _first_token(sources, number)
    before = tokens[first - 1].text.lower() if first else ""
    if before not in sources.reference.words["reach"] and not (
        first - 1 == at and tokens[at].text.lower() in ("toll", "dead")
    ):
        return False
    if before == "of" and first - 2 > at and tokens[first - 2].text.lower() not in ("toll", "total"):
        return False
    return _is_free(sources, number, at)


def _is_free(sources: Sources, number: int, toll: int) -> bool:
    """Return True if the number stands alone or counts people, so that it is not `two days` or `200 houses`."""
    tokens = sources.tokens
    head = tokens[number].head
    if tokens[number].dep in ("nummod", "quantmod", "compound", "amod") and head != toll:
        kind = sources.reference.types.get(tokens[head].lemma.lower())
        return (
            kind
            in (
                "person",
                "civilian",
                "military",
                "police",
                "rebel",
                "child",
                "prisoner",
                "other",
                "journalist",
                "aid_worker",
                "official",
            )
            or tokens[head].lemma.lower()
            in sources.reference.victims.keys()
            | sources.reference.deeds.keys()
            | sources.reference.states.keys()
        )
    return True
