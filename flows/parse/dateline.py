"""Agency datelines: `ANKARA, Feb 20 (Reuters) -`, in the text or outside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.errors import UnreadableField
from flows.parse.dates import FOREIGN_MONTHS, MONTHS, read_date
from flows.records import Dateline, PublishedAt, Span

# `QUEZON CITY, Philippines -`, `MOSCOW/ISTANBUL`, `OAK BROOK, Ill., Oct 19 -`, `MANAGUA (NICARAGUA), 21 MAR 89 --`.
# Bounded, so that no text can make it slow.
_CAPITAL, _LETTER = r"(?:[^\W\d_a-z]|['’.-])", r"(?:[^\W\d_]|['’.-])"
_IN_CAPITALS = rf"[^\W\d_a-z]{_CAPITAL}{{0,30}}(?:[ /]{_CAPITAL}{{1,30}}){{0,4}}"
_IN_MIXED_CASE = rf"[^\W\d_]{_LETTER}{{0,30}}(?:[ /]{_LETTER}{{1,30}}){{0,4}}"
_WORD = r"(?:(?:[^\W\d_]\.){2,4}|[^\W\d_][^\W\d_’']{0,20}\.?)"
_REGION = rf"(?P<region>(?: \([^()\n]{{2,30}}\)(?=,))?(?:, ?{_WORD}(?: {_WORD}){{0,3}}){{0,2}}?)"
_MONTH = "|".join(sorted({*MONTHS, *FOREIGN_MONTHS}, key=lambda name: (-len(name), name)))
_DAY = rf"(?:{_MONTH})\.? [0-9]{{1,2}}|[0-9]{{1,2}} (?:{_MONTH})\.?|no date"
_YEAR = r"(?:,? (?P<year>[0-9]{4}|[0-9]{2}(?= |$)))?"
_AGENCY = r"[(\[/](?P<agency>[A-Za-z][A-Za-z0-9 .&/-]{1,60}?)[)\]/]"
_BARE = r"(?P<bare>AFP|AAP|AP|dpa|Reuters|EFE|ANSA|PTI|IANS|Xinhua|KYODO|TASS|UPI)"
_END = r" ?(?:--?|–|—|(?<=/):|_)(?=\s|$)"
_DATED = rf"{_REGION}(?:,? ?(?P<day>(?i:{_DAY})){_YEAR})?,?"
IN_TEXT = re.compile(rf"(?P<place>{_IN_CAPITALS}){_DATED}(?: ?{_AGENCY}| {_BARE})?{_END}")
WITH_AGENCY = re.compile(rf"(?P<place>{_IN_MIXED_CASE}){_DATED} ?{_AGENCY}{_END}")
OUTSIDE_TEXT = re.compile(rf"(?P<place>{_IN_MIXED_CASE}){_DATED}(?: ?{_AGENCY}| {_BARE})?(?:{_END}|$)")
ENDS = re.compile(r"(?:[-–—_]|/:)(?:\s|$)")
"""The end of every dateline: a head without it, which is most of them, has none."""

AGENCY_ONLY = re.compile(rf"{_AGENCY} ?(?:--?|–|—)(?= )")

# Agencies whose name is not a row of initials; with a day before it, any name counts.
AGENCIES = frozenset(
    [
        "reuters",
        "reuter",
        "xinhua",
        "bloomberg",
        "kyodo",
        "tass",
        "itar-tass",
        "interfax",
        "anadolu",
        "dpa",
        "ansa",
        "efe",
        "acan-efe",
        "agence",
        "france-presse",
        "afp-jiji-kyodo",
        "newsday",
        "tca/dpa",
        "dpa/tca",
        "notimex",
        "interpress",
    ]
) | {
    "associated press",
    "press association",
    "agence france-presse",
    "u.s. newswire",
    "business wire",
    "globe newswire",
}
INITIALS = re.compile(r"[A-Z]{2,6}(?:[/-][A-Z]{2,6})?|[a-z]{3}(?:/[a-z]{3})?")
NAMED = re.compile(r"(?:The )?[A-Z][A-Za-z]*[a-z](?: [A-Z][A-Za-z]*[a-z]){0,2}")
"""Other agencies, after a place in capital letters only: `NIAMEY (Harbour Wire) -`, and not `Kicker (Stillwater Designs) -`."""

NO_AGENCIES = frozenset(
    {"UPDATE", "LEAD", "END", "NEW", "OLD", "REV", "ADD", "MORE", "YEN", "DLRS", "PCT", "TONNES"}
)

MAX_CHARS = 200
FIRST_PARAGRAPHS = 4
"""Desk lines, a headline and a byline may precede the dateline."""


def dateline_in(text: str, paragraphs: Sequence[Span]) -> Dateline | None:
    """Find the dateline that one of the first paragraphs begins with.

    In the text a place in capitals and a dash are not enough, since `FOR SALE -` has both: a region, a
    day or an agency must stand between them. A place not in capitals needs an agency.
    """
    for paragraph in paragraphs[:FIRST_PARAGRAPHS]:
        head = text[paragraph.start : paragraph.start + MAX_CHARS]
        if not ENDS.search(head):
            continue
        head = re.sub(r"\s", " ", head)
        matches = (form.match(head) for form in (IN_TEXT, WITH_AGENCY, AGENCY_ONLY))
        match = next((each for each in matches if each and _is_dateline(each)), None)
        if match:
            return _dateline(match, Span(paragraph.start, paragraph.start + match.end()))
    return None


def _is_dateline(match: re.Match[str]) -> bool:
    """Return True for a dateline, and False for a title such as `TOKYO RUBBER (YEN PER KILO) -`."""
    found = match.groupdict()
    if found.get("day") or found.get("bare"):
        return True
    agency = found.get("agency")
    if agency:
        is_named = match.re is IN_TEXT and NAMED.fullmatch(agency)
        is_initials = INITIALS.fullmatch(agency) and agency not in NO_AGENCIES
        return agency.casefold() in AGENCIES or bool(is_named or is_initials)
    return bool(found.get("region"))


def read_dateline(stated: str) -> Dateline | None:
    """Read a dateline that its format stores outside the text; None unless the whole of it is one."""
    head = " ".join(stated.split())[:MAX_CHARS]
    match = OUTSIDE_TEXT.match(head) or AGENCY_ONLY.match(head)
    return _dateline(match, None) if match else None


def day_stated_by(dateline: Dateline) -> PublishedAt | None:
    """Return the day of a dateline that states its year; None if it does not."""
    if dateline.day is None or dateline.year is None:
        return None
    try:
        return replace(
            read_date(_with_year(dateline.day, dateline.year)), raw=f"{dateline.day} {dateline.year}"
        )
    except UnreadableField:
        # `31 FEB 90`: the dateline is kept as it is written, without a day.
        return None


def day_of(dateline: Dateline, published: PublishedAt | None) -> date | None:
    """Return the day of a dateline; one without a year is the nearest to the publication."""
    if stated := day_stated_by(dateline):
        return stated.on
    return _nearest(dateline.day, published.on) if dateline.day and published and not dateline.year else None


def _nearest(day: str, to: date) -> date | None:
    found = []
    for year in (to.year - 1, to.year, to.year + 1):
        try:
            found.append(read_date(_with_year(day, year)).on)
        except UnreadableField:
            # 29 February of a year that has none.
            continue
    return min(found, key=lambda each: abs(each - to), default=None)


def _with_year(day: str, year: int | str) -> str:
    """Write a day with its year: `Feb 20` as `20 Feb`, since two digits of a year are read only there."""
    first, _, second = day.partition(" ")
    return f"{first} {second} {year}" if first.isdigit() else f"{second} {first} {year}"


def _dateline(match: re.Match[str], span: Span | None) -> Dateline:
    found = match.groupdict()
    located = " ".join(f"{found.get('place') or ''}{found.get('region') or ''}".split())
    day = found.get("day")
    return Dateline(
        raw=match.group().strip(),
        located=located or None,
        day=None if day and day.lower() == "no date" else day,
        year=found.get("year"),
        agency=found.get("agency") or found.get("bare"),
        span=span,
    )
