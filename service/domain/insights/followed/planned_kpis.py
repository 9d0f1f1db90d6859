"""The KPIs of maps as they are to be computed of events."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from service.domain import measures
from service.domain.access import Reporting
from service.domain.errors import Invalid, Problem
from service.domain.histories import Range
from service.domain.inputs import checked
from service.domain.insights.followed.choosing import Chosen, range_of
from service.domain.insights.followed.inputs import JourneyKpisQuery
from service.domain.insights.laid.taking import NEEDS_CONTACTS_READ
from service.domain.measures import KpiQuery, MapKpi, PlannedKpi
from service.domain.work import Scope, Work

CONVERSION, REVENUE = "conversion_rate", "revenue"
NOT_COMPUTABLE = "not_computable"
_ANY = "orders"
_RESTS_ON = {
    measures.on_maps.COST_PER_CONVERSION: CONVERSION,
    measures.on_maps.RETURN_ON_JOURNEY: REVENUE,
    measures.on_maps.CONTENT_UNUSED: measures.on_maps.CONTENT_UNUSED,
}
"""Of what else is asked for with a KPI that is computed of it."""


class Plans(NamedTuple):
    """What is computed, by the key of a built-in KPI or an own one's id; of own ones that are
    refused why; and what has the ranges of all."""

    of: Mapping[str, PlannedKpi]
    refused: Mapping[str, str]
    whole: PlannedKpi


async def planned(
    work: Work,
    reporting: Reporting,
    asked: JourneyKpisQuery,
    chosen: Chosen,
    library: measures.on_maps.ContentLibrary,
) -> Plans:
    """What is asked of the events at maps' steps, of whose content the `library` has all; nothing
    is read. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    alone = measures.on_maps.ON_MAPS_ALONE
    apart = {*alone, measures.on_maps.CONTENT_UNUSED}
    own = {one.id: one for one in chosen.own if not one.posted and one.built_in not in apart}
    more = [on for key, on in _RESTS_ON.items() if key in chosen.keys]
    names = [*dict.fromkeys((*chosen.built_in, *more)), *own]
    names = [name for name in names if name not in alone]
    # An own KPI's range may be another than that which all others have.
    is_whole = chosen.built_in or chosen.stages
    whole = asked if is_whole else asked.model_copy(update={"compare": None})
    refused: dict[str, str] = {}
    # Own ones that are refused are left out.
    while True:
        left = [name for name in names if name not in refused]
        queries = [_query(asked, name, own.get(name)) for name in left]
        queries.append(_query(whole, _ANY, None))
        known = {name: _kpi(own[name]) for name in left if name in own}
        known[measures.on_maps.CONTENT_UNUSED] = measures.on_maps.unused_content(library)
        try:
            plans = await measures.judged_kpis(
                work, reporting, queries, {**measures.OF_MAPS, **known}
            )
        except Invalid as error:
            refused |= _refused(error, left, own)
            continue
        return Plans(dict(zip(left, plans[:-1], strict=True)), refused, plans[-1])


def before(asked: JourneyKpisQuery, own: MapKpi, zone: ZoneInfo) -> Range | None:
    """The range that what was posted of an own KPI is compared with; None: with none."""
    span = measures.on_maps.range_before(_query(asked, own.key, own), zone)
    return None if span is None else Range(*span)


def _kpi(own: MapKpi) -> Any:
    selections = () if own.definition is None else measures.on_maps.selections(own.definition)
    return measures.on_maps.kpi_on_map(own, selections)


def _query(asked: JourneyKpisQuery, name: str, own: MapKpi | None) -> KpiQuery:
    from_, to = (asked.from_, asked.to) if own is None else range_of(own, asked.from_, asked.to)
    told = {"kpi": name, "from": from_, "to": to, "compare": asked.compare}
    return cast(KpiQuery, checked(KpiQuery, told))


def _refused(error: Invalid, names: list[str], own: Mapping[str, MapKpi]) -> dict[str, str]:
    """The own KPIs that are refused, and why. Raises `Invalid` where anything else is."""
    found: dict[str, str] = {}
    others: dict[Problem, None] = {}
    for one in error.problems:
        place, _, member = one.pointer.removeprefix("/").partition("/")
        name = names[int(place)] if int(place) < len(names) else _ANY
        if name in own:
            is_scope = one.code == NEEDS_CONTACTS_READ
            found[name] = NEEDS_CONTACTS_READ if is_scope else NOT_COMPUTABLE
        else:
            at = "/keys" if member == "kpi" else f"/{member.partition('/')[0]}"
            others[Problem(at, one.code, one.detail)] = None
    if others:
        raise Invalid([*others]) from error
    return found
