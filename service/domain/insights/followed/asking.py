"""Asking for the ways that people take over a map."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

import numpy as np

from service.domain import access, measures
from service.domain.access import Reporting
from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.histories import Range
from service.domain.history import Flags, Histories
from service.domain.insights.bindings.claims import NO_EVENT
from service.domain.insights.followed import along, conforming, nothing
from service.domain.insights.followed.answers import (
    FIVE,
    JourneyConformance,
    JourneyConformanceDefinition,
    JourneyFunnel,
    JourneyFunnelDefinition,
    JourneyPaths,
    JourneyPathsDefinition,
    JourneyTransitions,
    JourneyTransitionsDefinition,
    members,
)
from service.domain.insights.followed.inputs import (
    Followed,
    JourneyConformanceQuery,
    JourneyFunnelQuery,
    JourneyPathsQuery,
    JourneyTransitionsQuery,
)
from service.domain.insights.laid.asking import (
    Judges,
    LaidOut,
    Wanted,
    judges,
    laid_out,
    laid_told,
    left_out,
    names_of,
    paths_of,
)
from service.domain.work import Scope, Work


class Looked(NamedTuple):
    """Everybody laid on the map that is asked about, and by what figures of them are told."""

    on_map: LaidOut
    least: int | None


async def transitions(
    work: Work, journey_id: UUID, asked: JourneyTransitionsQuery
) -> JourneyTransitions:
    """Which step follows on which: five statements, seldom more.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, `Invalid`, `BindingsTooLarge`,
    `TooManyRevisions`.
    """
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = measures.timed(reporting, asked)
    timeout = asked.timeout_seconds if asked.scope == "session" else None
    # Whether a path ends is known by what comes behind the range alone.
    found = await looked(work, reporting, journey_id, asked, timeout_seconds=timeout)
    definition = JourneyTransitionsDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        asked.scope,
        asked.timeout_seconds,
        asked.collapse_repeats,
        asked.limit,
        found.on_map.judges.revision,
        found.on_map.steps,
    )
    which, why = str(journey_id), found.on_map.reason
    excluded = left_out(found.on_map.excluded)
    if why is not None:
        return nothing.transitions(which, definition, excluded, why)
    path = await computed(work, paths_of, found.on_map.laid, timeout)
    told = await computed(work, measures.transitions_in, path, definition, found.least)
    if told.contacts == 0:
        return nothing.transitions(which, definition, excluded, NO_EVENT)
    return JourneyTransitions(
        **members(told),
        excluded=excluded,
        journey_id=which,
        definition=definition,
        reason=told.reason,
    )


async def paths(work: Work, journey_id: UUID, asked: JourneyPathsQuery) -> JourneyPaths:
    """The most frequent sequences of steps: five statements, seldom more. Raises as `transitions`
    does."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = measures.timed(reporting, asked)
    timeout = asked.timeout_seconds if asked.scope == "session" else None
    found = await looked(
        work, reporting, journey_id, asked, timeout_seconds=timeout, until=asked.to
    )
    named = [(name, getattr(asked, name)) for name in ("start", "end")]
    _known(found.on_map, [one for one in named if one[1] is not None])
    definition = JourneyPathsDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        asked.scope,
        asked.timeout_seconds,
        asked.collapse_repeats,
        asked.limit,
        asked.start,
        asked.end,
        asked.steps,
        found.on_map.judges.revision,
        found.on_map.steps,
    )
    which, why = str(journey_id), found.on_map.reason
    excluded = left_out(found.on_map.excluded)
    if why is not None:
        return nothing.paths(which, definition, excluded, why)
    path = await computed(work, paths_of, found.on_map.laid, timeout)
    path = replace(path, holds=[_at(path, key) for _, key in named if key is not None])
    told = await computed(work, measures.paths_in, path, definition, found.least)
    if told.contacts == 0:
        return nothing.paths(which, definition, excluded, NO_EVENT)
    return JourneyPaths(
        **members(told),
        excluded=excluded,
        journey_id=which,
        definition=definition,
        reason=told.reason,
    )


async def conformance(
    work: Work, journey_id: UUID, asked: JourneyConformanceQuery
) -> JourneyConformance:
    """What people did held against the map: five statements, seldom more. Raises as `transitions`
    does."""
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    asked = measures.timed(reporting, asked)
    timeout = asked.timeout_seconds if asked.unit == "session" else None
    found = await looked(
        work, reporting, journey_id, asked, timeout_seconds=timeout, until=asked.to, every=True
    )
    if asked.only_with is not None:
        _known(found.on_map, [("only_with", asked.only_with)])
    definition = JourneyConformanceDefinition(
        asked.from_,
        asked.to,
        asked.filter,
        found.on_map.steps,
        asked.unit,
        asked.timeout_seconds,
        asked.only_with,
        found.on_map.judges.revision,
    )
    which, why = str(journey_id), found.on_map.reason
    excluded = left_out(found.on_map.excluded)
    if why is not None:
        return nothing.conformance(which, definition, excluded, why)
    told = await computed(work, conforming.conformance, found.on_map, definition, which)
    if told.contacts == 0:
        return nothing.conformance(which, definition, excluded, NO_EVENT)
    return await computed(work, measures.conformance_told, told, found.least)


