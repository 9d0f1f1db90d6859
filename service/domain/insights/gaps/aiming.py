"""Asking for the KPIs that stand on maps, where gaps and strengths are looked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from service.domain import measures
from service.domain.errors import DomainError
from service.domain.inputs import checked
from service.domain.insights.followed import (
    KPIS_BEYOND_LIMIT,
    JourneyKpi,
    JourneyKpis,
    JourneyKpisQuery,
    aimed_kpis,
)
from service.domain.insights.gaps.aimed import Aimed, AimedKpi
from service.domain.insights.gaps.events import NEEDS_ANALYTICS_READ, Compared
from service.domain.insights.gaps.seen_in import GapKpi
from service.domain.measures import KpiAmount
from service.domain.work import Scope, Work

NO_TARGET = Aimed(untold={"no_target": 1})


async def aimed(work: Work, journey_ids: Sequence[UUID], asked: Compared) -> dict[UUID, Aimed]:
    """How the KPIs with a target stand that are attached to each of some maps, in the range that is
    asked for: as many statements however many maps, six, seldom more; without `analytics:read`
    none. Raises `Invalid` for the filter.
    """
    if Scope.ANALYTICS_READ not in work.caller.scopes:
        return dict.fromkeys(journey_ids, Aimed(untold={NEEDS_ANALYTICS_READ: 1}))
    told = {"from": asked.from_, "to": asked.to, "filter": asked.filter}
    query = cast(JourneyKpisQuery, checked(JourneyKpisQuery, told))
    found = await aimed_kpis(work, journey_ids, query)
    return {which: _aimed(found.get(which)) for which in journey_ids}


def _aimed(found: JourneyKpis | DomainError | None) -> Aimed:
    if found is None:
        return NO_TARGET
    if isinstance(found, DomainError):
        return Aimed(untold={found.code: 1})
    known = [kpi for one in found.items if (kpi := _kpi(one)) is not None]
    beyond = [one for one in found.excluded if one.reason == KPIS_BEYOND_LIMIT]
    untold = {"not_known": len(found.items) - len(known)}
    untold |= {one.reason: one.count for one in beyond}
    return Aimed(known, {why: count for why, count in untold.items() if count})


def _kpi(one: JourneyKpi) -> AimedKpi | None:
    """A KPI of which it is known whether it meets its target."""
    figure = measures.on_maps.figure_of(one, one.excluded)
    if one.status == "unknown" or figure.value is None or one.target is None:
        return None
    told = GapKpi(
        kpi_id=str(one.kpi_id),
        kpi=one.kpi,
        name=one.name or one.kpi,
        unit=one.unit,
        value=float(figure.value),
        currency=one.value.currency if isinstance(one.value, KpiAmount) else None,
        numerator=None if figure.numerator is None else float(figure.numerator),
        denominator=None if figure.denominator is None else float(figure.denominator),
        low=figure.low,
        high=figure.high,
        target=one.target,
        direction=one.direction,
        from_=_instant(one.from_),
        to=_instant(one.to),
    )
    # Where a step is named, its stage is that of the map.
    stage_id = None if one.stage_id is None else str(one.stage_id)
    step_id = None if one.step_id is None else str(one.step_id)
    return AimedKpi(told, one.status == "met", stage_id, step_id, one.owner)


def _instant(time: datetime | None) -> str | None:
    return None if time is None else f"{time.isoformat().removesuffix('+00:00')}Z"
