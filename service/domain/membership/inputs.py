"""What is asked about membership."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.domain import cursors
from service.domain.inputs import Condition, Input
from service.domain.paging import ListQuery
from service.domain.words import Meaning, told

Membership = Annotated[
    Literal["yes", "no", "unknown"],
    Meaning(
        "Whether somebody is a member of a profile.",
        {
            "yes": "Criteria hold, exclusions do not, and all wider profiles agree.",
            "no": "One of these says no.",
            "unknown": "A missing value decides. Unknown is not no.",
        },
        "Membership",
    ),
]


class ProfileContactList(ListQuery):
    """Which contacts, by what their membership in a profile is."""

    membership: Annotated[Membership, told("Members, others, or those nobody can tell.", "yes")] = (
        "yes"
    )
    account_id: Annotated[
        UUID | None,
        told("Those of this organisation.", "0198c7f0-0000-7000-8000-0000000000d5"),
    ] = None


class NewPreview(Input):
    """A profile's conditions before it is stored."""

    shown_only = frozenset()
    criteria: Annotated[
        Condition,
        told(
            "Which contacts belong.",
            {"all": [{"field": "traits.age", "op": "ge", "value": 55}, {"did": "Order Completed"}]},
        ),
    ] = None
    exclusions: Annotated[
        Condition,
        told("Which do not.", {"field": "traits.country", "op": "ne", "value": "AT"}),
    ] = None
    parent_id: Annotated[
        UUID | None,
        told("The wider profile, if any.", "0198c7f0-0000-7000-8000-000000000010"),
    ] = None


class ContactProfilesQuery(Input):
    """Which of a contact's profiles, by name."""

    shown_only = frozenset()
    limit: Annotated[int, Field(ge=1, le=50), told("Profiles a page.", 50)] = 50
    after: Annotated[
        Annotated[str, Field(max_length=4000)] | None,
        told("The `next` of the page before.", cursors.EXAMPLE),
    ] = None
