"""How many: the count that a noun phrase states, by a number, a determiner, or its form."""

from __future__ import annotations

from dataclasses import dataclass

from flows.enrich.claims.sources import Sources
from flows.enrich.numbers.quantities import Quantity
from flows.enrich.numbers.shapes import AGE
from flows.records import Span

NUMBER, ONE, BOTH, NONE, PLURAL, DEFINITE, NAMED, PRONOUN, RANK = (
    "number one both none plural definite named pronoun rank".split()
)

LINKS = frozenset("nummod amod det quantmod compound nmod advmod predet npadvmod".split())
INDEFINITE = frozenset(("a", "an", "another", "one"))
DEFINITES = frozenset("the this that his her its their our my your".split())
COUNTED_COLLECTIVES = {"couple": 2, "pair": 2, "duo": 2, "trio": 3}
"""Nouns that state a number of people: `the couple was killed`."""

SOMEBODY = frozenset(("someone", "somebody"))
SINGULAR_PRONOUNS = frozenset(("he", "she", "him", "her"))
MAX_COUNT = 10**10
"""More than there are people: such a number is money or a misreading."""

LEAST_PLURAL = 2
PLURAL_ACLED = 3
"""ACLED Codebook, Reported fatalities: an unknown number of more than one."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many are affected. `low`, `best` and `high` are null where the words leave them open; `number` is null where no word counts.

    `form`: number, one (`a soldier`), both, none, plural (`civilians`), definite (`the soldier`), named, pronoun, or rank (`the fifth victim`).
    `acled_number` is what ACLED codes.
    """

    low: int | None
    best: int | None
    high: int | None
    bound: str
    vague: str | None
    acled_number: int | None
    number: Span | None
    form: str


PLURAL_COUNT = Count(LEAST_PLURAL, None, None, "vague", None, PLURAL_ACLED, None, PLURAL)


def exactly(value: int, number: Span | None, form: str) -> Count:
    """Return an exact count."""
    return Count(value, value, value, "exact", None, value, number, form)


def count_of_quantity(quantity: Quantity) -> Count | None:
    """Return the count that a number states, or None if it counts nothing or is no whole number."""
    if quantity.is_ordinal:
        return exactly(1, quantity.span, RANK)
    if not quantity.is_count:
        return None
    values = (quantity.low, quantity.best, quantity.high)
    if any(each is not None and (each != int(each) or each > MAX_COUNT) for each in values):
        return None
    low, best, high = (None if each is None else int(each) for each in values)
    acled = (
        quantity.acled_number if quantity.acled_number is not None else (best if best is not None else low)
    )
    return Count(low, best, high, quantity.bound, quantity.vague, acled, quantity.span, NUMBER)


def count_of(sources: Sources, head: int) -> Count | None:
    """Return the count of the noun phrase with this head, or None if nothing in it can be counted."""
    quantity = quantity_of(sources, head)
    if quantity is not None:
        count = count_of_quantity(quantity)
        if count is None or count.form != RANK:
            return count
        return _ranked(sources, head, count)
    return _count_by_form(sources, head)


def quantity_of(sources: Sources, head: int) -> Quantity | None:
    """Return the number that counts a head: the head itself, or a number before it in its phrase."""
    tokens = sources.tokens
    own = sources.quantity_at.get(head)
    if own is not None and own.shape != AGE:
        return own
    ordinal = None
    for child in sources.syntax.children(head):
        if child > head or tokens[child].dep not in LINKS:
            continue
        for at in (child, *sources.syntax.children(child)):
            quantity = sources.quantity_at.get(at)
            if quantity is None or quantity.shape == AGE or (at != child and tokens[at].dep not in LINKS):
                continue
            if _measures(sources, at, head):
                continue
            if not quantity.is_ordinal:
                return quantity
            ordinal = quantity
    return ordinal