async def funnel(work: Work, journey_id: UUID, asked: JourneyFunnelQuery) -> JourneyFunnel:
    """How far people come along a map: five statements, seldom more, and four for profiles. Raises
    as `transitions` does, and of profiles `TooManyProfiles` and `TooManyLinks`."""
    work.needs(Scope.ANALYTICS_READ)
    if asked.by_profile:
        work.needs(Scope.CONTACTS_READ)
    reporting = await access.reporting(work)
    asked = measures.timed(reporting, asked)
    timeout = asked.timeout_seconds if asked.unit == "session" else None
    by, wanted = await _looking(
        work, journey_id, asked, timeout_seconds=timeout, until=along.until(asked), latest=True
    )
    least, profiles = least_told(work, reporting), measures.NO_PROFILES
    words: object = ("funnel", journey_id, asked, least)
    if asked.by_profile:
        # Who belongs to which profile is not written down.
        profiles, words = await measures.members_by_profile(work), None
    told = partial(_funnel, str(journey_id), asked, timeout, least, profiles=profiles)
    return await laid_told(work, by, wanted, told, words)


def _funnel(
    which: str,
    asked: JourneyFunnelQuery,
    timeout: int | None,
    least: int | None,
    on_map: LaidOut,
    *,
    profiles: measures.Members,
) -> JourneyFunnel:
    steps = along.asked_steps(on_map, asked)
    definition = JourneyFunnelDefinition(
        *(asked.from_, asked.to, asked.filter, steps, [], asked.window_seconds, asked.window),
        *("ordered", asked.unit, timeout, measures.PROFILE if asked.by_profile else None),
        asked.by,
        on_map.judges.revision,
    )
    why = on_map.reason
    if why is None and len(steps) < along.FEWEST_STEPS:
        why = along.TOO_FEW_STEPS
    if why is not None:
        return nothing.funnel(which, definition, left_out(on_map.excluded), why)
    return measures.funnel_told(along.funnel(on_map, definition, asked, which, profiles), least)


async def looked(
    work: Work,
    reporting: Reporting,
    journey_id: UUID,
    asked: Followed,
    *,
    timeout_seconds: int | None = None,
    until: datetime | None = None,
    every: bool = False,
) -> Looked:
    """Everybody on the map: whole sessions where these have a timeout, else what they did `until` a
    time, of all of which the range counts. Raises as `transitions` does."""
    work.needs(Scope.ANALYTICS_READ)
    by, wanted = await _looking(
        work, journey_id, asked, timeout_seconds=timeout_seconds, until=until, every=every
    )
    return Looked(await laid_out(work, by, wanted), least_told(work, reporting))


async def _looking(
    work: Work,
    journey_id: UUID,
    asked: Followed,
    *,
    timeout_seconds: int | None,
    until: datetime | None,
    every: bool = False,
    latest: bool = False,
) -> tuple[Judges, Wanted]:
    """By what the map is judged, and what is laid on it."""
    by = await judges(work, journey_id, asked.revision)
    only = await measures.selecting(work, asked.filter)
    if timeout_seconds is not None:
        until, every = asked.to, True
    within = Range(asked.from_, asked.to)
    return by, Wanted(within, until, only, timeout_seconds, every, latest)


def least_told(work: Work, reporting: Reporting) -> int | None:
    """Counts of fewer people are not told to whoever asks; None: all are."""
    work.needs(Scope.ANALYTICS_READ)
    whose = Scope.CONTACTS_READ in work.caller.scopes
    return reporting.small_cells if whose else max(reporting.small_cells or 0, FIVE)


def _known(on_map: LaidOut, named: "list[tuple[str, str]]") -> None:
    """Raises `Invalid` for steps that no state of the map has."""
    known = {*names_of(on_map.laid.states).values()}
    detail = "the map has no such step"
    if unknown := [name for name, key in named if key not in known]:
        raise Invalid([Problem(f"/{name}", "unknown_reference", detail) for name in unknown])


def _at(path: Histories, key: str) -> Flags:
    """Which rows are at a step."""
    column = path.columns["event"]
    codes = [n for n, word in enumerate(column.words) if word == key]
    return np.isin(column.codes, codes)
