"""Contacts on maps: put there by hand, and where they stand."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.computed import answered, encode
from service.api.rest.documents import Resource, page_of, shown
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import contacts, insights
from service.domain.contacts import ENROLMENTS
from service.domain.words import told

router = APIRouter(route_class=Route)

Enrolment = shown(
    contacts.NewEnrolment,
    Resource,
    contact_id=(
        UUID,
        told("The contact that was named; it may have been merged since.", id_like("contact")),
    ),
    revision=(
        int | None,
        told("The revision that was in force then; null: the draft, none being published.", 3),
    ),
    stage_id=(UUID, told("At which stage.", id_like("stage"))),
    stage_key=(str, told("The same by its key.", "decision")),
    at=(datetime, told("Since when.", "2026-05-01T09:30:00+00:00")),
    withdraws_id=(UUID | None, told("The enrolment that this one takes back; null: none.", None)),
    withdrawn_at=(datetime | None, told("When it was taken back; null: it holds.", None)),
    person=(str | None, told("Who did, as Waypost-Actor said.", "Ann <ann@example.org>")),
    key_id=(UUID | None, told("By which API key.", id_like("api_key"))),
)
_QUERY: Any = sortable(contacts.EnrolmentList, ENROLMENTS.listing)
_ONE = "/v1/enrolments/{resource_id:uuid}"


@router.post(
    "/v1/contacts/{contact_id:uuid}/journeys",
    response_model=Enrolment,
    responses=documents.CREATE | documents.refusals(404),
    status_code=201,
    operation_id="create_enrolment",
    summary="Put a contact at a place of a map",
    tags=["contacts"],
)
async def enrol(contact_id: UUID, body: contacts.NewEnrolment, edge: Edge) -> Response:
    """By hand: a salesperson sets a stage. It needs `contacts:write` and `maps:read`.

    The place is one of the revision in force at that time, or of the draft of a map that was never
    published. Who is restricted (`restricted`) or does not permit analysis
    (`analytics_not_permitted`) is refused with 409.
    """
    return await edge.created(
        lambda work: ENROLMENTS.enrol(work, contact_id, body), "/v1/enrolments/{id}"
    )


@router.get(
    "/v1/contacts/{contact_id:uuid}/journeys",
    response_class=Response,
    responses={
        **answered("ContactJourneys", "Where they stand."),
        **documents.refusals(404, 422),
    },
    operation_id="read_contact_journeys",
    summary="Read where a contact stands on maps",
    tags=["contacts"],
)
async def stand(contact_id: UUID, edge: Edge) -> Response:
    """On every map that the contact has touched by bound events or by enrolments: the stage, since
    when, how long is typical there, `active`, `stuck`, `dropped` or `converted`, the path so far
    and its detours. What cannot be known is null, with a reason.

    It needs `contacts:read` and `maps:read`.
    """
    found = await edge.read(lambda work: insights.contact_journeys(work, contact_id))
    return edge.represented(encode(found), None, JSON)


@router.get(
    "/v1/contacts/{contact_id:uuid}/enrolments",
    response_model=page_of(Enrolment),
    responses=documents.LIST | documents.refusals(404),
    operation_id="list_enrolment",
    summary="List where a contact was put by hand",
    tags=["contacts"],
)
async def list_enrolments(
    contact_id: UUID, query: Annotated[_QUERY, Query()], edge: Edge
) -> Response:
    """The latest first; also what was taken back, and what took it back. Contacts that were merged
    are one person.
    """
    return await edge.listed(
        lambda work, asked: ENROLMENTS.of_contact(work, contact_id, asked), query
    )


@router.get(
    _ONE,
    response_model=Enrolment,
    responses=documents.READ,
    operation_id="read_enrolment",
    summary="Read an enrolment",
    tags=["enrolments"],
)
async def read_enrolment(resource_id: UUID, edge: Edge) -> Response:
    """Who was put where, since when, by whom, and whether it was taken back."""
    return await edge.shown(lambda work: ENROLMENTS.one(work, resource_id))


@router.delete(
    _ONE,
    status_code=204,
    responses={204: {"description": "Taken back."}, **documents.refusals(404, 409, 412)},
    operation_id="delete_enrolment",
    summary="Take an enrolment back",
    tags=["enrolments"],
)
async def withdraw(resource_id: UUID, edge: Edge) -> Response:
    """Adds an entry that takes it back; both stay to be read. Once only."""
    return await edge.gone(lambda work: ENROLMENTS.remove(work, resource_id, edge.expected))
