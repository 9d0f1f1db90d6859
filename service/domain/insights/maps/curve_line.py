"""The line of an emotion curve, cut into a piece for each step.

Between two rated steps the line is level at both: y = a + (b − a)(3t² − 2t³), t running evenly from
one to the other. As a Bézier its control points stand at the thirds, so a cut at any t is another
such curve, and pieces drawn side by side, in boxes of whatever width, meet without a seam.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

MIDDLE, PER_POINT = 50.0, 20.0
"""In a box of 100 × 100: the height of a rating of 0, and of one point."""


class Piece(NamedTuple):
    """A part of the line within one step's box; it may bridge steps without a rating."""

    path: str
    bridges: bool


def height(rating: float) -> float:
    """How far down a rating stands, of 100."""
    return MIDDLE - PER_POINT * rating


def pieces(ratings: Sequence[float | None]) -> list[list[Piece]]:
    """For each step the parts of the line in its box, from left to right."""
    cut: list[list[Piece]] = [[] for _ in ratings]
    rated = [(place, rating) for place, rating in enumerate(ratings) if rating is not None]
    for (first, before), (last, after) in pairwise(rated):
        for place in range(first, last + 1):
            start, end = max(first + 0.5, place), min(last + 0.5, place + 1)
            t0, t1 = ((edge - first - 0.5) / (last - first) for edge in (start, end))
            times, heights = (t0, t1), (height(before), height(after))
            path = _cut((start - place, end - place), times, heights)
            cut[place].append(Piece(path, last > first + 1))
    return cut


Span = tuple[float, float]


def _cut(box: Span, times: Span, heights: Span) -> str:
    """The part of the line between two times, in the box's coordinates."""
    (left, right), (t0, t1), (start, end) = box, times, heights
    third = (right - left) / 3

    def at(t: float) -> float:
        return start + (end - start) * t * t * (3 - 2 * t)

    def lean(t: float) -> float:
        return (end - start) * 6 * t * (1 - t) * (t1 - t0) / 3

    points = (
        (left, at(t0)),
        (left + third, at(t0) + lean(t0)),
        (right - third, at(t1) - lean(t1)),
        (right, at(t1)),
    )
    first, *others = (f"{100 * x:.4g} {y:.4g}" for x, y in points)
    return f"M{first}C{' '.join(others)}"
