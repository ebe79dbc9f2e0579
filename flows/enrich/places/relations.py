"""Phrases before a name that set the place meant off from the place named: `20 km north of`, `near the town of`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.records import Span

DIRECTION = (
    r"north[- ]?(?:east|west|northeast|northwest|north-east|north-west)|south[- ]?(?:east|west|southeast|southwest|south-east|south-west)"
    r"|east-(?:northeast|southeast)|west-(?:northwest|southwest)|north|south|east|west"
)
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
KM = {"k": 1.0, "m": 1.609344, "n": 1.852, "t": 0.001}
"""Kilometres in a unit, by its class: kilometres, miles, nautical miles, metres."""

RELATION = re.compile(
    rf"""(?:
        (?:(?:about|some|around|nearly|roughly|over|almost|just|more\ than|approximately|at\ least|less\ than)\ )?
        (?P<count>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,5}}(?:[.,]\d{{1,2}})?|{"|".join(NUMBERS)})[ -]?
        (?P<unit>(?P<n>nautical\ miles?)|(?P<m>miles?|mi)|(?P<k>kms?|kilomet(?:er|re)s?)|(?P<t>met(?:er|re)s?))\b
        (?:\ \([^()]{{1,24}}\))?,?\ (?:to\ the\ )?(?:away\ )?(?:due\ )?(?:(?P<far>{DIRECTION})\ )?(?:of|from|outside|off)[ ]
        |(?:(?:just\ )?(?:to\ the\ )?(?P<side>{DIRECTION})\ of
            |near(?:by)?|close\ to|not\ far\ from|just\ outside|outside|(?:on\ |in\ )?the\ outskirts\ of|around|off\ the\ coast\ of|off)\ ?
    )
    (?:the\ )?(?:(?:\w+\ )?(?:town|village|city|port|capital|border|area|province|district)\ of\ )?$""",
    re.IGNORECASE | re.VERBOSE,
)

ENDS = frozenset({"of", "from", "outside", "off", "near", "nearby", "to", "around"})
"""The last word of every such phrase, without an article behind it."""

BEFORE_FROM = (
    "north", "south", "east", "west", "far", "away", "due", "the", ",", ")", "mile", "miles", "mi", "km", "kms", "meter", "meters",
    "metre", "metres",
)  # fmt: skip
BEFORE = {
    "to": ("close",),
    "from": BEFORE_FROM,
    "of": (
        *BEFORE_FROM, "outskirts", "coast", "town", "village", "city", "port", "capital", "border", "area", "province", "district",
    ),
}  # fmt: skip
"""How the word before these ends in every such phrase. Most of what stands before a name is told apart by these, without the pattern."""

MAX_CHARS = 90
MAX_END_CHARS = 40
"""Characters that hold the last three words of such a phrase."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Such a phrase: the distance in kilometres and the direction, as far as it states them."""

    span: Span
    distance_km: float | None
    direction: str | None


def relation_before(text: str, start: int) -> Relation | None:
    """Return the phrase that ends where a name begins, if there is one."""
    if not _may_end_phrase(text[max(0, start - MAX_END_CHARS) : start].lower().split()):
        return None
    found = RELATION.search(text, max(0, start - MAX_CHARS), start)
    if found is None:
        return None
    unit = next((name for name in KM if found[name]), None)
    direction = found["far"] or found["side"]
    return Relation(
        span=Span(found.start(), start),
        distance_km=round(_number(found["count"]) * KM[unit], 3) if unit else None,
        direction=re.sub(r"[ -]", "", direction.lower()) if direction else None,
    )


def _may_end_phrase(words: list[str]) -> bool:
    """Return True if such a phrase may end in these lowercase words."""
    if words and words[-1] == "the":
        words = words[:-1]
        if words and words[-1].endswith(("near", "nearby", "around", "off", "outside")):
            return True
    if not words or words[-1] not in ENDS:
        return False
    before = BEFORE.get(words[-1])
    return before is None or (len(words) > 1 and words[-2].endswith(before))


def _number(words: str) -> float:
    """Return `1,200` as 1200, `2,5` as 2.5 and `five` as 5."""
    if words.lower() in NUMBERS:
        return NUMBERS[words.lower()]
    is_grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", words)
    return float(words.replace(",", "") if is_grouped else words.replace(",", "."))
