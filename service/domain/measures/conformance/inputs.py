"""What is asked of conformance."""

from typing import Annotated

from pydantic import Field

from service.domain.inputs import LONGEST_LIST, Condition, Line
from service.domain.measures.inputs import Analysis, PathTimeout, PathUnit
from service.domain.words import told


class ConformanceQuery(Analysis):
    """How far what people did in a range is what was planned."""

    planned: Annotated[
        list[Line],
        Field(min_length=1, max_length=LONGEST_LIST),
        told("The events that were planned, in order.", ["Product Viewed", "Order Completed"]),
    ]
    unit: Annotated[
        PathUnit, told("What is held against the plan: sessions, or all that one did.", "session")
    ] = "session"
    timeout_seconds: PathTimeout
    only_with: Annotated[
        Condition, told("Only of units that hold such an event; absent: of all.", "Order Completed")
    ] = None
