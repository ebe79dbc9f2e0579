"""Classifies the words after a number: whether it counts something, as in `1987 families`, or is a year, as in `1987 speech`."""

from __future__ import annotations

import re
from typing import Literal

Follower = Literal["end", "function", "verb", "participle", "count", "plural", "singular"]
"""What follows a number: the end of a phrase, a function word, a singular verb, a participle of casualties, a word for
people or a measure, a plural noun, or a singular one."""

FUNCTION_WORDS = frozenset(
    """a about across after against along although amid among an and around as at because been before being beneath beside between
    beyond both but by despite down during either for from he her his if in inside into it its like my near neither nor not of off
    on onto or our out outside over per she since so than that the their them then there these they this those though through
    throughout to toward towards under until up upon we when where whereas which while who whom whose why with within without
    yet you had have could would should might must may can did do does were are be when how
    """.split()
)  # fmt: skip
SINGULAR_VERBS = frozenset(
    "said was is has saw sees will brought brings marks marked began begins ended ends proved became remains includes excludes shows reflects seems looks".split()
)
COUNTED = frozenset(
    """people persons men women children families homeless others more strong police
    troops per percent pct metres meters feet foot km kms kilometres kilometers miles mile m ft kg tons tonnes barrels litres
    liters gallons acres hectares square cubic pounds dollars euros dlrs mln bln million billion thousand hundred points degrees
    cattle sheep fish aircraft staff personnel livestock hp mph kph mm cm inches
    """.split()
)
"""Words after a number that is a quantity: people and animals whose plural is the singular, and units."""

CASUALTIES = frozenset("dead wounded injured missing killed hurt displaced evacuated".split())
"""Participles after a number of people, or after a year and its event."""
UNCOUNTED = frozenset("revenues earnings results proceeds olympics games finals elections".split())
"""Plurals that are rarely counted in thousands: a number before one is a year."""

SINGULAR_ENDING = re.compile(r"(?:ss|us|is|ous|ics|ness|news|series)$")
UNIT_BESIDE = re.compile(
    r"\s?%|\s?[€£°]|[-–](?![0-9]|present\b|today\b|era\b)|(?:st|nd|rd|th)\b|,[0-9]{3}|\.[0-9]"
)
WORD = re.compile(r"\s+[\"“‘]?(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*|[0-9][0-9,.]*)")
MAX_PHRASE = 4
"""Words after a number among which the counted noun is searched: `1984 spare hospital beds`."""


def follower_of(following: str) -> Follower:
    """Return the class of the phrase after a number."""
    if UNIT_BESIDE.match(following):
        return "count"
    at = 0
    kind: Follower = "end"
    for position in range(MAX_PHRASE):
        found = WORD.match(following, at)
        if found is None:
            break
        word = found["word"].lower()
        if word in FUNCTION_WORDS:
            return "function" if position == 0 else kind
        if word[0].isdigit():
            return kind
        if word in SINGULAR_VERBS:
            return "verb" if position == 0 else kind
        if word in CASUALTIES:
            return "participle" if position == 0 else kind
        if word in COUNTED:
            return "count"
        if is_plural(word):
            return "singular" if word in UNCOUNTED else "plural"
        kind = "singular"
        at = found.end()
    return kind


def counts_something(following: str) -> bool:
    """Return True if a number counts what follows it."""
    return follower_of(following) in ("count", "plural", "participle")


def is_plural(word: str) -> bool:
    """Return True if a lowercase word looks like a plural noun of English."""
    return (
        len(word) > 3
        and word.endswith("s")
        and not SINGULAR_ENDING.search(word)
        and not word.endswith("'s")
        and not word.endswith("’s")
    )
