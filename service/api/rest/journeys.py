"""Journey maps, whole and part by part, and the touchpoint catalogue."""

from hashlib import blake2b
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Named, Resource, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import (
    by_external_id,
    collection,
    leading_to,
    members,
)
from service.api.route import Route
from service.domain import journeys
from service.domain.errors import Invalid, Problem
from service.domain.inputs import Input
from service.domain.words import told

router = APIRouter(route_class=Route)

_MAP = (UUID, told("The map it belongs to.", id_like("journey")))
Step = shown(
    journeys.NewStep, Resource, stage_id=(UUID, told("The stage it belongs to.", id_like("stage")))
)
Stage = shown(
    journeys.NewStage,
    Resource,
    journey_id=_MAP,
    steps=(list[Step], told("What they do in it, in order.")),
)
Transition = shown(journeys.NewTransition, Resource, journey_id=_MAP)
Journey = shown(
    journeys.NewJourney,
    Named,
    stages=(list[Stage], told("Its phases, in order.")),
    transitions=(list[Transition], told("The edges between its steps.")),
)
Touchpoint = shown(journeys.NewTouchpoint, Named)

BUNDLE = {journeys.BUNDLE_TYPE: {"schema": {"$ref": "#/components/schemas/Bundle"}}}
_READ = documents.READ | {
    200: {
        **documents.READ[200],
        "content": BUNDLE,
        "headers": {
            **documents.ETAG,
            "Content-Location": {"$ref": "#/components/headers/ContentLocation"},
        },
    }
}


class JourneyQuery(Input):
    """In what form."""

    shown_only = frozenset()
    view: Annotated[
        Literal["whole", "bundle"],
        told("`bundle`: with all it refers to, importable in another workspace.", "bundle"),
    ] = "whole"
    revision: Annotated[
        journeys.StateName | None,
        told(
            "The map as it was: a revision's number, `published` for the last, a day or instant"
            " for the one in force then; or `draft`.",
            "published",
        ),
    ] = None


@router.get(
    "/v1/journeys/{resource_id:uuid}",
    response_model=Journey,
    responses=_READ | documents.refusals(404, 422),
    operation_id="read_journey",
    summary="Read a journey",
    tags=["journeys"],
)
async def read_journey(
    resource_id: UUID, query: Annotated[JourneyQuery, Query()], edge: Edge
) -> Response:
    """The whole map, as it is or as it was in a revision; or a bundle of it, the maps nested in it,
    their personas, profiles and touchpoints, told by key."""
    if query.revision is not None:
        return await _as_it_was(resource_id, query, query.revision, edge)
    if query.view == "whole":
        return await edge.shown(lambda work: journeys.JOURNEYS.one(work, resource_id))
    found = await edge.read(lambda work: journeys.bundle(work, resource_id))
    digest = blake2b(found.encode(), digest_size=12).hexdigest()
    return edge.represented(found, f'"{digest}-bundle"', journeys.BUNDLE_TYPE)


async def _as_it_was(journey_id: UUID, query: JourneyQuery, revision: str, edge: Edge) -> Response:
    """A state of a map, and where just this one is."""
    reference = journeys.reference(revision)
    if reference is None or query.view == "bundle":
        detail = "a bundle is of the draft: it brings along what the map refers to now"
        raise Invalid([Problem("/query/revision", "not_in_a_bundle", detail)])
    found = await edge.read(lambda work: journeys.map_state(work, journey_id, reference))
    at = {"Content-Location": f"/v1/journeys/{journey_id}?revision={found.revision}"}
    return edge.represented(found.json, found.etag, JSON, at)


collection(
    router,
    "/v1/journeys",
    journeys.JOURNEYS,
    Journey,
    journeys.JourneyList,
    leads_to=dict.fromkeys(
        [
            *("list_stage", "create_stage", "list_transition", "create_transition"),
            *("read_map", "read_emotion_curve"),
        ],
        "journey_id",
    ),
    read=False,
)
members(router, "/v1/steps", journeys.STEPS, Step)
members(router, "/v1/stages", journeys.STAGES, Stage)
members(router, "/v1/transitions", journeys.TRANSITIONS, Transition)
collection(
    router,
    "/v1/touchpoints",
    journeys.TOUCHPOINTS,
    Touchpoint,
    journeys.TouchpointList,
    form=journeys.TOUCHPOINT_FORM,
)

