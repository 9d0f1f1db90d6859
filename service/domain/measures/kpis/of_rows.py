"""KPIs of rows that were read elsewhere, as of those events that are at steps of a map. Pure.

What is needed of the rows is said first, once for all KPIs; each is then computed of those rows
that it is of.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from service.domain import filters
from service.domain.filters import Filter
from service.domain.history import Histories
from service.domain.measures.kpis.adding_up import adds_up
from service.domain.measures.kpis.answer import KpiAnswer
from service.domain.measures.kpis.around import Read, answer, before, compared, reached
from service.domain.measures.kpis.kpi import Reach
from service.domain.measures.kpis.planning import Planned
from service.domain.measures.kpis.series import Span
from service.domain.measures.small_cells import courteous


class KpisOfRows:
    """What several KPIs without a breakdown need of rows, which begin with the first of all."""

    def __init__(self, plans: Sequence[Planned]) -> None:
        self._selections: dict[bytes, Filter] = {}
        fields: dict[str, None] = {}
        lists: set[str] = set()
        self.among: dict[str, str] = {}
        self.timeout_seconds: int | None = None
        for plan in plans:
            self._selections |= {_said(one): one for one in plan.selections.values()}
            fields |= dict.fromkeys(plan.fields)
            lists |= {*plan.question.kpi.lists}
            self.among |= plan.among
            if plan.reach.sessions:
                timeout = plan.question.asked["timeout_seconds"]
                self.timeout_seconds = max(self.timeout_seconds or 0, timeout)
        self.fields, self.lists = [*fields], lists
        self._plans = plans

    @property
    def selections(self) -> list[Filter]:
        """The conditions whose answers the rows have to hold, in this order."""
        return [*self._selections.values()]

    def until(self, at_least: datetime | None) -> datetime | None:
        """Until when the rows have to reach; None: as far as there are any."""
        ends = [at_least]
        for plan in self._plans:
            reach = Reach(ahead=plan.reach.ahead)
            ends += [reached(Span(*one), reach).to for one in plan.spans]
        return None if None in ends else max(one for one in ends if one is not None)

    def places(self, plan: Planned) -> dict[str, int]:
        """Where the answers to a KPI's own conditions stand."""
        order = {said: n for n, said in enumerate(self._selections)}
        return {name: order[_said(one)] for name, one in plan.selections.items()}

    def answer(
        self, plan: Planned, found: Histories, places: Mapping[str, int], least: int | None
    ) -> KpiAnswer:
        """One of these KPIs of its rows, which hold what it asks at these places; without counts
        under the `least` that is told."""
        told = answer(plan.question, Read(found, places, plan.span))
        if plan.before is not None:
            told = compared(told, before(plan.question, Read(found, places, plan.before)))
        return courteous(told, least, adds_up)


def _said(one: Filter) -> bytes:
    # By its JSON: Python holds 1 and True for equal.
    return msgspec.json.encode(filters.dump(one))
