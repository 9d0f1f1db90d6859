"""Challenges, coverage and plans of stored journeys: read at once for all, then pure functions."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from service.domain.errors import DomainError, Invalid, NotFound, Problem
from service.domain.insights.gaps.analysis import Analysis
from service.domain.insights.gaps.reads import analyses
from service.domain.insights.gaps.words import tell
from service.domain.insights.planning import coverage as covering
from service.domain.insights.planning import plan as planning
from service.domain.insights.planning.challenges import Challenges, Chosen, challenges
from service.domain.insights.planning.covered import Coverage
from service.domain.insights.planning.material import Found
from service.domain.insights.planning.plan import Weighed
from service.domain.insights.planning.plan_words import WORDS
from service.domain.insights.planning.planned import Plan
from service.domain.insights.planning.reads import (
    for_challenges,
    for_coverage,
    for_plans,
)
from service.domain.languages import Language
from service.domain.work import Scope, Work


class Grid(NamedTuple):
    """Which grid: of which map, and which of its rows."""

    journey_id: UUID
    chosen: Chosen = Chosen()


async def challenge_grid(work: Work, grid: Grid) -> Challenges:
    """One grid. Raises `NotFound`, or `Invalid` for a stage that the map has not."""
    found = (await challenge_grids(work, [grid]))[grid]
    if isinstance(found, DomainError):
        raise found
    return found


async def challenge_grids(
    work: Work, wanted: Sequence[Grid]
) -> dict[Grid, Challenges | NotFound | Invalid]:
    """For each its grid, or why there is none: one statement for all."""
    work.needs(Scope.MAPS_READ)
    found = await for_challenges(work, [one.journey_id for one in wanted])
    return {one: _grid(one, found.get(one.journey_id)) for one in wanted}


def _grid(wanted: Grid, found: Found | None) -> Challenges | NotFound | Invalid:
    if found is None:
        return NotFound("journey", wanted.journey_id)
    stage = wanted.chosen.stage
    if stage is not None and not any(stage in (s.key, s.id) for s in found.material.stages):
        return Invalid([Problem("/stage", "unknown_reference", "the map has no such stage")])
    return challenges(str(wanted.journey_id), found.material, wanted.chosen)


async def coverages(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Coverage]:
    """The coverage of each journey there is: one statement for all."""
    work.needs(Scope.MAPS_READ)
    found = await for_coverage(work, journey_ids)
    return {which: covering.coverage(str(which), one.material) for which, one in found.items()}


async def coverage_of(work: Work, journey_id: UUID) -> Coverage:
    """The coverage of one journey. Raises `NotFound`."""
    found = await coverages(work, [journey_id])
    if journey_id not in found:
        raise NotFound("journey", journey_id)
    return found[journey_id]


async def marketing_plans(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Plan]:
    """The plan of each journey there is, in the caller's language: three statements at most."""
    work.needs(Scope.MAPS_READ)
    found = await for_plans(work, journey_ids)
    looked_at = (await analyses(work, list(found))).journeys if found else {}
    plans = {}
    for which, one in found.items():
        weighed = _told(looked_at.get(which), work.caller.language)
        plans[which] = planning.plan(str(which), one.material, weighed, WORDS[work.caller.language])
    return plans


def _told(found: Analysis | None, language: Language) -> Weighed:
    """What is weak, strong and open on a map, in words; nothing where the map has just gone."""
    if found is None:
        return Weighed()
    tell([*found.gaps, *found.opportunities, *found.strengths], language)
    return Weighed(found.gaps, found.strengths, found.opportunities)


async def marketing_plan(work: Work, journey_id: UUID) -> Plan:
    """The plan of one journey. Raises `NotFound`."""
    found = await marketing_plans(work, [journey_id])
    if journey_id not in found:
        raise NotFound("journey", journey_id)
    return found[journey_id]
