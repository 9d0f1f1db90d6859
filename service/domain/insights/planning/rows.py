"""What challenges, coverage and plan are made of, as one JSON document for each map."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)

from service.domain import plans
from service.domain.audiences import personas
from service.domain.evidence import (
    CONTENT,
    content_answers,
    content_personas,
    content_profiles,
    content_touchpoints,
    evidence,
    evidence_targets,
    left_out,
)
from service.domain.insights.revised_reads import held_then
from service.domain.journeys import (
    TOUCHPOINTS,
    VOCABULARY,
    journey_personas,
    journeys,
    stages,
    step_touchpoints,
    steps,
    transitions,
)
from service.domain.plans import today
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids

_library, _catalogue, _words = CONTENT.table, TOUCHPOINTS.table, VOCABULARY.table


def _here(table: FromClause) -> ColumnElement[bool]:
    """Rows of the journey that the statement is at."""
    return and_(
        table.c.workspace_id == journeys.c.workspace_id, table.c.journey_id == journeys.c.id
    )


def _named(row: FromClause, *names: str) -> dict[str, ColumnElement[Any]]:
    return {name: row.c[name] for name in names}


def _all(item: ColumnElement[Any], order: Sequence[Any], *where: Any) -> Any:
    return select(json_array(item, order)).where(*where)


def _linked(link: Any, owner: FromClause, column: str) -> Any:
    """What a link table holds for a row, in order."""
    held = link.alias()
    mine = (
        held.c.workspace_id == owner.c.workspace_id,
        held.c[link.info["owner_id"]] == owner.c.id,
    )
    return _all(held.c[column], [held.c.position], *mine).correlate(owner).scalar_subquery()


def _stages() -> Any:
    row = stages.alias()
    names = ("id", "key", "name", "phase", "funnel_stage", "goals", "decision_factors")
    item = json_object(_named(row, *names, "questions", "objections"))
    return _all(item, [row.c.position], _here(row))


def _steps() -> Any:
    row, stage = steps.alias(), stages.alias()
    names = ("id", "key", "stage_id", "action", "private", "department", "questions", "pains")
    more = {
        "touchpoint_ids": _linked(step_touchpoints, row, "touchpoint_id"),
        "nested": row.c.nested_journey_id.is_not(None),
    }
    is_it = and_(stage.c.workspace_id == row.c.workspace_id, stage.c.id == row.c.stage_id)
    listed = json_array(json_object(_named(row, *names) | more), [stage.c.position, row.c.position])
    return select(listed).select_from(row.join(stage, is_it)).where(_here(row))


def _met() -> CompoundSelect[Any]:
    """The ids of the touchpoints that the map's steps meet, or those of its revision did."""
    met = step_touchpoints.alias()
    now = select(met.c.touchpoint_id).where(_here(met)).correlate(journeys)
    return union_all(now, held_then("held_touchpoints", journeys))


def _touchpoints(*, met_alone: bool) -> Any:
    """The catalogue, or what of it the map meets."""
    row = _catalogue.alias()
    names = ("id", "key", "name", "channel", "department", "party", "status", "activities")
    where = [row.c.workspace_id == WORKSPACE, *([row.c.id.in_(_met())] if met_alone else ())]
    return _all(json_object(_named(row, *names)), [row.c.key.collate("C")], *where)


def _content(*, answering_alone: bool) -> Any:
    row, answer = _library.alias(), content_answers.alias()
    names = ("id", "key", "title", "kind", "language", "url", "stage", "published_on", "cost")
    what = json_object(_named(answer, "stage_key", "step_key", "item_key"))
    mine = (_here(answer), answer.c.content_id == row.c.id)
    answers = _all(what, [answer.c.position], *mine).correlate(row, journeys)
    item = json_object(
        _named(row, *names)
        | {
            "touchpoint_ids": _linked(content_touchpoints, row, "touchpoint_id"),
            "profile_ids": _linked(content_profiles, row, "profile_id"),
            "persona_ids": _linked(content_personas, row, "persona_id"),
            "answers": answers.scalar_subquery(),
        }
    )
    ids = _answering() if answering_alone else union(_answering(), *_meant())
    is_it = (row.c.workspace_id == journeys.c.workspace_id, row.c.id.in_(ids))
    return _all(item, [row.c.title.collate("C"), row.c.id], *is_it)


def _answering() -> Select[Any]:
    held = content_answers.alias()
    return select(held.c.content_id).where(_here(held)).correlate(journeys)


def _meant() -> list[Select[Any]]:
    """The ids of content that is met at the map's touchpoints, planned there, or for a stage."""
    held, row, stage, at = (t.alias() for t in (content_touchpoints, _library, stages, _catalogue))
    of_it = held.c.workspace_id == journeys.c.workspace_id
    names = (stage.c.key, stage.c.phase, stage.c.funnel_stage)
    for_stage = and_(_here(stage), or_(*(row.c.stage == name for name in names)))
    names_then = held_then("held_names", journeys)
    planned = func.jsonb_array_elements(at.c.activities).table_valued("value").render_derived()
    ids = planned.c.value.op("->")(literal_column("'content_ids'"))
    used = func.jsonb_array_elements_text(ids).table_valued("id").render_derived()
    there = and_(at.c.workspace_id == journeys.c.workspace_id, at.c.id.in_(_met()))
    named = select(row.c.id).where(
        row.c.workspace_id == journeys.c.workspace_id,
        row.c.id.in_(
            select(cast(used.c.id, Uuid))
            .select_from(at.join(planned, true()).join(used, true()))
            .where(there)
            .correlate(journeys)
        ),
    )
    return [
        select(held.c.content_id)
        .where(of_it, held.c.touchpoint_id.in_(_met()))
        .correlate(journeys),
        select(row.c.id)
        .where(row.c.workspace_id == journeys.c.workspace_id, for_stage)
        .correlate(journeys),
        select(row.c.id)
        .where(row.c.workspace_id == journeys.c.workspace_id, row.c.stage.in_(names_then))
        .correlate(journeys),
        named.correlate(journeys),
    ]


