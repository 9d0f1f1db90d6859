"""Actions, reviews and comments."""

from uuid import UUID

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.documents import Named, Shown, shown
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import plans
from service.domain.words import told

router = APIRouter(route_class=Route)

ActionTarget = shown(
    plans.ActionTarget,
    Shown,
    journey_id=(UUID, told("The map it is in.", "0198c7f0-0000-7000-8000-000000000040")),
)
ActionMetric = shown(
    plans.ActionMetric,
    Shown,
    change=(float | None, told("The figure after less the one before.", 12.5)),
    reason=(
        str | None,
        told("Why there is no change: `no_before`, `no_after`, `not_measured`.", "no_after"),
    ),
)
Action = shown(
    plans.NewAction,
    Named,
    targets=(list[ActionTarget], told("What it answers in maps.")),
    metric=(ActionMetric | None, told("A figure measured before and after.")),
    priority=(
        float | None,
        told("Impact ÷ effort; null while one of the two is unknown.", 8),
    ),
)
ActionEffect = shown(
    plans.ActionEffect,
    Shown,
    before=(shown(plans.ActionFigure, Shown), told("The figure before it was done.")),
    after=(shown(plans.ActionFigure, Shown), told("The figure after it was done.")),
    definition=(shown(plans.EffectDefinition, Shown), told("What it was computed from.")),
)

collection(
    router,
    "/v1/actions",
    plans.ACTIONS,
    Action,
    plans.ActionList,
    leads_to={"read_action_effect": "action_id"},
)


@router.get(
    "/v1/actions/{action_id:uuid}/effect",
    response_model=ActionEffect,
    responses={200: {"description": "What it changed."}, **documents.refusals(404)},
    operation_id="read_action_effect",
    summary="Read what an action changed",
    tags=["actions"],
)
async def read_effect(action_id: UUID, edge: Edge) -> Response:
    """The metric before and after an action, and what the two say of it.

    `not_enough_data` while one of the two is missing; `reason` says which.
    """
    found = await edge.read(lambda work: plans.effect(work, action_id))
    return edge.represented(msgspec.json.encode(found), None, JSON)


by_external_id(router, "/v1/actions", plans.ACTIONS, Action)
