"""Asking where contacts stand on a map, and where the CRM says they are."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import numpy as np

from service.domain import access, measures, membership
from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.histories import Range
from service.domain.history import changes
from service.domain.insights.followed import least_told
from service.domain.insights.laid.asking import LaidOut, Wanted, judges, laid_out, left_out
from service.domain.insights.laid.taking import NEEDS_CONTACTS_READ
from service.domain.insights.sales_funnel.answers import (
    SalesFunnel,
    SalesFunnelDefinition,
    Unmapped,
    UnmappedValue,
)
from service.domain.insights.sales_funnel.comparing import Crm, MapStage, Standing, counted
from service.domain.insights.sales_funnel.inputs import LIFECYCLE, SalesFunnelQuery
from service.domain.insights.sales_funnel.ordering import ordered, usual_mapping
from service.domain.insights.sales_funnel.reads import Said, said
from service.domain.insights.sales_funnel.telling import Sides, told
from service.domain.work import Scope, Work


async def sales_funnel(work: Work, journey_id: UUID, asked: SalesFunnelQuery) -> SalesFunnel:
    """Where people stand on a map beside where the CRM has them: seven statements, seldom more.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, `Invalid`, `BindingsTooLarge`,
    `TooManyRevisions`.
    """
    work.needs(Scope.ANALYTICS_READ)
    _permitted(work, asked)
    reporting = await access.reporting(work)
    by = await judges(work, journey_id, asked.revision)
    only = await measures.selecting(work, asked.filter)
    order = ordered(by.known.states)
    mapping = usual_mapping(order) if asked.mapping is None else asked.mapping
    if unknown := {*mapping.values()} - {*order}:
        detail = f"neither a usual stage of the funnel nor one of the map: {min(unknown)}"
        raise Invalid([Problem("/mapping", "unknown_reference", detail)])
    found = await laid_out(work, by, Wanted(Range(asked.from_, asked.to), asked.to, only))
    crm = await said(work, asked.trait, [*mapping])
    definition = SalesFunnelDefinition(
        *(asked.from_, asked.to, asked.filter, by.revision, asked.trait, mapping, order)
    )
    least = least_told(work, reporting)
    return await computed(work, _told, str(journey_id), definition, found, crm, least)


def _permitted(work: Work, asked: SalesFunnelQuery) -> None:
    """Raises `Invalid` where whoever may not read contacts asks by what may tell them apart."""
    if Scope.CONTACTS_READ in work.caller.scopes:
        return
    own = [("trait", asked.trait != LIFECYCLE), ("mapping", asked.mapping is not None)]
    detail = "may tell people apart, which needs the scope contacts:read"
    if problems := [Problem(f"/{n}", NEEDS_CONTACTS_READ, detail) for n, is_own in own if is_own]:
        raise Invalid(problems)


def _told(
    journey_id: str,
    definition: SalesFunnelDefinition,
    on_map: LaidOut,
    crm: Said,
    least: int | None,
) -> SalesFunnel:
    standing = _standing(on_map, Range(definition.from_, definition.to))
    meant = Crm(crm.rows, [*definition.mapping.values()], membership.REASONS)
    counts = counted(standing, meant, definition.order)
    other = [UnmappedValue(*one) for one in crm.most]
    unmapped = Unmapped(crm.values, crm.contacts, other)
    sides = Sides(counts, standing.stages, unmapped, left_out(on_map.excluded), on_map.reason)
    return told(journey_id, definition, sides, least)


def _standing(on_map: LaidOut, within: Range) -> Standing:
    """At which stage everybody was last."""
    laid = on_map.laid
    stages = [*_stages(on_map)]
    numbers = {one.id: n for n, one in enumerate(stages)}
    of_spot = np.array([*(numbers[one.stage_id] for one in laid.spots), -1], dtype=np.int64)
    rows = np.flatnonzero(laid.touched & measures.within(laid.found.at, *within))
    person = laid.found.person[rows]
    last = changes(person[::-1])[::-1]
    people: Any = np.frombuffer(laid.found.people, dtype="S16")
    return Standing(people[person[last]], of_spot[laid.spot[rows[last]]], stages)


def _stages(on_map: LaidOut) -> Iterator[MapStage]:
    """The stages of the newest state; behind them others to which somebody came, as the newest
    state has them that does, and those of which only an enrolment knows."""
    seen = set[str]()
    reached: Collection[str] = {*on_map.steps}
    came = {spot.stage_id for spot in on_map.laid.spots}
    states = on_map.laid.states
    for of in reversed(states):
        for stage in of.stages:
            if stage.id not in seen and (of is states[-1] or stage.id in came):
                bound = any(step.key in reached for step in stage.steps)
                yield MapStage(stage.id, stage.key, stage.funnel_stage, bound)
        seen |= {stage.id for stage in of.stages}
        reached = ()
    for spot in on_map.laid.spots:
        if spot.stage_id not in seen:
            seen.add(spot.stage_id)
            yield MapStage(spot.stage_id, spot.stage_key, None, False)
