"""What is asked of funnels."""

from typing import Annotated, Any, Literal

from pydantic import Field

from service.domain.inputs import WHOLE, Flag, Input, Line
from service.domain.measures.inputs import LONGEST_WINDOW, Analysis, PathTimeout, Selection
from service.domain.words import Meaning, told

FEWEST_STEPS, MOST_STEPS = 2, 20
MOST_ALTERNATIVES = 20
MOST_EXCLUSIONS = 20
WINDOW = 604_800
MOST_DROPPED = 200
_AN_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

Unit = Annotated[
    Literal["contact", "session", "attempt"],
    Meaning(
        "What is counted.",
        {
            "contact": "People, by the deepest of all their chains.",
            "session": "Sessions, by their first event; chains lie within one.",
            "attempt": "Runs along the steps, one behind the other, until each is closed.",
        },
        "FunnelUnit",
    ),
]
Order = Annotated[
    Literal["ordered", "strict", "any"],
    Meaning(
        "How the events of steps follow each other.",
        {
            "ordered": "In the order of the steps; others may lie between.",
            "strict": "Each is the very next event behind the one before.",
            "any": "In any order; a unit's depth is the number of different steps.",
        },
        "FunnelOrder",
    ),
]
Window = Annotated[
    Literal["entry", "hop"],
    Meaning(
        "What the window is counted from.",
        {
            "entry": "Every step lies within it from the first.",
            "hop": "Every step lies within it from the one before.",
        },
        "FunnelWindow",
    ),
]
StepNamed = Annotated[
    Any,
    Field(
        json_schema_extra={
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST_STEPS},
                {"type": "string", "minLength": 1, "maxLength": 500},
            ]
        }
    ),
]
"""A step by its number, from 1, or by its name."""


class FunnelStepAsked(Input):
    """A step: any of some selections of events."""

    shown_only = frozenset()
    name: Annotated[
        Line | None, told("What it is called; absent: its first event, or its number.", "Ordered")
    ] = None
    any_of: Annotated[
        list[Selection],
        Field(min_length=1, max_length=MOST_ALTERNATIVES),
        told("Which events serve it: those of any of these.", ["Order Completed"]),
    ]
    optional: Annotated[Flag, told("Whether it may be skipped; the first may not.", False)] = False


class FunnelExclusion(Input):
    """Events that break a chain when they lie strictly between those of two steps."""

    shown_only = frozenset()
    selection: Annotated[Any, told("Which events: as of a step.", "Product Removed")]
    after_step: Annotated[StepNamed, told("The one step, by number or name.", 1)] = 1
    before_step: Annotated[
        StepNamed | None, told("The other, behind it; absent: the last required one.", 2)
    ] = None


class DroppedAt(Input):
    """Who dropped at a step, by their ids."""

    shown_only = frozenset()
    step: Annotated[StepNamed, told("The step, by number or name.", 1)]
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST_DROPPED), WHOLE], told("At most so many.", 50)
    ] = 50
    after: Annotated[
        Annotated[str, Field(pattern=_AN_ID)] | None, told("The `next` of the answer before.", None)
    ] = None


_STEPS = [{"any_of": ["Product Viewed"]}, {"any_of": ["Order Completed"]}]


class FunnelsQuery(Analysis):
    """How far people come along some steps; chains begin in the range."""

    steps: Annotated[
        list[FunnelStepAsked],
        Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS),
        told("The steps, in their order.", _STEPS),
    ]
    exclude: Annotated[
        list[FunnelExclusion],
        Field(max_length=MOST_EXCLUSIONS),
        told("What may not lie between two steps; of an ordered funnel."),
    ] = Field(default_factory=list)
    window_seconds: Annotated[
        Annotated[int, Field(ge=1, le=LONGEST_WINDOW), WHOLE] | None,
        told("How long a chain may take, inclusive, at most ten years; null: any time.", WINDOW),
    ] = WINDOW
    order: Annotated[Order, told("How the events of steps follow each other.", "ordered")] = (
        "ordered"
    )
    window: Annotated[Window, told("What the window is counted from.", "entry")] = "entry"
    unit: Annotated[Unit, told("What is counted.", "contact")] = "contact"
    timeout_seconds: PathTimeout
    breakdown: Annotated[
        Line | None,
        told("A field by whose values units are told apart, at their start; or profile.", "device"),
    ] = None
    dropped_at: Annotated[
        DroppedAt | None, told("Name who dropped at a step; it needs `contacts:read`.", None)
    ] = None
