"""What is asked of paths."""

from typing import Annotated

from pydantic import Field

from service.domain.inputs import WHOLE, Condition
from service.domain.measures.inputs import Walk
from service.domain.words import told

MOST = 10_000
USUAL = 200
MOST_STEPS = 20
STEPS = 5


class PathsQuery(Walk):
    """Paths of a range: from the first event that `start` selects, or to the first of `end`."""

    start: Annotated[
        Condition, told("Where sequences begin; absent: with the path.", "Product Viewed")
    ] = None
    end: Annotated[
        Condition, told("What they lead to, and what converts; absent: nothing.", "Order Completed")
    ] = None
    steps: Annotated[
        Annotated[int, Field(ge=1, le=MOST_STEPS), WHOLE],
        told("At most so many events a sequence, those of `start` and `end` among them.", STEPS),
    ] = STEPS
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST), WHOLE],
        told("At most so many, the most frequent first.", USUAL),
    ] = USUAL
