"""Contacts on maps: put there by hand, and where they stand."""

from typing import Any

import strawberry

from service.api.edge import EdgeOf
from service.api.graphql import context, given, mirroring, resources, structs
from service.api.graphql.connections import Pages, connection
from service.api.graphql.consents import OF_CONTACT, contact_of
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.faces import Face
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.scalars import Instant, Uuid
from service.api.graphql.writing import Answer, mutation
from service.domain import contacts, insights
from service.domain.contacts import ENROLMENTS
from service.domain.errors import NotFound


@shows_resource(ENROLMENTS, always=("at", "stage_id", "stage_key"))
class Enrolment(Node):
    """A contact put at a place of a map by hand: at a step, or at a stage as a whole."""

    contact_id: Uuid = strawberry.field(
        description="The contact that was named; it may have been merged since."
    )
    revision: int | None = strawberry.field(
        description="The revision that was in force then; null: the draft, none being published."
    )
    withdraws_id: Uuid | None = strawberry.field(
        description="The enrolment that this one takes back; null: none."
    )
    withdrawn_at: Instant | None = strawberry.field(
        description="When it was taken back; null: it holds."
    )
    person: str | None = strawberry.field(description="Who did, as Waypost-Actor said.")
    key_id: Uuid | None = strawberry.field(description="By which API key.")


ENROLMENT = Face(Enrolment, ENROLMENTS)


def _enrolments(owner: str) -> Pages:
    which = contact_of(owner)
    return lambda work, asked: ENROLMENTS.of_contact(work, which, asked)  # type: ignore[arg-type]


async def _enrol(edge: EdgeOf, contact_id: str, input: Row) -> Answer:
    which, data = contact_of(contact_id), given.built(contacts.NewEnrolment, input)
    return ENROLMENT.now(
        await edge.created(lambda work: ENROLMENTS.enrol(work, which, data), "{id}")
    )


_TIMES = {"items": 5, "path": 10, "detours": 3, "content": 5, "excluded": 2}
ContactJourneys: Any = structs.family(insights.ContactJourneys, {}, _TIMES)


async def _stand(info: Any, contact_id: str) -> Any:
    which = contact_of(contact_id)
    try:
        return await context.of(info).read(lambda work: insights.contact_journeys(work, which))
    except NotFound:
        return None


QUERIES = [
    resolving(
        "contact_journeys",
        _stand,
        ContactJourneys | None,
        "Where a contact stands on the maps that it has touched; null when there is no such one.",
        [OF_CONTACT],
    ),
    resources.one(ENROLMENT),
    connection(
        "enrolments",
        Enrolment,
        _enrolments,
        contacts.EnrolmentList,
        "Where a person was put by hand, the latest first; also what was taken back.",
        owner=OF_CONTACT,
    ),
]
MUTATIONS = [
    mutation(
        "create_enrolment",
        _enrol,
        ENROLMENT.changed,
        "Put a contact at a place of a map by hand.",
        [
            OF_CONTACT,
            Argument("input", mirroring.input_of(contacts.NewEnrolment), "Where, since when."),
        ],
    ),
    resources.delete(ENROLMENT, "Take an enrolment back: an entry says so, and both stay."),
]
