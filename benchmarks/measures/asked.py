"""The figures that are asked for: by the service, and by hand."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from benchmarks.measures import by_hand
from benchmarks.measures.made import NAMES
from service.database import Database
from service.domain import measures
from service.domain.work import Caller

READY = 50
"""How many times as fast as by hand it shall be where figures are kept ready."""
WEB = {"field": "channel", "op": "eq", "value": "web"}
Asked = Callable[[], Awaitable[Any]]


class Case(NamedTuple):
    """The same figure by the service and by hand, and how much faster it shall be."""

    service: Asked
    by_hand: Asked
    least: float | None


def cases(owner: Any, database: Database, caller: Caller) -> Mapping[str, Case]:
    """All of them by name, of the workspace of a caller."""
    every = {"order": {"all": []}}

    def by_sql(query: str) -> Asked:
        return lambda: owner.fetchval(query, caller.workspace_id)

    async def of_sessions(key: str, **asked: Any) -> Any:
        query = measures.KpiQuery.model_validate({"kpi": key, **asked})
        async with database.write(caller) as work:
            found = (await measures.kpi(work, query)).value
        return found if isinstance(found, int) else [found.numerator, found.denominator]

    async def sessions(member: str) -> Any:
        async with database.write(caller) as work:
            found = await measures.sessions(work, measures.SessionsQuery())
        return getattr(found, member)

    async def funnel() -> list[int]:
        steps = [{"name": name, "any_of": [name]} for name in NAMES]
        async with database.write(caller) as work:
            found = await measures.funnel(work, measures.FunnelsQuery(steps=steps))
        return [one.units for one in found.steps]

    async def counts(member: str, **asked: Any) -> Any:
        query = measures.KpiQuery.model_validate({"kpi": "orders", "parameters": every, **asked})
        async with database.write(caller) as work:
            found = await measures.kpi(work, query)
        if member == "series":
            return [one.value for one in found.series]
        return {one.keys[member]: one.value for one in found.breakdown}

    def told(query: str) -> Asked:
        return lambda: _decoded(owner, query, caller)

    cut = {"from": "2026-01-20T07:13:11Z", "to": "2026-04-11T16:48:29Z"}
    days = {"from": "2026-01-05T18:30:00Z", "to": "2026-04-25T18:30:00Z", "interval": "day"}
    return {
        "counts by event": Case(
            lambda: counts("event", breakdown=["event"]), told(by_hand.EVENTS), READY
        ),
        "counts by channel, cut": Case(
            lambda: counts("channel", breakdown=["channel"], **cut), told(by_hand.CHANNELS), READY
        ),
        "days of Kolkata": Case(lambda: counts("series", **days), told(by_hand.DAYS), READY),
        "funnel of five steps": Case(funnel, by_sql(by_hand.funnel()), 8),
        "sessions": Case(lambda: of_sessions("sessions"), by_sql(by_hand.SESSIONS), READY),
        "bounces, cut": Case(
            lambda: of_sessions("bounce_rate", parameters={"mode": "single_event"}, **cut),
            by_sql(by_hand.BOUNCES),
            READY,
        ),
        "all of sessions": Case(lambda: sessions("sessions"), by_sql(by_hand.SESSIONS), None),
        "distinct contacts": Case(lambda: _reach(database, caller), by_sql(by_hand.CONTACTS), 10),
        "of a range and channel": Case(
            lambda: _reach(database, caller, filter=WEB, **cut), by_sql(by_hand.CONTACTS_CUT), None
        ),
    }


async def _reach(database: Database, caller: Caller, **asked: Any) -> Any:
    every = {"impression": {"all": []}}
    query = measures.KpiQuery.model_validate({"kpi": "reach", "parameters": every, **asked})
    async with database.write(caller) as work:
        return (await measures.kpi(work, query)).value


async def _decoded(owner: Any, query: str, caller: Caller) -> Any:
    return json.loads(await owner.fetchval(query, caller.workspace_id))
