"""Telling those who wait that something changed: when, and in which workspaces."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, cast, distinct, func, literal_column, select

from service.domain.outbox import Xid8, outbox
from service.domain.statements import Statement
from service.domain.work import Scope, Work

CHANNEL = "waypost_changes"
EVERYWHERE = "*"
MOST = 200
"""Workspaces that one notification names: Postgres takes 8,000 bytes."""


async def announce(work: Work, since: str | None) -> str:
    """Notify `CHANNEL` of the workspaces in which something changed that readers did not see at
    `since`, which is what was answered before; without it, of none. Within a transaction.

    One statement, and another where something came.
    """
    work.needs(Scope.OPERATOR)
    horizon, came = await work.value(_CAME, since=since)
    if came:
        await work.value(_NOTIFY, payload=_written(came))
    found: str = horizon
    return found


def named(payload: str) -> frozenset[UUID] | None:
    """The workspaces in a notification; None: all of them, as where it names what is none."""
    try:
        return frozenset(map(UUID, payload.split(",")))
    except ValueError:
        return None


def _written(came: list[UUID]) -> str:
    return EVERYWHERE if len(came) > MOST else ",".join(map(str, came))


def _came() -> Statement:
    horizon = func.pg_snapshot_xmin(func.pg_current_snapshot())
    since: Any = cast(cast(bindparam("since", type_=Text), Text), Xid8)
    came = select(func.array_agg(distinct(outbox.c.workspace_id), type_=ARRAY(Uuid()))).where(
        outbox.c.xid >= since, outbox.c.xid < horizon
    )
    return Statement(select(func.row(cast(horizon, Text), came.scalar_subquery())))


def _notify() -> Statement:
    channel = literal_column(f"'{CHANNEL}'", Text)
    return Statement(select(cast(func.pg_notify(channel, bindparam("payload", type_=Text)), Text)))


_CAME = _came()
_NOTIFY = _notify()
