"""What is asked of drivers."""

from typing import Annotated, Literal

from pydantic import Field

from service.domain.inputs import WHOLE, Condition
from service.domain.measures.inputs import LONGEST_WINDOW, Analysis
from service.domain.words import Meaning, told

WINDOW = 7_776_000
ITEMS, MOST_ITEMS = 200, 1_000
_AS_SET = "Null: as the workspace's role of that name has it."

By = Annotated[
    Literal["step", "touchpoint"],
    Meaning(
        "By what answers are told apart.",
        {
            "step": "By the step that they name: `journey_id` and `step_key`.",
            "touchpoint": "By the touchpoint that they name: `touchpoint_id`.",
        },
        "DriversBy",
    ),
]


class DriversQuery(Analysis):
    """Survey answers of a range, and what the same people did afterwards."""

    by: Annotated[By, told("By what answers are told apart.", "step")] = "step"
    order: Annotated[Condition, told(f"Which events are orders. {_AS_SET}", "Order Completed")] = (
        None
    )
    referral: Annotated[
        Condition, told(f"Which events are referrals. {_AS_SET}", "Invite Sent")
    ] = None
    activity: Annotated[
        Condition,
        told("Which events show that somebody is still there; null: all.", "Order Completed"),
    ] = None
    window_seconds: Annotated[
        Annotated[int, Field(ge=1, le=LONGEST_WINDOW), WHOLE],
        told("How long behind an answer something counts.", WINDOW),
    ] = WINDOW
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST_ITEMS), WHOLE],
        told("At most so many places are told, those with most answers first.", ITEMS),
    ] = ITEMS
