"""How satisfied people said they were with a map, in two ranges."""

from collections.abc import Sequence

from service.domain import measures
from service.domain.histories import Range
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.taking import NEEDS_CONTACTS_READ
from service.domain.measures import KpiQuery
from service.domain.shares import Proportion
from service.domain.work import Scope, Work


async def satisfied(
    work: Work, which: str, ranges: Sequence[Range], filter: object
) -> list[Proportion]:
    """The share of the satisfied among answers to `csat` that name a map, of each range; `filter`
    is one that was read before. As many statements as for one range."""
    work.needs(Scope.ANALYTICS_READ)
    if Scope.CONTACTS_READ not in work.caller.scopes:
        # The map's own answers are found by what an event tells beside its name.
        return [share(NEEDS_CONTACTS_READ) for _ in ranges]
    found = await measures.kpis(work, [_query(which, one, filter) for one in ranges])
    return [
        one.value if isinstance(one.value, Proportion) else share(str(one.reason)) for one in found
    ]


def _query(which: str, within: Range, filter: object) -> KpiQuery:
    own = {"field": "properties.journey_id", "op": "eq", "value": which}
    named = {"field": "event", "op": "eq", "value": filter}
    more = [] if filter is None else [named if isinstance(filter, str) else filter]
    asked = {"kpi": "csat", "from": within.from_, "to": within.to, "filter": {"all": [own, *more]}}
    return KpiQuery.model_validate(asked)
