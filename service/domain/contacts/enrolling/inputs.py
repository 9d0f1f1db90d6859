"""What callers send to put a contact on a map."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import ConfigDict, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from service.domain.inputs import Input, Key, Prose
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import told

_JOURNEY = "0198c7f0-0000-7000-8000-000000000040"
_EXAMPLE: JsonDict = {
    "journey_id": _JOURNEY,
    "stage_key": "decision",
    "at": "2026-05-01T09:30:00Z",
    "note": "Asked for an offer by telephone.",
}
PLACES = ("step_id", "step_key", "stage_id", "stage_key")
"""The members that say where; one of them is given."""


class NewEnrolment(Input):
    """A contact put at a place of a map by hand: at a step, or at a stage as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("contact_id", "revision", "withdraws_id", "withdrawn_at", "person", "key_id"),
    }
    journey_id: Annotated[UUID, told("On which map.", _JOURNEY)]
    step_id: Annotated[
        UUID | None, told("At which step, by its id.", "0198c7f0-0000-7000-8000-000000000060")
    ] = None
    step_key: Annotated[Key | None, told("The same by its key.", "call-the-adviser")] = None
    stage_id: Annotated[
        UUID | None,
        told("At which stage, by its id.", "0198c7f0-0000-7000-8000-000000000050"),
    ] = None
    stage_key: Annotated[Key | None, told("The same by its key.", "decision")] = None
    at: Annotated[
        Instant | None,
        told("Since when, at most a day ahead; by default now.", "2026-05-01T09:30:00Z"),
    ] = None
    note: Annotated[Prose | None, told("Why, in words.", "Asked for an offer by telephone.")] = None

    @model_validator(mode="after")
    def _names_one(self) -> "NewEnrolment":
        if sum(getattr(self, name) is not None for name in PLACES) != 1:
            raise PydanticCustomError("one_place", f"needs one of {', '.join(PLACES)}")
        return self


class EnrolmentList(ListQuery):
    """Where a contact was put, on any map or one."""

    q: ClassVar[None] = None  # type: ignore[misc]
    journey_id: Annotated[UUID | None, told("On this map alone.", _JOURNEY)] = None
