"""What a map yields: its challenges and what answers them, what it covers, and its plan."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.graphql import context, given, mirroring
from service.api.graphql.scalars import Number
from service.api.graphql.selecting import STORED, Stored
from service.api.graphql.states import Asked, Revision, state, together
from service.api.graphql.structs import family
from service.domain import insights
from service.domain.insights import Challenges, ChallengesQuery, Chosen, Coverage, Grid, Plan
from service.domain.work import Work

_TIMES = {
    **{"items": 60, "empty": 30, "dangling": 2, "by_stage": 8, "stages": 8, "missing": 10},
    **{"per_stage": 8, "per_step": 40, "stages_without": 4, "steps_without": 20, "in_scope": 8},
    **{
        "unused": 20,
        "content": 4,
        "actions": 4,
        "touchpoints": 4,
        "activities": 3,
        "gaps": 5,
        "opportunities": 2,
    },
    **{"strengths": 3, "costs": 2, "excluded": 2, "personas": 3},
}
"""How many rows a cost counts the lists as."""
_INNER: dict[Any, Any] = {Decimal: Number}
_ID = {STORED: Stored(("id",))}


def _argument(name: str) -> Any:
    said = ChallengesQuery.model_fields[name].description
    kind = mirroring.argument_of(ChallengesQuery, name, "Challenge")
    return Annotated[kind | None, strawberry.argument(description=said)]


def challenges() -> Any:
    """A journey's field for its grid of challenges."""

    def resolve(
        root: Any,
        info: Info,
        *,
        kind: _argument("kind") = strawberry.UNSET,  # type: ignore[valid-type]
        topic: _argument("topic") = strawberry.UNSET,  # type: ignore[valid-type]
        stage: _argument("stage") = strawberry.UNSET,  # type: ignore[valid-type]
        empty: _argument("empty") = strawberry.UNSET,  # type: ignore[valid-type]
        revision: Revision = strawberry.UNSET,
    ) -> Awaitable[Any]:
        asked = {"kind": kind, "topic": topic, "stage": stage, "empty": empty}
        told = {name: one for name, one in asked.items() if one not in (strawberry.UNSET, None)}
        query = given.built(ChallengesQuery, told)
        chosen = Chosen(query.kind, query.topic, query.stage, query.empty)
        loaded = context.of(info).loaded
        return loaded("challenges", _grids, Grid(UUID(root["id"]), chosen, state(revision)))

    said = "Its questions, pains and objections, each with what answers it."
    return _field(resolve, said, Challenges)


async def _grids(work: Work, wanted: Sequence[Grid]) -> list[Any]:
    found = await insights.challenge_grids(work, wanted)
    return [found[one] for one in wanted]


def coverage() -> Any:
    """A journey's field for what it covers."""
    said = "What it covers and what it lacks."
    return _field(_resolved("coverage", _coverages), said, Coverage)


async def _coverages(work: Work, wanted: Sequence[Asked]) -> list[Any]:
    return await together(work, wanted, insights.coverages)


def plan() -> Any:
    """A journey's field for its plan."""
    said = "The marketing plan it yields, in the language of Accept-Language."
    return _field(_resolved("plan", _plans), said, Plan)


async def _plans(work: Work, wanted: Sequence[Asked]) -> list[Any]:
    return await together(work, wanted, insights.marketing_plans)


def _resolved(name: str, load: Callable[[Work, Sequence[Asked]], Awaitable[list[Any]]]) -> Any:
    def resolve(root: Any, info: Info, revision: Revision = strawberry.UNSET) -> Awaitable[Any]:
        return context.of(info).loaded(name, load, (UUID(root["id"]), state(revision)))

    return resolve


def _field(resolve: Any, said: str, struct: Any) -> Any:
    kind = family(struct, _INNER, _TIMES) | None
    return strawberry.field(description=said, metadata=_ID, graphql_type=kind)(resolve)
