"""Which outline a point lies in, and the middle and the area of outlines."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

Ring = Sequence[tuple[float, float]]
"""A closed line of (longitude, latitude) in degrees."""


EARTH_RADIUS_KM = 6371.0088


class Points:
    """Points sorted by longitude, so that those inside a ring are found quickly."""

    def __init__(self, longitudes: Sequence[float], latitudes: Sequence[float]) -> None:
        """Sort the points."""
        self._order = np.argsort(longitudes, kind="stable")
        self._x = np.array(longitudes)[self._order]
        self._y = np.array(latitudes)[self._order]

    def inside(self, ring: Ring) -> list[int]:
        """Return the numbers of the points inside a ring, by counting the edges west of each."""
        corners = np.array(ring)
        left, right = np.searchsorted(self._x, (corners[:, 0].min(), corners[:, 0].max()))
        x, y = self._x[left:right], self._y[left:right]
        near = (y >= corners[:, 1].min()) & (y <= corners[:, 1].max())
        x, y, numbers = x[near], y[near], self._order[left:right][near]
        if not len(numbers):
            return []
        odd: np.ndarray[Any, np.dtype[np.bool_]] = np.zeros(len(x), dtype=bool)
        for (x1, y1), (x2, y2) in pairwise(corners):
            if y1 != y2:
                crosses = (y1 > y) != (y2 > y)
                odd ^= crosses & (x > (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        return [int(number) for number in numbers[odd]]


def middle_of_points(points: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return (latitude, longitude) of the mean direction of points given so."""
    x = y = z = 0.0
    for latitude, longitude in points:
        a, b = math.radians(latitude), math.radians(longitude)
        x, y, z = x + math.cos(a) * math.cos(b), y + math.cos(a) * math.sin(b), z + math.sin(a)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def middle_of_rings(rings: Sequence[Ring]) -> tuple[float, float]:
    """Return (latitude, longitude) of the centroid of the largest part that the rings make.

    Rings that share a corner are one part: the units of Natural Earth meet in common corners. The centroid is taken in the
    cylindrical equal-area projection.
    """
    part = list(range(len(rings)))

    def root(at: int) -> int:
        while part[at] != at:
            part[at] = part[part[at]]
            at = part[at]
        return at

    owner: dict[tuple[float, float], int] = {}
    for number, ring in enumerate(rings):
        for corner in ring:
            part[root(number)] = root(owner.setdefault(corner, number))
    parts: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for number, ring in enumerate(rings):
        parts[root(number)].append(_moments(ring))
    area, x, y = max(tuple(map(sum, zip(*moments, strict=True))) for moments in parts.values())
    return math.degrees(math.asin(y / area)), math.degrees(x / area)


def area_of_ring(ring: Ring) -> float:
    """Return the area inside a ring in square kilometres, on a sphere of the earth's mean radius."""
    return _moments(ring)[0] * EARTH_RADIUS_KM**2


def _moments(ring: Ring) -> tuple[float, float, float]:
    """Return the area of a ring on the unit sphere, and its first moments in (longitude, sine of latitude)."""
    corners = np.radians(np.array(ring))
    x, y = corners[:, 0], np.sin(corners[:, 1])
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = cross.sum() / 2
    sign = math.copysign(1.0, area)
    return (
        abs(float(area)),
        sign * float(((x[:-1] + x[1:]) * cross).sum() / 6),
        sign * float(((y[:-1] + y[1:]) * cross).sum() / 6),
    )
