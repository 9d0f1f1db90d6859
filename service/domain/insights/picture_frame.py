"""Where everything in the picture of an emotion curve stands, in pixels from its top left."""

from itertools import groupby
from math import cos, radians, sin
from typing import NamedTuple

from service.domain.insights.emotion_curve import (
    GREATEST,
    CurvePoint,
    CurveStageMean,
    EmotionCurve,
    Id,
)
from service.domain.insights.lettering import legible, shortened, width, wrapped

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
    point: CurvePoint


class Band(NamedTuple):
    """A stage's place, from its left to its right edge."""

    left: float
    right: float
    stage: CurveStageMean


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
    spots, after = [], frame.left
    for column, run in groupby(overlay.points, lambda point: _column_of(point, frame)):
        points = list(run)
        if column is not None:
            after = column
            spots += [_spot(column, point) for point in points]
            continue
        alone = len(points) == len(overlay.points)
        share = (frame.right - after if alone else _half_way_on(after, frame)) / (len(points) + 1)
        spots += [_spot(after + share * n, point) for n, point in enumerate(points, 1)]
    return sorted(spots, key=lambda spot: spot.x)


def _column_of(point: CurvePoint, frame: Frame) -> float | None:
    position = point.aligned_position
    return frame.spots[position].x if isinstance(position, int) else None


def _half_way_on(x: float, frame: Frame) -> float:
    following = (spot.x for spot in frame.spots if spot.x > x)
    return (min(following, default=frame.right) - x) / 2


def _spot(x: float, point: CurvePoint) -> Spot:
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
        width(label[0]) * reach - spot.x + 8 for label, spot in zip(labels, spots, strict=True)
    )


def _placed(
    curve: EmotionCurve, left: float, column: float
) -> tuple[list[Band], list[Spot], float]:
    steps: dict[Id, list[CurvePoint]] = {stage.stage_id: [] for stage in curve.per_stage}
    for point in curve.points:
        steps[point.stage_id].append(point)
    needed = [max(column * len(points), _LEAST_STAGE) for points in steps.values()]
    stretch = max(1.0, _LEAST_STAGES / sum(needed)) if needed else 1.0
    bands, spots, x = [], [], left
    for stage, room in zip(curve.per_stage, needed, strict=True):
        points, across = steps[stage.stage_id], room * stretch
        bands.append(Band(x, x + across, stage))
        share = across / max(len(points), 1)
        spots += [_spot(x + (n + 0.5) * share, point) for n, point in enumerate(points)]
        x += across
    spots.sort(key=lambda spot: spot.point.position)
    return bands, spots, max(x, left + _LEAST_STAGES)


def _depth(labels: list[list[str]], slanted: bool) -> float:
    if slanted:
        return sin(radians(SLANT)) * TEXT * max(width(label[0]) for label in labels) + 14
    return max((len(rows) for rows in labels), default=0) * 14.0 + 6
