"""Totals over a period: whether a number adds up more than the news, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.enrich.claims.counts import NONE, NUMBER, PLURAL
from flows.enrich.claims.durations import is_perfect, lasting_event, length_of_time
from flows.enrich.claims.nouns import Affected
from flows.enrich.claims.sources import Sources
from flows.enrich.times.expressions import Time
from flows.records import Span

MIN_PERIOD_DAYS = 5
"""A period of fewer days is the news itself: `in the past 24 hours`, `over the weekend`."""

MAX_TIME_CHARS = 100
SINCE = frozenset(("since",))
SUMMED_FORMS = frozenset((NUMBER, NONE, PLURAL))
"""One person who died in ten days is no total."""

PERIOD_PREPOSITIONS = frozenset(("in", "over", "during", "within", "for", "throughout"))


@dataclass(frozen=True, slots=True)
class Total:
    """A total over a period, and the words of when it began, if the text says it."""

    since: Span | None


def total_of(sources: Sources, trigger: int, affected: Affected, *, is_brought: bool) -> Total | None:
    """Return the total that a claim is, or None if it counts the news only.

    `is_brought`: its number is what something brought a total to.
    """
    head = affected.head
    around = _around(sources, trigger, head)
    since = (
        _since(sources, around) or _since_clause(sources, trigger, head) or _period(sources, trigger, around)
    )
    if since is None and affected.count.form in SUMMED_FORMS:
        since = length_of_time(sources, trigger, around) or lasting_event(sources, trigger, around)
    if since is not None:
        return Total(since)
    return Total(None) if is_brought or _is_so_far(sources, around) else None


def _since(sources: Sources, around: Iterable[int]) -> Span | None:
    """Return the words after `since` in the clause of the trigger or of what is counted."""
    tokens = sources.tokens
    for at in around:
        token = tokens[at]
        if token.text.lower() in SINCE and token.dep in ("prep", "mark", "advmod"):
            start = at + 1
            if token.dep == "prep":
                inner = sources.child(at, "pobj", "pcomp", "prep", "amod")
                if inner is not None:
                    return _time_within(sources, at, sources.syntax.edges(at)[1]) or sources.span(
                        *sources.syntax.edges(inner)
                    )
            if token.dep == "advmod" and sources.syntax.edges(at) == (at, at):
                # `four have since died`; the tree may miss `since 1983`.
                return _time_within(sources, at, min(start, len(tokens) - 1))
            if start < len(tokens):
                last = (
                    sources.syntax.edges(token.head)[1]
                    if token.dep == "mark"
                    else sources.syntax.edges(at)[1]
                )
                return _time_within(sources, at, last) or sources.span(start, max(start, last))
    return None


def _since_clause(sources: Sources, trigger: int, head: int) -> Span | None:
    """Return the clause after `since` in `have been killed since the offensive began`; not that of a reason: `nobody was hurt since the house was empty`."""
    tokens = sources.tokens
    bases = [trigger, head]
    if tokens[trigger].head != trigger:
        bases.append(tokens[trigger].head)
    for base in bases:
        for clause in sources.children(base, "advcl", "ccomp"):
            mark = next(
                (c for c in sources.children(clause, "mark") if tokens[c].text.lower() in SINCE), None
            )
            if mark is not None and (is_perfect(sources, base) or tokens[base].tag[:2] != "VB"):
                return sources.span(mark + 1, sources.syntax.edges(clause)[1])
    return None


def _time_within(sources: Sources, first: int, last: int) -> Span | None:
    start, end = sources.tokens[first].start, sources.tokens[last].end
    for time in sources.times_within(start - MAX_TIME_CHARS, end):
        if time.span.start < end and start < time.span.end:
            words = time.span
            since = sources.tokens[first]
            # `since March` as one expression: the words after `since`.
            if words.start <= since.start and since.end + 1 < words.end:
                return Span(since.end + 1, words.end)
            return words
    return None


def _period(sources: Sources, trigger: int, tokens_around: Iterable[int]) -> Span | None:
    """Return the words of a period that the clause sums up: `this year`, `over the past two months`."""
    around = set(tokens_around)
    sentence = sources.reading.sentences[sources.sentence_no_of(trigger)]
    for time in sources.times_within(sentence.start, sentence.end):
        covered = set(sources.syntax.within(time.span.start, time.span.end))
        if not covered or around.isdisjoint(covered):
            continue
        if _is_long(sources, time, covered) and not _is_ordinal_phrase(sources, covered):
            return time.span
    return None


def _is_long(sources: Sources, time: Time, covered: set[int]) -> bool:
    words = {sources.tokens[at].text.lower() for at in covered}
    if words.isdisjoint(sources.reference.words["period"]):
        return False
    if "this" in words and not words.isdisjoint(("year", "month", "season", "decade", "century")):
        return True
    if words.isdisjoint(("past", "last", "recent", "previous", "since")) or "ago" in words:
        return False
    first = min(covered)
    before = sources.tokens[first - 1].text.lower() if first else ""
    texts = [sources.tokens[at].text.lower() for at in sorted(covered)]
    is_stated = before in PERIOD_PREPOSITIONS or texts[0] in PERIOD_PREPOSITIONS or before == "the"
    if not is_stated:
        return False
    if time.start and time.end:
        return (time.end - time.start).days >= MIN_PERIOD_DAYS
    return True


def _is_ordinal_phrase(sources: Sources, covered: set[int]) -> bool:
    """Return True for `the third in Baghdad this month`: the period ranks an event."""
    first = min(covered)
    sentence_first = first
    for at in range(first - 1, max(-1, first - 8), -1):
        if sources.tokens[at].text in ",;.":
            break
        sentence_first = at
        quantity = sources.quantity_at.get(at)
        if quantity is not None and quantity.is_ordinal:
            return True
    return sentence_first < 0


def _is_so_far(sources: Sources, around: Iterable[int]) -> bool:
    """Return True for `so far`, `to date`, `altogether` in the clause."""
    tokens, words = sources.tokens, sources.reference.words["so_far"]
    return any(
        tokens[at].text.lower() in words
        or (at > 0 and f"{tokens[at - 1].text} {tokens[at].text}".lower() in words)
        for at in around
    )


def _around(sources: Sources, trigger: int, head: int) -> list[int]:
    """Return the tokens of the clause of a trigger: below it and its heads up to the clause, but in no other clause."""
    tokens = sources.tokens
    roots = [trigger, head]
    at = trigger
    for _ in range(3):
        token = tokens[at]
        if token.head == at or token.dep in ("ccomp", "advcl", "parataxis", "relcl"):
            break
        if token.dep == "conj" and sources.child(at, "nsubj", "nsubjpass") is not None:
            break
        at = token.head
        roots.append(at)
    found: list[int] = []
    for root in dict.fromkeys(roots):
        waiting = [root]
        while waiting:
            here = waiting.pop()
            found.append(here)
            for child in sources.syntax.children(here):
                token = tokens[child]
                if token.dep in ("advcl", "ccomp", "parataxis", "relcl") and token.tag[:2] == "VB":
                    continue
                if (
                    token.dep == "conj"
                    and (token.tag[:2] == "VB" or here in roots)
                    and sources.child(child, "nsubj", "nsubjpass") is not None
                ):
                    continue
                if child in roots and child != trigger:
                    continue
                waiting.append(child)
    return found
