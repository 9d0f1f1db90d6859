"""What every analysis is asked for: a range, and which events."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from service.domain.inputs import WHOLE, Condition, Flag, Input, Line
from service.domain.preferences import SESSION_TIMEOUT
from service.domain.times import Instant, forwards
from service.domain.words import Meaning, told

_MOBILE = {"field": "device", "op": "eq", "value": "mobile"}
Selection = Annotated[
    Any,
    told("Which events: a condition on them; a bare text is an event's name.", "Order Completed"),
]
EventNames = Annotated[list[Line], Field(max_length=200)]
LONGEST_WINDOW = 315_576_000
"""Seconds of ten years."""


class Analysis(Input):
    """Events of a half-open range, selected by a filter before anything is computed of them."""

    shown_only = frozenset()
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("Events from then on; absent: from the first.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[
        Instant | None, told("Events before then; absent: to the last.", "2026-06-01T00:00:00Z")
    ] = None
    filter: Annotated[Condition, told("Only events for which this is true.", _MOBILE)] = None

    @model_validator(mode="after")
    def _forwards(self) -> "Analysis":
        forwards(self.from_, self.to)
        return self


UNITS = {
    "session": "Each session by itself; it belongs to the range of its first event.",
    "contact": "All that one person did in the range.",
}
PathUnit = Annotated[Literal["session", "contact"], Meaning("What one path is.", UNITS, "PathUnit")]
Timeout = Annotated[int, Field(ge=1, le=31_622_400), WHOLE]
PathTimeout = Annotated[
    Timeout,
    Field(default_factory=lambda: SESSION_TIMEOUT),
    told("A longer pause ends a session, seconds; absent: as in the settings.", 1_800),
]


class Walk(Analysis):
    """Steps of paths in a range."""

    scope: Annotated[PathUnit, told("Within sessions, or over all that one did.", "session")] = (
        "session"
    )
    timeout_seconds: PathTimeout
    collapse_repeats: Annotated[
        Flag, told("Whether the same event many times in a row is one step.", False)
    ] = False
