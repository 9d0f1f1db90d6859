"""What goes into an emotion curve and what comes out: plain structs, encoded as they stand.

Where reasons stand: a null member of the curve, and a null that recurs over its points, has its
sentence in `reasons` under the member's name; a null inside any other object (a share, a
recovery, a stage) has it in that object's own `reason`.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

if TYPE_CHECKING:
    Id = UUID | str
else:
    # msgspec encodes either, but decodes no union of two kinds of text.
    Id = str

LEAST, GREATEST, HALF = -2.0, 2.0, 0.5


class CurveStage(Struct, frozen=True, gc=False):
    """A stage of the journey, in the journey's order."""

    stage_id: Id
    name: str


class CurveStep(Struct, frozen=True, gc=False):
    """A step of the journey, in the journey's order. `rating` is one of `RATINGS` or null."""

    step_id: Id
    key: str
    stage_id: Id
    rating: float | None = None
    moment_of_truth: bool = False
    label: str = ""
    decision_moment: bool = False


class Definition(Struct, frozen=True, gc=False):
    """What the figures were computed from: which revision, whose ratings, on which scale."""

    revision: str | int
    mode: str = "rated"
    persona_id: Id | None = None
    scale: tuple[float, float, float] = (LEAST, GREATEST, HALF)


class Observed(Struct, frozen=True, gc=False):
    """The emotion that findings tell: weighted mean, effective count, 95 % interval."""

    mean: float
    count: float
    low: float | None
    high: float | None


class Point(Struct, frozen=True, gc=False):
    """One step on the curve; `position` counts steps over the whole journey from 0.

    `aligned_position` is there on the points of an overlay only: the position of the step with
    the same key in the curve below it, or null where that has none.
    """

    step_id: Id
    key: str
    stage_id: Id
    position: int
    rating: float | None
    label: str
    observed: Observed | None = None
    traffic: int | None = None
    aligned_position: int | UnsetType | None = UNSET


class Mark(Struct, frozen=True, gc=False):
    """A rated step."""

    step_id: Id
    position: int
    rating: float


class Change(Struct, frozen=True, gc=False):
    """Two rated neighbours and `to` − `from`, in rating points."""

    from_step_id: Id
    to_step_id: Id
    change: float


class Share(Struct, frozen=True, gc=False):
    """numerator ÷ denominator, null over a zero denominator; `reason` is for its null members."""

    value: float | None
    numerator: int
    denominator: int
    reason: str
    low: float | None = None
    high: float | None = None


class Recovery(Struct, gc=False):
    """Positions from a low to the first later rated step at or above the high it fell from."""

    step_id: Id
    steps: int | None = None
    reason: str | UnsetType = UNSET


class StageMean(Struct, frozen=True, gc=False):
    """A stage's mean over its rated steps, out of all its steps."""

    stage_id: Id
    name: str
    mean: float | None
    rated: int
    steps: int
    reason: str | UnsetType = UNSET


class MomentsOfTruth(Struct, frozen=True, gc=False):
    """Steps that people marked, steps that the data shows, and those only one of the two names."""

    marked: list[Id]
    detected: list[Id] | None = None
    differ: list[Id] | None = None
    reason: str | UnsetType = UNSET


class Exclusion(Struct, frozen=True, gc=False):
    """How many steps the figures leave out, and why."""

    reason: str
    count: int


class EmotionCurve(Struct, frozen=True, gc=False):
    """A journey's curve and its figures. Ratings run from −2 to +2; `title` names it in a legend.

    mean; peak and trough (first of equals) and end; peak_end = (most extreme + end) / 2, the most
    extreme being the rating of greatest absolute value (later of equals); highs and lows = strict
    local extrema; volatility = mean absolute change: all over the rated points, in order.
    """

    journey_id: Id
    title: str
    definition: Definition
    points: list[Point]
    mean: float | None
    peak: Mark | None
    trough: Mark | None
    end: Mark | None
    peak_end: float | None
    highs: list[Mark]
    lows: list[Mark]
    largest_drop: Change | None
    largest_rise: Change | None
    volatility: float | None
    below_zero_share: Share
    recovery: list[Recovery]
    per_stage: list[StageMean]
    unrated: list[Id]
    divergence: list[Id] | None
    moments_of_truth: MomentsOfTruth
    decision_moments: list[Id]
    traffic_weighted_mean: float | None
    excluded: list[Exclusion]
    overlays: list["EmotionCurve"]
    reasons: dict[str, str]
