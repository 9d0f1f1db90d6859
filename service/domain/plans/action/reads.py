"""What else is read of actions: their effect."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from service.domain import access, measures
from service.domain.errors import Invalid, NotFound
from service.domain.measures import KpiAnswer, side_of
from service.domain.plans.action.asking import Queries, queries
from service.domain.plans.action.measuring import (
    Computed,
    computed_effect,
    kpi_of,
    measured_effect,
    untold_effect,
)
from service.domain.plans.action.writes import ACTIONS
from service.domain.work import Scope, Work

_NEEDS_CONTACTS = "needs_contacts_read"


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
    defined, then = before.definition, side_of(after)
    used = {**kpi, "parameters": defined.parameters, "time_zone": by.time_zone}
    better: Literal["higher", "lower"] = "lower" if defined.direction == "down" else "higher"
    is_over = now >= then.to
    return Computed(before.unit, better, used, side_of(before), then, by.least_count, is_over)


async def _answers(
    work: Work, asked: Mapping[UUID, Queries]
) -> tuple[dict[UUID, tuple[KpiAnswer, KpiAnswer]], dict[UUID, str]]:
    """What is answered of each, and of those of which nothing is why."""
    answers, refused = dict[UUID, tuple[KpiAnswer, KpiAnswer]](), dict[UUID, str]()
    each = await measures.each_kpi(work, [query for both in asked.values() for query in both])
    for one, (before, after) in zip(asked, zip(each[::2], each[1::2], strict=True), strict=True):
        if isinstance(before, Invalid) or isinstance(after, Invalid):
            refused[one] = _why(before if isinstance(before, Invalid) else after)
        else:
            answers[one] = before, after
    return answers, refused


def _why(refused: KpiAnswer | Invalid) -> str:
    problems = refused.problems if isinstance(refused, Invalid) else ()
    is_scope = any(one.code == _NEEDS_CONTACTS for one in problems)
    return _NEEDS_CONTACTS if is_scope else "not_computable"
