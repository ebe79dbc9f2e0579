"""The headline of a web page, chosen from what the page states of it as data, for sharing, and to its readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from flows.parse.site import Site, fold, without_site
from flows.parse.xml_trees import Element, one_line


class Kind(StrEnum):
    """The part of the page that states a candidate, in the order of preference in an undecided choice."""

    SHARED = "shared"
    """`og:title` and similar: written for readers of other sites."""
    DATA = "data"
    """`headline` of schema.org: written for search engines."""
    SHOWN = "shown"
    """`h1` and similar: what readers of the page see."""
    TITLE = "title"
    """`<title>`: written for search engines and for the window, often with the site's name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A headline as one part of the page states it."""

    kind: Kind
    text: str


NOT_OF_THE_ARTICLE = frozenset({"nav", "aside", "footer", "form", "dialog", "button", "li"})
MAX_SHOWN = 100
"""Headings that are compared; a page has a handful."""

MIN_OF_SHORTER = 0.5
MIN_OF_BOTH = 0.3
"""The second keeps out a heading of one word, such as `Comments`, which a longer title may hold. On 183 labelled pages
nothing changes between 0.4 and 0.6, and between 0.2 and 0.4."""

CUT_OFF = re.compile(r"(?:…|\.\.\.)$")
MIN_CUT_LETTERS = 20
# Scripts that write no spaces are compared by letter: Thai, Japanese, Chinese.
WORD = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")


def choose_headline(candidates: Sequence[Candidate], site: Site) -> str:
    """Return the headline that most kinds of candidates state, without the site's name; empty if there is none.

    A shown headline counts if it has words in common with the others, since a page shows other headings too.
    Where no two kinds agree, what `<title>` repeats goes last: such a text was written for search engines.
    """
    cleaned = _cleaned(candidates, site)
    stated = [each for each in cleaned if each.kind != Kind.SHOWN]
    shown = _related([each for each in cleaned if each.kind == Kind.SHOWN], stated)
    voters = [each for each in (*stated, *shown) if each.kind != Kind.TITLE]
    titles = {_key(each.text, cleaned) for each in cleaned if each.kind == Kind.TITLE}
    if not voters:
        return next((each.text for each in stated), "")

    def preference(each: Candidate) -> tuple[int, bool, bool, int]:
        key = _key(each.text, voters)
        kinds = {other.kind for other in voters if _key(other.text, voters) == key}
        return (
            -len(kinds),
            len(kinds) > 1 and Kind.SHOWN not in kinds,
            key in titles,
            list(Kind).index(each.kind),
        )

    best = _key(min(voters, key=preference).text, voters)
    same = [each for each in voters if fold(each.text) == best]
    return min(same, key=lambda each: (Kind.DATA, Kind.SHARED, Kind.SHOWN).index(each.kind)).text


def _cleaned(candidates: Sequence[Candidate], site: Site) -> list[Candidate]:
    """Return the candidates without the site's name; those that are nothing but its name are left out."""
    folded = [(each.kind, fold(without_site(each.text, site))) for each in candidates]
    cleaned = []
    for each in candidates:
        others = {text for kind, text in folded if kind != each.kind}
        if text := without_site(each.text, site, others):
            cleaned.append(Candidate(each.kind, text))
    return cleaned


def _key(text: str, among: Sequence[Candidate]) -> str:
    """Return what is equal for equal headlines; one that is cut off is the whole one that begins with it."""
    key = fold(text)
    if CUT_OFF.search(text) and len(key) >= MIN_CUT_LETTERS:
        return next(
            (whole for each in among if (whole := fold(each.text)) != key and whole.startswith(key)), key
        )
    return key


def _related(shown: list[Candidate], stated: Sequence[Candidate]) -> list[Candidate]:
    """Return the shown headline that is nearest to what is stated; the first one if nothing is stated."""
    if not stated:
        return shown[:1]
    shown = shown[:MAX_SHOWN]
    related = [
        (max(scores), each)
        for each in shown
        if (
            scores := [
                found.of_both for other in stated if (found := _overlap(each.text, other.text)).is_same_story
            ]
        )
    ]
    return [max(related, key=lambda pair: pair[0])[1]] if related else []


class _Overlap(NamedTuple):
    """Shares of the letters in common words: of the letters of the shorter of two texts, and of both (Dice)."""

    of_shorter: float
    of_both: float

    @property
    def is_same_story(self) -> bool:
        """Return True if the two are headlines of the same story."""
        return self.of_shorter >= MIN_OF_SHORTER and self.of_both >= MIN_OF_BOTH


def _overlap(one: str, other: str) -> _Overlap:
    first, second = set(WORD.findall(one.casefold())), set(WORD.findall(other.casefold()))
    common, sizes = _letters(first & second), (_letters(first), _letters(second))
    return _Overlap(common / max(min(sizes), 1), 2 * common / max(sum(sizes), 1))


def _letters(words: Iterable[str]) -> int:
    return sum(map(len, words))


def shown_headlines(root: Element) -> Iterator[Candidate]:
    """Yield what a page shows as its headline: headings of the first level, and what is marked as a headline."""
    for element in root.iter("h1", "h2", "h3", "p", "div", "span", "a"):
        marked = "headline" in (element.get("itemprop") or "").split()
        in_group = element.tag == "h2" and element.getparent().tag == "hgroup"
        if not (element.tag == "h1" or marked or in_group):
            continue
        if any(above.tag in NOT_OF_THE_ARTICLE for above in element.iterancestors()):
            continue
        if text := one_line(element):
            yield Candidate(Kind.SHOWN, text)
