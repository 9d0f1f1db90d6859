"""What callers send for the touchpoint catalogue."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import (
    Condition,
    ExternalIds,
    Input,
    Key,
    Line,
    Phase,
    Prose,
    Slug,
)
from service.domain.money import Money
from service.domain.paging import ListQuery
from service.domain.times import Day
from service.domain.words import Meaning, told

Party = Annotated[
    Literal["own", "paid", "earned", "competitor"],
    Meaning(
        "Whose a touchpoint is.",
        {
            "own": "Ours: the website, a branch, staff.",
            "paid": "Bought: advertising.",
            "earned": "Others speak of us: reviews, word of mouth, press.",
            "competitor": "A competitor's, where clients go besides us.",
        },
    ),
]
TouchpointStatus = Annotated[
    Literal["suspected", "confirmed", "deprecated"],
    Meaning(
        "How sure we are of a touchpoint.",
        {
            "suspected": "Thought to be there; nobody has looked.",
            "confirmed": "Known to be in use.",
            "deprecated": "On its way out.",
        },
    ),
]


class Activity(Input):
    """A marketing activity planned at a touchpoint."""

    shown_only = frozenset()
    name: Annotated[Line, told("What is done.", "Retirement evening in the branch")]
    kind: Annotated[Slug | None, told("The kind of activity.", "event")] = None
    content_ids: Annotated[
        Annotated[list[UUID], Field(max_length=50)],
        told("The content it uses.", ["0198c7f0-0000-7000-8000-000000000090"]),
    ] = Field(default_factory=list)
    department: Annotated[Slug | None, told("Who carries it out.", "marketing")] = None
    starts_on: Annotated[Day | None, told("Its first day.", "2026-09-01")] = None
    ends_on: Annotated[Day | None, told("Its last day; not before the first.", "2026-11-30")] = None
    cost: Annotated[Money | None, told("What it costs in all; costs are summed per currency.")] = (
        None
    )

    @model_validator(mode="after")
    def _ends_after_start(self) -> "Activity":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise PydanticCustomError("wrong_bounds", "ends_on must not be before starts_on")
        return self


class NewTouchpoint(Input):
    """Where client and firm cross: an entry of the catalogue."""

    often_changed = ("status", "department")
    key: Annotated[
        Key | None,
        told(
            "By which steps and content name it; made from the name if absent, and kept when that"
            " changes.",
            "hotline",
        ),
    ] = None
    name: Annotated[Line, told("How people call it.", "Telephone hotline")]
    description: Annotated[
        Prose | None, told("What happens there.", "First contact by telephone, nine to five.")
    ] = None
    phase: Annotated[Phase | None, told("The part of the relation it serves.", "prospect")] = None
    channel: Annotated[Slug | None, told("The way of meeting.", "phone")] = None
    device: Annotated[Slug | None, told("What clients use there.", "mobile")] = None
    department: Annotated[Slug | None, told("Who owns it; none is a gap.", "service")] = None
    party: Annotated[Party, told("Whose it is.", "own")] = "own"
    status: Annotated[TouchpointStatus, told("How sure we are of it.", "confirmed")] = "suspected"
    activities: Annotated[
        Annotated[list[Activity], Field(max_length=100)],
        told("The marketing activities planned there, with their cost."),
    ] = Field(default_factory=list)
    binding: Annotated[
        Condition,
        told(
            "Which real events happen there, as a condition; a bare text is an event's name.",
            {"field": "channel", "op": "eq", "value": "phone"},
        ),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class TouchpointList(ListQuery):
    """Touchpoints by where they are and whose."""

    key: Annotated[Key | None, told("Only the one with this key.", "hotline")] = None
    phase: Annotated[Phase | None, told("Only those of this phase.", "prospect")] = None
    channel: Annotated[Slug | None, told("Only those of this channel.", "phone")] = None
    device: Annotated[Slug | None, told("Only those for this device.", "mobile")] = None
    department: Annotated[Slug | None, told("Only those this department owns.", "service")] = None
    party: Annotated[Party | None, told("Only those of this party.", "own")] = None
    status: Annotated[TouchpointStatus | None, told("Only those of this status.", "confirmed")] = (
        None
    )
