"""A curve and its overlays laid out side by side: the columns and rows of its charts and tables.

The columns are the steps of the curve, in order. An overlay's step stands on the column of the same
key; a step the curve has not gets a column of its own behind the one before it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.domain.insights.emotion_curve import CurvePoint, EmotionCurve, Id


class Row(NamedTuple):
    """A point of a series, on its column."""

    series: int
    name: str
    curve: EmotionCurve
    column: int
    point: CurvePoint
    stage: str


def rows(curve: EmotionCurve) -> list[Row]:
    """Every point of the curve and of what lies over it, series by series."""
    curves = [curve, *curve.overlays]
    placed = _placed(curves)
    names = _unique([one.title or "Emotion curve" for one in curves])
    return [
        Row(n, names[n], one, column, point, stage)
        for n, one in enumerate(curves)
        for column, (point, stage) in zip(placed[n], _with_stages(one), strict=True)
    ]


def columns(found: Sequence[Row]) -> list[str]:
    """What stands under each column, every name once: a step's label, numbered where it recurs."""
    first: dict[int, str] = {}
    for row in found:
        first.setdefault(row.column, row.point.label or row.point.key)
    return _unique([first[column] for column in sorted(first)])


def _placed(curves: Sequence[EmotionCurve]) -> list[list[int]]:
    """The column of each point, curve by curve, counted from 0."""
    own = [[(point.position, 0, 0) for point in curves[0].points]]
    own += [list(_beside(n, overlay)) for n, overlay in enumerate(curves[1:], 1)]
    order = {place: n for n, place in enumerate(sorted({p for places in own for p in places}))}
    return [[order[place] for place in places] for places in own]


def _beside(series: int, overlay: EmotionCurve) -> Iterator[tuple[int, int, int]]:
    """Where an overlay's points stand: behind which column, and which of those there."""
    behind, nth = -1, 0
    for point in overlay.points:
        if isinstance(point.aligned_position, int):
            behind, nth = point.aligned_position, 0
            yield behind, 0, 0
        else:
            nth += 1
            yield behind, series, nth


def _with_stages(curve: EmotionCurve) -> Iterator[tuple[CurvePoint, str]]:
    names: dict[Id, str] = {stage.stage_id: stage.name for stage in curve.per_stage}
    return ((point, names[point.stage_id]) for point in curve.points)


def _unique(names: Sequence[str]) -> list[str]:
    """The same names, the second of equals with ` (2)` behind it."""
    made: dict[str, None] = {}
    for name in names:
        told, n = name, 1
        while told in made:
            n += 1
            told = f"{name} ({n})"
        made[told] = None
    return list(made)
