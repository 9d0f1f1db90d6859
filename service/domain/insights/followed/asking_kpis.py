"""Asking for a map's own KPIs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from msgspec import UNSET

from service.domain import access, measures
from service.domain.access import Reporting
from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.histories import Range
from service.domain.inputs import checked
from service.domain.insights.followed.abandoning import (
    STAGE_ABANDONMENT,
    Span,
    abandoned,
    adds_up,
)
from service.domain.insights.followed.answers import FIVE
from service.domain.insights.followed.goals import goals
from service.domain.insights.followed.inputs import JourneyKpisQuery
from service.domain.insights.followed.kpi_answers import (
    JourneyKpi,
    JourneyKpis,
    JourneyKpisDefinition,
)
from service.domain.insights.followed.mapped_kpis import Needs, mapped
from service.domain.insights.laid.asking import LaidOut, Wanted, judges, laid_out, left_out
from service.domain.measures import KpiQuery, KpisOfRows, PlannedKpi
from service.domain.work import Scope, Work

_MOST, _LONGEST = 50, 100
_USUAL = (STAGE_ABANDONMENT, *measures.KEYS_OF_MAPS)


async def kpis(work: Work, journey_id: UUID, asked: JourneyKpisQuery) -> JourneyKpis:
    """A map's own KPIs, of its stages and of the events at its steps: five statements, seldom
    more, however many KPIs.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, `Invalid`, `BindingsTooLarge`,
    `TooManyRevisions`.
    """
    work.needs(Scope.ANALYTICS_READ)
    reporting = await access.reporting(work)
    by = await judges(work, journey_id, asked.revision)
    only = await measures.selecting(work, asked.filter)
    keys = _keys(asked.keys)
    plans, whole = await _planned(work, reporting, asked, keys)
    whose = Scope.CONTACTS_READ in work.caller.scopes
    rows = KpisOfRows(plans)
    needs = Needs(str(journey_id), rows, goals(by.known.states, whose=whose))
    spans = _spans(asked, whole)
    wanted = Wanted(
        Range(asked.from_, asked.to),
        rows.until(_until(spans)),
        only,
        rows.timeout_seconds,
        latest=True,
        beside=needs.beside,
        fields=[*rows.fields, measures.NAMED_JOURNEY],
        lists=rows.lists,
        among=rows.among,
    )
    found = await laid_out(work, by, wanted)
    least = reporting.small_cells if whose else max(reporting.small_cells or 0, FIVE)
    stages = spans if STAGE_ABANDONMENT in keys else []
    items = await computed(work, _items, found, needs, plans, least, stages)
    definition = JourneyKpisDefinition(
        *(asked.from_, asked.to, asked.filter, asked.compare),
        "contact",
        asked.window_seconds,
        by.revision,
    )
    excluded = left_out(found.excluded)
    return JourneyKpis(str(journey_id), definition, items, excluded, found.reason or UNSET)


def _items(
    on_map: LaidOut,
    needs: Needs,
    plans: Sequence[PlannedKpi],
    least: int | None,
    stages: Sequence[Span],
) -> list[JourneyKpi]:
    found: list[JourneyKpi] = []
    if stages:
        each = abandoned(on_map, stages[0], stages[1] if len(stages) > 1 else None)
        found = [measures.courteous(one, least, adds_up) for one in each]
    return found + mapped(on_map, needs, plans, least)


async def _planned(
    work: Work, reporting: Reporting, asked: JourneyKpisQuery, keys: Sequence[str]
) -> tuple[list[PlannedKpi], PlannedKpi]:
    """What is asked of each key but the stages', and of any KPI at all: the ranges of all."""
    of_map = [key for key in keys if key != STAGE_ABANDONMENT]
    told = {"from": asked.from_, "to": asked.to, "compare": _compared(asked.compare)}
    # The last stands for those of stages: its ranges are theirs.
    queries = [
        cast(KpiQuery, checked(KpiQuery, {**told, "kpi": key})) for key in (*of_map, "orders")
    ]
    try:
        plans = await measures.judged_kpis(work, reporting, queries, measures.OF_MAPS)
    except Invalid as error:
        raise Invalid([*dict.fromkeys(map(_at_member, error.problems))]) from error
    return plans[:-1], plans[-1]


def _keys(text: str | None) -> list[str]:
    keys = [*dict.fromkeys(_USUAL if text is None else text.split(","))]
    if len(keys) > _MOST:
        raise Invalid([Problem("/keys", "too_long", f"at most {_MOST} are asked for at once")])
    if any(len(key) > _LONGEST for key in keys):
        raise Invalid([Problem("/keys", "unknown_kpi", "no KPI has a key that long")])
    return keys


def _at_member(one: Problem) -> Problem:
    """What is wrong with a query, of the member of what was asked that it comes from."""
    member = one.pointer.split("/")[2]
    return Problem("/keys" if member == "kpi" else f"/{member}", one.code, one.detail)


def _compared(text: str | None) -> Any:
    if text is None or "/" not in text:
        return text
    from_, _, to = text.partition("/")
    return {"from": from_, "to": to}


def _spans(asked: JourneyKpisQuery, whole: PlannedKpi) -> list[Span]:
    return [Span(*one, asked.window_seconds) for one in whole.spans]


def _until(spans: Sequence[Span]) -> datetime | None:
    """Until when somebody may go on who came in a range."""
    ends = [
        one.to and measures.later(one.to, timedelta(seconds=one.window_seconds)) for one in spans
    ]
    return None if None in ends else max(one for one in ends if one is not None)