def _actions(*, naming_gaps: bool = False) -> Any:
    """Those with a target on the map; perhaps all that name gaps, whose maps only the gaps tell."""
    row, target = plans.actions.alias(), plans.action_targets.alias()
    names = ("id", "title", "kind", "status", "department", "due_on", "effort", "impact", "cost")
    what = json_object(_named(target, "stage_id", "step_id", "item_key"))
    mine = (_here(target), target.c.action_id == row.c.id)
    targets = _all(what, [target.c.position], *mine).correlate(row, journeys)
    item = json_object(
        _named(row, *names, "gap_ids")
        | {
            "content_ids": _linked(plans.action_content, row, "content_id"),
            "targets": targets.scalar_subquery(),
        }
    )
    held = plans.action_targets.alias()
    ids = select(held.c.action_id).where(_here(held)).correlate(journeys)
    named = func.cardinality(row.c.gap_ids) > literal_column("0") if naming_gaps else false()
    is_it = (row.c.workspace_id == journeys.c.workspace_id, or_(row.c.id.in_(ids), named))
    return _all(item, [row.c.title.collate("C"), row.c.id], *is_it)


def _personas() -> Any:
    row, of = personas.alias(), journey_personas.alias()
    now = select(of.c.persona_id).where(_here(of)).correlate(journeys)
    ids = union_all(now, held_then("held_personas", journeys))
    item = json_object(_named(row, "id", "profile_id", "name"))
    is_it = (row.c.workspace_id == journeys.c.workspace_id, row.c.id.in_(ids))
    return _all(item, [row.c.name, row.c.id], *is_it)


def _findings() -> Any:
    row, target = evidence.alias(), evidence_targets.alias()
    is_it = (row.c.workspace_id == target.c.workspace_id, row.c.id == target.c.evidence_id)
    item = json_object(
        _named(row, "id", "kind", "status", "weight")
        | _named(target, "stage_id", "step_id")
        | {"left_out": left_out(row)}
    )
    about = or_(target.c.stage_id.is_not(None), target.c.step_id.is_not(None))
    return _all(item, [row.c.id, target.c.position], _here(target), about, *is_it)


def _departments() -> Any:
    """The workspace's departments: those declared, and those that anything names.

    A department need not be declared to be used, so that none is forgotten but by looking at all
    that may name one; it is done once for all maps that are asked for.
    """
    tables = (steps, _catalogue, evidence, plans.actions)
    places = [(t.alias(), "department") for t in tables]
    places.append((transitions.alias(), "received_by"))
    used = [
        select(row.c[name]).where(row.c.workspace_id == WORKSPACE, row.c[name].is_not(None))
        for row, name in places
    ]
    word = _words.alias()
    declared = select(word.c.slug).where(
        word.c.workspace_id == WORKSPACE,
        word.c.kind == literal_column("'department'"),
        word.c.alias_of.is_(None),
    )
    every = union(declared, *used).subquery("every")
    return _all(every.c.slug, [every.c.slug.collate("C")])


def _receivers() -> Any:
    row = transitions.alias()
    told = row.c.received_by.is_not(None)
    return _all(row.c.received_by, [row.c.position], _here(row), told)


def _maps(members: Mapping[str, Any], **shared: Any) -> Select[Any]:
    """What the workspace has for all maps at once, and the maps of `ids` with these members.

    All are rows of one list: the driver cannot read a list of rows within a row.
    """
    parts = {"stages": _stages(), "steps": _steps(), **members}
    shown = {name: part.correlate(journeys).scalar_subquery() for name, part in parts.items()}
    text = cast(json_object(_named(journeys, "title", "scope") | shown), Text)
    row = func.row(journeys.c.id, journeys.c.version, text)
    is_asked = (journeys.c.workspace_id == WORKSPACE, journeys.c.id == func.any(uuids("ids")))
    beside = {name: part.scalar_subquery() for name, part in shared.items()}
    maps = select(func.array_agg(row)).where(*is_asked).scalar_subquery()
    none = cast(null(), Uuid), cast(null(), Integer)
    return select(func.array_prepend(func.row(*none, cast(json_object(beside), Text)), maps))


def _covered() -> Select[Any]:
    members = {
        "content": _content(answering_alone=True),
        "actions": _actions(),
        "findings": _findings(),
        "receivers": _receivers(),
    }
    touchpoints = _touchpoints(met_alone=False)
    return _maps(members, touchpoints=touchpoints, departments=_departments())


def _for_stages() -> dict[str, Any]:
    """The content for its stages, and what says why it is for one."""
    return {
        "content": _content(answering_alone=False),
        "touchpoints": _touchpoints(met_alone=True),
        "personas": _personas(),
        "today": select(today()),
    }


def _planned() -> Select[Any]:
    return _maps({**_for_stages(), "actions": _actions(naming_gaps=True)})


def _challenged() -> Select[Any]:
    return _maps({"content": _content(answering_alone=True), "actions": _actions()})


def _offered() -> Select[Any]:
    return _maps(_for_stages())


CHALLENGES, COVERAGE, PLANS, OFFERS = map(Statement, (_challenged, _covered, _planned, _offered))
