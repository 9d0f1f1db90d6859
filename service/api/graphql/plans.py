"""Actions, reviews and comments."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.edge import EdgeOf
from service.api.graphql import context, external_ids, given, mirroring, resources
from service.api.graphql.connections import listing
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument
from service.api.graphql.faces import IF_VERSION, Face, expected
from service.api.graphql.journeys import Journey, Stage, Step
from service.api.graphql.mirroring import inner_model, shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import one
from service.api.graphql.scalars import Instant, Uuid
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.writing import Answer, mutation
from service.domain import journeys, plans
from service.domain.inputs import Input
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.work import Work

_STATUS: Any = mirroring.argument_of(plans.ReviewList, "status", "Review")


@shows(inner_model(plans.NewAction, "targets"), always=("journey_id",))
class ActionTarget:
    """A place in a map that an action answers."""

    journey: Journey | None = one(journeys.JOURNEYS, "journey_id", "The map it is in.")
    stage: Stage | None = one(journeys.STAGES, "stage_id", "The stage it is, if it is one.")
    step: Step | None = one(journeys.STEPS, "step_id", "The step it is, if it is one.")


@shows(plans.MetricKpi)
class MetricKpi:
    """A KPI by which an action is judged."""


@shows(plans.ActionMetric)
class ActionMetric:
    """A figure measured before and after an action."""

    kpi: MetricKpi | None = strawberry.field(
        description="The KPI that both figures are computed by, in their place; null: by none."
    )
    change: float | None = strawberry.field(description="The figure after less the one before.")
    reason: str | None = strawberry.field(
        description="Why there is no change: no_before, no_after, not_measured; computed where a"
        " KPI tells it: see effect."
    )


@shows(plans.ActionFigure)
class ActionFigure:
    """A figure, and the day it was measured on."""


@shows(plans.EffectDefinition)
class ActionEffectDefinition:
    """What an effect was computed from."""


@shows(plans.ActionEffect)
class ActionEffect:
    """What an action changed, by its own metric."""

    definition: ActionEffectDefinition = strawberry.field(description="What it was computed from.")
    before: ActionFigure = strawberry.field(description="The figure before it was done.")
    after: ActionFigure = strawberry.field(description="The figure after it was done.")


async def _effect(root: Any, info: Info) -> Any:
    if plans.kpi_of(root["metric"]) is None:
        return plans.measured_effect(root["id"], root["metric"])
    which = UUID(root["id"])
    return await context.of(info).loaded("effects", plans.effects, which, analysed=True)


def _effect_of() -> Any:
    metadata = {STORED: Stored(("id", "metric"))}
    said = "What it changed, by its metric."
    return strawberry.field(description=said, metadata=metadata, graphql_type=ActionEffect)(_effect)


@shows_resource(plans.ACTIONS)
class Action(Node):
    """An item of the plan: what is done about a gap or an opportunity."""

    targets: list[ActionTarget] = strawberry.field(description="What it answers in maps.")
    metric: ActionMetric | None = strawberry.field(
        description="A figure measured before and after."
    )
    priority: float | None = strawberry.field(
        description="Impact ÷ effort, at a confidence of 1; null while one is unknown."
    )
    effect: ActionEffect = _effect_of()


@shows(plans.SignOff)
class SignOff:
    """A department's word that it has looked and agrees."""

    signed_at: Instant = strawberry.field(description="When that was.")


@shows(plans.ReviewQuestions)
class ReviewQuestions:
    """The questions that a review answers, in the caller's language."""


@shows_resource(plans.REVIEWS, always=("due_on", "departments"))
class Review(Node):
    """A look at a map by the departments it concerns."""

    status: _STATUS = strawberry.field(
        description="Where it stands, by the day in the workspace's time zone."
    )
    completed_at: Instant | None = strawberry.field(
        description="When it was completed; null while it is not."
    )
    missing: list[str] = strawberry.field(description="The departments that have not signed.")
    sign_offs: list[SignOff] = strawberry.field(description="The departments that have, in order.")
    questions: ReviewQuestions = strawberry.field(
        description="What `answers` answers, in the language of Accept-Language."
    )
    journey: Journey | None = one(journeys.JOURNEYS, "journey_id", "The map that is looked at.")


@shows(inner_model(plans.NewComment, "target"))
class CommentTarget:
    """What a comment is about."""

    id: Uuid = strawberry.field(description="The id in REST of what it is about.")


@shows_resource(plans.COMMENTS)
class Comment(Node):
    """What somebody says about something."""

    target: CommentTarget = strawberry.field(description="What it is about.")
    person: str | None = strawberry.field(
        description="Who says it, as Waypost-Actor said; null: not said."
    )
    journey: Journey | None = one(
        journeys.JOURNEYS, "journey_id", "The map it is about, or about a part of."
    )
    parent: "Comment | None" = one(plans.COMMENTS, "parent_id", "The comment it answers.")


ACTION = Face(Action, plans.ACTIONS)
REVIEW = Face(Review, plans.REVIEWS)
COMMENT = Face(Comment, plans.COMMENTS)
_ALL = (ACTION, REVIEW, COMMENT)

_Ends = Callable[[Work, Any, Any, Expected], Awaitable[Document]]


def _ending(name: str, model: type[Input], end: _Ends, said: str) -> Any:
    """A mutation that brings a review nearer to its end."""

    async def write(edge: EdgeOf, id: str, input: Row, **at: int | None) -> Answer:
        which, data = REVIEW.id_of(id), given.built(model, input)
        return REVIEW.now(await edge.changed(lambda work: end(work, which, data, expected(at))))

    whole = Argument("input", mirroring.input_of(model), "What is said.")
    return mutation(name, write, REVIEW.changed, said, [REVIEW.by_id, whole, IF_VERSION])


QUERIES = [
    *(resources.one(face) for face in _ALL),
    *(external_ids.one(face) for face in _ALL),
    listing("actions", Action, plans.ACTIONS, plans.ActionList, "Items of the plan."),
    listing("reviews", Review, plans.REVIEWS, plans.ReviewList, "Looks at maps."),
    listing("comments", Comment, plans.COMMENTS, plans.CommentList, "What people say."),
]
MUTATIONS = [
    *(field for face in _ALL for field in resources.mutations(face)),
    *(field for face in _ALL for field in external_ids.mutations(face)),
    _ending(
        "sign_off_review",
        plans.NewSignOff,
        plans.REVIEWS.sign_off,
        "Sign a review for a department; the last of those asked completes it.",
    ),
    _ending(
        "complete_review",
        plans.ReviewCompletion,
        plans.REVIEWS.complete,
        "End a review with its answers; with a cadence, the next one is made.",
    ),
]
