"""What is older than its workspace keeps it goes: events, and messages that were put aside.

The keys of events stay, so none comes back.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Column,
    Integer,
    Select,
    Table,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
)

from service.domain import histories
from service.domain.events import event_rows as events
from service.domain.events import quarantine_rows as quarantine
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant, workspaces
from service.domain.work import Scope, Work

MOST = 10_000
"""Events, and messages put aside, that go at once: nobody waits long for what such a work holds."""

_SETTING = workspaces.c.settings.op("->>")(literal_column("'retention_days'"))


async def expiring(work: Work) -> Sequence[UUID]:
    """The workspaces that keep events for a time, for a caller who may list workspaces."""
    work.needs(Scope.OPERATOR)
    return [row["workspace_id"] for row in await work.rows(_EXPIRING)]


async def expire(work: Work) -> int:
    """Delete events of the workspace that are older than it keeps them; how many.

    Messages that were put aside go with them, by when they came. At most `MOST` of each, and the
    larger number is answered: that many mean that there may be more. None where nothing is set.
    """
    work.needs(Scope.PRIVACY)
    days = await work.value(_DAYS)
    if days is None:
        return 0
    before = work.now - timedelta(days=days)
    await histories.keep_from(work, before)
    gone: int = await work.value(_EXPIRE, before=before, most=MOST)
    return gone


def _expire() -> Statement:
    counts = [
        select(func.count()).select_from(gone).scalar_subquery() for gone in (_events(), _aside())
    ]
    return Statement(select(func.greatest(*counts)))


def _events() -> CTE:
    old = _old(events, events.c.timestamp, events.c.arrival, events.c.timestamp).cte("old")
    gone = delete(events).where(
        events.c.workspace_id == WORKSPACE,
        events.c.arrival == old.c.arrival,
        events.c.timestamp == old.c.timestamp,
    )
    return gone.returning(events.c.arrival).cte("gone")


def _aside() -> CTE:
    old = _old(quarantine, quarantine.c.created_at, quarantine.c.id)
    # As one array: joined, every row may be compared with every other.
    gone = delete(quarantine).where(
        quarantine.c.workspace_id == WORKSPACE,
        quarantine.c.id == func.any(func.array(old.scalar_subquery())),
    )
    return gone.returning(quarantine.c.id).cte("gone_aside")


def _old(table: Table, since: Column[Any], *key: Column[Any]) -> Select[Any]:
    before = bindparam("before", type_=instant)
    old = select(*key).where(table.c.workspace_id == WORKSPACE, since < before)
    return old.limit(bindparam("most", type_=Integer))


_EXPIRING = Statement(
    select(workspaces.c.workspace_id)
    .where(_SETTING.is_not(None))
    .order_by(workspaces.c.workspace_id)
)
_DAYS = Statement(select(cast(_SETTING, Integer)).where(workspaces.c.workspace_id == WORKSPACE))
_EXPIRE = _expire()
