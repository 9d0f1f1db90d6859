"""Taking an erased person's anonymous ids off the events of others that carry them.

No index finds these: few events carry two ids, and an index would cost each of them. So the events
of the workspace are gone through, from the latest to the first, some at a time.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, Text, Uuid, bindparam, func, select, update
from sqlalchemy.sql import and_, null

from service.domain.events import event_rows as events
from service.domain.privacy.tables import erasures
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work

MOST_LOOKED_AT = 200_000
"""Events that are gone through at once."""
_FIRST, _LAST = -(2**63), 2**63 - 1


async def leave_devices(work: Work, erasure_id: UUID, devices: Sequence[str]) -> None:
    """Have `forget_devices` take these off the events of others that came until now."""
    work.needs(Scope.PRIVACY)
    if devices:
        told = {"devices": list(devices), "devices_before": _LAST}
        await work.rows(_LEFT, erasure_id=erasure_id, **told)


async def forget_devices(work: Work, most: int = MOST_LOOKED_AT) -> int:
    """Take devices of somebody erased off events of others, of so many that came one after the
    other; `most` where there may be more, else 0. Four statements at most, one where nobody waits.
    """
    work.needs(Scope.PRIVACY)
    found = await work.rows(_WAITING)
    if not found:
        return 0
    (waiting,) = found
    asked = {"devices": waiting["devices"], "devices_before": waiting["devices_before"]}
    since = await work.value(_SINCE, most=most, **asked)
    await work.rows(_TAKEN_OFF, since=_FIRST if since is None else since, **asked)
    left = {"devices": None if since is None else waiting["devices"], "devices_before": since}
    await work.rows(_LEFT, erasure_id=waiting["id"], **left)
    return 0 if since is None and waiting["number"] == 1 else most


_DEVICES = bindparam("devices", type_=ARRAY(Text))
_BEFORE = bindparam("devices_before", type_=BigInteger)
_WAITING = Statement(
    select(
        erasures.c.id,
        erasures.c.devices,
        erasures.c.devices_before,
        func.count().over().label("number"),
    )
    .where(erasures.c.workspace_id == WORKSPACE, erasures.c.devices != null())
    # Whose erasure waits for it: before those that others left.
    .order_by(erasures.c.id.desc())
    .limit(1)
)
_EARLIER = and_(events.c.workspace_id == WORKSPACE, events.c.arrival < _BEFORE)
_SINCE = Statement(
    select(events.c.arrival)
    .where(_EARLIER)
    .order_by(events.c.arrival.desc())
    .offset(bindparam("most", type_=Integer) - 1)
    .limit(1)
)
_TAKEN_OFF = Statement(
    update(events)
    .values(anonymous_id=null())
    .where(
        _EARLIER,
        events.c.arrival >= bindparam("since", type_=BigInteger),
        events.c.anonymous_id == func.any(_DEVICES),
    )
)
_LEFT = Statement(
    update(erasures)
    .values(devices=_DEVICES, devices_before=_BEFORE)
    .where(
        erasures.c.workspace_id == WORKSPACE,
        erasures.c.id == bindparam("erasure_id", type_=Uuid()),
    )
)
