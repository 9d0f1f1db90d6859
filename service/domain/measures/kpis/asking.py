"""Asking for KPIs: any number of them in as many statements as there are ranges and filters."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from service.domain import access, filters
from service.domain.errors import Invalid, Problem
from service.domain.filters import All, Filter
from service.domain.histories import Asked, Range, histories
from service.domain.history import Histories
from service.domain.measures.asking import any_of, later, with_whole_sessions
from service.domain.measures.kpis.answer import KpiAnswer
from service.domain.measures.kpis.around import Read, Span, answer
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.kpi import Reach
from service.domain.measures.kpis.planning import Planned, planned
from service.domain.work import Scope, Work

MOST_ASKED = 50
"""KPIs asked for at once."""


async def kpi(work: Work, asked: KpiQuery) -> KpiAnswer:
    """One KPI: a statement for each range. Raises `Invalid`."""
    try:
        (found,) = await kpis(work, [asked])
    except Invalid as error:
        raise error.renamed(lambda at: at.removeprefix("/0")) from error
    return found


async def kpis(work: Work, asked: Sequence[KpiQuery]) -> list[KpiAnswer]:
    """KPIs in the order asked. What is of the same range and filter is read at once, whatever the
    figures are. Raises `Invalid`, its pointers beginning with the place of what is refused."""
    work.needs(Scope.ANALYTICS_READ)
    if len(asked) > MOST_ASKED:
        detail = f"at most {MOST_ASKED} are asked for at once"
        raise Invalid([Problem("", "too_long", detail)])
    reporting = await access.reporting(work)
    plans: list[Planned] = []
    problems: list[Problem] = []
    for n, query in enumerate(asked):
        try:
            plans.append(planned(work.caller, reporting, query, work.now))
        except Invalid as error:
            problems += _of(n, error).problems
    if problems:
        raise Invalid(problems)
    reads = _Reads()
    for plan in plans:
        for span in (plan.span, plan.before):
            if span is not None:
                reads.need(plan, span)
    await reads.read(work)
    return await asyncio.to_thread(_answers, plans, reads)


def _answers(plans: Sequence[Planned], reads: "_Reads") -> list[KpiAnswer]:
    found = []
    for n, plan in enumerate(plans):
        before = None if plan.before is None else reads.of(plan, plan.before)
        try:
            found.append(answer(plan.question, reads.of(plan, plan.span), before))
        except Invalid as error:
            raise _of(n, error) from error
    return found


def _of(place: int, error: Invalid) -> Invalid:
    return error.renamed(lambda at: f"/{place}{at}")


class _Need:
    """What is read of one range and filter, for all KPIs that ask about it."""

    def __init__(self, span: Span, only: "Filter | None") -> None:
        self.span, self.only = span, only
        self.selections: dict[bytes, Filter] = {}
        self.fields: dict[str, None] = {}
        self.lists: set[str] = set()
        self.timeout = 0
        self.reach = Reach()

    def add(self, plan: Planned) -> None:
        self.selections |= {_said(one): one for one in plan.selections.values()}
        self.fields |= dict.fromkeys(plan.fields)
        self.lists |= set(plan.question.kpi.lists)
        self.reach = self.reach.with_(plan.reach)
        if plan.reach.sessions:
            self.timeout = max(self.timeout, plan.question.asked["timeout_seconds"])

    def asked(self) -> Asked:
        counted = Range(*self.span)
        selections, names = list(self.selections.values()), list(self.fields)
        return Asked(counted, self.only, selections, names, self.lists, counted)


class _Reads:
    """What is read, once for each range and filter."""

    def __init__(self) -> None:
        self._needs: dict[object, _Need] = {}
        self._found: dict[object, Histories] = {}

    def need(self, plan: Planned, span: Span) -> None:
        """That a KPI asks about a range."""
        only = plan.only
        if plan.question.kpi.apart:
            mine = any_of(plan.selections.values())
            only = mine if only is None else All((only, mine))
        self._needs.setdefault(_key(plan, span), _Need(span, only)).add(plan)

    async def read(self, work: Work) -> None:
        """Read all of it."""
        self._found = {key: await _read(work, need) for key, need in self._needs.items()}

    def of(self, plan: Planned, span: Span) -> Read:
        """What was read for a KPI of a range."""
        key = _key(plan, span)
        order = {said: n for n, said in enumerate(self._needs[key].selections)}
        places = {name: order[_said(one)] for name, one in plan.selections.items()}
        return Read(self._found[key], places, span)


def _key(plan: Planned, span: Span) -> object:
    own = plan.question.kpi.key if plan.question.kpi.apart else None
    apart = None if own is None else tuple(map(_said, plan.selections.values()))
    return span, None if plan.only is None else _said(plan.only), own, apart


def _said(one: Filter) -> bytes:
    # By its JSON: Python holds 1 and True for equal.
    return msgspec.json.encode(filters.dump(one))


async def _read(work: Work, need: _Need) -> Histories:
    asked, reach, end, to = need.asked(), need.reach, need.span.to, None
    if end is not None and reach.ahead is not None:
        to = later(end, timedelta(seconds=reach.ahead))
    if reach.sessions and to is not None and end is not None:
        return await with_whole_sessions(work, asked, need.timeout, to - end)
    from_ = None if reach.back else need.span.from_
    return await histories(work, asked._replace(within=Range(from_, to)))
