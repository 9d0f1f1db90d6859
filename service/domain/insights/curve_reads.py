"""What emotion curves are computed from: a row for each journey, in one statement."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.audiences import personas
from service.domain.evidence import LEFT_OUT, evidence, evidence_targets, left_out
from service.domain.insights.answered import any_answers
from service.domain.journeys import journeys, stages, step_emotions, steps
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids

Reason = Callable[[FromClause], ColumnElement[Any]]
"""Why figures leave a finding out; null: it counts."""


def _statement(reason: Reason) -> Select[Any]:
    asked = (
        func.unnest(uuids("journey_ids"), bindparam("persona_ids", type_=ARRAY(Uuid())))
        .table_valued("journey_id", "persona_id", with_ordinality="place")
        .render_derived()
        .alias("asked")
    )
    stage, inner, step, felt = (t.alias() for t in (stages, stages, steps, step_emotions))
    named = json_object({"stage_id": stage.c.id, "name": stage.c.name})
    stage_list = select(cast(json_array(named, [stage.c.position]), Text)).where(
        stage.c.workspace_id == journeys.c.workspace_id, stage.c.journey_id == journeys.c.id
    )
    shown = json_object(
        {
            "step_id": step.c.id,
            "key": step.c.key,
            "stage_id": step.c.stage_id,
            "rating": func.coalesce(felt.c.rating, step.c.emotion),
            "moment_of_truth": step.c.moment_of_truth,
            "label": step.c.action,
            "decision_moment": step.c.decision_moment,
        }
    )
    of_stage = and_(inner.c.workspace_id == step.c.workspace_id, inner.c.id == step.c.stage_id)
    by_persona = and_(
        felt.c.workspace_id == step.c.workspace_id,
        felt.c.step_id == step.c.id,
        felt.c.persona_id == asked.c.persona_id,
    )
    step_list = (
        select(cast(json_array(shown, [inner.c.position, step.c.position]), Text))
        .select_from(step.join(inner, of_stage).outerjoin(felt, by_persona))
        .where(step.c.workspace_id == journeys.c.workspace_id, step.c.journey_id == journeys.c.id)
    )
    is_known = exists().where(
        personas.c.workspace_id == WORKSPACE, personas.c.id == asked.c.persona_id
    )
    row = func.row(
        asked.c.place,
        journeys.c.title,
        journeys.c.version,
        or_(asked.c.persona_id.is_(None), is_known.correlate(asked)),
        stage_list.correlate(journeys, asked).scalar_subquery(),
        step_list.correlate(journeys, asked).scalar_subquery(),
        _findings(reason).correlate(journeys).scalar_subquery(),
        any_answers(),
    )
    is_it = and_(journeys.c.workspace_id == WORKSPACE, journeys.c.id == asked.c.journey_id)
    return select(func.array_agg(row)).select_from(asked.join(journeys, is_it))


def _findings(reason: Reason) -> Select[Any]:
    """The sums over a map's findings, step by step, as JSON, null where there are none; and whether
    any is about somebody."""
    own, every = partial(func.sum, type_=Double), _every(reason)
    felt = and_(every.c.reason.is_(None), every.c.weight > 0, every.c.sentiment.is_not(None))
    weighted = own(every.c.weight * every.c.sentiment).filter(felt)
    total = own(every.c.weight).filter(felt).over(partition_by=every.c.step_id)
    mean = (weighted.over(partition_by=every.c.step_id) / total).label("mean")
    each = select(*every.c, felt.label("counts"), mean).correlate(journeys).subquery("each")
    off = each.c.sentiment - each.c.mean
    weight = own(each.c.weight).filter(each.c.counts)
    summed = (
        select(
            each.c.step_id,
            json_object(
                {
                    "step_id": each.c.step_id,
                    "attached": func.count().filter(each.c.reason.is_(None)),
                    "counted": func.count().filter(each.c.counts),
                    "mean": func.min(each.c.mean),
                    "weight": weight,
                    "squares": own(each.c.weight * each.c.weight).filter(each.c.counts),
                    "spread": own(each.c.weight * off * off).filter(each.c.counts) / weight,
                    "left_out": json_object(
                        {
                            why: func.count().filter(each.c.reason == literal_column(f"'{why}'"))
                            for why in LEFT_OUT
                        }
                    ),
                }
            ).label("sums"),
            func.bool_or(each.c.contact_id.is_not(None)).label("about_people"),
        )
        .group_by(each.c.step_id)
        .correlate(journeys)
        .subquery("summed")
    )
    ordered = aggregate_order_by(summed.c.sums, summed.c.step_id)
    about_people = func.bool_or(summed.c.about_people)
    return select(func.row(cast(func.json_agg(ordered), Text), about_people))


def _every(reason: Reason) -> FromClause:
    """The findings about the steps of a map."""
    held, one = evidence_targets.alias("held"), evidence.alias("one")
    of_it = and_(one.c.workspace_id == held.c.workspace_id, one.c.id == held.c.evidence_id)
    why = reason(one).label("reason")
    return (
        select(held.c.step_id, one.c.weight, one.c.sentiment, why, one.c.contact_id)
        .select_from(held.join(one, of_it))
        .where(
            held.c.workspace_id == journeys.c.workspace_id,
            held.c.journey_id == journeys.c.id,
            held.c.step_id.is_not(None),
        )
        .correlate(journeys)
        # Fenced, or the reason would be looked up for each sum that asks for it.
        .offset(literal_column("0"))
        .subquery("every")
    )


def _none(_: FromClause) -> ColumnElement[Any]:
    """What is about nobody is not left out."""
    return cast(null(), Text)


CURVES = Statement(lambda: _statement(_none))
"""The curves, right where no finding is about somebody: as most are not, and to look up why people
are left out takes Postgres a fifth of all this even where there are none."""
CURVES_OF_PEOPLE = Statement(lambda: _statement(left_out))
"""The curves, where some findings are."""
