"""The emotion that findings tell at a step, and where it is not what the map's authors set.

Over findings of weight above 0 that have a sentiment, w their weights and x their sentiments: the
mean m = Σwx/Σw; the effective count n = (Σw)²/Σw²; s² = Σw(x−m)²/Σw × n/(n−1); the 95 % interval
m ± t(.975, n−1) × s/√n, clipped to the scale. With equal weights that is Student's interval.
"""

from collections.abc import Iterable, Mapping
from math import sqrt

from msgspec import Struct

from service.domain.insights.emotion_curve import GREATEST, LEAST, CurveObserved, CurvePoint, Id
from service.domain.student import half_width

LEAST_FINDINGS = 3
APART = 1.0
"""How far rated and observed emotion differ where they diverge."""
_ALIKE = 1e-9


class Findings(Struct, frozen=True, gc=False):
    """The findings of one step: all that are attached, and the sums over those that count.

    `left_out` is how many more there are for each reason why people are not analysed.

    `spread` is Σw(x−m)²/Σw. `mean`, `weight`, `squares` and `spread` are null where none counts.
    """

    step_id: Id
    attached: int
    counted: int = 0
    mean: float | None = None
    weight: float | None = None
    squares: float | None = None
    spread: float | None = None
    left_out: Mapping[str, int] = {}


def observed(found: Findings | None) -> CurveObserved | None:
    """What the findings of a step tell; None where none counts."""
    if found is None or found.mean is None or not (found.weight and found.squares):
        return None
    # Weights are no exact numbers: two equal ones shall count as two.
    count = round(found.weight**2 / found.squares, 9)
    mean = min(max(found.mean, LEAST), GREATEST) + 0.0
    if count < 2:
        return CurveObserved(mean, count, None, None)
    deviation = sqrt((found.spread or 0.0) * count / (count - 1))
    off = half_width(deviation, count)
    return CurveObserved(mean, count, max(mean - off, LEAST), min(mean + off, GREATEST))


def divergence(points: Iterable[CurvePoint], found: Mapping[Id, Findings]) -> list[Id] | None:
    """The steps with three findings or more whose mean is 1 or more away from the rating, which
    their interval excludes; None where no findings count at all.
    """
    if not any(one.counted for one in found.values()):
        return None
    return [
        point.step_id
        for point in points
        if point.step_id in found
        and found[point.step_id].counted >= LEAST_FINDINGS
        and _differ(point)
    ]


def _differ(point: CurvePoint) -> bool:
    rating, told = point.rating, point.observed
    if rating is None or told is None or told.low is None or told.high is None:
        return False
    apart = abs(rating - told.mean) >= APART - _ALIKE
    return apart and not told.low <= rating <= told.high
