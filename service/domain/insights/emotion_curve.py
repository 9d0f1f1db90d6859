"""What goes into an emotion curve and what comes out: plain structs, encoded as they stand.

Where reasons stand: a null member of the curve, and a null that recurs over its points, has its
sentence in `reasons` under the member's name; a null inside any other object (a share, a
recovery, a stage) has it in that object's own `reason`.
"""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import told
from service.domain.insights.curve_traffic import CurveTraffic

if TYPE_CHECKING:
    Id = UUID | str
else:
    # msgspec encodes either, but decodes no union of two kinds of text.
    Id = str

Revision = Annotated[
    str | int,
    told("Of which state of the map: a revision's number, or `draft` as it is now.", "draft"),
]
LEAST, GREATEST, HALF = -2.0, 2.0, 0.5


_STAGE, _STEP, _NEXT = (
    "0198c7f0-0000-7000-8000-000000000050",
    "0198c7f0-0000-7000-8000-000000000060",
    "0198c7f0-0000-7000-8000-000000000061",
)
_STEP_ID = told("Which step this is, of the journey's own.", _STEP)
_POSITION = told("Its place, counted over the whole journey from 0.", 4)
_RATED = told("Its rating, -2 to +2.", -1.5)


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


class CurveDefinition(Struct, frozen=True, gc=False):
    """What the figures were computed from: which revision, whose ratings, on which scale."""

    revision: Revision
    mode: Annotated[str, told("`rated`: by what the map's authors set.", "rated")] = "rated"
    persona_id: Annotated[
        Id | None,
        told("Whose ratings; null: the steps' own.", "0198c7f0-0000-7000-8000-000000000020"),
    ] = None
    scale: Annotated[
        tuple[float, float, float],
        told("The least rating, the greatest, and the distance of two.", [-2, 2, 0.5]),
    ] = (LEAST, GREATEST, HALF)


class CurveObserved(Struct, frozen=True, gc=False):
    """The emotion that findings tell: weighted mean, effective count, 95 % interval."""

    mean: Annotated[float, told("The mean of the findings by their weight.", -0.75)]
    count: Annotated[float, told("As how many equal findings they count: (Σw)² / Σw².", 8)]
    low: Annotated[float | None, told("The interval's lower end; null under two.", -1.4)]
    high: Annotated[float | None, told("The interval's upper end; null under two.", -0.1)]


class CurvePoint(Struct, frozen=True, gc=False):
    """One step on the curve; `position` counts steps over the whole journey from 0.

    `aligned_position` is there on the points of an overlay only: the position of the step with
    the same key in the curve below it, or null where that has none.
    """

    step_id: Annotated[Id, _STEP_ID]
    key: Annotated[str, told("The step's key; overlays are laid on by it.", "call-the-adviser")]
    stage_id: Annotated[Id, told("The stage it belongs to.", _STAGE)]
    position: Annotated[int, _POSITION]
    rating: Annotated[float | None, told("What the map's authors set; null: unrated.", -1.5)]
    label: Annotated[str, told("What is done there.", "Call the adviser")]
    observed: Annotated[
        CurveObserved | None, told("What findings of a weight above 0 tell; null without any.")
    ] = None
    evidence: Annotated[
        int, told("How many findings are about the step, survey answers and weights of 0 too.", 5)
    ] = 0
    traffic: Annotated[int | None, told("Contacts who were there; null: see `reasons`.", 1280)] = (
        None
    )
    traffic_reason: Annotated[
        str | UnsetType,
        told(
            "Why it is null where others are told; else absent. `not_bound`: no event can be there;"
            " `small_cell`: too few were.",
            "not_bound",
        ),
    ] = UNSET
    aligned_position: Annotated[
        int | UnsetType | None,
        told("On overlays: the position of the step with this key in the curve below.", 4),
    ] = UNSET


class CurveMark(Struct, frozen=True, gc=False):
    """A rated step."""

    step_id: Annotated[Id, _STEP_ID]
    position: Annotated[int, _POSITION]
    rating: Annotated[float, _RATED]


class CurveChange(Struct, frozen=True, gc=False):
    """Two rated neighbours and `to` − `from`, in rating points."""

    from_step_id: Annotated[Id, told("The step before.", _STEP)]
    to_step_id: Annotated[Id, told("The step after.", _NEXT)]
    change: Annotated[float, told("The rating after less the one before.", -2.5)]


class Share(Struct, frozen=True, gc=False):
    """numerator ÷ denominator, null over a zero denominator; `reason` is for its null members."""

    value: Annotated[float | None, told("The share, 0 to 1; null when nothing counts.", 0.4)]
    numerator: Annotated[int, told("How many have the property.", 4)]
    denominator: Annotated[int, told("How many were looked at.", 10)]
    reason: Annotated[
        str, told("Why its null members are null.", "All rated steps are counted, none drawn.")
    ]
    low: Annotated[float | None, told("The Wilson 95 % interval's lower end.", 0.17)] = None
    high: Annotated[float | None, told("The Wilson 95 % interval's upper end.", 0.69)] = None


class CurveRecovery(Struct, gc=False):
    """Positions from a low to the first later rated step at or above the high it fell from."""

    step_id: Annotated[Id, told("The low.", _STEP)]
    steps: Annotated[int | None, told("How many positions on; null if never.", 3)] = None
    reason: Annotated[
        str | UnsetType, told("Why there is no figure.", "The curve does not recover.")
    ] = UNSET


