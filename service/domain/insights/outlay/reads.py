"""What is done for maps, as one JSON document for each of them: one statement for all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    func,
    literal_column,
    select,
    true,
    union,
)

from service.domain import plans
from service.domain.evidence import CONTENT, content_answers, content_touchpoints
from service.domain.insights.outlay.outlay import Outlay
from service.domain.journeys import TOUCHPOINTS, journeys, step_touchpoints, steps
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_library, _catalogue = CONTENT.table, TOUCHPOINTS.table


async def outlays(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Outlay]:
    """What is done for each map there is: one statement, however many maps."""
    work.needs(Scope.MAPS_READ)
    rows = await work.value(_OUTLAYS, ids=list(journey_ids)) or ()
    return {which: msgspec.json.decode(text, type=Outlay) for which, text in rows}


def _here(table: FromClause) -> Any:
    """Rows of the map that the statement is at."""
    return and_(
        table.c.workspace_id == journeys.c.workspace_id, table.c.journey_id == journeys.c.id
    )


def _of_workspace(table: FromClause) -> Any:
    return table.c.workspace_id == journeys.c.workspace_id


def _met() -> Select[Any]:
    """The touchpoints that the map's steps meet."""
    met, step = step_touchpoints.alias(), steps.alias()
    is_it = and_(met.c.workspace_id == step.c.workspace_id, met.c.step_id == step.c.id)
    rows = select(met.c.touchpoint_id).select_from(met.join(step, is_it))
    return rows.where(_here(step)).correlate(journeys)


def _each(of: FromClause) -> Any:
    """The activities of a touchpoint, one by one."""
    return func.jsonb_array_elements(of.c.activities).table_valued("value").render_derived()


def _activities() -> Any:
    row = _catalogue.alias()
    one = _each(row)
    names = ("starts_on", "ends_on", "cost")
    told = json_object({n: one.c.value.op("->")(literal_column(f"'{n}'")) for n in names})
    found = select(json_array(told, [row.c.id])).select_from(row.join(one, true()))
    return found.where(_of_workspace(row), row.c.id.in_(_met()))


def _targeting() -> Select[Any]:
    """The actions for the map."""
    held = plans.action_targets.alias()
    return select(held.c.action_id).where(_here(held)).correlate(journeys)


def _content_ids() -> Any:
    answer, met, row, used = (
        t.alias() for t in (content_answers, content_touchpoints, _catalogue, plans.action_content)
    )
    one = _each(row)
    ids = one.c.value.op("->")(literal_column("'content_ids'"))
    named = func.jsonb_array_elements_text(ids).table_valued("id").render_derived()
    return union(
        select(answer.c.content_id).where(_here(answer)).correlate(journeys),
        select(met.c.content_id)
        .where(_of_workspace(met), met.c.touchpoint_id.in_(_met()))
        .correlate(journeys),
        select(cast(named.c.id, Uuid))
        .select_from(row.join(one, true()).join(named, true()))
        .where(_of_workspace(row), row.c.id.in_(_met()))
        .correlate(journeys),
        select(used.c.content_id)
        .where(_of_workspace(used), used.c.action_id.in_(_targeting()))
        .correlate(journeys),
    )


def _content() -> Any:
    row = _library.alias()
    told = json_object({n: row.c[n] for n in ("id", "key", "url", "published_on", "cost")})
    found = select(json_array(told, [row.c.id]))
    return found.where(_of_workspace(row), row.c.id.in_(_content_ids()))


def _actions() -> Any:
    row, target = plans.actions.alias(), plans.action_targets.alias()
    what = json_object({n: target.c[n] for n in ("stage_id", "step_id")})
    mine = (_here(target), target.c.action_id == row.c.id)
    targets = select(json_array(what, [target.c.position])).where(*mine).correlate(row, journeys)
    names = ("id", "kind", "status", "due_on", "cost")
    told = json_object({n: row.c[n] for n in names} | {"targets": targets.scalar_subquery()})
    known = row.c.status != literal_column("'rejected'", Text)
    found = select(json_array(told, [row.c.id]))
    return found.where(_of_workspace(row), known, row.c.id.in_(_targeting()))


def _outlays() -> Select[Any]:
    parts = {"activities": _activities(), "content": _content(), "actions": _actions()}
    shown = {name: part.correlate(journeys).scalar_subquery() for name, part in parts.items()}
    row = func.row(journeys.c.id, cast(json_object(shown), Text))
    asked = (journeys.c.workspace_id == WORKSPACE, journeys.c.id == func.any(uuids("ids")))
    return select(func.array_agg(row)).where(*asked)


_OUTLAYS = Statement(_outlays)
