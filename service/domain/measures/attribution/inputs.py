"""What is asked of attribution."""

from typing import Annotated, Literal

from pydantic import Field

from service.domain.inputs import WHOLE
from service.domain.measures.inputs import Analysis, Selection
from service.domain.words import Meaning, told

LOOKBACK = 90
LONGEST_LOOKBACK = 3_650
ITEMS, MOST_ITEMS = 200, 1_000

Model = Annotated[
    Literal["first", "last", "linear", "position"],
    Meaning(
        "How a conversion is divided among the touches before it.",
        {
            "first": "The first touch has all of it.",
            "last": "The last touch has all of it.",
            "linear": "All touches have as much.",
            "position": "40 % to the first, 40 % to the last, 20 % to those between; half of two.",
        },
        "AttributionModel",
    ),
]
By = Annotated[
    Literal["channel", "campaign", "touchpoint"],
    Meaning(
        "What credit is summed by.",
        {
            "channel": "The channel that the touch came by.",
            "campaign": "The campaign that the touch tells of.",
            "touchpoint": "The touchpoint of the catalogue whose binding takes the touch.",
        },
        "AttributionBy",
    ),
]


class AttributionQuery(Analysis):
    """Conversions of a range, and the touches before them."""

    goal: Annotated[
        Selection, told("Which events are conversions, each of them one.", "Order Completed")
    ]
    touch: Annotated[
        Selection,
        told("Which events are touches.", {"field": "channel", "op": "exists", "value": True}),
    ]
    model: Annotated[Model, told("How a conversion is divided.", "linear")] = "last"
    lookback_days: Annotated[
        Annotated[int, Field(ge=1, le=LONGEST_LOOKBACK), WHOLE],
        told(
            "How long before a conversion a touch counts, in days of 24 hours; also where that is"
            " before the range.",
            LOOKBACK,
        ),
    ] = LOOKBACK
    by: Annotated[By, told("What credit is summed by.", "channel")] = "channel"
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST_ITEMS), WHOLE],
        told("At most so many values are told; the rest as one.", ITEMS),
    ] = ITEMS
