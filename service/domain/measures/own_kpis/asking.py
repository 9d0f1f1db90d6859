"""Asking for the status of a KPI."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from msgspec.structs import replace

from service.domain import access, filters
from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.filters import SELECTIONS, All, Filter
from service.domain.histories import Asked, Range, histories, present, tallies
from service.domain.history import Histories
from service.domain.inputs import checked
from service.domain.measures.asking import any_of, with_whole_sessions
from service.domain.measures.cutting import microseconds
from service.domain.measures.kpis import KpiQuery, kpis
from service.domain.measures.own_kpis.asked_inputs import KpiRange
from service.domain.measures.own_kpis.built_in import figure_of
from service.domain.measures.own_kpis.figure import (
    Definition,
    KpiFigure,
    Window,
    figure,
    told_part,
    too_small,
    untold,
)
from service.domain.measures.own_kpis.posted_kpis import posted_figure, totals
from service.domain.measures.own_kpis.quantities import Part
from service.domain.measures.own_kpis.status import (
    NO_BEFORE,
    Kpi,
    KpiStatus,
    KpiStatusDefinition,
    status,
)
from service.domain.measures.own_kpis.writes import KPIS
from service.domain.shares import IN_FUTURE
from service.domain.spans import is_ahead
from service.domain.work import Scope, Work

ALL = All(())
"""A selection of all events."""


async def kpi_status(work: Work, kpi_id: UUID, asked: KpiRange) -> KpiStatus:
    """A KPI's figure of a range, against its target and the range before. Raises `NotFound`."""
    work.needs(Scope.ANALYTICS_READ)
    found = await KPIS.one(work, kpi_id)
    kpi, least = await _as_set(work, msgspec.json.decode(found.json, type=Kpi))
    defined = _defined(kpi, asked, msgspec.json.decode(found.json)["definition"])
    now = Range(defined.from_, defined.to)
    if now.from_ is not None and now.to is not None and now.from_ >= now.to:
        detail = "The target's own time, which stands for the end that is not given, is over then."
        raise Invalid([Problem("/from", "wrong_bounds", detail)])
    before = _before(now)
    ranges = [now] if before is None else [now, before]
    figures = await _figures(work, kpi, kpi_id, ranges, least)
    unknown = told_part(Part(None, reason=NO_BEFORE), {})
    return status(kpi, defined, figures[0], figures[1] if before else unknown)


async def _as_set(work: Work, kpi: Kpi) -> tuple[Kpi, int | None]:
    """A KPI with the timeout that the workspace set where it tells none; and the least count that
    is told of it."""
    if kpi.definition is None:
        return kpi, None
    reporting = await access.reporting(work)
    if kpi.definition.timeout_seconds is None:
        timeout = reporting.session_timeout_seconds
        kpi = replace(kpi, definition=replace(kpi.definition, timeout_seconds=timeout))
    return kpi, reporting.small_cells


def selections(definition: Definition) -> list[Filter]:
    """The conditions of a stored definition, that of the numerator first."""
    return [
        ALL if one.events is None else filters.parse_selection(one.events, SELECTIONS)
        for one in definition.quantities
    ]


def _defined(kpi: Kpi, asked: KpiRange, computed: dict[str, Any] | None) -> KpiStatusDefinition:
    target = kpi.target
    own = kpi.definition is not None
    if computed is not None and kpi.definition is not None:
        computed = {**computed, "timeout_seconds": kpi.definition.pause}
    return KpiStatusDefinition(
        "own" if own else "built_in" if kpi.built_in is not None else "posted",
        asked.from_ or (target.from_ if target else None),
        asked.to or (target.to if target else None),
        kpi.direction,
        target.value if target else None,
        target.from_ if target else None,
        target.to if target else None,
        computed,
        kpi.built_in,
        kpi.parameters,
        None if own or kpi.built_in is not None else kpi.aggregation,
    )


def _before(now: Range) -> Range | None:
    """The range of equal length before another; None: there is none."""
    if now.from_ is None or now.to is None or now.from_ >= now.to:
        return None
    try:
        return Range(now.from_ - (now.to - now.from_), now.from_)
    except OverflowError:
        return None


async def _figures(
    work: Work, kpi: Kpi, kpi_id: UUID, ranges: Sequence[Range], least: int | None
) -> list[KpiFigure]:
    """The figure of each range."""
    if kpi.built_in is not None:
        return await _of_built_in(work, kpi, ranges)
    if kpi.definition is None:
        found = await totals(work, [(kpi_id, one) for one in ranges])
        return [posted_figure(kpi.aggregation, one) for one in found]
    # The same, so that no more than one is held.
    return [await _figure(work, kpi.definition, one, least) for one in ranges]


async def _of_built_in(work: Work, kpi: Kpi, ranges: Sequence[Range]) -> list[KpiFigure]:
    told = {"kpi": kpi.built_in, "parameters": kpi.parameters or {}}
    asked = [
        cast(KpiQuery, checked(KpiQuery, {**told, "from": one.from_, "to": one.to}))
        for one in ranges
    ]
    return [figure_of(one, one.excluded) for one in await kpis(work, asked)]


async def _figure(
    work: Work, definition: Definition, within: Range, least: int | None
) -> KpiFigure:
    if is_ahead(within.from_, work.now):
        return told_part(Part(None, reason=IN_FUTURE), {})
    found = await _read(work, definition, within)
    return await computed(work, _computed, definition, found, _window(within), least)


async def _read(work: Work, definition: Definition, within: Range) -> Histories:
    """What people did in a range; of sessions, whole ones."""
    wanted = Asked(within, None, selections(definition), definition.fields, counted=within)
    if definition.of_sessions:
        return await with_whole_sessions(work, wanted, definition.pause)
    if ALL not in wanted.selections:
        wanted = wanted._replace(only=any_of(wanted.selections))
    measures = {one.measure for one in definition.quantities}
    count = _COUNTS.get(measures.pop()) if len(measures) == 1 else None
    found = None if count is None else await count(work, wanted)
    return await histories(work, wanted) if found is None else found


_COUNTS: Mapping[str, Callable[[Work, Asked], Awaitable[Histories | None]]] = {
    "count": tallies,
    "contacts": present,
}
"""What is told without histories, by what is measured."""


def _computed(
    definition: Definition, found: Histories, window: Window, least: int | None
) -> KpiFigure:
    if too_small(definition, found, window, least):
        return untold(found)
    return figure(definition, found, window)


def _window(one: Range) -> Window:
    return _micros(one.from_), _micros(one.to)


def _micros(time: datetime | None) -> int | None:
    return None if time is None else microseconds(time)
