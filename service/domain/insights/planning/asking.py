"""Challenges, coverage and plans of stored journeys: read at once for all, then pure functions."""

from collections.abc import Mapping, Sequence
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
from service.domain.insights.revised_reads import one_of, past
from service.domain.journeys import AS_IT_IS, Reference
from service.domain.languages import Language
from service.domain.work import Scope, Work


class Grid(NamedTuple):
    """Which grid: of which map in which state, and which of its rows."""

    journey_id: UUID
    chosen: Chosen = Chosen()
    revision: Reference = AS_IT_IS


async def challenge_grid(work: Work, grid: Grid) -> Challenges:
    """One grid. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, or `Invalid` for a stage
    that the map has not.
    """
    return one_of((await challenge_grids(work, [grid]))[grid], grid.journey_id)


async def challenge_grids(
    work: Work, wanted: Sequence[Grid]
) -> dict[Grid, Challenges | DomainError]:
    """For each its grid, or why there is none: one statement for all, and three for each
    revision that is named.
    """
    work.needs(Scope.MAPS_READ)
    grids: dict[Grid, Challenges | DomainError] = {}
    # As often as states are named, whatever the number of maps.
    for revision in dict.fromkeys(one.revision for one in wanted):
        asked = [one for one in wanted if one.revision == revision]
        ids = [one.journey_id for one in asked]
        then = await past(work, ids, revision)
        found = await for_challenges(work, ids, then)
        grids |= {one: _grid(one, found.get(one.journey_id), then.missing) for one in asked}
    return grids


def _grid(
    wanted: Grid, found: Found | None, missing: Mapping[UUID, DomainError]
) -> Challenges | DomainError:
    if found is None:
        return missing.get(wanted.journey_id) or NotFound("journey", wanted.journey_id)
    stage = wanted.chosen.stage
    if stage is not None and not any(stage in (s.key, s.id) for s in found.material.stages):
        return Invalid([Problem("/stage", "unknown_reference", "the map has no such stage")])
    return challenges(str(wanted.journey_id), found.material, wanted.chosen)


async def coverages(
    work: Work, journey_ids: Sequence[UUID], revision: Reference = AS_IT_IS
) -> dict[UUID, Coverage | DomainError]:
    """The coverage of each journey there is, or why there is no such revision: one statement for
    all, two more for revisions.
    """
    work.needs(Scope.MAPS_READ)
    then = await past(work, journey_ids, revision)
    found = await for_coverage(work, journey_ids, then)
    covered = {which: covering.coverage(str(which), one.material) for which, one in found.items()}
    return {**then.missing, **covered}


async def coverage_of(work: Work, journey_id: UUID, revision: Reference = AS_IT_IS) -> Coverage:
    """The coverage of one journey. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`."""
    return one_of((await coverages(work, [journey_id], revision)).get(journey_id), journey_id)


async def marketing_plans(
    work: Work, journey_ids: Sequence[UUID], revision: Reference = AS_IT_IS
) -> dict[UUID, Plan | DomainError]:
    """The plan of each journey there is, in the caller's language, or why there is no such
    revision: three statements at most, two more for revisions.
    """
    work.needs(Scope.MAPS_READ)
    then = await past(work, journey_ids, revision)
    found = await for_plans(work, journey_ids, then)
    looked_at = (await analyses(work, list(found), then=then)).journeys if found else {}
    plans: dict[UUID, Plan | DomainError] = dict(then.missing)
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


async def marketing_plan(work: Work, journey_id: UUID, revision: Reference = AS_IT_IS) -> Plan:
    """The plan of one journey. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`."""
    found = await marketing_plans(work, [journey_id], revision)
    return one_of(found.get(journey_id), journey_id)
