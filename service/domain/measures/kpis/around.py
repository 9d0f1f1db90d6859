"""Value, series, breakdown and comparison of any KPI: written once around its figure. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import UNSET, structs

from service.domain.history import Histories, Ints
from service.domain.measures.belonging import PROFILE, belong
from service.domain.measures.cutting import (
    beginning_within,
    first_of_session,
    later,
    microseconds,
    within,
)
from service.domain.measures.kpis.answer import (
    NO_CHANGE,
    OTHER_UNITS,
    KpiAnswer,
    KpiComparison,
    KpiDefinition,
    KpiPoint,
    KpiRow,
    Valued,
)
from service.domain.measures.kpis.facts import NONE, Facts
from service.domain.measures.kpis.figure import Figure, KpiAmount, Outcome
from service.domain.measures.kpis.grouping import Grouping, grouped
from service.domain.measures.kpis.kpi import Kpi, Reach
from service.domain.measures.kpis.series import Span, edges_of, instant, points, valued
from service.domain.shares import IN_FUTURE, Excluded, Proportion, newcombe
from service.domain.spans import is_ahead


def reached(span: Span, reach: Reach) -> Span:
    """From when on and until when events are read for a range; sessions are cut elsewhere."""
    return Span(
        None if span.from_ is None or reach.back else later(span.from_, -_of(reach.before)),
        None if span.to is None or reach.ahead is None else later(span.to, _of(reach.ahead)),
    )


def _of(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


class Read(NamedTuple):
    """What was read for a range, perhaps for others besides, and at which place each selection's
    answers stand."""

    found: Histories
    places: Mapping[str, int]
    span: Span
    members: Mapping[str, bytes] = {}
    """Of a breakdown by profiles, who belongs to each: 16 bytes a person."""


@dataclass(frozen=True)
class Question:
    """A KPI, its parameters, and how it is told: by interval, by what events carry."""

    kpi: Kpi
    asked: Mapping[str, Any]
    definition: KpiDefinition
    zone: ZoneInfo
    now: datetime


def answer(question: Question, read: Read) -> KpiAnswer:
    """The value, and what is told beside it but a comparison. `read` may reach beyond what the KPI
    looks at."""
    facts = _facts(question, read)
    edges = _intervals(question, facts, read.span)
    total = question.kpi.figure(facts)
    figure = _begun(question, read.span, *total.figures)
    return KpiAnswer(
        **valued(figure),
        kpi=question.kpi.key,
        unit=question.kpi.told_in(question.asked),
        definition=question.definition,
        series=_series(question, facts, edges),
        breakdown=_by_profile(question, read, facts.edges, edges)
        if PROFILE in question.definition.breakdown
        else _breakdown(question, facts, edges),
        comparison=None,
        excluded=_excluded(read.found, total),
    )


def _begun(question: Question, span: Span, figure: Figure) -> Figure:
    """The figure of a range, of which nothing is known before it begins."""
    if not is_ahead(span.from_, question.now):
        return figure
    if isinstance(figure.value, Proportion):
        return Figure(Proportion(None, None, None, None, None, IN_FUTURE))
    return Figure(None, reason=IN_FUTURE)


def _facts(question: Question, read: Read) -> Facts:
    found = _own(question, read)
    return Facts(
        found.person.astype(np.int64),
        found.at,
        dict(zip(read.places, found.holds, strict=True)),
        found.columns,
        _ends(found.at, read.span),
        question.asked,
        microseconds(question.now),
        weights=found.weights,
        sums=found.sessions,
        open_ended=read.span.to is None,
    )


def _own(question: Question, read: Read) -> Histories:
    """The rows that are read where nothing else is asked for: nobody sees what others reach for."""
    found = replace(read.found, holds=[read.found.holds[n] for n in read.places.values()])
    reach = question.kpi.reach(question.asked)
    if found.sessions is not None:
        return found
    if reach.sessions:
        begins = first_of_session(found, question.asked["timeout_seconds"])
        chosen = beginning_within(found, begins, None, read.span.to)
    else:
        chosen = within(found.at, *reached(read.span, reach))
    return found if chosen.all() else found.those(chosen)


def _ends(at: Ints, span: Span) -> Ints:
    """The range; from the first event or to behind the last where a bound is absent."""
    low = microseconds(span.from_) if span.from_ else int(at.min()) if len(at) else None
    high = microseconds(span.to) if span.to else int(at.max()) + 1 if len(at) else None
    if span.from_ is None and high is not None:
        low = high - 1 if low is None else min(low, high - 1)
    low = low or 0
    return np.array([low, low + 1 if high is None else max(high, low + 1)])


def _intervals(question: Question, facts: Facts, span: Span) -> Ints | None:
    """The edges of the series, cut to the range where it is bounded; None without one."""
    if question.definition.interval is None or (not len(facts) and None in span):
        return None
    return edges_of(question.definition, *facts.edges.tolist())


def _series(question: Question, facts: Facts, edges: Ints | None) -> list[KpiPoint]:
    if edges is None:
        return []
    outcome = question.kpi.figure(replace(facts, edges=edges))
    return points(outcome.figures, edges)


def _breakdown(question: Question, facts: Facts, edges: Ints | None) -> list[KpiRow]:
    names = question.definition.breakdown
    if not names:
        return []
    reach = question.kpi.reach(question.asked)
    unit = question.kpi.unit_of(question.asked)
    by = Grouping(names, question.zone, unit, whenever=reach.back)
    found, rows = grouped(facts, by)
    if not rows:
        return []
    totals = question.kpi.figure(found).figures
    series = [] if edges is None else question.kpi.figure(replace(found, edges=edges)).figures
    each = 0 if edges is None else len(edges) - 1
    return [
        KpiRow(
            **valued(totals[n]),
            keys=dict(row.keys),
            combined=UNSET if row.combined is None else row.combined,
            series=[] if edges is None else points(series[n * each : (n + 1) * each], edges),
        )
        for n, row in enumerate(rows)
    ]


def _by_profile(question: Question, read: Read, whole: Ints, edges: Ints | None) -> list[KpiRow]:
    """The same of the members of each profile alone: those with most events first."""
    found: list[tuple[int, KpiRow]] = []
    for profile, members in read.members.items():
        is_one = belong(read.found, members)[read.found.person]
        theirs = read._replace(found=read.found.those(is_one))
        facts = replace(_facts(question, theirs), edges=whole)
        (figure,) = question.kpi.figure(facts).figures
        row = KpiRow(
            **valued(figure), keys={PROFILE: profile}, series=_series(question, facts, edges)
        )
        found.append((-int((facts.time != NONE).sum()), row))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def before(question: Question, read: Read) -> KpiComparison:
    """The value of the range that it is compared with; `compared` tells the change."""
    facts = _facts(question, read)
    then = _begun(question, read.span, *question.kpi.figure(facts).figures)
    low, high = (instant(one) for one in facts.edges.tolist())
    return KpiComparison(**valued(then), from_=low, to=high, change=None)


def compared(now: KpiAnswer, then: KpiComparison) -> KpiAnswer:
    """The same with a comparison."""
    return structs.replace(now, comparison=changed(now, then))


def share_before(now: Valued, then: Proportion, from_: datetime, to: datetime) -> KpiComparison:
    """The comparison with a share of another range, which always has both bounds."""
    return changed(now, KpiComparison(value=then, from_=from_, to=to, change=None))


def changed(now: Valued, then: KpiComparison) -> KpiComparison:
    """A comparison with the change from it."""
    interval = None
    if isinstance(now.value, Proportion) and isinstance(then.value, Proportion):
        interval = newcombe(then.value, now.value)
    low, high = interval or (None, None)
    change = _change(now, then)
    number, reason = (None, change) if isinstance(change, str) else (change, UNSET)
    return structs.replace(then, change=number, low=low, high=high, change_reason=reason)


def _change(now: Valued, then: Valued) -> Decimal | str:
    """The one less the other, or why there is no such number."""
    after, first = _number(now.value), _number(then.value)
    if after is None or first is None:
        return NO_CHANGE
    ours, theirs = ({part.of for part in one.parts or ()} for one in (now, then))
    if ours and theirs and ours.isdisjoint(theirs):
        return OTHER_UNITS
    return after - first


def _number(value: Any) -> Decimal | None:
    if isinstance(value, KpiAmount):
        return value.amount
    number = value.value if isinstance(value, Proportion) else value
    return number if number is None or isinstance(number, Decimal) else Decimal(repr(number))


def _excluded(found: Histories, total: Outcome) -> list[Excluded]:
    told = {**found.excluded, **total.left_out}
    return [Excluded(reason, count) for reason, count in sorted(told.items())]
