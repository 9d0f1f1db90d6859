"""What figures of a map should be, and whether they are. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from service.domain import measures
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.followed.nothing import share
from service.domain.measures import KpiComparison, KpiValued, MapKpi, StandsAt

Within = tuple[datetime | None, datetime | None]


def aimed(
    item: JourneyKpi, journey_id: str, own: MapKpi | None, known: Sequence[MapKpi], within: Within
) -> JourneyKpi:
    """An item of a map with what it is, its range, its target and how it stands: that of the own
    KPI that it is, else of the one that sets a target on it."""
    at = StandsAt(journey_id, _text(item.stage_id), _text(item.step_id))
    by = own or measures.on_maps.target_of(item.kpi, at, known)
    target = None if by is None else by.target
    direction = item.direction if by is None else by.direction
    found = measures.on_maps.figure_of(item, item.excluded)
    status, reason = measures.on_maps.verdict(target, direction, within, found)
    return replace(
        item,
        built_in=item.kpi if own is None else own.built_in,
        kpi_id=None if by is None else by.id,
        name=None if by is None else by.name,
        owner=None if by is None else by.owner,
        direction=direction,
        target=None if target is None else target.value,
        status=status,
        status_reason=reason or UNSET,
        from_=within[0],
        to=within[1],
    )


def untold(own: MapKpi, reason: str) -> JourneyKpi:
    """An own KPI of which nothing can be told, and why."""
    return _item(own, value=share(reason), reason=reason)


def posted(own: MapKpi, found: dict[str, Any], before: KpiComparison | None) -> JourneyKpi:
    """What was posted of an own KPI, the members of a value; and of the range `before`."""
    item = _item(own, **found)
    if before is None:
        return item
    return replace(item, comparison=measures.on_maps.changed(item, before))


def beside(found: KpiValued, from_: datetime, to: datetime) -> KpiComparison:
    """A figure of another range, to be compared with."""
    names = ("value", "numerator", "denominator", "low", "high", "parts", "reason")
    told = {name: getattr(found, name) for name in names}
    return KpiComparison(**told, from_=from_, to=to, change=None)


def _item(own: MapKpi, **members: Any) -> JourneyKpi:
    meaning = own.description or own.name
    return JourneyKpi(kpi=own.key, unit=own.unit or "number", meaning=meaning, **members)


def placed(item: JourneyKpi, at: StandsAt, keys: dict[str, str]) -> JourneyKpi:
    """An item at a place; `keys` are those of stages by their ids."""
    stage = at.stage_id
    return replace(item, stage_id=stage, stage_key=keys.get(stage or ""), step_id=at.step_id)


def _text(which: object) -> str | None:
    return None if which is None else str(which)
