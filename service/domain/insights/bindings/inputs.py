"""What is asked of bindings."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from service.domain.inputs import WHOLE, Condition, Input
from service.domain.insights.selecting import REVISION
from service.domain.journeys import StateName
from service.domain.times import Instant, forwards
from service.domain.words import told

_FROM = told("Events from then on.", "2026-05-01T00:00:00Z")
_TO = told("Events before then.", "2026-06-01T00:00:00Z")
MOST_EXAMPLES = 50
_EXAMPLE: JsonDict = {
    "binding": {
        "any": [
            {"field": "event", "op": "eq", "value": "Chat Started"},
            {"field": "event", "op": "eq", "value": "Size Table Opened"},
        ]
    },
    "touchpoint_id": "0198c7f0-0000-7000-8000-000000000268",
}


class BindingPreview(Input):
    """Which binding shall be tried on past events: one that is given, or one of a map."""

    shown_only = frozenset()
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    binding: Annotated[
        Condition,
        told(
            "The binding, as a condition on events; a bare text is an event's name. With `step_id`"
            " or `touchpoint_id` it is tried in the place of theirs.",
            {"field": "event", "op": "eq", "value": "Call Started"},
        ),
    ] = None
    journey_id: Annotated[
        UUID | None,
        told(
            "Of which map. Alone: all of its bindings together.",
            "0198c7f0-0000-7000-8000-000000000040",
        ),
    ] = None
    step_id: Annotated[
        UUID | None,
        told(
            "What this step is bound by: its own binding, else those of its touchpoints.",
            "0198c7f0-0000-7000-8000-000000000060",
        ),
    ] = None
    touchpoint_id: Annotated[
        UUID | None,
        told("What this touchpoint is bound by.", "0198c7f0-0000-7000-8000-000000000070"),
    ] = None
    revision: Annotated[StateName | None, told(REVISION, "published")] = None
    from_: Annotated[Instant | None, Field(alias="from"), _FROM] = None
    to: Annotated[Instant | None, _TO] = None
    limit: Annotated[
        int, Field(ge=0, le=MOST_EXAMPLES), WHOLE, told("Examples to show, at most.", 10)
    ] = 10

    @model_validator(mode="after")
    def _names_something(self) -> "BindingPreview":
        named = (self.binding, self.journey_id, self.step_id, self.touchpoint_id)
        if all(one is None for one in named):
            message = "needs binding, journey_id, step_id or touchpoint_id"
            raise PydanticCustomError("required", message)
        if self.step_id is not None and self.touchpoint_id is not None:
            raise PydanticCustomError("one_place", "takes step_id or touchpoint_id, not both")
        forwards(self.from_, self.to)
        return self


class BindingsQuery(Input):
    """Of which state of the map, on events of which time."""

    shown_only = frozenset()
    revision: Annotated[StateName | None, told(REVISION, "published")] = None
    from_: Annotated[Instant | None, Field(alias="from"), _FROM] = None
    to: Annotated[Instant | None, _TO] = None

    @model_validator(mode="after")
    def _forwards(self) -> "BindingsQuery":
        forwards(self.from_, self.to)
        return self
