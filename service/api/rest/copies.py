"""Copies of maps: variants, to-be twins, and others."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import create_model
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.documents import Shown, page_of
from service.api.rest.journeys import Journey
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import journeys, plans
from service.domain.journeys import JOURNEYS
from service.domain.reading import Document
from service.domain.words import told

router = APIRouter(route_class=Route)

_OF_MAP = "/v1/journeys/{journey_id:uuid}"
CopiesDocument: Any = create_model(
    "CopiesDocument",
    __base__=Shown,
    __doc__="The variants that a matrix named.",
    items=(list[Journey], told("One for each combination, the last axis changing first.")),
)
_LOCATION = {"Location": {"$ref": "#/components/headers/FirstCopy"}}
_ETAG = {"ETag": {"$ref": "#/components/headers/CopyETag"}}
_QUERY = Annotated[sortable(journeys.JourneyList, JOURNEYS.listing), Query()]


@router.post(
    f"{_OF_MAP}/copy",
    status_code=201,
    response_model=Journey | CopiesDocument,
    responses={
        201: {
            "description": "The copy; of a matrix, all of its variants.",
            "headers": _LOCATION | _ETAG,
        },
        **documents.refusals(404, 408, 409, 413, 415, 422),
    },
    operation_id="copy_journey",
    summary="Copy a map",
    tags=["journeys"],
)
async def copy(journey_id: UUID, body: journeys.CopyOrder, edge: Edge) -> Response:
    """A copy as a variant, as the to-be twin of an as-is map, or just as another map.

    Stages and steps keep their keys and get ids of their own, so that maps can be compared. With a
    `matrix`, a variant for each combination of its values, all or none: `{"items": […]}`.
    """

    def answer(made: list[Document]) -> Response:
        headers = {"Location": f"/v1/journeys/{made[0].id}"}
        if not body.matrix:
            headers["ETag"] = f'"{made[0].version}"'
            return Response(made[0].json, 201, headers, JSON)
        items = ", ".join(one.json for one in made)
        return Response(f'{{"items": [{items}]}}', 201, headers, JSON)

    return await edge.write(lambda work: plans.copy_journey(work, journey_id, body), answer)


@router.get(
    f"{_OF_MAP}/variants",
    response_model=page_of(documents.listed(Journey, JOURNEYS.shape.in_whole)),
    responses=documents.PARTS,
    operation_id="list_variant",
    summary="List the variants of a map",
    tags=["journeys"],
)
async def list_variants(journey_id: UUID, query: _QUERY, edge: Edge) -> Response:
    """The maps that vary this one, each with the axes on which it does."""
    return await edge.listed(lambda work, asked: JOURNEYS.variants(work, journey_id, asked), query)
