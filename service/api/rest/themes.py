"""Worries shared across maps, and how well a persona is known."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import insights

router = APIRouter(route_class=Route)


@router.get(
    "/v1/themes",
    response_class=Response,
    responses={
        **answered("Themes", "The themes, and texts that may be more."),
        **documents.refusals(422),
    },
    operation_id="list_themes",
    summary="List the worries that maps share",
    tags=["themes"],
)
async def list_themes(query: Annotated[insights.ThemesQuery, Query()], edge: Edge) -> Response:
    """Themes that findings about two maps or more bear: they point to products that are missing.
    A map, its variants and its to-be twins count as one, findings copied along with a map for the
    one they were copied from.

    `suggestions` are equal or similar questions, pains, objections and findings of several maps
    that bear no shared theme yet: give their findings a theme, and they count.
    """
    texts = await edge.read(lambda work: insights.theme_texts(work, query))
    found = await edge.aside(insights.themes, texts)
    return edge.represented(encode(found), None, JSON)


@router.get(
    "/v1/personas/{persona_id:uuid}/quality",
    response_class=Response,
    responses={
        **answered("PersonaQuality", "How complete it is, and what supports it."),
        **documents.refusals(404, 409),
    },
    operation_id="read_persona_quality",
    summary="Read how well a persona is known",
    tags=["personas"],
)
async def persona_quality(persona_id: UUID, edge: Edge) -> Response:
    """How much of what a persona should have is filled, and which findings support each attribute.

    A finding supports an attribute by a target `{persona_id, attribute}`. `drift` holds attributes
    against the traits of the contacts that are members of its profile.
    """
    found = await edge.analysed(lambda work: insights.persona_quality(work, persona_id))
    return edge.represented(encode(found), None, JSON)
