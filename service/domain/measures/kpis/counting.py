"""KPIs that are nothing but counts of events or of people: no history is needed for them.

Events are counted of counts that are kept, people of those columns of segments that tell them.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeAlias, cast

import msgspec

from service.domain import filters
from service.domain.filters import Filter, Test
from service.domain.histories import Asked, Range, present, tallies
from service.domain.history import Histories
from service.domain.measures.calendar import Unit, bounds
from service.domain.measures.cutting import microseconds
from service.domain.measures.kpis.around import Read, Span
from service.domain.measures.kpis.grouping import CLOCKS, PROFILE
from service.domain.measures.kpis.planning import Planned
from service.domain.work import Work

_Counting: TypeAlias = Callable[[Work, Asked, Collection[int]], Awaitable[Histories | None]]
Place = tuple[int, Span]
"""Which of the KPIs asked for, and which of its ranges."""


async def counted(work: Work, plans: Sequence[Planned]) -> Mapping[Place, Read]:
    """What is read for those KPIs that counts tell, of events or people: two statements for each
    range and filter and each choice of fields."""
    found: dict[Place, Read] = {}
    groups: dict[object, _Group] = {}
    for n, plan in enumerate(plans):
        if (count := _counting(plan)) is None:
            continue
        for span in plan.spans:
            key = count, *_key(plan, span)
            groups.setdefault(key, _Group(span, plan.only, count)).add(n, plan)
    # One for each range, filter and choice of fields, however many KPIs there are.
    for group in groups.values():
        if (told := await group.count(work, group.asked, group.cuts)) is not None:
            found |= group.reads(told)
    return found


def _counting(plan: Planned) -> _Counting | None:
    """How it is counted; None: otherwise."""
    kpi, breakdown = plan.question.kpi, plan.question.definition.breakdown
    if not is_bounded(plan):
        return None
    if kpi.counts and {*CLOCKS, PROFILE}.isdisjoint(breakdown):
        return tallies
    # Where people belong is told by their latest event.
    return present if kpi.people and not breakdown else None


def is_bounded(plan: Planned) -> bool:
    """Whether its series, if any, ends where it is asked to: others end with the events."""
    return plan.question.definition.interval is None or None not in plan.span


def cuts_of(plan: Planned, span: Span) -> set[int]:
    """Where its series cuts a range, within it."""
    asked, (from_, to) = plan.question.definition, span
    # Of what it is compared with there is no series.
    is_cut = span == plan.span and asked.interval is not None
    if not is_cut or from_ is None or to is None:
        return set()
    ends, unit = (microseconds(from_), microseconds(to)), cast(Unit, asked.interval)
    edges = bounds(*ends, unit, plan.question.zone).tolist()
    return {one for one in edges if ends[0] < one < ends[1]}


def _key(plan: Planned, span: Span) -> tuple[object, ...]:
    told = {
        leaf.field
        for one in plan.selections.values()
        for _, leaf in filters.tests(one, "")
        if isinstance(leaf, Test)
    }
    # Type and event are told apart in any case.
    names = frozenset({*told, *plan.fields} - {"type", "event"})
    return span, None if plan.only is None else _said(plan.only), names


def _said(one: Filter) -> bytes:
    return msgspec.json.encode(filters.dump(one))


class _Group:
    """KPIs of one range and filter that ask for the same fields."""

    def __init__(self, span: Span, only: "Filter | None", count: _Counting) -> None:
        self._span, self._only, self.count = span, only, count
        self._selections: dict[bytes, Filter] = {}
        self._fields: dict[str, None] = {}
        self._plans: dict[int, Planned] = {}
        self.cuts: set[int] = set()

    def add(self, n: int, plan: Planned) -> None:
        """Let this KPI be told as well."""
        self._plans[n] = plan
        self._selections |= {_said(one): one for one in plan.selections.values()}
        self._fields |= dict.fromkeys(plan.fields)
        self.cuts |= cuts_of(plan, self._span)

    @property
    def asked(self) -> Asked:
        """What all of them need."""
        range_ = Range(*self._span)
        chosen = list(self._selections.values())
        return Asked(range_, self._only, chosen, list(self._fields), (), range_)

    def reads(self, found: Histories) -> dict[Place, Read]:
        """What was found, for each of them."""
        order = {said: n for n, said in enumerate(self._selections)}
        return {
            (n, self._span): Read(
                found,
                {name: order[_said(one)] for name, one in plan.selections.items()},
                self._span,
            )
            for n, plan in self._plans.items()
        }
