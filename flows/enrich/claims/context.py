"""Whether a claim is negated, hypothetical, or history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flows.enrich.claims.sources import Sources
from flows.enrich.times.expressions import Time
from flows.records import Span

MAX_CLIMB = 8
HISTORY_DAYS = 330
"""What happened so long before the publication is history: a year, less the weeks by which news rounds it."""


def path_up(sources: Sources, at: int) -> Iterator[int]:
    """Yield a token and those it depends on, at most MAX_CLIMB of them."""
    yield at
    for number, ancestor in enumerate(sources.syntax.ancestors(at)):
        if number == MAX_CLIMB:
            return
        yield ancestor


def is_negated(sources: Sources, trigger: int, head: int, number: Span | None = None) -> bool:
    """Return True if the sentence says that it did not happen: `was not hurt`, `no reports of injuries`, `without causing casualties`.

    The words of the `number` deny nothing: `no fewer than 33`.
    """
    tokens, words = sources.tokens, sources.reference.words
    for at in path_up(sources, trigger):
        if any(_is_negation(sources, child) for child in sources.syntax.children(at)):
            return True
        token = tokens[at]
        if token.dep == "conj" and tokens[token.head].tag[:2] == token.tag[:2] and token.tag[:2] == "NN":
            continue
        if _shares_denial(sources, at):
            return True
        if token.dep == "prep" and token.text.lower() in words["without"]:
            return True
        if token.dep not in (
            "xcomp",
            "dobj",
            "pobj",
            "pcomp",
            "prep",
            "attr",
            "oprd",
            "acomp",
            "acl",
            "amod",
        ):
            break
        if token.dep in ("pobj", "prep") and tokens[token.head].tag[:2] in ("VB",) and token.dep == "prep":
            break
        if token.dep == "acl" and tokens[token.head].text.lower() not in words["negative"] | {"one"}:
            break
    return any(
        _is_negation(sources, child)
        for child in sources.syntax.children(head)
        if child < head
        and not (
            number is not None and number.start <= tokens[child].start and tokens[child].end < number.end
        )
    )


def _shares_denial(sources: Sources, at: int) -> bool:
    """Return True for the second verb of `did not steal and carry away`, which has no auxiliary of its own."""
    tokens = sources.tokens
    token = tokens[at]
    if token.dep != "conj" or token.tag != "VB" or tokens[token.head].tag != "VB":
        return False
    if sources.child(at, "nsubj", "nsubjpass", "aux") is not None:
        return False
    joined = sources.child(token.head, "cc")
    return (joined is None or tokens[joined].text.lower() != "but") and any(
        tokens[child].dep == "neg" for child in sources.syntax.children(token.head)
    )


def _is_negation(sources: Sources, at: int) -> bool:
    token = sources.tokens[at]
    word = token.text.lower()
    if token.dep == "neg":
        return True
    if token.dep in ("det", "preconj", "cc", "nsubj", "nsubjpass"):
        return word in sources.reference.words["negative"]
    return False


def is_hypothetical(sources: Sources, trigger: int) -> bool:
    """Return True if the sentence does not say that it happened: `could kill`, `if a soldier is killed`, `threatened to kill`."""
    tokens, words = sources.tokens, sources.reference.words
    for at in path_up(sources, trigger):
        if _has_modal(sources, at) or _is_condition(sources, at):
            return True
        token = tokens[at]
        above = tokens[token.head]
        if token.head == at:
            return False
        if token.dep == "csubj" and token.tag == "VBG" and above.tag in ("VBZ", "VBP", "MD"):
            # `Killing a civilian is a crime`
            return True
        if _is_open_infinitive(sources, at):
            return True
        lemma = above.lemma.lower()
        if token.dep in (
            "ccomp",
            "acl",
            "xcomp",
            "oprd",
            "dobj",
            "nsubjpass",
            "pobj",
            "pcomp",
            "prep",
            "amod",
            "compound",
        ):
            if lemma in words["hedge"] and token.dep in ("oprd", "xcomp", "acl"):
                return True
            if lemma in words["intent"] and _is_intended(sources, at):
                return lemma not in words["real"]
        if any(
            tokens[c].lemma.lower()
            in (
                "plan",
                "planned",
                "attempted",
                "alleged plot",
                "possible",
                "potential",
                "threatened",
                "feared",
                "imminent",
            )
            and tokens[c].dep == "amod"
            for c in sources.syntax.children(at)
        ):
            return True
        if token.dep == "conj":
            if sources.child(at, "nsubj", "nsubjpass") is not None:
                # A clause of its own shares only a condition.
                if any(_is_condition(sources, up) for up in path_up(sources, token.head)):
                    return tokens[token.head].dep in ("advcl", "conj")
                return False
            continue
        if token.dep in ("relcl", "parataxis", "nsubj") or (
            token.dep in ("acl", "amod") and token.tag == "VBN"
        ):
            return False
        if token.dep == "advcl" and not _is_participial(sources, at):
            return False
        if token.dep == "ccomp" and lemma not in words["hedge"] | words["intent"]:
            return False
        if token.dep == "prep" and (above.tag[:2] == "VB" or _stands_apart(sources, at)):
            return False
    return False


def _stands_apart(sources: Sources, preposition: int) -> bool:
    """Return True for `into` in `an inquiry into the murder of a priest`: whatever becomes of the inquiry, he was murdered."""
    token = sources.tokens[preposition]
    noun = sources.tokens[token.head].lemma.lower()
    words = sources.reference.words
    return (
        token.text.lower() not in ("of", "for", "to")
        or noun not in words["intent"] | words["hedge"] | sources.reference.deeds.keys()
    )


def _is_participial(sources: Sources, at: int) -> bool:
    return sources.tokens[at].tag == "VBG" and sources.child(at, "mark") is None


def _is_intended(sources: Sources, at: int) -> bool:
    """Return True for what is planned or feared: `plans for an evacuation`, `demanded that he be killed`; not `told reporters that 21 were injured`."""
    token = sources.tokens[at]
    if sources.tokens[token.head].dep == "relcl":
        return False
    if token.dep == "ccomp":
        return token.tag == "VB"
    if token.dep == "prep":
        return token.text.lower() in ("of", "for", "to") and sources.tokens[token.head].tag[:2] == "NN"
    return token.dep in ("acl", "dobj", "nsubjpass", "pcomp", "compound")


def _has_modal(sources: Sources, at: int) -> bool:
    modal = sources.reference.words["modal"]
    return any(
        sources.tokens[child].dep == "aux"
        and sources.tokens[child].text.lower() in modal
        and sources.tokens[child].tag == "MD"
        for child in sources.syntax.children(at)
    )


def _is_condition(sources: Sources, at: int) -> bool:
    condition = sources.reference.words["condition"]
    return any(
        sources.tokens[child].dep in ("mark", "advmod") and sources.tokens[child].text.lower() in condition
        for child in sources.syntax.children(at)
    )


def _is_open_infinitive(sources: Sources, at: int) -> bool:
    """Return True for an infinitive of what need not have happened: `planned to kill`, `sent to kill`; not `managed to kill`."""
    tokens, words = sources.tokens, sources.reference.words
    token = tokens[at]
    if token.tag not in ("VB",) or not any(tokens[c].tag == "TO" for c in sources.children(at, "aux")):
        return False
    if any(tokens[c].lemma.lower() == "have" for c in sources.children(at, "aux")):
        return False
    above = tokens[token.head]
    lemma = above.lemma.lower()
    if lemma in words["real"]:
        return False
    if above.dep in ("xcomp", "acl") and lemma == "be":
        return False
    if token.dep in ("acl", "relcl"):
        near = {lemma} | {tokens[c].lemma.lower() for c in sources.syntax.children(token.head)}
        if not near.isdisjoint(
            {"first", "second", "third", "last", "latest", "only", "next", "one", "youngest", "oldest"}
        ) or any(
            c in sources.quantity_at and sources.quantity_at[c].is_ordinal
            for c in sources.syntax.children(token.head)
        ):
            return False
    return True


NEWS, OLD, RECALLED = "", "old", "recalled"
"""Whether a claim is news, happened long before the news, or is recalled by it, as at an anniversary."""


def history_of(sources: Sources, trigger: int, time: Time | None, newest: date | None) -> str:
    """Return RECALLED for what an anniversary recalls, OLD for what happened a year or more before the news, else NEWS."""
    tokens, words = sources.tokens, sources.reference.words
    for at in path_up(sources, trigger):
        for child in (at, *sources.syntax.children(at)):
            if tokens[child].lemma.lower() in words["anniversary"] and (child != at or at != trigger):
                return RECALLED
    news_day = sources.reading.published_on or newest
    if (
        time is not None
        and time.end is not None
        and news_day is not None
        and (news_day - time.end).days > HISTORY_DAYS
    ):
        return OLD
    for at in path_up(sources, trigger):
        if tokens[at].dep == "advcl" and _years_between(sources, at):
            return OLD
        if any(_is_years_ago(sources, child) for child in sources.syntax.children(at)):
            return OLD
    return NEWS


def _years_between(sources: Sources, clause: int) -> bool:
    """Return True for the clause of `two years after another shooting left nine dead`."""
    tokens = sources.tokens
    marks = [
        c
        for c in sources.children(clause, "mark", "npadvmod", "advmod")
        if tokens[c].text.lower() in ("after", "before", "since")
    ]
    return any(
        tokens[number].lemma.lower() in ("year", "decade", "century")
        for mark in marks
        for number in (*sources.syntax.children(mark), mark - 1)
        if number >= 0
    ) or any(
        tokens[number].lemma.lower() in ("year", "decade", "century")
        for number in sources.children(clause, "npadvmod")
        if marks
    )


def _is_years_ago(sources: Sources, at: int) -> bool:
    """Return True for `ten years ago`, `a decade earlier`."""
    tokens = sources.tokens
    if tokens[at].text.lower() not in ("ago", "earlier", "before", "previously"):
        return False
    return any(tokens[c].lemma.lower() in ("year", "decade", "century") for c in sources.syntax.children(at))