def _measures(sources: Sources, number: int, head: int) -> bool:
    """Return True for a number that says how large something is: `the 1,500 member body`."""
    tokens = sources.tokens
    return (
        number + 1 < head
        and tokens[head].tag == "NN"
        and tokens[number + 1].tag == "NN"
        and tokens[number + 1].text.lower() in sources.reference.words["measured"]
    )


def _ranked(sources: Sources, head: int, count: Count) -> Count:
    """Return 1 for `a second tank`; `the fifth victim` is a rank among all."""
    tokens = sources.tokens
    det = sources.child(head, "det")
    word = tokens[det].text.lower() if det is not None else ""
    if tokens[head].tag in ("NNS", "NNPS"):
        return PLURAL_COUNT
    if det is not None and word in INDEFINITE and count.number is not None:
        start = min(tokens[det].start, count.number.start)
        return exactly(1, Span(start, count.number.end), ONE)
    return exactly(1, count.number, RANK)


def _count_by_form(sources: Sources, head: int) -> Count | None:
    tokens, words = sources.tokens, sources.reference.words
    token = tokens[head]
    text = token.text.lower()
    determiners = [
        c for c in sources.children(head, "det", "predet", "poss", "preconj", "neg", "amod") if c < head
    ]
    texts = {tokens[c].text.lower(): c for c in determiners}
    if text in words["negative"] or (text == "one" and "no" in texts):
        first = texts.get("no", head)
        return exactly(0, sources.span(first, head), NONE)
    for word in ("no", "neither", "none"):
        if word in texts:
            return exactly(0, sources.span(texts[word], texts[word]), NONE)
    if (text == "both" or "both" in texts) and sources.child(head, "conj") is None:
        at = texts.get("both", head)
        return exactly(2, sources.span(at, at), BOTH)
    if text in SOMEBODY or text == "another":
        return exactly(1, sources.span(head, head), ONE)
    if text in ("anyone", "anybody"):
        return Count(1, None, None, "vague", None, None, None, PLURAL)
    if token.tag == "PRP":
        return exactly(1, None, PRONOUN) if text in SINGULAR_PRONOUNS else None
    mention = sources.mention_at.get(head)
    if mention is not None and mention.type == "PER" and mention.kind == "name":
        return exactly(1, None, NAMED)
    if token.tag in ("NNS", "NNPS") or text in ("people", "police", "personnel", "troops"):
        if "another" in texts:
            return exactly(1, sources.span(texts["another"], texts["another"]), ONE)
        return PLURAL_COUNT
    if token.lemma.lower() in words["collective"]:
        return None
    if (several := COUNTED_COLLECTIVES.get(token.lemma.lower())) is not None:
        return exactly(several, sources.span(head, head), BOTH)
    if token.tag not in ("NN", "NNP", "JJ", "VBN", "VBG"):
        return None
    for word, at in texts.items():
        if word in INDEFINITE:
            # In `a tank and armoured carrier` the article stands before the tank.
            is_shared = any(
                sources.child(c, "cc") is not None for c in sources.children(head, "nmod", "compound")
            )
            return exactly(1, None if is_shared else sources.span(at, at), ONE)
    if any(word in DEFINITES or tokens[at].dep == "poss" for word, at in texts.items()):
        return exactly(1, None, DEFINITE)
    return _shared(sources, head) or exactly(1, None, DEFINITE)


def _shared(sources: Sources, head: int) -> Count | None:
    """Return 1 for both nouns of `a tank and armoured carrier`, which share an article."""
    tokens = sources.tokens
    token = tokens[head]
    if token.dep == "conj":
        first = token.head
        if tokens[first].dep in ("nmod", "compound"):
            first = tokens[first].head
    elif token.dep in ("nmod", "compound", "amod") and sources.child(head, "cc") is not None:
        first = token.head
    else:
        return None
    det = sources.child(first, "det")
    if det is not None and tokens[det].text.lower() in INDEFINITE:
        return exactly(1, sources.span(det, det) if det < head < first else None, ONE)
    return None
