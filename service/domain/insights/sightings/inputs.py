"""What is told of a gap's time, and which gaps are asked for."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import Input
from service.domain.insights.gaps import GAP_KIND
from service.domain.insights.gaps.gap import Kind
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import Meaning, told

_JOURNEY = "0198c7f0-0000-7000-8000-000000000040"
_TIME = "2026-05-02T08:00:00Z"
_GapKind = Annotated[Kind, GAP_KIND]
Standing = Annotated[
    Literal["open", "closed"],
    Meaning(
        "Whether a gap is there.",
        {"open": "It was there when the worker last looked.", "closed": "It is gone since."},
        "GapStanding",
    ),
]


class GapSighting(Input):
    """A gap from when the worker first saw it until it was gone. One that returns is told anew."""

    shown_only = frozenset()
    gap_id: Annotated[UUID, told("Which gap it was.", "7c1f8d4e-5f0e-5a53-9d7f-4a1f3f0c2b61")]
    journey_id: Annotated[UUID, told("The map that it is on.", _JOURNEY)]
    stage_id: Annotated[
        UUID | None,
        told("Its stage; null: the whole map's.", "0198c7f0-0000-7000-8000-000000000050"),
    ] = None
    step_id: Annotated[
        UUID | None, told("Its step; null: a stage's.", "0198c7f0-0000-7000-8000-000000000060")
    ] = None
    kind: Annotated[_GapKind, told("What sort of gap it is.", "department_handoff")]
    first_severity: Annotated[
        float, Field(ge=0, le=100), told("How bad it was at first, 0 to 100.", 40)
    ]
    severity: Annotated[
        float, Field(ge=0, le=100), told("How bad it was when it was last seen.", 47.5)
    ]
    opened_at: Annotated[Instant, told("When the worker first saw it.", _TIME)]
    last_seen_at: Annotated[
        Instant, told("When it last did, to within an hour or two.", "2026-05-04T16:00:00Z")
    ]
    closed_at: Annotated[
        Instant | None, told("When it was gone; null: it is there.", "2026-05-04T17:00:00Z")
    ] = None


class GapSightingList(ListQuery):
    """Gaps by when they came and went: what is new, and what is closed, since a time."""

    journey_id: Annotated[UUID | None, told("Only those on this map.", _JOURNEY)] = None
    stage_id: Annotated[
        UUID | None, told("Only those of this stage.", "0198c7f0-0000-7000-8000-000000000050")
    ] = None
    gap_id: Annotated[
        UUID | None, told("Only this gap, each time.", "7c1f8d4e-5f0e-5a53-9d7f-4a1f3f0c2b61")
    ] = None
    kind: Annotated[_GapKind | None, told("Only those of this sort.", "department_handoff")] = None
    state: Annotated[Standing | None, told("Only those that are there, or gone.", "open")] = None
    opened_since: Annotated[Instant | None, told("Only those new since then.", _TIME)] = None
    closed_since: Annotated[Instant | None, told("Only those gone since then.", _TIME)] = None