class CurveStageMean(Struct, frozen=True, gc=False):
    """A stage's mean over its rated steps, out of all its steps."""

    stage_id: Annotated[Id, told("Which stage this is, of the journey's own.", _STAGE)]
    name: Annotated[str, told("As the map calls the stage.", "We look around")]
    mean: Annotated[float | None, told("The mean rating; null when none is rated.", 0.25)]
    rated: Annotated[int, told("How many of its steps are rated.", 4)]
    steps: Annotated[int, told("How many steps it has.", 5)]
    reason: Annotated[
        str | UnsetType, told("Why there is no mean.", "No step of this stage is rated.")
    ] = UNSET


class CurveMomentsOfTruth(Struct, frozen=True, gc=False):
    """Steps that people marked, steps that the data shows, and those only one of the two names."""

    marked: Annotated[list[Id], told("Steps that people marked.", [_STEP])]
    detected: Annotated[
        list[Id] | None,
        told(
            "Steps that at least 5 % of contacts reach by a change of 1.5 or more from the rated"
            " step before; null without events.",
            [],
        ),
    ] = None
    differ: Annotated[
        list[Id] | None, told("Steps in one of the two alone; null without events.", [_STEP])
    ] = None
    unknown: Annotated[
        list[Id] | None,
        told(
            "Steps with such a change of which nobody knows how many reach them, or too few do to"
            " be told: in neither of the two.",
            [],
        ),
    ] = None
    reason: Annotated[
        str | UnsetType, told("Why the last three are null; as for `traffic`.", "not_asked")
    ] = UNSET


class CurveExclusion(Struct, frozen=True, gc=False):
    """What the figures leave out, how often, and why: steps, texts or findings."""

    reason: Annotated[
        str,
        told(
            "Why they are left out; findings about people: `test_contact`, or `not_permitted`"
            " (who may not be analysed).",
            "unrated",
        ),
    ]
    count: Annotated[int, told("How many they are.", 3)]


class EmotionCurve(Struct, frozen=True, gc=False):
    """A journey's curve and its figures. Ratings run from −2 to +2; `title` names it in a legend.

    mean; peak and trough (first of equals) and end; peak_end = (most extreme + end) / 2, the most
    extreme being the rating of greatest absolute value (later of equals); highs and lows = strict
    local extrema; volatility = mean absolute change: all over the rated points, in order.
    """

    journey_id: Annotated[Id, told("Whose curve it is.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, told("The journey's title.", "Finding a financial adviser")]
    definition: Annotated[CurveDefinition, told("What the figures were computed from.")]
    points: Annotated[list[CurvePoint], told("Every step in order, rated or not.")]
    mean: Annotated[float | None, told("The mean rating of the rated steps.", 0.2)]
    peak: Annotated[CurveMark | None, told("The highest step, the first of equals.")]
    trough: Annotated[CurveMark | None, told("The lowest step, the first of equals.")]
    end: Annotated[CurveMark | None, told("The last rated step.")]
    peak_end: Annotated[
        float | None,
        told("What people remember: the mean of the most extreme rating and the last.", -0.25),
    ]
    highs: Annotated[list[CurveMark], told("Steps above their rated neighbours.")]
    lows: Annotated[list[CurveMark], told("Steps below their rated neighbours.")]
    largest_drop: Annotated[
        CurveChange | None, told("The deepest fall between rated neighbours; null if none falls.")
    ]
    largest_rise: Annotated[
        CurveChange | None, told("The steepest rise between rated neighbours; null if none rises.")
    ]
    volatility: Annotated[
        float | None, told("The mean absolute change; null under two rated steps.", 1.1)
    ]
    below_zero_share: Annotated[Share, told("The share of rated steps below 0.")]
    recovery: Annotated[
        list[CurveRecovery], told("For each low after a descent, how far on it is made good.")
    ]
    per_stage: Annotated[list[CurveStageMean], told("The mean of each stage, in order.")]
    unrated: Annotated[list[Id], told("Steps that nobody rated.", [_NEXT])]
    divergence: Annotated[
        list[Id] | None,
        told(
            "Steps whose findings, three or more, are 1 or more away from the rating, which their"
            " interval excludes; null without findings.",
            [_STEP],
        ),
    ]
    moments_of_truth: Annotated[
        CurveMomentsOfTruth, told("Steps that make or break the relation: marked and detected.")
    ]
    decision_moments: Annotated[
        list[Id], told("Steps at which the firm can win the client.", [_STEP])
    ]
    traffic_weighted_mean: Annotated[
        float | None,
        told(
            "The mean of ratings by the contacts who were at the step, over rated steps whose"
            " traffic is known; null for a reason.",
            0.35,
        ),
    ]
    excluded: Annotated[list[CurveExclusion], told("What the figures leave out.")]
    overlays: Annotated[
        list["EmotionCurve"], told("The curves laid over it, each with all of this.", [])
    ]
    reasons: Annotated[
        dict[str, str],
        told(
            "Why a member is null, by its name. For `traffic` and `traffic_weighted_mean` a code:"
            " `not_asked`, or as `traffic.reason` says; `unrated` where no step is rated.",
            {"divergence": "There are no findings."},
        ),
    ]
    traffic: Annotated[
        CurveTraffic | None, told("Whose ways were looked at; null where nobody asked.")
    ] = None
