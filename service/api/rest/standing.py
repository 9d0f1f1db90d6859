"""Who stands where on a map."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.rest.queries import sorted_by
from service.api.route import Route
from service.domain import contacts, insights
from service.domain.errors import Invalid

router = APIRouter(route_class=Route)
_CONTACTS = sorted_by(insights.JourneyContactsQuery, contacts.CONTACTS.listing)


@router.get(
    "/v1/journeys/{journey_id:uuid}/contacts",
    response_class=Response,
    responses={
        **answered("JourneyContacts", "A page of the contacts, and where each of them stands."),
        **documents.refusals(400, 404, 409, 422),
    },
    operation_id="list_journey_contacts",
    summary="List the contacts who stand somewhere on a map",
    tags=["journeys"],
)
async def journey_contacts(
    journey_id: UUID, query: Annotated[_CONTACTS, Query()], edge: Edge
) -> Response:
    """Each contact with the stage and step where they stand, since when, how long is typical there,
    and whether they are `active`, `stuck`, `dropped` or `converted`: as `GET
    /v1/contacts/{id}/journeys` tells it of one. A `filter` asks for more of them, such as
    `{"consent": "email_marketing"}`. Archived and test contacts are left out, and who is restricted
    or not to be analysed.

    It needs `contacts:read`, `analytics:read` and `maps:read`.
    """
    try:
        found = await edge.analysed(lambda work: insights.journey_contacts(work, journey_id, query))
    except Invalid as error:
        raise error.renamed("/query{}".format) from error
    return edge.represented(encode(found.answer), None, JSON)
