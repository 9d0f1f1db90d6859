"""KPIs that are nothing but counts of events or of people: no history is needed for them.

Events are counted of counts that are kept, people of those columns of segments that tell them.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias, cast

import msgspec

from service.domain import filters
from service.domain.filters import Filter, Test
from service.domain.histories import Asked, Extent, Range, extent, present, tallies
from service.domain.history import Histories
from service.domain.measures.belonging import PROFILE
from service.domain.measures.calendar import Unit, bounds
from service.domain.measures.cutting import microseconds
from service.domain.measures.kpis.around import Read
from service.domain.measures.kpis.grouping import CLOCKS
from service.domain.measures.kpis.planning import Planned
from service.domain.measures.kpis.series import MOST_TOLD_APART, SHORTEST, Span
from service.domain.work import Work

_Counting: TypeAlias = Callable[[Work, Asked, Collection[int]], Awaitable[Histories | None]]
Place = tuple[int, Span]
"""Which of the KPIs asked for, and which of its ranges."""


async def counted(work: Work, plans: Sequence[Planned]) -> Mapping[Place, Read]:
    """What is read for those KPIs that counts tell, of events or people: two statements for each
    range and filter and each choice of fields."""
    found: dict[Place, Read] = {}
    groups: dict[object, _Group] = {}
    told = await _extent(work, plans)
    for n, plan in enumerate(plans):
        if (count := _counting(plan)) is None:
            continue
        for span in plan.spans:
            if (cuts := cuts_of(plan, span, told)) is None:
                continue
            key = count, *_key(plan, span)
            groups.setdefault(key, _Group(span, plan.only, count)).add(n, plan, cuts)
    # One for each range, filter and choice of fields, however many KPIs there are.
    for group in groups.values():
        if (read := await group.count(work, group.asked, group.cuts)) is not None:
            found |= group.reads(read)
    return found


async def _extent(work: Work, plans: Sequence[Planned]) -> Extent | None:
    """Where the events lie, should a series end with them that counts may tell."""
    is_open = (not is_bounded(plan) and _counting(plan) is not None for plan in plans)
    return await extent(work) if any(is_open) else None


def _counting(plan: Planned) -> _Counting | None:
    """How it is counted; None: otherwise."""
    kpi, breakdown = plan.question.kpi, plan.question.definition.breakdown
    if kpi.counts(plan.question.asked) and {*CLOCKS, PROFILE}.isdisjoint(breakdown):
        return tallies
    # Where people belong is told by their latest event; and where a series ends, by those of all.
    return present if kpi.people and not breakdown and is_bounded(plan) else None


def is_bounded(plan: Planned) -> bool:
    """Whether its series, if any, ends where it is asked to: others end with the events."""
    return plan.question.definition.interval is None or None not in plan.span


class Cuts(NamedTuple):
    """Where a series cuts a range; and the ends of what it can tell, where the range has none."""

    within: frozenset[int] = frozenset()
    low: int | None = None
    high: int | None = None

    def hold(self, found: Histories) -> bool:
        """Whether all that was found lies within what it can tell."""
        if not len(found):
            return True
        begins = self.low is None or int(found.at.min()) >= self.low
        return begins and (self.high is None or int(found.at.max()) < self.high)


def cuts_of(plan: Planned, span: Span, told: Extent | None = None) -> Cuts | None:
    """Where its series cuts a range, within it; without a bound, within what is `told` of. None
    where that is not known, or has too many intervals."""
    asked, (from_, to) = plan.question.definition, span
    # Of what it is compared with there is no series.
    if span != plan.span or asked.interval is None:
        return Cuts()
    unit, zone = cast(Unit, asked.interval), plan.question.zone
    if from_ is not None and to is not None:
        ends = microseconds(from_), microseconds(to)
        edges = bounds(*ends, unit, zone).tolist()
        return Cuts(frozenset(one for one in edges if ends[0] < one < ends[1]))
    if told is None:
        return None
    low = told.low if from_ is None else microseconds(from_)
    high = told.high if to is None else microseconds(to)
    # Who has that many is told of the events themselves whether they are too many.
    if low >= high or (high - low) // SHORTEST[unit] > MOST_TOLD_APART - 2:
        return None
    edges = bounds(low, high, unit, zone).tolist()
    first, last = edges[0] if from_ is None else None, edges[-1] if to is None else None
    return Cuts(frozenset([*edges[1:-1], *(one for one in (first, last) if one)]), first, last)


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
        self._plans: dict[int, tuple[Planned, Cuts]] = {}
        self.cuts: set[int] = set()

    def add(self, n: int, plan: Planned, cuts: Cuts) -> None:
        """Let this KPI be told as well."""
        self._plans[n] = plan, cuts
        self._selections |= {_said(one): one for one in plan.selections.values()}
        self._fields |= dict.fromkeys(plan.fields)
        self.cuts |= cuts.within

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
            for n, (plan, cuts) in self._plans.items()
            if cuts.hold(found)
        }
