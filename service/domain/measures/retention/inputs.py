"""What is asked of retention."""

from typing import Annotated, Literal

from pydantic import Field

from service.domain.inputs import WHOLE, Condition, Flag
from service.domain.measures.inputs import Analysis
from service.domain.words import Meaning, told

MOST_INTERVALS = 366
INTERVALS = 30

_BEGIN = {
    "day": "From midnight to midnight.",
    "week": "From Monday to Sunday.",
    "month": "From the first to the last of a month.",
}
_MODES = {
    "exact": "They did something in just that interval.",
    "on_or_after": "They did something in that interval or a later one.",
}


class RetentionQuery(Analysis):
    """Who came back, of those whose first start of all lies in a range."""

    interval: Annotated[
        Annotated[
            Literal["day", "week", "month"],
            Meaning("Calendar units of the workspace's time zone.", _BEGIN, "RetentionInterval"),
        ],
        told("What is counted by.", "week"),
    ] = "day"
    intervals: Annotated[
        Annotated[int, Field(ge=0, le=MOST_INTERVALS), WHOLE],
        told("How many of them behind the first, each told by itself.", INTERVALS),
    ] = INTERVALS
    start: Annotated[
        Condition, told("What somebody begins with; absent: with any event.", "Signed Up")
    ] = None
    return_: Annotated[
        Condition,
        Field(alias="return"),
        told("What coming back is; absent: any event.", "Product Viewed"),
    ] = None
    mode: Annotated[
        Annotated[
            Literal["exact", "on_or_after"],
            Meaning("When somebody counts as retained.", _MODES, "RetentionMode"),
        ],
        told("When somebody counts as retained.", "exact"),
    ] = "exact"
    cohorts: Annotated[Flag, told("Whether each cohort is told, or the sum alone.", True)] = True
