"""Actions, reviews and comments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.negotiating import in_language
from service.api.rest import documents
from service.api.rest.computed import encode
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
    kpi=(shown(plans.MetricKpi, Shown) | None, told("The KPI that both are computed by.", None)),
    change=(float | None, told("The figure after less the one before.", 12.5)),
    reason=(
        str | None,
        told(
            "Why there is no change: `no_before`, `no_after`, `not_measured`; `computed`: /effect"
            " tells it by a KPI.",
            "no_after",
        ),
    ),
)
Action = shown(
    plans.NewAction,
    Named,
    targets=(list[ActionTarget], told("What it answers in maps.")),
    metric=(ActionMetric | None, told("A figure measured before and after.")),
    priority=(
        float | None,
        told("Impact ÷ effort, at a confidence of 1; null while one is unknown.", 8),
    ),
)
ActionEffect = shown(
    plans.ActionEffect,
    Shown,
    before=(shown(plans.ActionFigure, Shown), told("The figure before it was done.")),
    after=(shown(plans.ActionFigure, Shown), told("The figure after it was done.")),
    definition=(shown(plans.EffectDefinition, Shown), told("What it was computed from.")),
)
_FRESH: dict[int | str, dict[str, Any]] = {
    200: {"description": "As it is now.", "headers": documents.ETAG | documents.SPOKEN}
}
SignOff: Any = shown(plans.SignOff, Shown)
Review = shown(
    plans.NewReview,
    Named,
    due_on=(date, told("The day it is due.", "2026-09-30")),
    departments=(list[str], told("Who is asked to sign.", ["marketing", "service"])),
    status=(plans.ReviewStatus, told("Where it stands, by the workspace's day.", "due")),
    completed_at=(
        datetime | None,
        told("When it was completed; null while it is not.", "2026-09-29T14:00:00+00:00"),
    ),
    missing=(list[str], told("The departments that have not signed.", ["service"])),
    sign_offs=(list[SignOff], told("The departments that have, in order.")),
    questions=(
        shown(plans.ReviewQuestions, Shown),
        told("What `answers` answers, in the language of Accept-Language."),
    ),
)
Comment = shown(
    plans.NewComment,
    Named,
    person=(
        str | None,
        told("Who says it, as `Waypost-Actor` said; null: not said.", "Ann <ann@example.org>"),
    ),
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
    responses={200: {"description": "What it changed."}, **documents.refusals(404, 408)},
    operation_id="read_action_effect",
    summary="Read what an action changed",
    tags=["actions"],
)
async def read_effect(action_id: UUID, edge: Edge) -> Response:
    """The metric before and after an action, and what the two say of it: as people measured them,
    or a KPI of some days before `effective_on` and of as many from then on, with the 99 % interval
    of the change.

    `not_enough_data` while one of the two is missing or made of too little, and until the days are
    over; `reason` says which. A KPI needs `analytics:read`.
    """
    found = await edge.analysed(lambda work: plans.effect(work, action_id))
    return edge.represented(encode(found), None, JSON)


collection(
    router,
    "/v1/reviews",
    plans.REVIEWS,
    Review,
    plans.ReviewList,
    leads_to=dict.fromkeys(("sign_off_review", "complete_review"), "review_id"),
    read=False,
)
collection(router, "/v1/comments", plans.COMMENTS, Comment, plans.CommentList)


@router.get(
    "/v1/reviews/{resource_id:uuid}",
    response_model=Review,
    responses=_FRESH | documents.refusals(404),
    operation_id="read_review",
    summary="Read a review",
    tags=["reviews"],
)
async def read_review(resource_id: UUID, edge: Edge) -> Response:
    """A review with its questions in the language of Accept-Language, and where it stands today.

    Always answered whole: `status` changes with the day, and no version with it.
    """
    found = await edge.read(lambda work: plans.REVIEWS.one(work, resource_id))
    headers = {**in_language(edge.caller.language), "ETag": f'"{found.version}"'}
    return edge.represented(found.json, None, JSON, headers)


@router.post(
    "/v1/reviews/{review_id:uuid}/sign-offs",
    response_model=Review,
    responses=documents.WRITE,
    operation_id="sign_off_review",
    summary="Sign a review for a department",
    tags=["reviews"],
    openapi_extra={documents.BY_A_PERSON: True},
)
async def sign_off(review_id: UUID, body: plans.NewSignOff, edge: Edge) -> Response:
    """A department agrees, by whom `Waypost-Actor` names; each department signs once.

    Nobody signs namelessly: without that header it is 422 `person_required`.

    The last one of those asked completes the review. With a cadence, the next is made: due a whole
    number of cadences after this one was, on the first such day to come.
    """
    return await edge.changed(
        lambda work: plans.REVIEWS.sign_off(work, review_id, body, edge.expected)
    )


@router.post(
    "/v1/reviews/{review_id:uuid}/complete",
    response_model=Review,
    responses=documents.WRITE,
    operation_id="complete_review",
    summary="Complete a review",
    tags=["reviews"],
)
async def complete(review_id: UUID, body: plans.ReviewCompletion, edge: Edge) -> Response:
    """End a review with its answers, whoever has yet to sign; `missing` still names them.

    With a cadence, the next review is made, as by the last sign-off.
    """
    return await edge.changed(
        lambda work: plans.REVIEWS.complete(work, review_id, body, edge.expected)
    )


by_external_id(router, "/v1/actions", plans.ACTIONS, Action)
by_external_id(router, "/v1/reviews", plans.REVIEWS, Review)
by_external_id(router, "/v1/comments", plans.COMMENTS, Comment)
