"""Asking for KPIs: any number of them in as many statements as there are ranges and filters."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from service.domain import access, filters
from service.domain.access import Reporting
from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.filters import All, Filter
from service.domain.histories import Asked, Range, histories
from service.domain.history import Histories
from service.domain.measures.asking import any_of, chosen, with_whole_sessions
from service.domain.measures.belonging import PROFILE
from service.domain.measures.kpis.adding_up import adds_up
from service.domain.measures.kpis.answer import KpiAnswer, KpiComparison
from service.domain.measures.kpis.around import (
    Read,
    answer,
    before,
    compared,
    reached,
)
from service.domain.measures.kpis.catalogue import BUILT_IN, LISTED
from service.domain.measures.kpis.contents import Library, of_library, published
from service.domain.measures.kpis.counting import counted
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.kpi import Kpi, Reach
from service.domain.measures.kpis.planned_catalogue import CONTENT_UNUSED
from service.domain.measures.kpis.planning import Own, Planned, planned
from service.domain.measures.kpis.saying import said
from service.domain.measures.kpis.series import Span
from service.domain.measures.kpis.summing import summed
from service.domain.measures.profiles import members_by_id
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work

MOST_ASKED = 100
"""KPIs asked for at once."""


_NONE: Own = {}


async def kpis(work: Work, asked: Sequence[KpiQuery], own: Own = _NONE) -> list[KpiAnswer]:
    """KPIs in the order asked, built-in and `own` ones. What is of the same range and filter is
    read at once, whatever the figures are. Raises `Invalid`, its pointers beginning with the place
    of what is refused."""
    work.needs(Scope.ANALYTICS_READ)
    if len(asked) > MOST_ASKED:
        detail = f"at most {MOST_ASKED} are asked for at once"
        raise Invalid([Problem("", "too_long", detail)])
    reporting = await access.reporting(work)
    plans = await judged_queries(work, reporting, asked, own)
    told = _Told({}, {}, await _members(work, plans))
    counts = {**await counted(work, plans), **await summed(work, plans)}
    needs: dict[object, _Need] = {}
    # Nothing is asked here: what counts tell is computed.
    for n, plan in enumerate(plans):
        # Two at most: the range and the one before.
        for nth, span in enumerate(plan.spans):
            if (read := counts.get((n, span))) is not None:
                await computed(work, told.of, n, plan, read, earlier=nth > 0)
                continue
            needs.setdefault(_key(plan, span), _need(plan, span)).add(n, plan, earlier=nth > 0)
    # One for each range and filter that is asked about, however many figures are; and one after
    # the other, so that no more than one is held.
    for need in needs.values():
        await _answered(work, need, told)
    answers = await computed(work, told.all, len(plans), reporting.small_cells)
    named = await said(work, answers)
    # Somebody was erased meanwhile, whose value was to be said.
    return await kpis(work, asked, own) if named is None else named


async def judged_queries(
    work: Work, reporting: Reporting, asked: Sequence[KpiQuery], own: Own = _NONE
) -> list[Planned]:
    """What is asked, in that order, as it is to be computed. Raises as `kpis` does."""
    work.needs(Scope.ANALYTICS_READ)
    own = await _with_content(work, reporting, asked, own)
    conditions: dict[bytes, Filter | Invalid | None] = {}
    # Once for each filter, however many figures are asked for behind it.
    for query in asked:
        if (sent := _sent(query)) not in conditions:
            conditions[sent] = await _condition(work, query)
    plans: list[Planned] = []
    problems: list[Problem] = []
    for n, query in enumerate(asked):
        try:
            condition = conditions[_sent(query)]
            plans.append(planned(work.caller, reporting, query, condition, work.now, own=own))
        except Invalid as error:
            problems += _of(n, error).problems
    if problems:
        raise Invalid(problems)
    return plans


async def _members(work: Work, plans: Sequence[Planned]) -> Mapping[str, bytes]:
    """Who belongs to each profile, where figures are told apart by them."""
    if not any(PROFILE in plan.question.definition.breakdown for plan in plans):
        return {}
    return await members_by_id(work)


async def computable(work: Work, asked: KpiQuery, own: Own = _NONE) -> None:
    """Look at what is asked of a KPI without computing it. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    condition = await _condition(work, asked)
    planned(work.caller, await access.reporting(work), asked, condition, work.now, own=own)


async def _with_content(
    work: Work, reporting: Reporting, asked: Sequence[KpiQuery], own: Own
) -> Own:
    """The KPIs that are computed of content, with what there is: one statement if any is asked."""
    every = {**BUILT_IN, **own}
    found = {one.kpi: every.get(one.kpi) for one in asked}
    those = {name: kpi for name, kpi in found.items() if isinstance(kpi, Kpi) and kpi.of_content}
    if not those:
        return own
    library = await published(work, reporting)
    return {**own, **{name: of_library(kpi, library) for name, kpi in those.items()}}


