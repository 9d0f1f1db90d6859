"""What is asked of a map then and now."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.domain import measures
from service.domain.inputs import Input
from service.domain.insights.contact_journeys.whereabouts import WINDOW_SECONDS
from service.domain.insights.selecting import Condition
from service.domain.times import Instant
from service.domain.words import told

HALF_A_YEAR = 182
"""Days: 26 weeks, so that both ranges have the same days of the week."""


class ThenAndNowQuery(Input):
    """Which two times are compared, by the days before each, and of whom."""

    shown_only = frozenset()
    base: Annotated[
        Instant | None,
        told("Then; absent: 26 weeks before the other.", "2026-05-01T00:00:00Z"),
    ] = None
    with_: Annotated[
        Instant | None,
        Field(alias="with"),
        told("Now; absent: this moment, and the map as it is.", "2026-11-01T00:00:00Z"),
    ] = None
    days: Annotated[
        int,
        Field(ge=1, le=3_660),
        told("Of so many days before each what people did counts.", 90),
    ] = 90
    filter: Annotated[
        Condition,
        told(
            "Only events for which this is true, of both times: a condition in the filter language,"
            " as JSON; a bare text is an event's name. One segment by `member_of`.",
            '{"field": "device", "op": "eq", "value": "mobile"}',
        ),
    ] = None
    window_seconds: Annotated[
        int,
        Field(ge=1, le=measures.LONGEST_WINDOW),
        told("Who goes no further for longer has dropped out.", WINDOW_SECONDS),
    ] = WINDOW_SECONDS

    @model_validator(mode="after")
    def _forwards(self) -> "ThenAndNowQuery":
        if self.base is not None and self.with_ is not None and self.base >= self.with_:
            raise PydanticCustomError("wrong_bounds", "base must be before with")
        return self
