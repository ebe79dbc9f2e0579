"""What an amount counts: `5 km of road`, `$5 million in aid`, `a 34-year-old man`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.records import Span
from flows.syntax import Syntax

LINK = re.compile(
    r"(?:\s\([^()\n]{1,40}\))?(?:['’]s?)?\s(?:worth\s)?(?P<link>of|in)\s(?P<determiner>[^\W\d_]+\s)?(?:[0-9][0-9.,]*\s(?:[a-z]illion\s|[a-z]+sand\s)?)?"
)
WORD = re.compile(r"[^\W\d_][\w’'-]*")
MAX_WORDS = 5
NOUN = "NN"
BEFORE_NOUN = ("NN", "JJ", "VBN", "VBG", "CD", "HYPH", "POS")
BEHIND_NOUN = ("NN", "HYPH", "POS")
"""Tags of the words of a noun phrase, without those before a noun that follow one: `rubber last year`."""

NOMINAL = ("dobj", "pobj", "nsubj", "nsubjpass", "attr")
"""Relations of nouns: `a 15 percent cut` has the tag of a verb."""


def counted_behind(
    text: str,
    end: int,
    syntax: Syntax,
    words: Mapping[str, frozenset[str]],
    *,
    is_money: bool,
    is_length: bool,
) -> Span | None:
    """Return the words that say what an amount counts: those behind `of`, behind `in` or `worth of` for money, else the noun right behind it that it belongs to.

    None if there are none. A length with a name or an article behind `of` is a distance. `words` are the classes of `amount_words.tsv`.
    """
    link = LINK.match(text, end)
    if link is None:
        return _noun_after(end, text, syntax)
    start = link.end()
    determiner = (link["determiner"] or "").strip().lower()
    if determiner and determiner not in words["determiner"]:
        start = link.start("determiner")
    first = WORD.match(text, start)
    if first is None:
        return None
    if link["link"] == "of" and first.group().lower() in words["time"]:
        return None
    if is_length and (determiner in words["determiner"] or not first.group().islower()):
        # `within 5 km of Kabul`
        return None
    counted = _phrase(first, syntax)
    if link["link"] == "in":
        # `$5m in aid`, but not `in Kabul` and `in recent years`
        head = text[counted.start : counted.end].split()[-1].lower()
        return counted if is_money and head in words["purpose"] else None
    return counted


def _phrase(first: re.Match[str], syntax: Syntax) -> Span:
    """Return the words from the first to the last noun of its phrase: `company’s domestic production`; the first alone if there is none."""
    number = syntax.at(first.start())
    if number is None:
        return Span(*first.span())
    last = None
    allowed: tuple[str, ...] = BEFORE_NOUN
    for token in syntax.tokens[number : number + MAX_WORDS]:
        if not token.tag.startswith(allowed):
            break
        if token.tag.startswith(NOUN):
            last, allowed = token, BEHIND_NOUN
        elif token.tag == "POS":
            allowed = BEFORE_NOUN
    return Span(first.start(), last.end if last else first.end())


def _noun_after(end: int, text: str, syntax: Syntax) -> Span | None:
    """Return the noun that an amount right before it belongs to: the `bridge` of `a 5 km bridge`, the `rise` of `a 3 percent rise`."""
    space = text[end : end + 1]
    if space not in (" ", "-", "\n"):
        return None
    number = syntax.at(end + 1)
    if number is None or not syntax.tokens[number].tag.startswith(("NN", "JJ", "VBG", "VBN")):
        return None
    last = None
    for step in range(number, min(number + MAX_WORDS, len(syntax.tokens))):
        token = syntax.tokens[step]
        if token.tag.startswith(NOUN) or token.dep in NOMINAL:
            last = step
        elif not token.tag.startswith(("JJ", "VBG", "HYPH")):
            break
    if last is None:
        return None
    # The amount must belong to that noun, as `5 km` does to `bridge`; in `cost $5 billion officials said` it does not.
    before = syntax.at(end - 1)
    if before is None or last not in _ancestors(syntax, before):
        return None
    return Span(syntax.tokens[number].start, syntax.tokens[last].end)


def _ancestors(syntax: Syntax, number: int) -> list[int]:
    found: list[int] = []
    for each in syntax.ancestors(number):
        found.append(each)
        if len(found) >= MAX_WORDS:
            break
    return found