def unused_content(library: Library) -> Kpi:
    """The KPI of content that nobody touches, asked of these items."""
    return of_library(BUILT_IN[CONTENT_UNUSED], library)


def _sent(query: KpiQuery) -> bytes:
    return msgspec.json.encode(query.filter)


async def _condition(work: Work, query: KpiQuery) -> "Filter | Invalid | None":
    try:
        return await chosen(work, query)
    except Invalid as error:
        return error


class _Told(NamedTuple):
    """What was computed so far, by the place of each KPI: of its range, and of the one before;
    and who belongs to which profile, where that is asked."""

    now: dict[int, KpiAnswer]
    before: dict[int, KpiComparison]
    members: Mapping[str, bytes]

    def of(self, n: int, plan: Planned, read: Read, *, earlier: bool) -> None:
        """Compute one of what was read for it. Raises `Invalid`."""
        try:
            if earlier:
                self.before[n] = before(plan.question, read)
            else:
                self.now[n] = answer(plan.question, read._replace(members=self.members))
        except Invalid as error:
            raise _of(n, error) from error

    def all(self, number: int, least: int | None) -> list[KpiAnswer]:
        """Each with what it is compared with, without the counts under the `least` that is told."""
        return [self._whole(n, least) for n in range(number)]

    def _whole(self, n: int, least: int | None) -> KpiAnswer:
        then = self.before.get(n)
        found = self.now[n] if then is None else compared(self.now[n], then)
        return courteous(found, least, adds_up)


async def _answered(work: Work, need: "_Need", told: _Told) -> None:
    await computed(work, need.answer, await _read(work, need), told)


def _of(place: int, error: Invalid) -> Invalid:
    return error.renamed(lambda at: f"/{place}{at}")


class _Need:
    """What is read of one range and filter, for all KPIs that ask about it."""

    def __init__(self, span: Span, only: "Filter | None") -> None:
        self.span, self.only = span, only
        self.selections: dict[bytes, Filter] = {}
        self.fields: dict[str, None] = {}
        self.meant: set[str] = set()
        self.lists: set[str] = set()
        self.among: dict[str, str] = {}
        self.timeout = 0
        self.reach = Reach()
        self.plans: list[tuple[int, Planned, bool]] = []

    def add(self, n: int, plan: Planned, *, earlier: bool) -> None:
        self.plans.append((n, plan, earlier))
        self.selections |= {_said(one): one for one in plan.selections.values()}
        self.fields |= dict.fromkeys(plan.fields)
        self.meant |= {*plan.fields} - {*plan.apart}
        self.lists |= set(plan.question.kpi.lists)
        self.among |= plan.among
        self.reach = self.reach.with_(plan.reach)
        if plan.reach.sessions:
            self.timeout = max(self.timeout, plan.question.asked["timeout_seconds"])

    def answer(self, found: Histories, told: _Told) -> None:
        """Compute all that is asked of this reading."""
        for n, plan, earlier in self.plans:
            told.of(n, plan, Read(found, self._places(plan), self.span), earlier=earlier)

    def _places(self, plan: Planned) -> dict[str, int]:
        """Where the answers to a KPI's selections stand."""
        order = {said: n for n, said in enumerate(self.selections)}
        return {name: order[_said(one)] for name, one in plan.selections.items()}

    def asked(self) -> Asked:
        counted = Range(*self.span)
        selections, names = list(self.selections.values()), list(self.fields)
        apart = self.fields.keys() - self.meant - self.lists
        told = (selections, names, self.lists, counted)
        return Asked(counted, self.only, *told, among=self.among, apart=apart)


def _need(plan: Planned, span: Span) -> _Need:
    if not plan.question.kpi.apart:
        return _Need(span, plan.only)
    mine = any_of(plan.selections.values())
    return _Need(span, mine if plan.only is None else All((plan.only, mine)))


def _key(plan: Planned, span: Span) -> object:
    kpi = plan.question.kpi
    apart = tuple(map(_said, plan.selections.values())) if kpi.apart else None
    # Who asks for such a field, and not for lists, does not see those that others ask for.
    no_lists = tuple(one for one in plan.fields if one in LISTED - set(kpi.lists))
    read = tuple(plan.among), no_lists
    return span, None if plan.only is None else _said(plan.only), apart, read


def _said(one: Filter) -> bytes:
    # By its JSON: Python holds 1 and True for equal.
    return msgspec.json.encode(filters.dump(one))


async def _read(work: Work, need: _Need) -> Histories:
    asked, end = need.asked(), need.span.to
    span = reached(need.span, need.reach)
    if need.reach.sessions and span.to is not None and end is not None:
        return await with_whole_sessions(work, asked, need.timeout, span.to - end)
    return await histories(work, asked._replace(within=Range(*span)))
