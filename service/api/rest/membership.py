"""Who belongs to which profile, and whom contacts are like."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.rest.contacts import Contact
from service.api.rest.documents import page_of
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import contacts, insights, membership

router = APIRouter(route_class=Route)

_CONTACTS = sortable(membership.ProfileContactList, contacts.CONTACTS.listing)


@router.get(
    "/v1/profiles/{profile_id:uuid}/contacts",
    response_model=page_of(Contact),
    responses=documents.LIST | documents.refusals(404, 409),
    operation_id="list_profile_contact",
    summary="List the contacts of a profile",
    tags=["profiles"],
)
async def profile_contacts(
    profile_id: UUID, query: Annotated[_CONTACTS, Query()], edge: Edge
) -> Response:
    """Its members; with `membership=no` or `unknown`, those who are none, or of whom a missing
    value keeps it open. Whom figures leave out is not among them: see `preview`.
    """
    return await edge.listed(
        lambda work, asked: insights.profile_contacts(work, profile_id, asked), query
    )


@router.get(
    "/v1/profiles/{profile_id:uuid}/preview",
    response_class=Response,
    responses={
        **answered("MembershipCounts", "How many belong, how many do not."),
        **documents.refusals(404, 409),
    },
    operation_id="preview_profile",
    summary="Count whom a profile matches",
    tags=["profiles"],
)
async def profile_counts(profile_id: UUID, edge: Edge) -> Response:
    """How many contacts are members of a profile and of the wider ones, how many are not, and of
    how many nobody can tell, with what is missing. Archived and test contacts are left out, and who
    is restricted or not to be analysed.
    """
    found = await edge.analysed(lambda work: insights.profile_counts(work, profile_id))
    return edge.represented(encode(found), None, JSON)


@router.post(
    "/v1/profiles/preview",
    response_class=Response,
    responses={
        **answered("MembershipCounts", "How many would belong."),
        **documents.refusals(408, 409, 413, 415, 422),
    },
    operation_id="preview_conditions",
    summary="Count whom conditions would match",
    tags=["profiles"],
)
async def preview(body: membership.NewPreview, edge: Edge) -> Response:
    """The same for criteria, exclusions and a wider profile before they are stored."""
    found = await edge.analysed(lambda work: insights.preview(work, body))
    return edge.represented(encode(found), None, JSON)


@router.get(
    "/v1/contacts/{contact_id:uuid}/profiles",
    response_class=Response,
    responses={
        **answered("ContactProfiles", "Of which profiles they are a member."),
        **documents.refusals(404, 409, 422),
    },
    operation_id="list_contact_profiles",
    summary="List the profiles of a contact",
    tags=["contacts"],
)
async def contact_profiles(
    contact_id: UUID,
    query: Annotated[membership.ContactProfilesQuery, Query()],
    edge: Edge,
) -> Response:
    """For each profile whether the contact is a member, with what every test of it said."""
    found = await edge.read(lambda work: insights.contact_profiles(work, contact_id, query))
    return edge.represented(encode(found), None, JSON)


@router.get(
    "/v1/contacts/{contact_id:uuid}/persona",
    response_class=Response,
    responses={
        **answered("ContactPersona", "The persona that fits, if one does."),
        **documents.refusals(404, 409),
    },
    operation_id="read_contact_persona",
    summary="Read which persona a contact is like",
    tags=["contacts"],
)
async def contact_persona(contact_id: UUID, edge: Edge) -> Response:
    """The persona whose profile the contact belongs to and whose attributes their traits fit, with
    the rules that held and failed, and the margin to the second best; `unknown` when it is weak.
    """
    found = await edge.read(lambda work: insights.contact_persona(work, contact_id))
    return edge.represented(encode(found), None, JSON)
