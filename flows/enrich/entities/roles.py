"""Titles before a name, and offices and organisations that follow their country: `Turkish President`, `Syrian army`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.enrich.entities.reference import EntityReference, OrganisationWords, Titles
from flows.enrich.places.mentions import PlaceMention
from flows.records import Span

LOOK_BACK = 70
LOOK_AHEAD = 70
MAX_MODIFIERS = 3
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LAST_WORD = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)(\.?)[ \u00a0]$")
BETWEEN = re.compile(r"(?:['’]s)? ")
MINISTRY_OF = re.compile(r" of (?:the )?[A-Z]\w+(?: (?:and )?[A-Z]\w+){0,2}")


@dataclass(frozen=True, slots=True)
class Role:
    """An office or, if `is_organisation`, an organisation of a country. `sector` is CAMEO's code or None."""

    span: Span
    words: str
    country: str | None
    sector: str | None
    is_organisation: bool


def roles_in(text: str, places: Sequence[PlaceMention], reference: EntityReference) -> Iterator[Role]:
    """Yield the offices and organisations that follow a country or its demonym, in reading order."""
    for place in places:
        country = place.place.country if place.place else None
        if country is None or not (
            place.is_adjective or text[place.span.end : place.span.end + 2] in ("'s", "’s")
        ):
            continue
        between = BETWEEN.match(text, place.span.end)
        found = _role_at(text, between.end(), reference) if between else None
        if found is not None:
            words, is_organisation = found
            yield Role(
                Span(place.span.start, words.end),
                words.of(text),
                country,
                (sector_of_organisation if is_organisation else sector_of_title)(words.of(text), reference),
                is_organisation,
            )


def _role_at(text: str, start: int, reference: EntityReference) -> tuple[Span, bool] | None:
    """Return the words of an organisation or an office that begin at a position, the longest of them."""
    words: list[re.Match[str]] = []
    for match in WORD.finditer(text, start, start + LOOK_AHEAD):
        if match.start() != (words[-1].end() + 1 if words else start) or len(words) > MAX_MODIFIERS + 1:
            break
        words.append(match)
    titles, organisations = reference.titles, reference.organisations
    # `department of Guaira` in lowercase is a region.
    for size in range(len(words), 0, -1):
        *before, head = (word.group().lower() for word in words[:size])
        end = words[size - 1].end()
        is_organisation = head in organisations.nominal and all(
            word in organisations.modifiers for word in before
        )
        if is_organisation and not (
            head == "department" and text.startswith(" of ", end) and text[start].islower()
        ):
            after = MINISTRY_OF.match(text, end) if head in ("ministry", "department") else None
            return Span(start, after.end() if after else end), True
        if all(word in titles.words for word in before) and _is_title([*before, head], titles):
            return Span(start, end), False
    return None


def _is_title(words: Sequence[str], titles: Titles) -> bool:
    """Return True where the last words are a title."""
    return any(" ".join(words[at:]).replace(".", "") in titles.heads for at in range(len(words)))


def title_before(text: str, start: int, titles: Titles) -> str | None:
    """Return the office or form of address that precedes a name, as written, or None: `Senior General`, `Mr`."""
    first = end = start
    words: list[str] = []
    while len(words) <= MAX_MODIFIERS and (word := _word_before(text, first)):
        small = word[1].lower().replace("-", " ")
        if small not in titles.heads and not titles.words.issuperset(small.split()):
            break
        if word[2] and small not in titles.abbreviations:
            break
        end = end if words else word.end(1)
        words.insert(0, small)
        first = word.start()
    return text[first:end] if words and _is_title(" ".join(words).split(), titles) else None


def _word_before(text: str, end: int) -> re.Match[str] | None:
    """Return the word that stands before a position and a blank, or None."""
    # From the space before the word: the pattern alone is tried at each character.
    start = max(0, end - LOOK_BACK)
    return LAST_WORD.search(text, max(start, text.rfind(" ", start, max(start, end - 2)) + 1), end)


def sector_of_title(words: str, reference: EntityReference) -> str | None:
    """Return CAMEO's sector of an office: that of the longest title in it, else of its last word that names an organisation."""
    small = _lowered(words)
    for size in range(len(small), 0, -1):
        for at in range(len(small) - size, -1, -1):
            sector = reference.titles.phrases.get(" ".join(small[at : at + size]))
            if sector:
                return sector
    return _of_last_word(small, reference.organisations)


def sector_of_organisation(words: str, reference: EntityReference) -> str | None:
    """Return CAMEO's sector of an organisation: of the last of its words that has one, else of a title in it."""
    return _of_last_word(_lowered(words), reference.organisations) or sector_of_title(words, reference)


def _lowered(words: str) -> list[str]:
    return words.lower().replace("-", " ").replace(".", "").split()


def _of_last_word(words: Sequence[str], organisations: OrganisationWords) -> str | None:
    known = [organisations.sectors[word] for word in words if word in organisations.sectors]
    # An army is one whatever else its name says: `Military Police`, `Air Force Academy`.
    return "MIL" if "MIL" in known else known[-1] if known else None