ListedStage = documents.listed(Stage, tuple(journeys.STAGES.shape.parts))
StageQuery = Annotated[sortable(journeys.MapPartList, journeys.STAGES.listing), Query()]
StepQuery = Annotated[sortable(journeys.PartList, journeys.STEPS.listing), Query()]
TransitionQuery = Annotated[sortable(journeys.MapPartList, journeys.TRANSITIONS.listing), Query()]


def _made(kind: str, **leads_to: str) -> dict[int | str, dict[str, Any]]:
    own = {f"{verb}_{kind}": "resource_id" for verb in ("read", "patch", "replace", "delete")}
    return documents.PLACE | leading_to({**own, **leads_to})


@router.get(
    "/v1/journeys/{journey_id:uuid}/stages",
    response_model=page_of(ListedStage),
    responses=documents.PARTS,
    operation_id="list_stage",
    summary="List the stages of a map",
    tags=["journeys"],
)
async def list_stages(journey_id: UUID, query: StageQuery, edge: Edge) -> Response:
    """The stages of a map in their order, as they are or were; `view=whole` with their steps."""
    part, whole = journeys.STAGES, journeys.JOURNEYS
    return await edge.listed(
        lambda work, asked: part.page_of(work, whole, journey_id, asked), query
    )


@router.post(
    "/v1/journeys/{journey_id:uuid}/stages",
    status_code=201,
    response_model=Stage,
    responses=_made("stage", list_step="stage_id", create_step="stage_id"),
    operation_id="create_stage",
    summary="Add a stage to a map",
    tags=["journeys"],
)
async def create_stage(journey_id: UUID, body: journeys.PlacedStage, edge: Edge) -> Response:
    """A new stage, at the end unless `after` places it."""
    return await edge.created(
        lambda work: journeys.STAGES.add(work, journey_id, body), "/v1/stages/{id}"
    )


@router.get(
    "/v1/stages/{stage_id:uuid}/steps",
    response_model=page_of(Step),
    responses=documents.PARTS,
    operation_id="list_step",
    summary="List the steps of a stage",
    tags=["stages"],
)
async def list_steps(stage_id: UUID, query: StepQuery, edge: Edge) -> Response:
    """The steps of a stage in their order."""
    part, whole = journeys.STEPS, journeys.STAGES
    return await edge.listed(lambda work, asked: part.page_of(work, whole, stage_id, asked), query)


@router.post(
    "/v1/stages/{stage_id:uuid}/steps",
    status_code=201,
    response_model=Step,
    responses=_made("step"),
    operation_id="create_step",
    summary="Add a step to a stage",
    tags=["stages"],
)
async def create_step(stage_id: UUID, body: journeys.PlacedStep, edge: Edge) -> Response:
    """A new step, at the end of the stage unless `after` places it."""
    return await edge.created(
        lambda work: journeys.STEPS.add(work, stage_id, body), "/v1/steps/{id}"
    )


@router.get(
    "/v1/journeys/{journey_id:uuid}/transitions",
    response_model=page_of(Transition),
    responses=documents.PARTS,
    operation_id="list_transition",
    summary="List the transitions of a map",
    tags=["journeys"],
)
async def list_transitions(journey_id: UUID, query: TransitionQuery, edge: Edge) -> Response:
    """The transitions of a map, as they are or were."""
    part, whole = journeys.TRANSITIONS, journeys.JOURNEYS
    return await edge.listed(
        lambda work, asked: part.page_of(work, whole, journey_id, asked), query
    )


@router.post(
    "/v1/journeys/{journey_id:uuid}/transitions",
    status_code=201,
    response_model=Transition,
    responses=_made("transition"),
    operation_id="create_transition",
    summary="Add a transition to a map",
    tags=["journeys"],
)
async def create_transition(journey_id: UUID, body: journeys.NewTransition, edge: Edge) -> Response:
    """A new edge between two steps. From now on the map's transitions are what people make them."""
    return await edge.created(
        lambda work: journeys.TRANSITIONS.add(work, journey_id, body), "/v1/transitions/{id}"
    )


by_external_id(router, "/v1/journeys", journeys.JOURNEYS, Journey)
by_external_id(router, "/v1/touchpoints", journeys.TOUCHPOINTS, Touchpoint)
