"""Events that are older than their workspace keeps them go; their keys stay, so none comes back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Integer, bindparam, cast, delete, func, literal_column, select

from service.domain.events import event_rows as events
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant, workspaces
from service.domain.work import Scope, Work

MOST = 10_000
"""Events that go at once: nobody waits long for what such a work holds."""

_SETTING = workspaces.c.settings.op("->>")(literal_column("'retention_days'"))


async def expiring(work: Work) -> Sequence[UUID]:
    """The workspaces that keep events for a time, for a caller who may list workspaces."""
    work.needs(Scope.OPERATOR)
    return [row["workspace_id"] for row in await work.rows(_EXPIRING)]


async def expire(work: Work) -> int:
    """Delete events of the workspace that are older than it keeps them; how many.

    At most `MOST`; that many mean that there may be more. None where nothing is set.
    """
    work.needs(Scope.PRIVACY)
    days = await work.value(_DAYS)
    if days is None:
        return 0
    before = work.now - timedelta(days=days)
    gone: int = await work.value(_EXPIRE, before=before, most=MOST)
    return gone


def _expire() -> Statement:
    old = (
        select(events.c.arrival, events.c.timestamp)
        .where(
            events.c.workspace_id == WORKSPACE,
            events.c.timestamp < bindparam("before", type_=instant),
        )
        .limit(bindparam("most", type_=Integer))
        .cte("old")
    )
    gone = (
        delete(events)
        .where(
            events.c.workspace_id == WORKSPACE,
            events.c.arrival == old.c.arrival,
            events.c.timestamp == old.c.timestamp,
        )
        .returning(events.c.arrival)
        .cte("gone")
    )
    return Statement(select(func.count()).select_from(gone))


_EXPIRING = Statement(
    select(workspaces.c.workspace_id)
    .where(_SETTING.is_not(None))
    .order_by(workspaces.c.workspace_id)
)
_DAYS = Statement(select(cast(_SETTING, Integer)).where(workspaces.c.workspace_id == WORKSPACE))
_EXPIRE = _expire()
