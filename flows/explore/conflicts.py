"""Claims of one story, by different claimants, whose numbers do not agree.

1. Only numbers of the news itself are compared: not what is negated, hypothetical, historical, cumulative, a part of another claim or
   a repetition of an earlier one, nor what the claimant denies or cannot confirm. A single one that no numeral counts (`a house`) is no toll.
2. Two claims are about one thing if they are of one story, have the same effect and unit, and neither type nor nationality of the
   victims, where both are known, differs.
3. A claimant is a name or the words for one, as `flows.explore.claimants` compares them; without them it is the outlet. Claims that name nobody and
   are of no known outlet have no claimant, nor has a pronoun of which it is not known whom it means.
4. Of each claimant the newest article counts: a later number replaces an earlier one.
5. Two numbers do not agree if no number fits both: `at least 50` fits 60, `about 13,000` what rounds to it, `dozens` 30. Where one claim
   counts a part of what the other counts (soldiers among people, a town in a region), they do not agree if the part is more.
6. Two claimants are in conflict if none of the numbers of one agrees with any number of the other.

Conflicts that share a claim are one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from flows.explore.claimants import PRONOUNS, Claimant, claimant_of, known_countries
from flows.schema import Row


@dataclass(frozen=True, slots=True)
class Stated:
    """One claim: `row` is its number on the page, `order` that of its article, `place` what is known of where, `where_prec` as in `places`."""

    row: int
    story: str
    effect: str
    unit: str
    victims: tuple[str | None, str | None]
    claimant: Claimant
    order: int
    low: float
    high: float
    country: str | None
    region: str | None
    spot: int
    where_prec: int | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """`claims` are the numbers of the claims on the page, in order."""

    story: str
    effect: str
    claims: tuple[int, ...]


def conflicts_of(claims: Iterable[Row], spots: Mapping[int, Row]) -> list[Conflict]:
    """Return the conflicts in the order of their first claims. `claims` are in the order of the page, `spots` the places by number."""
    of_story: defaultdict[str, list[Stated]] = defaultdict(list)
    for number, claim in enumerate(claims):
        stated = _stated(number, claim, spots)
        if stated is not None:
            of_story[stated.story].append(stated)
    of_thing: defaultdict[tuple[str, str, str], list[Stated]] = defaultdict(list)
    for stated in chain.from_iterable(map(_with_countries, of_story.values())):
        of_thing[stated.story, stated.effect, stated.unit].append(stated)
    found = [
        Conflict(story, effect, rows)
        for (story, effect, _), stated in of_thing.items()
        for rows in _connected(_opposed(stated))
    ]
    return sorted(found, key=lambda conflict: conflict.claims)


def _stated(number: int, claim: Row, spots: Mapping[int, Row]) -> Stated | None:
    claimant = claim["claimant"] or claim["source_name"]
    set_aside = ("is_negated", "is_hypothetical", "is_historical", "is_cumulative", "is_part", "is_repeated")
    if claim["story_id"] is None or claimant is None or any(claim[each] for each in set_aside):
        return None
    if claimant.lower() in PRONOUNS:
        return None
    if claim["stance"] not in ("asserts", "revises") or not _is_counted(claim):
        return None
    spot = spots.get(claim["place"], {})
    low, high = bounds_of(claim)
    return Stated(
        row=number,
        story=claim["story_id"],
        effect=claim["effect"],
        unit=claim["unit"],
        victims=(claim["victim_type"], claim["nationality"]),
        claimant=claimant_of(claimant, claim["claimant_type"], claim["claimant_country"]),
        order=claim["article"],
        low=low,
        high=high,
        country=spot.get("country"),
        region=spot.get("admin1_code"),
        spot=claim["place"],
        where_prec=spot.get("where_prec"),
    )


def _with_countries(stated: Sequence[Stated]) -> Iterator[Stated]:
    """Yield the claims of a story; a claimant whose country is not stated has that of its namesakes."""
    known = known_countries(each.claimant for each in stated)
    for each in stated:
        core, country = each.claimant.core, each.claimant.country
        yield replace(each, claimant=Claimant(core, country or known.get(core)))


ARTICLES = ("a", "an", "another")


def _is_counted(claim: Row) -> bool:
    """Return False without a numeral, and for `a house` and `an eighth victim`; `a dozen` counts."""
    words = (claim["number"] or "").lower().split()
    return bool(words) and not (claim["high"] == 1 and words[0] in ARTICLES)


def bounds_of(claim: Row) -> tuple[float, float]:
    """Return the least and the greatest number that a claim may mean; `about 13,000` is all that rounds to it."""
    low, high = claim["low"] or 0, math.inf if claim["high"] is None else claim["high"]
    if claim["bound"] == "about" and low == high and low > 0:
        unit = 10 ** (len(str(low)) - len(str(low).rstrip("0")))
        return low - unit / 2, high + unit / 2
    return low, high


def _opposed(stated: Sequence[Stated]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of claims of two claimants in conflict."""
    newest: defaultdict[Claimant, list[Stated]] = defaultdict(list)
    for each in stated:
        mine = newest[each.claimant]
        if mine and each.order > mine[0].order:
            mine.clear()
        mine.append(each)
    for one, other in combinations(newest.values(), 2):
        pairs = [(a, b) for a in one for b in other if _may_be_one(a, b)]
        if pairs and not any(agree(a, b) for a, b in pairs):
            yield from ((a.row, b.row) for a, b in pairs)


def _may_be_one(one: Stated, other: Stated) -> bool:
    victims = zip(one.victims, other.victims, strict=True)
    if any(a is not None and b is not None and a != b for a, b in victims):
        return False
    return _inside(one, other) or _inside(other, one)


def _inside(inner: Stated, outer: Stated) -> bool:
    """Return True if one place may lie in another, or is it; a place that is not known may be any."""
    if inner.spot == outer.spot or inner.country is None or outer.country is None:
        return True
    if inner.country != outer.country:
        return False
    return outer.where_prec == 6 or (outer.where_prec == 4 and inner.region == outer.region)


def agree(one: Stated, other: Stated) -> bool:
    """Return True if some number fits both claims, or the part is no more than the whole."""
    if _is_part(one, other) and one.low <= other.high:
        return True
    if _is_part(other, one) and other.low <= one.high:
        return True
    return one.low <= other.high and other.low <= one.high


def _is_part(part: Stated, whole: Stated) -> bool:
    narrower = any(
        a is not None and b is None for a, b in zip(part.victims, whole.victims, strict=True)
    ) and not any(a is None and b is not None for a, b in zip(part.victims, whole.victims, strict=True))
    known = part.country is not None and whole.country is not None
    return narrower or (known and part.spot != whole.spot and _inside(part, whole))


def _connected(pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Yield the rows that pairs connect, each group in order."""
    group: dict[int, set[int]] = {}
    for one, other in pairs:
        joined = group.get(one, {one}) | group.get(other, {other})
        for row in joined:
            group[row] = joined
    for rows in {id(each): each for each in group.values()}.values():
        yield tuple(sorted(rows))
