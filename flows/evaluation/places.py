"""Places: the measures of geoparsing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from flows.evaluation.scores import Figures, Item, f1, share
from flows.evaluation.spans import matched, shared, unique

RADIUS_KM = 161.0
"""100 miles, the radius of the geoparsing literature (Gritta and others, 2018)."""

EARTH_RADIUS_KM = 6371.0088


def km_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two points given in degrees, in kilometres."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def place_figures(pairs: Iterable[tuple[Item, Sequence[Item]]]) -> Figures:
    """Return span F1, accuracy within 161 km and of the country on matched names, and end to end F1 at 161 km."""
    count: Counter[str] = Counter()
    for document, found in pairs:
        gold, places = document["gold"]["places"], unique(found)
        if document.get("meta", {}).get("partial_spans"):
            places = [each for each in places if any(shared(there, each) > 0 for there in gold)]
        count["gold"] += len(gold)
        count["found"] += len(places)
        count["gold placed"] += sum(_is_placed(each) for each in gold)
        count["found placed"] += sum(_is_placed(each) for each in places)
        for match in matched(gold, places):
            count["matched"] += 1
            if match.gold.get("country"):
                count["with country"] += 1
                count["country"] += match.gold["country"] == match.found.get("country")
            if not _is_placed(match.gold):
                # A name that the gold cannot place is neither right nor wrong.
                count["found placed"] -= _is_placed(match.found)
                continue
            count["with point"] += 1
            if _is_placed(match.found):
                far = km_between(match.gold["lat"], match.gold["lon"], match.found["lat"], match.found["lon"])
                count["near"] += far <= RADIUS_KM
    return {
        "span F1": f1(count["matched"], count["found"], count["gold"]),
        "accuracy at 161 km": share(count["near"], count["with point"]),
        "country accuracy": share(count["country"], count["with country"]),
        "end to end F1 at 161 km": f1(count["near"], count["found placed"], count["gold placed"]),
    }


def _is_placed(each: Item) -> bool:
    return each.get("lat") is not None and each.get("lon") is not None
