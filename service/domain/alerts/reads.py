"""Looking at rules: which are due, and what their figures say."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Text,
    Uuid,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import access, measures
from service.domain.alerts.asking import Rule, WatchedGap, queries
from service.domain.alerts.firing_inputs import AlertFiringList
from service.domain.alerts.judged import Judged, Reading, judged
from service.domain.alerts.shape import FIRINGS
from service.domain.alerts.tables import alert_firings, alerts
from service.domain.alerts.writes import ALERTS
from service.domain.errors import Invalid
from service.domain.insights import gap_sightings, gap_states
from service.domain.judging import Side
from service.domain.measures import KpiAnswer
from service.domain.paging import PageOf, page
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import instant
from service.domain.work import Scope, Work

MOST = 50
"""Rules looked at in one turn."""
_DAY = timedelta(days=1)


async def firings_of(work: Work, alert_id: UUID, query: AlertFiringList) -> PageOf:
    """One page of what a rule fired, the latest first. Raises `NotFound`, and what `page` does."""
    work.needs(Scope.ANALYTICS_READ)
    found = await page(work, FIRINGS, query, alert_id=alert_id)
    if found.items == "[]":
        await ALERTS.one(work, alert_id)
    return found


async def due(work: Work, checked_before: datetime) -> list[Rule]:
    """The rules that nobody has looked at since then or since they were changed, at most `MOST`,
    those first that have waited for longest. One statement."""
    work.needs(ALERTS.reads)
    return msgspec.json.decode(await work.value(_DUE, before=checked_before), type=list[Rule])


async def looked_at(work: Work, rules: Sequence[Rule]) -> dict[UUID, Judged]:
    """How each of some rules stands. As many statements as `measures.kpis` takes for all of their
    figures, and one for all that watch gaps. Raises `TookTooLong`."""
    work.needs(ALERTS.reads)
    reporting = await access.reporting(work)
    zone = ZoneInfo(reporting.time_zone)
    found, failed = await _kpis(work, rules, zone)
    found |= await _gaps(work, [one for one in rules if one.watches.gap is not None])
    least = {one.id: one.least_count or reporting.least_count for one in rules}
    told = {
        one.id: judged(one.condition, *found[one.id], least[one.id], fires=one.fires)
        for one in rules
        if one.id in found
    }
    return told | {one: failing(error) for one, error in failed.items()}


def failing(error: Invalid | str) -> Judged:
    """How a rule stands whose figure cannot be computed: its reason is the code of the error."""
    code = error if isinstance(error, str) else error.problems[0].code
    return Judged("failing", code)


Read = tuple[Reading, Reading | None]


async def _kpis(
    work: Work, rules: Sequence[Rule], zone: ZoneInfo
) -> tuple[dict[UUID, Read], dict[UUID, Invalid]]:
    found, failed = dict[UUID, Read](), dict[UUID, Invalid]()
    asked: list[tuple[UUID, measures.KpiQuery]] = []
    for rule in rules:
        if (kpi := rule.watches.kpi) is None:
            continue
        try:
            asked += [(rule.id, one) for one in queries(rule, kpi, work.now, zone)]
        except Invalid as error:
            failed[rule.id] = error
    answers = await measures.each_kpi(work, [query for _, query in asked])
    for (which, _), answer in zip(asked, answers, strict=True):
        if isinstance(answer, Invalid):
            failed[which] = answer
        elif which in found:
            found[which] = found[which][0], _reading(answer)
        else:
            found[which] = _reading(answer), None
    return {one: read for one, read in found.items() if one not in failed}, failed


def _reading(answer: KpiAnswer) -> Reading:
    ends, reason = measures.ends_of(answer), measures.why_unknown(answer)
    return Reading(measures.side_of(answer), answer.unit, *ends, reason)


async def _gaps(work: Work, rules: Sequence[Rule]) -> dict[UUID, Read]:
    """How many gaps there are now, and how many there were. What was there before the worker first
    looked nobody knows."""
    if not rules:
        return {}
    asked = [_asked(one, one.watches.gap or WatchedGap(), work.now) for one in rules]
    since, counts = await work.value(_COUNTED, given=asked)
    found = {UUID(one["id"]): one for one in counts or ()}
    told = dict[UUID, Read]()
    for rule in rules:
        then = work.now - rule.over_days * _DAY
        count = found[rule.id]
        was = count["before"] if since is not None and since <= then else None
        told[rule.id] = _counted(count["now"], work.now), _counted(was, then)
    return told


def _asked(rule: Rule, gap: WatchedGap, now: datetime) -> Mapping[str, Any]:
    return {
        "id": str(rule.id),
        "kind": gap.kind,
        "min_severity": gap.min_severity,
        "journey_id": rule.journey_id,
        "stage_id": rule.stage_id,
        "then": now - rule.over_days * _DAY,
    }


def _counted(number: int | None, at: datetime) -> Reading:
    return Reading(Side(at, at, number, None, None, None, ()), "gaps", counted=True)


def _due() -> Statement:
    one, held = alerts.alias("one"), alert_firings.alias("held")
    fires = exists().where(
        held.c.workspace_id == WORKSPACE, held.c.alert_id == one.c.id, held.c.resolved_at.is_(None)
    )
    names = ("id", "version", "watches", "condition", "journey_id", "stage_id")
    members = {n: one.c[n] for n in (*names, "window_days", "least_count")}
    seen = one.c.checked_at
    first = (
        select(json_object(members | {"fires": fires}).label("rule"), seen, one.c.id)
        .where(one.c.workspace_id == WORKSPACE, one.c.enabled)
        .where(or_(seen.is_(None), seen <= bindparam("before", type_=instant)))
        .order_by(seen.asc().nulls_first(), one.c.id)
        .limit(literal_column(str(MOST)))
        .subquery("first")
    )
    listed = func.json_agg(
        aggregate_order_by(first.c.rule, first.c.checked_at.asc().nulls_first(), first.c.id)
    )
    return Statement(
        select(func.coalesce(cast(listed, Text), literal_column("'[]'"))).select_from(first)
    )


def _counting() -> Statement:
    """For each rule how many gaps are there now and were there then; and since when gaps are
    kept."""
    ids = (Column(name, Uuid()) for name in ("id", "journey_id", "stage_id"))
    typed = (Column("kind", Text), Column("min_severity", Double), Column("then", instant))
    call = func.jsonb_to_recordset(rows_of("given")).table_valued(*ids, *typed)
    asked = call.render_derived(name="asked", with_types=True)
    seen, judged_ = gap_sightings.alias("seen"), gap_states.alias("judged")
    dismissed = exists().where(
        judged_.c.workspace_id == WORKSPACE,
        judged_.c.id == seen.c.gap_id,
        judged_.c.status == literal_column("'dismissed'"),
    )
    alike = [
        or_(asked.c[name].is_(None), asked.c[name] == seen.c[name])
        for name in ("kind", "journey_id", "stage_id")
    ]
    is_now, at = seen.c.closed_at.is_(None), asked.c.then
    was = (seen.c.opened_at <= at) & (is_now | (seen.c.closed_at > at))
    counts = (
        select(func.count().filter(is_now).label("now"), func.count().filter(was).label("before"))
        .where(seen.c.workspace_id == WORKSPACE, *alike, ~dismissed)
        .where(seen.c.severity >= asked.c.min_severity, is_now | (seen.c.closed_at > at))
        .lateral("counts")
    )
    each = {"id": asked.c.id, "now": counts.c.now, "before": counts.c.before}
    listed = select(func.json_agg(json_object(each))).select_from(asked.join(counts, _ALWAYS))
    begun = select(func.min(seen.c.opened_at)).where(seen.c.workspace_id == WORKSPACE)
    return Statement(select(func.row(begun.scalar_subquery(), listed.scalar_subquery())))


_ALWAYS: ColumnElement[bool] = literal_column("true")
_DUE = _due()
_COUNTED = _counting()
