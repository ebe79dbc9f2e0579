"""Names of a web site, and how a page's title is freed from them: `Dam bursts - World | The Daily`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

# Between the headline and the site's name: a mark with spaces around it, or a bar with or without them.
SEPARATOR = re.compile(r"\s+[-‐‑–—−·•«»‹›/~>:]+\s+|\s*[|｜¦]+\s*")
# A colon is common in headlines, so it separates only what is certainly the name of the site.
COLON = re.compile(r"\s*:\s+")
ACCENTS = re.compile("[\u0300-\u036f]")
SMALL_WORDS = frozenset({"the", "of", "and", "for", "de", "la", "le", "el", "der", "die", "das", "und"})
GENERIC_LABELS = frozenset(
    {"www", "co", "com", "org", "net", "gov", "gob", "gouv", "ac", "edu", "or", "ne", "go", "in"}
)

MAX_NAME_WORDS = 8
MAX_TITLE_CHARS = 1000
"""A longer title is a text, and is left as it is."""

MIN_AGREED_LETTERS = 12
"""A part of a title that another candidate repeats is a headline only from this length on: `Sport` is none."""


def fold(text: str) -> str:
    """Return the letters and digits of a text, without accents, case, spaces and punctuation."""
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return "".join(filter(str.isalnum, plain))


def _words(text: str) -> list[str]:
    words = [folded for word in re.split(r"[\s\-‐‑–/]+", text) if (folded := fold(word))]
    return words[1:] if words[:1] == ["the"] else words


@dataclass(frozen=True, slots=True)
class Site:
    """What names a site: its stated names, the labels of its host; and its sections, folded."""

    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()

    def is_named_by(self, text: str) -> bool:
        """Return True if the text is a name of the site, spelled out, abbreviated, or with one more word."""
        words = _words(text)
        if not words or len(words) > MAX_NAME_WORDS:
            return False
        joined = "".join(words)
        return any(_is_same_name(words, joined, _words(name)) for name in (*self.names, *self.hosts))

    def is_section(self, text: str) -> bool:
        """Return True if the text is a section of the site, as `World` or `World News`."""
        folded = fold(text)
        return bool(folded) and (
            folded in self.sections or folded.removesuffix("news") in {*self.sections, ""}
        )


def _is_same_name(words: list[str], joined: str, name: list[str]) -> bool:
    known = "".join(name)
    if len(known) < 2:
        return False
    shorter, longer = sorted((words, name), key=len)
    return (
        joined == known
        or (
            len(shorter) + 1 == len(longer)
            and longer[: len(shorter)] == shorter
            and len("".join(shorter)) > 2
        )
        or (len(name) == 1 and len(words) > 1 and _abbreviates(known, words))
        or (len(words) == 1 and len(name) > 1 and _abbreviates(joined, name))
    )


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
    hosts: list[str] = []
    found = {fold(section) for section in sections}
    for url in urls:
        try:
            parts = urlsplit(url)
            labels = (parts.hostname or "").split(".")
        except ValueError:
            # Not an address, such as one with an open square bracket.
            continue
        if len(labels) < 2:
            continue
        own = [label for label in labels[:-1] if label not in GENERIC_LABELS]
        hosts += [
            *own,
            "".join(labels).removeprefix("www"),
            "".join(labels[-2:]),
            "".join(own[-1:] + labels[-1:]),
        ]
        found |= {fold(part) for part in parts.path.split("/")[:-1]}
    return Site(
        names=tuple(dict.fromkeys(name.strip("@ ") for name in names if fold(name))),
        hosts=tuple(dict.fromkeys(host for host in hosts if len(host) > 1)),
        sections=frozenset(found - {""}),
    )


def without_site(title: str, site: Site, others: Collection[str] = ()) -> str:
    """Return a title without the site's name and sections before and behind it; empty if it is nothing else.

    A part that follows or precedes what another candidate states, one of `others` folded, goes too.
    """
    title = title.strip()
    if len(title) > MAX_TITLE_CHARS:
        return title
    if site.is_named_by(title):
        return ""
    kept = _behind_name(_before_name(title, site), site)
    return _agreed(kept, others)


def _before_name(title: str, site: Site) -> str:
    """Cut the site's name, and the sections in front of it, from the end."""
    kept, is_cut = title, False
    while True:
        splits = list(_splits(kept))
        cut = next((head for head, tail in splits if site.is_named_by(tail)), None)
        if cut is None and is_cut:
            cut = next((head for head, tail in splits if site.is_section(tail)), None)
        if not cut:
            return kept
        kept, is_cut = cut, True


def _behind_name(title: str, site: Site) -> str:
    """Cut the site's name from the beginning."""
    kept = title
    while cut := next((tail for head, tail in reversed(list(_splits(kept))) if site.is_named_by(head)), None):
        kept = cut
    return kept


def _splits(title: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and behind each separator, neither empty, from left to right."""
    found = sorted(
        {(each.start(), each.end()) for pattern in (SEPARATOR, COLON) for each in pattern.finditer(title)}
    )
    for start, end in found:
        if title[:start].strip() and title[end:].strip():
            yield title[:start].strip(), title[end:].strip()


def _agreed(title: str, others: Collection[str]) -> str:
    """Return the longer part of a title at a separator, where another candidate is the same as this part."""
    for each in SEPARATOR.finditer(title):
        parts = title[: each.start()].strip(), title[each.end() :].strip()
        longer, shorter = sorted(map(fold, parts), key=len, reverse=True)
        if len(longer) >= max(MIN_AGREED_LETTERS, len(shorter)) and longer in others:
            return next(part for part in parts if fold(part) == longer)
    return title
