"""Who stands where on a map: the answer's structs, encoded as they stand. Pure."""

from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import told
from service.domain.insights.contact_journeys.whereabouts import (
    ContactJourneysDefinition,
    Whereabouts,
)
from service.domain.insights.emotion_curve import Id
from service.domain.insights.followed.answers import JourneyId, Judging
from service.domain.shares import Excluded

_WHO = "0198c7f0-0000-7000-8000-0000000000d0"


class ContactAt(Whereabouts, frozen=True, gc=False, kw_only=True):
    """A contact, and where they stand on the map."""

    contact_id: Annotated[Id, told("Who, as they are shown.", _WHO)]
    contact: Annotated[
        dict[str, Any],
        told(
            "The contact as `GET /v1/contacts/{id}` answers it.",
            {"id": _WHO, "identifiers": [{"source": "crm", "value": "4711"}]},
        ),
    ]


class JourneyContactsDefinition(ContactJourneysDefinition, frozen=True, gc=False, kw_only=True):
    """Who is listed, and how it is computed."""

    stages: Annotated[
        list[str] | None, told("In which stages, by their keys; null: in any.", ["decision"])
    ]
    steps: Annotated[
        list[str] | None, told("At which steps, by their keys; null: at any, or none.", None)
    ]
    statuses: Annotated[list[str] | None, told("Who stands how; null: anyhow.", ["stuck"])]
    revision: Judging = "in_force"  # type: ignore[assignment]


class JourneyContacts(Struct, frozen=True, gc=False, kw_only=True):
    """Who stands where on a map."""

    journey_id: JourneyId
    definition: Annotated[JourneyContactsDefinition, told("Who is listed, and how it is computed.")]
    items: Annotated[list[ContactAt], told("The contacts of this page.")]
    next: Annotated[str | None, told("The cursor of the next page; null: there is none.", None)]
    total: Annotated[
        int | UnsetType, told("How many there are on all pages; absent unless asked for.", 64)
    ] = UNSET
    excluded: Annotated[
        list[Excluded],
        told(
            "What does not count, by reason: events of people who do not permit analysis, bound"
            " steps that cannot be asked about, and how many people stand there who are not listed:"
            " `archived`, `test`, `restricted`, or `not_for_analytics`, who withdrew since."
        ),
    ]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why nobody is on the map; else absent. `not_bound`: nothing binds it to events;"
            " `not_in_force`: it had no revision yet; `not_permitted`: all that happened is of"
            " people who do not count; `no_event`: nobody was at a step.",
            "no_event",
        ),
    ] = UNSET
