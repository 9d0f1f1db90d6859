"""What is asked of those who stand somewhere on a map."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from service.domain.insights.contact_journeys.following import STATUSES
from service.domain.insights.followed.inputs import Keys
from service.domain.insights.selecting import REVISION
from service.domain.journeys import StateName
from service.domain.paging import ListQuery
from service.domain.words import Meaning, Several, told

_ONE = f"({'|'.join(STATUSES)})"


def _known(statuses: str) -> str:
    if {*statuses.split(",")} - {*STATUSES}:
        message = f"must be out of {', '.join(STATUSES)}, with commas between"
        raise PydanticCustomError("unknown_status", message)
    return statuses


ContactStatus = Annotated[
    Literal["active", "stuck", "dropped", "converted"],
    Meaning(
        "How a contact stands on a map.",
        {
            "active": "No longer in the stage than is typical.",
            "stuck": "For longer in the stage than is typical.",
            "dropped": "For longer at the same place than the window.",
            "converted": "The map's goal was reached.",
        },
        "ContactStatus",
    ),
]
Statuses = Annotated[
    str,
    Field(max_length=100, json_schema_extra={"pattern": f"^{_ONE}(,{_ONE})*$"}),
    AfterValidator(_known),
    Several(ContactStatus),
]


class JourneyContactsQuery(ListQuery):
    """Which contacts, by where they stand on a map and how."""

    stage: Annotated[
        Keys | None,
        told("In which stages, by their keys with commas between; absent: in any.", "decision"),
    ] = None
    step: Annotated[
        Keys | None,
        told("At which steps, by their keys with commas between; absent: at any, or none.", "sign"),
    ] = None
    status: Annotated[
        Statuses | None, told("How they stand, with commas between; absent: anyhow.", "stuck")
    ] = None
    revision: Annotated[
        StateName | None,
        told(
            "By which state of the map all events are judged; absent: each by the revision in"
            f" force at its time, of a map that was never published by its draft. {REVISION}",
            "published",
        ),
    ] = None
    account_id: Annotated[
        UUID | None,
        told("Those of this organisation.", "0198c7f0-0000-7000-8000-0000000000d5"),
    ] = None
