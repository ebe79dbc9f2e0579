"""Names of a web site, and their removal from a page's title: `Dam bursts - World | The Daily`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

# Between the headline and the site's name: a mark with spaces around it, or a bar with or without them.
SEPARATOR = re.compile(r"(?<!\s)\s+[-‐‑–—−·•«»‹›/~>:]+\s+|(?:(?<!\s)\s+)?[|｜¦]+\s*")
# A colon is common in headlines, so it separates only what is certainly the name of the site.
COLON = re.compile(r"(?:(?<!\s)\s+)?:\s+")
ACCENTS = re.compile("[\u0300-\u036f]")
SMALL_WORDS = frozenset({"the", "of", "and", "for", "de", "la", "le", "el", "der", "die", "das", "und"})
GENERIC_LABELS = frozenset(
    {"www", "co", "com", "org", "net", "gov", "gob", "gouv", "ac", "edu", "or", "ne", "go", "in"}
)

HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
MAX_NAME_WORDS = 8
MAX_MORE_WORDS = 2
"""`Gazette Online` and `Gazette West Coast` are names of the Gazette."""

MAX_SECTION_WORDS = 3
MIN_NAME_LETTERS = 2
MIN_BEGINNING_LETTERS = 5
"""The beginning of a host is a name from this length on, if it is half of the host."""

MAX_TITLE_CHARS = 1000
"""A longer title is a text, and is left as it is."""

MIN_AGREED_LETTERS = 12
"""A part of a title that another candidate repeats is a headline only from this length on: `Sport` is not."""


def fold(text: str) -> str:
    """Return the letters and digits of a text, without accents, case, spaces and punctuation."""
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return "".join(filter(str.isalnum, plain))


def _words(text: str) -> list[str]:
    return [folded for word in re.split(r"[\s\-‐‑–/]+", text) if (folded := fold(word))]


@dataclass(frozen=True, slots=True)
class Site:
    """What names a site: its stated names, its hosts without the top level; and its sections, folded."""

    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()

    def is_named_by(self, text: str) -> bool:
        """Return True if the text is a name of the site: spelled out, abbreviated, or with up to two more words.

        A text that is a host, such as `example.com`, names the site it is shown on.
        """
        words = _words(text)
        if not words or len(words) > MAX_NAME_WORDS:
            return False
        if HOST.fullmatch(text.strip()):
            return True
        more_words = MAX_MORE_WORDS if _is_in_title_case(text) else 0
        without_article = words[1:] if words[0] == "the" and len(words) > 1 else words
        return any(
            _is_stated_name(each, _words(name), more_words) or _is_host(each, name, more_words)
            for each in (words, without_article)
            for name in (*self.names, *self.hosts)
        )

    def is_section(self, text: str, separator: str) -> bool:
        """Return True if the text after a separator is a section of the site, as `World` or `World News`."""
        words = _words(text)
        return len(words) <= MAX_SECTION_WORDS and (
            "".join(words) in self.sections
            or words[-1:] == ["news"]
            or (len(words) == 1 and "|" in separator)
        )


def _is_in_title_case(text: str) -> bool:
    """Return True if no word begins with a lowercase letter, as in names."""
    return not any(
        word[0].islower() for word in re.findall(r"\w+", text) if word.casefold() not in SMALL_WORDS
    )


def _is_stated_name(words: list[str], name: list[str], more_words: int) -> bool:
    """Compare with a stated name: the same, one of them longer, or one the abbreviation of the other."""
    name = name[1:] if name[:1] == ["the"] and len(name) > 1 else name
    joined, known = "".join(words), "".join(name)
    if len(known) < MIN_NAME_LETTERS:
        return False
    shorter, longer = sorted((words, name), key=len)
    return (
        joined == known
        or (longer[: len(shorter)] == shorter and len(longer) - len(shorter) <= more_words)
        or (longer[1:] == shorter and len(shorter) > 1 and more_words > 0)
        or (len(name) == 1 and len(words) > 1 and _abbreviates(known, words))
        or (len(words) == 1 and len(name) > 1 and _abbreviates(joined, name))
    )


def _is_host(words: list[str], host: str, more_words: int) -> bool:
    """Compare with a host, in which words are not separated: `lemonde`, `dailymail`, `nytimes`."""
    for count in range(max(1, len(words) - more_words), len(words) + 1):
        joined = "".join(words[:count])
        is_beginning = host.startswith(joined) and len(joined) >= max(MIN_BEGINNING_LETTERS, len(host) / 2)
        if len(joined) >= MIN_NAME_LETTERS and (joined == host or is_beginning):
            return True
    return False


def _abbreviates(short: str, words: list[str]) -> bool:
    """Return True if each word gives its first letters to the short form: `nytimes`, `latimes`, `scmp`."""
    ends = {0}
    for word in words:
        skipped = ends if word in SMALL_WORDS else set()
        beginnings = [word[:size] for size in range(1, len(word) + 1)]
        ends = skipped | {
            end + len(each) for end in ends for each in beginnings if short.startswith(each, end)
        }
    return len(short) in ends


def site_of(names: Iterable[str], urls: Iterable[str], sections: Iterable[str]) -> Site:
    """Make a site of what a page states of it; each of the three may be empty."""
    names = [name.strip("@ ") for name in names if fold(name)]
    found = {fold(section) for section in sections}
    hosts = [name for name in names if HOST.fullmatch(name)]
    for url in urls:
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            # Not an address, such as one with an open square bracket.
            continue
        if not host:
            continue
        hosts.append(host)
        found |= {fold(part) for part in path.split("/")[:-1]}
    return Site(
        names=tuple(dict.fromkeys(names)),
        hosts=tuple(dict.fromkeys(own for host in hosts if (own := _own_label(host)))),
        sections=frozenset(found - {""}),
    )


def _own_label(host: str) -> str:
    """Return the label of a host that is registered: `herald` of `m.herald.co.zw`; empty if there is none."""
    labels = [fold(label) for label in host.lower().split(".")]
    return next((label for label in reversed(labels[:-1]) if label not in GENERIC_LABELS), "")


def without_site(title: str, site: Site, others: Collection[str] = ()) -> str:
    """Return a title without the site's name and sections before and after it; empty if it is nothing else.

    A part that follows or precedes what another candidate states, one of `others` folded, goes too.
    """
    title = title.strip()
    if len(title) > MAX_TITLE_CHARS:
        return title
    if site.is_named_by(title) and not any(_splits(title)):
        return ""
    kept = _without_leading_name(_without_trailing_name(title, site), site)
    return _agreed(kept, others)


def _without_trailing_name(title: str, site: Site) -> str:
    """Cut the site's name and what follows it, and the sections in front of it, from the end."""
    kept, is_cut = title, False
    while True:
        splits = list(_splits(kept))
        cut = next((head for head, _, *tails in splits if any(map(site.is_named_by, tails))), None)
        if cut is None and is_cut:
            cut = next((head for head, mark, _, tail in splits if site.is_section(tail, mark)), None)
        if not cut:
            return kept
        kept, is_cut = cut, True


def _without_leading_name(title: str, site: Site) -> str:
    """Cut the site's name from the beginning."""
    kept = title
    while cut := next(
        (tail for head, *_, tail in reversed(list(_splits(kept))) if site.is_named_by(head)), None
    ):
        kept = cut
    return kept


def _splits(title: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield for each separator, from left to right, what is before it, itself, the next part, and all after it."""
    found = sorted(
        {(each.start(), each.end()) for pattern in (SEPARATOR, COLON) for each in pattern.finditer(title)}
    )
    for start, end in found:
        head, tail = title[:start].strip(), title[end:].strip()
        if head and tail:
            yield head, title[start:end].strip(), SEPARATOR.split(tail)[0].strip(), tail


def _agreed(title: str, others: Collection[str]) -> str:
    """Return the longer part of a title at a separator, where another candidate is the same as this part."""
    for each in SEPARATOR.finditer(title):
        parts = title[: each.start()].strip(), title[each.end() :].strip()
        longer, shorter = sorted(map(fold, parts), key=len, reverse=True)
        if len(longer) >= max(MIN_AGREED_LETTERS, len(shorter)) and longer in others:
            return next(part for part in parts if fold(part) == longer)
    return title
