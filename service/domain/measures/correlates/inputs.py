"""What is asked of correlates."""

from typing import Annotated, Literal

from pydantic import Field

from service.domain.inputs import WHOLE
from service.domain.measures.inputs import Analysis, PathTimeout, Selection
from service.domain.words import Meaning, told

LEAST, MOST_LEAST = 30, 1_000_000
ITEMS, MOST_ITEMS = 200, 1_000

Unit = Annotated[
    Literal["contact", "session"],
    Meaning(
        "What converts or does not.",
        {
            "contact": "A person, by what they did in the range.",
            "session": "A session that begins in the range, counted whole.",
        },
        "CorrelatesUnit",
    ),
]


class CorrelatesQuery(Analysis):
    """Units that converted in a range and those that did not."""

    goal: Annotated[Selection, told("Which events are the conversion.", "Order Completed")]
    unit: Annotated[Unit, told("What converts or does not.", "contact")] = "contact"
    timeout_seconds: PathTimeout
    least_count: Annotated[
        Annotated[int, Field(ge=1, le=MOST_LEAST), WHOLE],
        told("Events that fewer units have are not told.", LEAST),
    ] = LEAST
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST_ITEMS), WHOLE],
        told("At most so many events are told, those farthest from 1 first.", ITEMS),
    ] = ITEMS
