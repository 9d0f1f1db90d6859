"""What the members of steps and stages refer to, found and checked for a whole map at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.domain import filters, keys, references
from service.domain.audiences import personas
from service.domain.errors import Invalid, Problem, pointer
from service.domain.journeys.tables import journeys, steps, touchpoints
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

Located = Sequence[tuple[str, dict[str, Any]]]
"""Members with the pointer they were sent at."""

BY_KEY = Statement(
    select(touchpoints.c.id, touchpoints.c.key).where(
        touchpoints.c.workspace_id == WORKSPACE,
        or_(
            touchpoints.c.id == func.any(uuids("ids")),
            touchpoints.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
        ),
    )
)
_JOURNEY = bindparam("journey_id", type_=Uuid())
_inside = (
    select(steps.c.journey_id.label("top"), steps.c.nested_journey_id.label("id"))
    .where(
        steps.c.workspace_id == WORKSPACE,
        steps.c.journey_id == func.any(uuids("ids")),
        steps.c.nested_journey_id.is_not(None),
    )
    .cte("inside", recursive=True)
)
_deeper = steps.alias("deeper")
_inside = _inside.union(
    select(_inside.c.top, _deeper.c.nested_journey_id).where(
        _deeper.c.workspace_id == WORKSPACE,
        _deeper.c.journey_id == _inside.c.id,
        _deeper.c.nested_journey_id.is_not(None),
    )
)
_HOLDING = Statement(select(_inside.c.top).where(_inside.c.id == _JOURNEY).distinct())


_ORIGINS = ("variant_of", "as_is_id")
_line = (
    select(journeys.c.id.label("top"), *(journeys.c[name] for name in ("id", *_ORIGINS)))
    .where(journeys.c.workspace_id == WORKSPACE, journeys.c.id == func.any(uuids("ids")))
    .cte("line", recursive=True)
)
_above = journeys.alias("above")
_line = _line.union(
    select(_line.c.top, *(_above.c[name] for name in ("id", *_ORIGINS))).where(
        _above.c.workspace_id == WORKSPACE,
        or_(*(_above.c.id == _line.c[name] for name in _ORIGINS)),
    )
)
_LEADING_BACK = Statement(select(_line.c.top).where(_line.c.id == _JOURNEY).distinct())


async def settle_steps(
    work: Work, journey_id: UUID, located: Located, problems: list[Problem]
) -> None:
    """Make steps ready to be stored, in place; `problems` gains every reference to nothing."""
    await _settle_touchpoints(work, located, problems)
    rated = [
        (pointer_to(at, "emotions", n, "persona_id"), felt["persona_id"])
        for at, step in located
        for n, felt in enumerate(step.get("emotions") or ())
    ]
    problems += await references.unknown(work, personas, rated)
    for at, step in located:
        _no_persona_twice(at, step, problems)
        for name in ("questions", "pains"):
            if name in step:
                step[name] = keys.completed_items(step[name], f"{at}/{name}", problems)
        if step.get("binding") is not None:
            step["binding"] = binding(step["binding"], f"{at}/binding", problems)
    await _check_nesting(work, journey_id, located, problems)


def settle_stages(located: Located, problems: list[Problem]) -> None:
    """Give a stage's questions and objections their keys, in place."""
    for at, stage in located:
        for name in ("questions", "objections"):
            if name in stage:
                stage[name] = keys.completed_items(stage[name], f"{at}/{name}", problems)


def binding(raw: object, at: str, problems: list[Problem]) -> object:
    """What binds events to a step or touchpoint, as it is stored: it asks the event alone."""
    return condition(raw, at, problems, filters.BINDINGS)


def condition(
    raw: object, at: str, problems: list[Problem], words: filters.Vocabulary = filters.EVENTS
) -> object:
    """A selection of events as it is stored."""
    try:
        return filters.dump(filters.parse_selection(raw, words, at))
    except Invalid as error:
        problems += error.problems
        return None


def pointer_to(at: str, *parts: int | str) -> str:
    """A pointer below another."""
    return at + pointer(*parts)


async def _settle_touchpoints(work: Work, located: Located, problems: list[Problem]) -> None:
    met = [
        (pointer_to(at, "touchpoints", n), touchpoint)
        for at, step in located
        for n, touchpoint in enumerate(step.get("touchpoints") or ())
    ]
    if not met:
        return
    ids = {t["touchpoint_id"] for _, t in met} - {None}
    wanted = {t["key"] for _, t in met if t["touchpoint_id"] is None}
    rows = await work.rows(BY_KEY, ids=list(ids), keys=list(wanted))
    by_id, by_key = {r["id"]: r["key"] for r in rows}, {r["key"]: r["id"] for r in rows}
    for at, touchpoint in met:
        known = touchpoint["touchpoint_id"] or by_key.get(touchpoint["key"])
        if known not in by_id:
            name = "key" if touchpoint["touchpoint_id"] is None else "touchpoint_id"
            detail = "there is no such touchpoint"
            problems.append(Problem(f"{at}/{name}", "unknown_reference", detail))
        touchpoint |= {"touchpoint_id": known, "key": by_id.get(known)}


def _no_persona_twice(at: str, step: Mapping[str, Any], problems: list[Problem]) -> None:
    felt = [str(felt["persona_id"]) for felt in step.get("emotions") or ()]
    for n in keys.repeated(felt):
        at_it = pointer_to(at, "emotions", n, "persona_id")
        problems.append(Problem(at_it, "repeated", "this persona is rated above"))


async def holding(work: Work, journey_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Which of some journeys are the journey itself, or hold it, at whatever depth."""
    await references.one_at_a_time(work, "journeys in journeys")
    rows = await work.rows(_HOLDING, ids=list(ids), journey_id=journey_id)
    return {row["top"] for row in rows} | ({journey_id} & set(ids))


async def leading_back(work: Work, journey_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Which of some maps are the journey, or lead to it by what they vary and improve together, at
    whatever distance."""
    if not ids:
        return set()
    await references.one_at_a_time(work, "journeys by what they vary and improve")
    rows = await work.rows(_LEADING_BACK, ids=list(ids), journey_id=journey_id)
    return {row["top"] for row in rows}


async def _check_nesting(
    work: Work, journey_id: UUID, located: Located, problems: list[Problem]
) -> None:
    nested = [
        (f"{at}/journey_id", step["journey_id"])
        for at, step in located
        if step.get("journey_id") is not None
    ]
    if not nested:
        return
    circular = await holding(work, journey_id, [which for _, which in nested])
    problems += await references.unknown(work, journeys, nested)
    detail = "a journey cannot be inside itself"
    problems += [Problem(at, "circular", detail) for at, which in nested if which in circular]
