"""What gaps are computed from, read as one JSON document: one statement for any number of maps.

Each journey that is asked for comes with the newest of its to-be maps, in the shape of
`map.Read`.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from service.domain import journeys as mapped
from service.domain import measures
from service.domain.audiences import personas
from service.domain.events import event_rows
from service.domain.evidence import content_answers, evidence, evidence_targets, left_out
from service.domain.insights.revised_reads import held_then
from service.domain.insights.tables import gap_states
from service.domain.journeys import (
    journey_personas,
    journeys,
    stages,
    step_touchpoints,
    steps,
    transitions,
)
from service.domain.plans import action_targets, actions, review_sign_offs, reviews, today
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import workspaces

_came = event_rows.alias("came")
_REJECTED = literal_column("'rejected'", Text)


def _array(*members: Any) -> ColumnElement[Any]:
    return func.json_build_array(*members)


def _all(item: ColumnElement[Any], *order: Any) -> ColumnElement[Any]:
    """A JSON array of all rows, in order where one is given."""
    listed = func.json_agg(aggregate_order_by(item, *order) if order else item)
    return func.coalesce(listed, literal_column("'[]'::json"))


def _of_journey(table: FromClause, journey: FromClause) -> ColumnElement[bool]:
    return and_(
        table.c.workspace_id == WORKSPACE,
        table.c.workspace_id == journey.c.workspace_id,
        table.c.journey_id == journey.c.id,
    )


def _tied(left: FromClause, name: str, right: FromClause) -> ColumnElement[bool]:
    return and_(left.c.workspace_id == right.c.workspace_id, left.c[name] == right.c.id)


def _stages(journey: FromClause) -> Any:
    s = stages.alias("s")
    row = _array(*(s.c[name] for name in ("id", "key", "name", "questions", "objections")))
    return select(_all(row, s.c.position)).where(_of_journey(s, journey))


def _steps(journey: FromClause) -> Any:
    s, of = steps.alias("s"), stages.alias("of")
    plain = ("id", "key", "stage_id", "action", "private", "emotion", "channel", "device")
    more = ("department", "waited_seconds", "form_fields", "moment_of_truth", "decision_moment")
    row = _array(
        *(s.c[name] for name in (*plain, *more)),
        s.c.expected_outcome.is_not(None),
        s.c.actual_outcome.is_not(None),
        s.c.outcome_met,
        s.c.nested_journey_id.is_not(None),
        s.c.questions,
        s.c.pains,
    )
    rows = s.join(of, _tied(s, "stage_id", of))
    found = select(_all(row, of.c.position, s.c.position)).select_from(rows)
    return found.where(_of_journey(s, journey))


def _among(column: ColumnElement[Any], ids: Any) -> ColumnElement[bool]:
    """Whether a column holds one of the ids that a select finds.

    As an array: whatever the planner believes of the tables, it looks these up by index, so that
    many journeys take as long as each of them does.
    """
    return column == func.any(func.array(ids.scalar_subquery()))


def _step_ids(journey: FromClause) -> Any:
    s = steps.alias("met_at")
    return select(s.c.id).where(_of_journey(s, journey)).correlate(journey)


def _met(journey: FromClause) -> Any:
    met = step_touchpoints.alias("met")
    row = _array(met.c.step_id, met.c.touchpoint_id, met.c.channel, met.c.device)
    found = select(_all(row, met.c.step_id, met.c.position))
    return found.where(met.c.workspace_id == WORKSPACE, _among(met.c.step_id, _step_ids(journey)))


def _met_ids(journey: FromClause) -> Any:
    met = step_touchpoints.alias("met_there")
    is_there = _among(met.c.step_id, _step_ids(journey))
    found = select(met.c.touchpoint_id).where(met.c.workspace_id == WORKSPACE, is_there)
    return union_all(found.correlate(journey), held_then("held_touchpoints", journey))


def _touchpoints(journey: FromClause) -> Any:
    t = mapped.touchpoints.alias("t")
    names = ("id", "key", "name", "channel", "device", "department", "party", "status")
    row = _array(*(t.c[name] for name in names))
    is_met = _among(t.c.id, _met_ids(journey))
    return select(_all(row, t.c.key)).where(t.c.workspace_id == WORKSPACE, is_met)


def _transitions(journey: FromClause) -> Any:
    t = transitions.alias("t")
    names = ("id", "from_step_id", "to_step_id", "kind", "expected_seconds", "hands_over")
    row = _array(*(t.c[name] for name in names), t.c.received_by)
    return select(_all(row, t.c.position, t.c.id)).where(_of_journey(t, journey))


def _persona_ids(journey: FromClause) -> Any:
    of = journey_personas.alias("of_persona")
    found = select(of.c.persona_id).where(_of_journey(of, journey)).correlate(journey)
    return union_all(found, held_then("held_personas", journey))


def _findings(journey: FromClause) -> Any:
    """What is found on the map, and of its personas and touchpoints wherever they are."""
    found = evidence.alias("found")
    at = union_all(
        _aimed_at(journey, lambda at: _of_journey(at, journey)),
        _aimed_at(journey, lambda at: _among(at.c.touchpoint_id, _met_ids(journey))),
        _aimed_at(journey, lambda at: _among(at.c.persona_id, _persona_ids(journey))),
    ).subquery("at")
    row = _array(
        at.c.target,
        *(found.c[name] for name in ("kind", "department", "observed_on", "profile_id")),
        *(at.c.attribute, found.c.status, found.c.weight, left_out(found)),
    )
    return select(_all(_of_row(row, found, at.c.evidence_id, at))).select_from(at)


def _of_row(row: ColumnElement[Any], found: FromClause, which: Any, of: FromClause) -> Any:
    """An array made with the one row of `found` that has this id: one look-up for each."""
    one = select(row).where(found.c.workspace_id == WORKSPACE, found.c.id == which)
    return one.correlate(of).scalar_subquery()


def _aimed_at(journey: FromClause, where: Callable[[FromClause], ColumnElement[bool]]) -> Any:
    at = evidence_targets.alias("target")
    part = func.coalesce(at.c.step_id, at.c.stage_id, at.c.transition_id, at.c.journey_id)
    target = func.coalesce(part, at.c.touchpoint_id, at.c.persona_id).label("target")
    found = select(target, at.c.evidence_id, at.c.attribute)
    return found.where(at.c.workspace_id == WORKSPACE, where(at)).correlate(journey)


def _answers(journey: FromClause) -> Any:
    a = content_answers.alias("a")
    row = _array(a.c.stage_key, a.c.step_key, a.c.item_key)
    return select(_all(row)).where(_of_journey(a, journey))


def _aims(journey: FromClause) -> Any:
    """What actions aim at here; of those rejected, nothing."""
    at, action = action_targets.alias("aim"), actions.alias("action")
    row = _array(
        *(at.c[name] for name in ("action_id", "stage_id", "step_id", "item_key")),
        action.c.impact,
        action.c.effort,
    )
    one = select(row).where(
        action.c.workspace_id == WORKSPACE,
        action.c.id == at.c.action_id,
        action.c.status != _REJECTED,
    )
    row = one.correlate(at).scalar_subquery().label("row")
    each = select(at.c.action_id, row).where(_of_journey(at, journey)).correlate(journey)
    aims = each.subquery("aims")
    return select(_all(aims.c.row, aims.c.action_id)).where(aims.c.row.is_not(None))


def _reviews(journey: FromClause) -> Any:
    r, signed = reviews.alias("r"), review_sign_offs.alias("signed")
    by = select(func.json_agg(signed.c.department)).where(
        signed.c.workspace_id == r.c.workspace_id, signed.c.review_id == r.c.id
    )
    signed_by = func.coalesce(by.correlate(r).scalar_subquery(), literal_column("'[]'::json"))
    row = _array(r.c.due_on, r.c.completed_at.is_not(None), signed_by)
    return select(_all(row, r.c.due_on)).where(_of_journey(r, journey))


def _personas(journey: FromClause) -> Any:
    of, p = journey_personas.alias("of"), personas.alias("p")
    filled = func.coalesce(
        select(func.json_agg(column("name")))
        .select_from(func.jsonb_object_keys(p.c.attributes).alias("name"))
        .correlate(p)
        .scalar_subquery(),
        literal_column("'[]'::json"),
    )
    row = _array(p.c.id, p.c.name, p.c.profile_id, filled)
    rows = p.outerjoin(of, and_(of.c.persona_id == p.c.id, _of_journey(of, journey)))
    found = select(_all(row, of.c.position)).select_from(rows)
    return found.where(p.c.workspace_id == WORKSPACE, _among(p.c.id, _persona_ids(journey)))


def _states(journey: FromClause) -> Any:
    s = gap_states.alias("s")
    names = ("id", "status", "reason", "version", "person", "updated_at")
    row = _array(*(s.c[name] for name in names))
    return select(_all(row)).where(_of_journey(s, journey))


_PARTS = (
    *(_stages, _steps, _met, _touchpoints, _transitions, _findings, _answers, _aims),
    *(_reviews, _personas, _states),
)


def _linked() -> Any:
    """All actions that name gaps, four members of each.

    Not those of the maps that are asked for alone: a gap's id is a hash that does not tell its
    map, and an action may name gaps of maps in which it has no target.
    """
    action = actions.alias("linked")
    row = _array(*(action.c[name] for name in ("id", "gap_ids", "impact", "effort")))
    return select(_all(row, action.c.id)).where(
        action.c.workspace_id == WORKSPACE,
        func.cardinality(action.c.gap_ids) > literal_column("0"),
        action.c.status != _REJECTED,
    )


def _newest_twins() -> Any:
    """The newest to-be map of each journey that is asked for."""
    t = journeys.alias("t")
    return (
        select(t.c.id)
        .ext(distinct_on(t.c.as_is_id))
        .where(t.c.workspace_id == WORKSPACE, t.c.as_is_id == func.any(uuids("ids")))
        .order_by(t.c.as_is_id, t.c.created_at.desc(), t.c.id.desc())
    )


def _maps() -> Any:
    j = journeys.alias("j")
    plain = ("id", "title", "version", "perspective", "as_is_id", "scope")
    parts = (part(j).correlate(j).scalar_subquery() for part in _PARTS)
    is_asked = or_(j.c.id == func.any(uuids("ids")), j.c.id.in_(_newest_twins()))
    row = _array(*(j.c[name] for name in plain), *parts)
    return select(_all(row, j.c.created_at, j.c.id)).where(j.c.workspace_id == WORKSPACE, is_asked)


_LIMITS = select(workspaces.c.settings).where(workspaces.c.workspace_id == WORKSPACE)


def _read() -> Any:
    members = {
        "today": today(),
        "limits": _LIMITS.scalar_subquery(),
        "maps": _maps().scalar_subquery(),
        "linked": _linked().scalar_subquery(),
        "events": exists().where(_came.c.workspace_id == WORKSPACE),
        "aimed": measures.on_maps.has_targets(uuids("ids")),
    }
    # As bytes: a text of many maps would be kept twice, and wide where one letter of it is.
    return select(func.convert_to(cast(json_object(members), Text), literal_column("'UTF8'")))


READ = Statement(_read)
"""The maps of `ids`, their twins and all that hangs on them, as the JSON of `map.Read`.

What a revision held of the catalogue and of personas comes with its map.
"""
