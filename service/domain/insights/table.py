"""The emotion curve as CSV: a line for each point, those of overlays below the curve's own."""

from collections.abc import Iterator

from service.domain import spreadsheets
from service.domain.insights import series
from service.domain.insights.emotion_curve import CurveObserved, EmotionCurve, Id
from service.domain.insights.series import Row

HEADERS = (
    *("series", "position", "stage", "key", "label", "rating", "observed"),
    *("observed_low", "observed_high", "observed_count", "evidence", "traffic"),
    *("moment_of_truth", "decision_moment", "aligned_position"),
    *("journey_id", "persona_id", "stage_id", "step_id", "detected"),
)


def as_csv(curve: EmotionCurve) -> str:
    """RFC 4180 with a header; what is null is empty, and no cell is a formula."""
    return spreadsheets.write([HEADERS, *(list(_cells(row)) for row in series.rows(curve))])


def _cells(row: Row) -> Iterator[str]:
    point, curve = row.point, row.curve
    aligned = point.aligned_position if isinstance(point.aligned_position, int) else None
    for value in (
        *(row.name, point.position, row.stage, point.key, point.label, point.rating),
        *_observed(point.observed),
        *(point.evidence, point.traffic),
        point.step_id in curve.moments_of_truth.marked,
        point.step_id in curve.decision_moments,
        *(aligned, curve.journey_id, curve.definition.persona_id),
        *(point.stage_id, point.step_id, _detected(point.step_id, curve)),
    ):
        yield _cell(value)


def _detected(step_id: Id, curve: EmotionCurve) -> bool | None:
    """Whether feelings turn there for many; None: nobody knows."""
    moments = curve.moments_of_truth
    if moments.detected is None or step_id in (moments.unknown or ()):
        return None
    return step_id in moments.detected


def _observed(told: CurveObserved | None) -> tuple[float | None, ...]:
    if told is None:
        return (None,) * 4
    return told.mean, told.low, told.high, told.count


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
