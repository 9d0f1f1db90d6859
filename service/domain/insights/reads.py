"""Emotion curves of stored journeys: as many statements however many are asked, then pure maths."""

from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Double,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.audiences import personas
from service.domain.errors import DomainError, Invalid, NotFound, Problem
from service.domain.evidence import LEFT_OUT, evidence, evidence_targets, left_out
from service.domain.insights.answered import answers_at_steps, any_answers, found_at_steps
from service.domain.insights.emotion import curve, overlaid
from service.domain.insights.emotion_curve import CurveStage, CurveStep, EmotionCurve
from service.domain.insights.revised import drawn_from, revised
from service.domain.journeys import (
    MapState,
    Reference,
    journeys,
    map_states,
    stages,
    step_emotions,
    steps,
)
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

MOST_OVERLAYS = 10


class Asked(NamedTuple):
    """Whose curve: a journey's own ratings, or those of one persona where they differ; of the map
    as it is, or as it was in a revision."""

    journey_id: UUID
    persona_id: UUID | None = None
    revision: Reference = Reference()


class Wanted(NamedTuple):
    """A curve, and those that shall lie over it."""

    asked: Asked
    overlays: tuple[Asked, ...] = ()


class CurveOf(NamedTuple):
    """A curve, with what it was computed from: the version of the map, and a digest of its
    findings, empty where it has none."""

    version: int
    curve: EmotionCurve
    findings: str = ""


async def emotion_curve(work: Work, wanted: Wanted) -> CurveOf:
    """One curve. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, or `Invalid` for its
    persona and for each unknown overlay."""
    drawn = (await emotion_curves(work, [wanted]))[wanted]
    if isinstance(drawn, DomainError):
        raise drawn
    return drawn


async def emotion_curves(
    work: Work, wanted: Sequence[Wanted]
) -> dict[Wanted, CurveOf | DomainError]:
    """For each what is drawn, or why nothing is: one statement for all, one for the answers about
    any of them, and one for revisions.

    Curves are laid over each other by step key. The version is that of the first journey.
    """
    work.needs(Scope.MAPS_READ)
    within = (one.overlays[:MOST_OVERLAYS] for one in wanted)
    asked = dict.fromkeys([*(one.asked for one in wanted), *chain.from_iterable(within)])
    now = [one for one in asked if one.revision.is_draft]
    found = await _curves(work, now) if now else {}
    found |= await _revised(work, [one for one in asked if not one.revision.is_draft])
    return {one: _drawn(one, found) for one in wanted}


_Found = dict[Asked, CurveOf | DomainError | None]
"""The curves of the journeys there are; None where the persona is nobody."""


async def _revised(work: Work, asked: Sequence[Asked]) -> _Found:
    """The same of revisions."""
    if not asked:
        return {}
    states = await map_states(work, [(one.journey_id, one.revision) for one in asked])
    return {
        one: state if isinstance(state, DomainError) else _as_it_was(one, state)
        for one, state in zip(asked, states, strict=True)
    }


def _as_it_was(asked: Asked, state: MapState) -> CurveOf | None:
    journey = revised(state.json, state.revision)
    persona_id = None if asked.persona_id is None else str(asked.persona_id)
    drawn = drawn_from(journey, persona_id)
    if drawn is None:
        return None
    title = f"{journey.title} · {state.revision}"
    which = str(asked.journey_id)
    made = curve(which, *drawn, state.revision, persona_id=persona_id, title=title)
    return CurveOf(state.version, made)


async def _curves(work: Work, asked: Sequence[Asked]) -> _Found:
    rows = await work.value(
        _CURVES,
        journey_ids=[one.journey_id for one in asked],
        persona_ids=[one.persona_id for one in asked],
        answers=Scope.ANALYTICS_READ in work.caller.scopes,
    )
    found: _Found = {}
    ids = {one.journey_id for one in asked}
    told = await answers_at_steps(work, ids) if any(row[-1] for row in rows or ()) else {}
    for place, title, version, known, stage_list, step_list, findings, _ in rows or ():
        one = asked[place - 1]
        answers = told.get(one.journey_id, "")
        if not known:
            found[one] = None
            continue
        its_steps = msgspec.json.decode(step_list, type=list[CurveStep])
        drawn = curve(
            str(one.journey_id),
            msgspec.json.decode(stage_list, type=list[CurveStage]),
            its_steps,
            findings=found_at_steps(findings, answers, its_steps),
            persona_id=one.persona_id and str(one.persona_id),
            title=title,
        )
        seen = (findings or "") + answers
        digest = blake2b(seen.encode(), digest_size=8).hexdigest() if seen else ""
        found[one] = CurveOf(version, drawn, digest)
    return found


def _drawn(wanted: Wanted, found: _Found) -> CurveOf | DomainError:
    asked, overlays = wanted
    if len(overlays) > MOST_OVERLAYS:
        return Invalid([Problem("/overlays", "too_long", f"at most {MOST_OVERLAYS} overlays")])
    if asked not in found:
        return NotFound("journey", asked.journey_id)
    if isinstance(missing := found[asked], DomainError):
        return missing
    at = {"/persona_id": asked, **{f"/overlays/{n}": one for n, one in enumerate(overlays)}}
    curves = {pointer: found.get(one) for pointer, one in at.items()}
    drawn = [one for one in curves.values() if isinstance(one, CurveOf)]
    if len(drawn) < len(curves):
        missed = (pointer for pointer, one in curves.items() if not isinstance(one, CurveOf))
        return Invalid([_problem(pointer, at[pointer], found) for pointer in missed])
    below, *over = drawn
    if not over:
        return below
    return below._replace(curve=overlaid(below.curve, [one.curve for one in over]))


def _problem(pointer: str, asked: Asked, found: _Found) -> Problem:
    missing = found.get(asked)
    if isinstance(missing, DomainError) and missing.code != NotFound.code:
        return Problem(pointer, missing.code, missing.detail)
    nobody = f"there is no journey {asked.journey_id}"
    if asked in found and missing is None:
        nobody = f"there is no persona {asked.persona_id}"
        if not asked.revision.is_draft:
            nobody = f"this revision knows no persona {asked.persona_id}"
    return Problem(pointer, "unknown_reference", nobody)


def _statement() -> Statement:
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
        _findings().correlate(journeys).scalar_subquery(),
        any_answers(),
    )
    is_it = and_(journeys.c.workspace_id == WORKSPACE, journeys.c.id == asked.c.journey_id)
    return Statement(select(func.array_agg(row)).select_from(asked.join(journeys, is_it)))


def _findings() -> Select[Any]:
    """The sums over a map's findings, step by step, as JSON; null where there are none."""
    held, one = evidence_targets.alias("held"), evidence.alias("one")
    own = partial(func.sum, type_=Double)
    every = (
        select(held.c.step_id, one.c.weight, one.c.sentiment, left_out(one).label("reason"))
        .select_from(
            held.join(
                one,
                and_(one.c.workspace_id == held.c.workspace_id, one.c.id == held.c.evidence_id),
            )
        )
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
        )
        .group_by(each.c.step_id)
        .correlate(journeys)
        .subquery("summed")
    )
    ordered = aggregate_order_by(summed.c.sums, summed.c.step_id)
    return select(cast(func.json_agg(ordered), Text))


_CURVES = _statement()
