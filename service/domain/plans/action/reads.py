"""What else is read of actions: their effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from service.domain import access, measures
from service.domain.errors import Invalid, NotFound
from service.domain.measures import KpiAmount, KpiAnswer, KpiPoint
from service.domain.plans.action.asking import Queries, queries
from service.domain.plans.action.judging import Side
from service.domain.plans.action.measuring import (
    Computed,
    computed_effect,
    kpi_of,
    measured_effect,
    untold_effect,
)
from service.domain.plans.action.writes import ACTIONS
from service.domain.shares import Proportion
from service.domain.work import Scope, Work

_NEEDS_CONTACTS = "needs_contacts_read"
_AT_ONCE = measures.MOST_ASKED // 2


async def effect(work: Work, action_id: UUID) -> dict[str, Any]:
    """What an action changed, by its metric before and after. Raises `NotFound`."""
    (found,) = await effects(work, [action_id])
    if found is None:
        raise NotFound(ACTIONS.kind, action_id)
    return found


async def effects(work: Work, action_ids: Sequence[UUID]) -> list[dict[str, Any] | None]:
    """What actions changed, in this order; None for those that are not there. However many they
    are, figures of the same days and filter are read at once."""
    work.needs(ACTIONS.reads)
    found = await ACTIONS.documents(work, action_ids, {"metric": None})
    metrics = {one: msgspec.json.decode(held.json)["metric"] for one, held in found.items()}
    by_kpi = {one: metric for one, metric in metrics.items() if kpi_of(metric) is not None}
    told: dict[UUID, dict[str, Any]] = {
        one: measured_effect(str(one), metric)
        for one, metric in metrics.items()
        if one not in by_kpi
    }
    if Scope.ANALYTICS_READ in work.caller.scopes:
        told |= await _computed(work, by_kpi)
    else:
        told |= {
            one: untold_effect(str(one), metric, "needs_analytics_read")
            for one, metric in by_kpi.items()
        }
    return [told.get(one) for one in action_ids]


async def _computed(
    work: Work, metrics: Mapping[UUID, Mapping[str, Any]]
) -> dict[UUID, dict[str, Any]]:
    if not metrics:
        return {}
    reporting = await access.reporting(work)
    zone = ZoneInfo(reporting.time_zone)
    asked = {one: queries(metric["kpi"], zone) for one, metric in metrics.items()}
    answers, refused = await _answers(work, asked)
    told = {one: untold_effect(str(one), metrics[one], reason) for one, reason in refused.items()}
    for one, (before, after) in answers.items():
        told[one] = computed_effect(
            str(one),
            metrics[one],
            _compared(metrics[one]["kpi"], reporting, before, after, work.now),
        )
    return told


def _compared(
    kpi: Mapping[str, Any], by: access.Reporting, before: KpiAnswer, after: KpiAnswer, now: datetime
) -> Computed:
    defined, then = before.definition, _side(after)
    used = {**kpi, "parameters": defined.parameters, "time_zone": by.time_zone}
    better: Literal["higher", "lower"] = "lower" if defined.direction == "down" else "higher"
    is_over = now >= then.to
    return Computed(before.unit, better, used, _side(before), then, by.least_count, is_over)


async def _answers(
    work: Work, asked: Mapping[UUID, Queries]
) -> tuple[dict[UUID, tuple[KpiAnswer, KpiAnswer]], dict[UUID, str]]:
    """What is answered of each, and of those of which nothing is why."""
    answers, refused = dict[UUID, tuple[KpiAnswer, KpiAnswer]](), dict[UUID, str]()
    names = list(asked)
    # As many as may be asked for at once, each of them twice.
    for n in range(0, len(names), _AT_ONCE):
        some = {one: asked[one] for one in names[n : n + _AT_ONCE]}
        answers |= await _answered(work, some, refused)
    return answers, refused


async def _answered(
    work: Work, asked: Mapping[UUID, Queries], refused: dict[UUID, str]
) -> dict[UUID, tuple[KpiAnswer, KpiAnswer]]:
    left = dict(asked)
    # Twice at most: what is refused is left out.
    while left:
        each = [(one, query) for one, both in left.items() for query in both]
        try:
            found = await measures.kpis(work, [query for _, query in each])
        except Invalid as error:
            # Each tells which it is about: the others are asked once more without them.
            for problem in error.problems:
                one = each[int(problem.pointer.split("/")[1])][0]
                is_scope = problem.code == _NEEDS_CONTACTS
                refused[one] = _NEEDS_CONTACTS if is_scope else "not_computable"
                left.pop(one, None)
            continue
        return dict(zip(left, zip(found[::2], found[1::2], strict=True), strict=True))
    return {}


def _side(answer: KpiAnswer) -> Side:
    from_, to = (cast(datetime, one) for one in (answer.definition.from_, answer.definition.to))
    value = answer.value
    if isinstance(value, Proportion):
        return Side(from_, to, value.value, value.numerator, value.denominator, value, ())
    days = [number for one in answer.series if (number := _number(_plain(one))) is not None]
    numerator, denominator = _number(answer.numerator), _number(answer.denominator)
    return Side(from_, to, _number(_plain(answer)), numerator, denominator, None, days)


def _plain(valued: KpiAnswer | KpiPoint) -> Any:
    value = valued.value
    return value.amount if isinstance(value, KpiAmount) else value


def _number(value: Any) -> float | None:
    """None also where a figure has no such member."""
    return None if value is None or value is msgspec.UNSET else float(value)
