"""Where everything in the picture of an emotion curve stands, in pixels from its top left."""

from itertools import groupby
from math import cos, radians, sin
from typing import NamedTuple

from .emotion_curve import GREATEST, EmotionCurve, Point, StageMean
from .lettering import legible, shortened, width, wrapped

TEXT = 11.0
SLANT = 40  # degrees
_MARGIN, _AXIS = 24.0, 76.0
_TOP, _HEAD = 70.0, 56.0
_PER_RATING, _BREATHING = 50.0, 22.0
_LEAST_STAGE, _LEAST_STAGES = 92.0, 640.0
_MOST_UPRIGHT, _SLANTED_COLUMN, _UPRIGHT_COLUMN = 12, 38.0, 100.0
_SLANTED_EM, _UPRIGHT_ROWS, _WIDEST_LABEL = 17.0, 4, 190.0


class Spot(NamedTuple):
    """A step's place: `y` is null where it is unrated."""

    x: float
    y: float | None
    point: Point


class Band(NamedTuple):
    """A stage's place, from its left to its right edge."""

    left: float
    right: float
    stage: StageMean


class Frame(NamedTuple):
    """The places of a curve: the plot between `top` and `bottom`, labels down to `foot`."""

    width: float
    left: float
    right: float
    head: float
    top: float
    bottom: float
    foot: float
    slanted: bool
    bands: list[Band]
    spots: list[Spot]
    labels: list[list[str]]


def height_of(rating: float) -> float:
    """The y of a rating."""
    return _TOP + _HEAD + _BREATHING + (GREATEST - rating) * _PER_RATING


def framed(curve: EmotionCurve) -> Frame:
    """Room for every stage, step and label of the curve below all overlays."""
    slanted = len(curve.points) > _MOST_UPRIGHT
    column = _column(curve, slanted)
    labels = [_label(point.label or point.key, column, slanted) for point in curve.points]
    left = max(_AXIS, _overhang(curve, labels, column) if slanted else 0.0)
    bands, spots, right = _placed(curve, left, column)
    bottom = height_of(-GREATEST) + _BREATHING
    return Frame(
        width=right + _MARGIN,
        left=left,
        right=right,
        head=_TOP,
        top=_TOP + _HEAD,
        bottom=bottom,
        foot=bottom + 34 + _depth(labels, slanted),
        slanted=slanted,
        bands=bands,
        spots=spots,
        labels=labels,
    )


def overlay_spots(frame: Frame, overlay: EmotionCurve) -> list[Spot]:
    """An overlay's steps from left to right: on the column of the same key, where there is one.

    Steps that the curve below lacks stand in a row in the first half of the way to the next
    column; an overlay without a single common step is spread over the whole width.
    """
    aligned = [point.aligned_position for point in overlay.points]
    if not any(isinstance(position, int) for position in aligned):
        share = (frame.right - frame.left) / max(len(aligned), 1)
        return [
            _spot(frame.left + (point.position + 0.5) * share, point) for point in overlay.points
        ]
    spots, after = [], frame.left
    for known, run in groupby(overlay.points, lambda point: isinstance(point.aligned_position, int)):
        points = list(run)
        if known:
            spots += [_spot(frame.spots[_position(point)].x, point) for point in points]
            after = spots[-1].x
        else:
            share = _half_way_on(frame, after) / (len(points) + 1)
            spots += [_spot(after + share * n, point) for n, point in enumerate(points, 1)]
    return sorted(spots, key=lambda spot: spot.x)


def _position(point: Point) -> int:
    assert isinstance(point.aligned_position, int)  # noqa: S101 - told apart by the caller
    return point.aligned_position


def _half_way_on(frame: Frame, x: float) -> float:
    following = min((spot.x for spot in frame.spots if spot.x > x), default=None)
    return frame.right - x if following is None else (following - x) / 2


def _spot(x: float, point: Point) -> Spot:
    return Spot(x, None if point.rating is None else height_of(point.rating), point)


def _column(curve: EmotionCurve, slanted: bool) -> float:
    if slanted:
        return _SLANTED_COLUMN
    columns = sum(max(stage.steps, 1) for stage in curve.per_stage)
    return max(_UPRIGHT_COLUMN, _LEAST_STAGES / max(columns, 1))


def _label(text: str, column: float, slanted: bool) -> list[str]:
    if slanted:
        return [shortened(legible(text), _SLANTED_EM)]
    return wrapped(legible(text), (min(column, _WIDEST_LABEL) - 10) / TEXT, _UPRIGHT_ROWS)


def _overhang(curve: EmotionCurve, labels: list[list[str]], column: float) -> float:
    """How far the first slanted labels reach to the left of the plot."""
    _, spots, _ = _placed(curve, 0.0, column)
    reach = cos(radians(SLANT)) * TEXT
    return max(
        width(label[0]) * reach - spot.x + 8
        for label, spot in zip(labels, spots, strict=True)
    )


def _placed(
    curve: EmotionCurve, left: float, column: float
) -> tuple[list[Band], list[Spot], float]:
    steps: dict[object, list[Point]] = {stage.stage_id: [] for stage in curve.per_stage}
    for point in curve.points:
        steps[point.stage_id].append(point)
    bands, spots, x = [], [], left
    for stage in curve.per_stage:
        points = steps[stage.stage_id]
        across = max(column * len(points), _LEAST_STAGE)
        bands.append(Band(x, x + across, stage))
        share = across / max(len(points), 1)
        spots += [_spot(x + (n + 0.5) * share, point) for n, point in enumerate(points)]
        x += across
    return bands, spots, max(x, left + _LEAST_STAGES)


def _depth(labels: list[list[str]], slanted: bool) -> float:
    if slanted:
        return sin(radians(SLANT)) * TEXT * max(width(label[0]) for label in labels) + 14
    return max((len(rows) for rows in labels), default=0) * 14.0 + 6
