"""Alerts as resources, and keeping how they stand: what fires and what is back is told in the same
statement."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import (
    CTE,
    Column,
    FromClause,
    Integer,
    Text,
    Uuid,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain import access, measures, references
from service.domain.alerts import shape
from service.domain.alerts.asking import Rule, Watch, queries
from service.domain.alerts.firing_inputs import AlertFiring
from service.domain.alerts.inputs import NewAlert
from service.domain.alerts.judged import Condition, Judged
from service.domain.alerts.tables import alert_firings, alerts
from service.domain.errors import Invalid, Problem
from service.domain.ids import new_id
from service.domain.journeys import journeys, stages
from service.domain.known import Expected
from service.domain.outbox import telling, told
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import instant
from service.domain.work import Scope, Work

_NOW = bindparam("now", type_=instant)
_ONE_MORE = literal_column("1", Integer)
_RULE = frozenset(NewAlert.model_fields) - {"name", "external_ids"}
"""What decides how it stands."""
_UNSEEN = dict.fromkeys(("state", "reason", "checked_at", "figure"))


class Alerts(Resource):
    """Rules on figures and gaps."""

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses KPIs that cannot be computed, maps and stages that are not there, and times
        before that lie within the window. A rule that was changed is looked at anew."""
        values = await super().stored(work, resource_id, members)
        problems = await self._misplaced(work, resource_id, members)
        problems += await self._overlapping(work, resource_id, members)
        if members.get("watches") is not None:
            problems += await _uncomputable(work, members["watches"])
        if problems:
            raise Invalid(problems)
        return values | (_UNSEEN if _RULE & {*values} else {})

    async def change(
        self,
        work: Work,
        resource_id: UUID,
        values: Mapping[str, Any],
        expected: Expected,
        told: Mapping[str, Any] | None = None,
        *,
        tells_whole: bool = False,
    ) -> Document:
        """The rule; once it is disabled, what it fired is resolved."""
        changed = await super().change(
            work, resource_id, values, expected, told, tells_whole=tells_whole
        )
        if values.get("enabled") is False:
            await work.value(_RESOLVE, id=resource_id, outbox_id=new_id())
        return changed

    async def _misplaced(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> list[Problem]:
        places = ("journey_id", "stage_id")
        if {*places}.isdisjoint(members):
            return []
        held = await self._together(work, resource_id, members, places)
        asked = [(journeys, "journey_id"), (stages, "stage_id")]
        problems: list[Problem] = []
        # A map and a stage.
        for table, name in asked:
            problems += await references.unknown(work, table, [(f"/{name}", members.get(name))])
        if problems or None in held.values():
            return problems
        which, stage = (UUID(str(held[name])) for name in places)
        if await work.value(_MAP_OF, id=stage) in (None, which):
            return []
        return [Problem("/stage_id", "another_map", "the stage is of another map")]

    async def _overlapping(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> list[Problem]:
        names = ("condition", "window_days")
        if {*names}.isdisjoint(members):
            return []
        held = await self._together(work, resource_id, members, names)
        over = ((held["condition"] or {}).get("change") or {}).get("over_days")
        if over is None or over >= held["window_days"]:
            return []
        detail = "must not be fewer than window_days: the two would have days in common"
        return [Problem("/condition/change/over_days", "overlapping", detail)]

    async def _together(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any], names: tuple[str, ...]
    ) -> Mapping[str, Any]:
        """Members that must agree: as sent, else as stored."""
        missing = [name for name in names if name not in members]
        held = await self.current(work, resource_id, missing) if missing else {}
        return {name: members[name] if name in members else held[name] for name in names}


async def _uncomputable(work: Work, watches: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the KPI that a rule names. Whoever names one may ask for it: raises
    `ScopeMissing`."""
    watched = msgspec.convert(watches, Watch)
    if watched.kpi is None:
        return []
    zone = ZoneInfo((await access.reporting(work)).time_zone)
    rule = Rule(new_id(), 1, watched, Condition(above=0), None, None, 1, None, fires=False)
    try:
        await measures.computable(work, queries(rule, watched.kpi, work.now, zone)[0])
    except Invalid as error:
        return list(error.renamed(lambda at: f"/watches/kpi{at}").problems)
    return []


async def keep_states(work: Work, found: Mapping[UUID, Judged], rules: Mapping[UUID, Rule]) -> int:
    """Keep how rules stand, what has fired and what is back. How many that are; one statement. A
    rule that was changed meanwhile stays as it is, and is looked at again.
    """
    work.needs(ALERTS.reads)
    rows = [
        {
            "alert_id": str(which),
            "version": rules[which].version,
            "firing_id": str(new_id()),
            "condition": rules[which].condition,
            **one._asdict(),
        }
        for which, one in found.items()
    ]
    number: int = await work.value(_KEEP, given=rows, outbox_id=new_id())
    return number


def _given() -> FromClause:
    typed: list[Column[Any]] = [Column("alert_id", Uuid()), Column("version", Integer)]
    typed += [Column("firing_id", Uuid()), Column("state", Text), Column("reason", Text)]
    typed += [Column(n, JSONB(none_as_null=True)) for n in ("condition", "figure", "before")]
    typed.append(Column("change", JSONB(none_as_null=True)))
    call = func.jsonb_to_recordset(rows_of("given")).table_valued(*typed)
    return call.render_derived(name="given", with_types=True)


def _stands(given: FromClause) -> CTE:
    values = {"state": given.c.state, "reason": given.c.reason, "figure": given.c.figure}
    is_it = (alerts.c.id == given.c.alert_id) & (alerts.c.version == given.c.version)
    kept = update(alerts).values(values | {"checked_at": _NOW})
    kept = kept.where(alerts.c.workspace_id == WORKSPACE, is_it, alerts.c.enabled)
    return kept.returning(alerts.c.id, alerts.c.state).cte("stands")


def _back(stands: CTE) -> CTE:
    is_back = stands.c.state == literal_column("'ok'")
    return _resolved(exists().where(stands.c.id == alert_firings.c.alert_id, is_back))


def _resolved(back: Any) -> CTE:
    raised = {"resolved_at": _NOW, "updated_at": _NOW, "version": alert_firings.c.version + 1}
    gone = update(alert_firings).values(raised)
    gone = gone.where(alert_firings.c.workspace_id == WORKSPACE, back)
    gone = gone.where(alert_firings.c.resolved_at.is_(None))
    names = ("id", "version", "alert_id")
    return gone.returning(*(alert_firings.c[n] for n in names)).cte("resolved")


def _fired(given: FromClause, stands: CTE) -> CTE:
    held = alert_firings.alias("held")
    is_held = exists().where(
        held.c.workspace_id == WORKSPACE,
        held.c.alert_id == stands.c.id,
        held.c.resolved_at.is_(None),
    )
    names = ("condition", "figure", "before", "change")
    rows = (
        select(WORKSPACE, given.c.firing_id, _ONE_MORE, _NOW, _NOW, _NOW, stands.c.id)
        .add_columns(*(given.c[n] for n in names))
        .join_from(given, stands, stands.c.id == given.c.alert_id)
        .where(stands.c.state == literal_column("'firing'"), ~is_held)
    )
    into = ["workspace_id", "id", "version", "created_at", "updated_at", "fired_at", "alert_id"]
    made = insert(alert_firings).from_select([*into, *names], rows)
    kept = ("id", "version", "alert_id")
    return made.returning(*(alert_firings.c[n] for n in kept)).cte("fired")


def _keep() -> Statement:
    given = _given()
    stands = _stands(given)
    resolved, fired = _back(stands), _fired(given, stands)
    rows = told(
        telling("alert_firing.updated", resolved, resolved.c.alert_id),
        telling("alert_firing.created", fired, fired.c.alert_id),
    )
    numbers = (select(func.count()).select_from(one).scalar_subquery() for one in (resolved, fired))
    first, second = numbers
    return Statement(select(first + second).add_cte(rows.cte("told_outbox")))


def _resolve() -> Statement:
    resolved = _resolved(alert_firings.c.alert_id == bindparam("id", type_=Uuid()))
    rows = told(telling("alert_firing.updated", resolved, resolved.c.alert_id))
    number = select(func.count()).select_from(resolved)
    return Statement(number.add_cte(rows.cte("told_outbox")))


_MAP_OF = Statement(
    select(stages.c.journey_id).where(
        stages.c.workspace_id == WORKSPACE, stages.c.id == bindparam("id", type_=Uuid())
    )
)
_KEEP = _keep()
_RESOLVE = _resolve()

ALERTS = Alerts("alert", shape.ALERT, shape.ALERTS, NewAlert, reads=Scope.ANALYTICS_READ)
ALERT_FIRINGS = Resource(
    "alert_firing",
    shape.FIRING,
    shape.FIRINGS,
    AlertFiring,
    whole=alerts,
    reads=Scope.ANALYTICS_READ,
)
