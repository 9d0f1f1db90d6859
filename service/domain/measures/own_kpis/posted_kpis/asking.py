"""Asking for KPIs whose figures are posted, as for those that are computed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.histories import Range
from service.domain.history import Ints
from service.domain.measures.asking import Refusals, once
from service.domain.measures.cutting import microseconds
from service.domain.measures.kpis.answer import KpiAnswer, KpiComparison, KpiDefinition
from service.domain.measures.kpis.around import compared
from service.domain.measures.kpis.inputs import KpiQuery
from service.domain.measures.kpis.ranges import few_enough_asked, range_before
from service.domain.measures.kpis.series import Span, edges_of, instant
from service.domain.measures.own_kpis.own import OwnKpi
from service.domain.measures.own_kpis.posted_kpis.answer import (
    PostedPart,
    PostedRange,
    posted_answer,
    value_of,
)
from service.domain.measures.own_kpis.posted_kpis.figure import Posted, posted_figure
from service.domain.measures.own_kpis.posted_kpis.reads import Cut, Cutting, cuts, totals
from service.domain.work import Work

NO_FILTER = "its figures are posted: tell their parts apart by the keys they were posted with"


class PostedKpi(NamedTuple):
    """What is asked of a KPI whose figures are posted, judged."""

    own: OwnKpi
    query: KpiQuery
    definition: KpiDefinition
    before: Span | None

    @property
    def ranges(self) -> list[tuple[UUID, Range]]:
        """The range, and the one that it is compared with if any."""
        spans = [Span(self.query.from_, self.query.to), *([self.before] if self.before else [])]
        return [(UUID(self.own.id), Range(*one)) for one in spans]


def judged_posted(own: OwnKpi, query: KpiQuery, time_zone: str) -> PostedKpi:
    """What is asked, judged. Raises `Invalid` with every offending member."""
    refusals, before = Refusals(), None
    with refusals.of_part():
        before = range_before(query, ZoneInfo(time_zone))
    with refusals.of_part():
        few_enough_asked(query)
    with refusals.of_part():
        once(query.breakdown, "/breakdown")
    with refusals.of_part():
        _nothing_computed(own, query)
    refusals.tell()
    definition = KpiDefinition(
        meaning=own.description or own.name,
        direction=own.direction,
        assumption=False,
        from_=query.from_,
        to=query.to,
        interval=query.interval,
        time_zone=time_zone,
        filter=None,
        breakdown=query.breakdown,
        groups_of="posted" if query.breakdown else None,
        compare=query.compare,
        parameters={"aggregation": own.aggregation},
    )
    return PostedKpi(own, query, definition, before)


def _nothing_computed(own: OwnKpi, query: KpiQuery) -> None:
    problems = [
        Problem(f"/parameters/{name}", "not_a_parameter", f"is no parameter of {own.key}")
        for name in sorted(query.parameters.model_fields_set)
    ]
    if query.filter is not None:
        problems.append(Problem("/filter", "not_computed", NO_FILTER))
    if problems:
        raise Invalid(problems)


async def posted_values(work: Work, asked: Sequence[tuple[OwnKpi, Range]]) -> list[dict[str, Any]]:
    """What was posted of KPIs, each of a range, as the members of a value with what was left out,
    in the order asked: one statement."""
    if not asked:
        return []
    found = await totals(work, [(UUID(own.id), within) for own, within in asked])
    return [
        value_of(own, one) | {"excluded": posted_figure(own.aggregation, one).excluded or []}
        for (own, _), one in zip(asked, found, strict=True)
    ]


async def posted_kpis(work: Work, asked: Sequence[PostedKpi]) -> list[KpiAnswer]:
    """The answers, in the order asked: two statements for all of them. Raises `Invalid` where a
    series without bounds has too many intervals, its pointer beginning with the place."""
    if not asked:
        return []
    sums = iter(await totals(work, [span for one in asked for span in one.ranges]))
    taken = [[next(sums) for _ in one.ranges] for one in asked]
    edges = [_edges(n, *one) for n, one in enumerate(zip(asked, taken, strict=True))]
    cuttings = [_cuttings(*one) for one in zip(asked, edges, strict=True)]
    found = iter(await cuts(work, [one for each in cuttings for one in each]))
    told = [[next(found) for _ in each] for each in cuttings]
    return await computed(work, lambda: [*map(_answer, asked, taken, edges, told)])


def _edges(n: int, one: PostedKpi, taken: Sequence[Posted]) -> Ints | None:
    """The edges of the series; of a range without a bound, from the first figure until behind the
    last."""
    first, last = taken[0].first, taken[0].last
    if one.query.interval is None or first is None or last is None:
        return None
    low = microseconds(one.query.from_ or first)
    high = microseconds(one.query.to) if one.query.to else microseconds(last) + 1
    try:
        return edges_of(one.definition, low, high)
    except Invalid as error:
        raise error.renamed(lambda at: f"/{n}{at}") from error


def _cuttings(one: PostedKpi, edges: Ints | None) -> list[Cutting]:
    """What is told apart: the whole by interval, and its parts."""
    at = [] if edges is None else [instant(edge).isoformat() for edge in edges.tolist()]
    names = [[], one.query.breakdown] if one.query.breakdown else [[]]
    kpi_id, within = one.ranges[0]
    return [Cutting(kpi_id, within, some, at) for some in names]


def _answer(
    one: PostedKpi, taken: Sequence[Posted], edges: Ints | None, told: Sequence[Sequence[Cut]]
) -> KpiAnswer:
    whole = {cut.interval: cut.posted for cut in told[0]}
    parts = _parts(told[1]) if len(told) > 1 else []
    found = PostedRange(taken[0], whole, parts, edges)
    answer = posted_answer(one.own, one.definition, found)
    if one.before is None:
        return answer
    from_, to = cast(tuple[datetime, datetime], one.before)
    then = value_of(one.own, taken[1])
    return compared(answer, KpiComparison(**then, from_=from_, to=to, change=None))


def _parts(told: Sequence[Cut]) -> list[PostedPart]:
    by: dict[int, dict[int | None, Posted]] = defaultdict(dict)
    for one in told:
        by[one.place][one.interval] = one.posted
    each = [one for one in told if one.interval is None]
    return [PostedPart(one.keys, one.combined, by[one.place]) for one in each]
