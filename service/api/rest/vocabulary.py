"""The words that maps use, and the catalogue of touchpoints to begin with."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.negotiating import in_language
from service.api.rest import documents
from service.api.rest.documents import Named, Shown, shown
from service.api.rest.journeys import Touchpoint
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import journeys
from service.domain.journeys import VOCABULARY, Loaded
from service.domain.words import told

router = APIRouter(route_class=Route)

VocabularyUses = shown(journeys.VocabularyUses, Shown)
VocabularyEntry = shown(
    journeys.NewVocabularyEntry,
    Named,
    label=(str, told("How people read it.", "Our website")),
    stands_for=(str | None, told("The slug that an alias is stored as.", "website")),
    declared=(bool, told("False: only used; it is declared by changing it.", True)),
    use_count=(int, told("How often it is used in maps and touchpoints.", 12)),
    uses=(VocabularyUses, told("Where it is used, and how often.")),
)
CatalogueQuery = Annotated[journeys.CatalogueQuery, Query()]
_CATALOGUE = "/v1/touchpoints/catalogue"
_SPOKEN: dict[int | str, Any] = {
    200: {"description": "The touchpoints.", "headers": documents.SPOKEN}
}


class CatalogueDocument(Shown):
    """The touchpoints that Waypost brings."""

    items: Annotated[list[journeys.NewTouchpoint], told("Each as it would be created.")]


class LoadedDocument(Shown):
    """The catalogue as the workspace has it now."""

    items: Annotated[list[Touchpoint], told("The touchpoints of the catalogue, as they are now.")]
    created: Annotated[list[str], told("Keys of the touchpoints that are new.", ["hotline"])]


collection(
    router,
    "/v1/vocabulary",
    VOCABULARY,
    VocabularyEntry,
    journeys.VocabularyList,
    leads_to={"merge_vocabulary_entry": "resource_id"},
)


@router.post(
    "/v1/vocabulary/{resource_id:uuid}/merge",
    response_model=VocabularyEntry,
    responses=documents.WRITE,
    operation_id="merge_vocabulary_entry",
    summary="Merge a word into another",
    tags=["vocabulary"],
)
async def merge(resource_id: UUID, body: journeys.Merge, edge: Edge) -> Response:
    """Merge a word into another of its kind, which takes over its uses and is answered.

    The word stays as an alias: what is written with it is stored with the other.
    """
    return await edge.changed(lambda work: VOCABULARY.merge(work, resource_id, body, edge.expected))


@router.get(
    _CATALOGUE,
    response_model=CatalogueDocument,
    responses={**_SPOKEN, **documents.refusals(422)},
    operation_id="read_touchpoint_catalogue",
    summary="Read the catalogue of touchpoints",
    tags=["touchpoints"],
)
async def read_catalogue(query: CatalogueQuery, edge: Edge) -> Response:
    """The touchpoints that Waypost brings, in the language of Accept-Language."""
    edge.caller.needs(journeys.TOUCHPOINTS.reads)
    items = journeys.offered(edge.caller.language, query)
    body = msgspec.json.encode({"items": items})
    return edge.represented(body, None, JSON, in_language(edge.caller.language))


@router.post(
    _CATALOGUE,
    response_model=LoadedDocument,
    responses={**_SPOKEN, **documents.refusals(408, 409, 413, 422)},
    operation_id="load_touchpoint_catalogue",
    summary="Load the catalogue of touchpoints",
    tags=["touchpoints"],
)
async def load_catalogue(query: CatalogueQuery, edge: Edge) -> Response:
    """Take these touchpoints into the workspace. Keys that are there already stay as they are."""
    headers = in_language(edge.caller.language)

    def answer(came: Loaded) -> Response:
        items = ", ".join(made.json for made in came.items)
        told = msgspec.json.encode(came.created).decode()
        return Response(f'{{"items": [{items}], "created": {told}}}', 200, headers, JSON)

    return await edge.write(lambda work: journeys.load_catalogue(work, query), answer)


by_external_id(router, "/v1/vocabulary", VOCABULARY, VocabularyEntry)
