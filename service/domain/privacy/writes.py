"""Erasing a person, restricting what is done with what is held, and lifting either."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    CTE,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    null,
    select,
    update,
)

from service.domain import histories
from service.domain.contacts import block, contact_rows, erasing_alone, one_at_a_time, unblock
from service.domain.ids import new_id
from service.domain.outbox import announced, announcement, telling, told
from service.domain.privacy import shape
from service.domain.privacy.devices import forget_devices, leave_devices
from service.domain.privacy.inputs import NewErasure
from service.domain.privacy.reads import person, reached
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work


class Erasures(Resource):
    """Receipts of erasures, and the erasures themselves."""

    async def erase(self, work: Work, contact_id: UUID) -> Document:
        """Remove a person everywhere, block their identifiers; the receipt.

        All contacts that are shown as the same one go, with whatever is held of them. What is
        being taken in at this moment is waited for, so that nothing of the person comes behind.
        What others did on their devices stays without these: of much the worker does the rest.
        Raises `NotFound`, `NotConfigured`.
        """
        work.needs(Scope.PRIVACY)
        await erasing_alone(work)
        await one_at_a_time(work)
        found = await person(work, contact_id)
        receipt = new_id()
        blocked = await block(work, found.identities, receipt)
        await histories.forget(work, found.identities)
        counts = await work.value(_erasing(), outbox_id=new_id(), **found.places)
        values = {"counts": msgspec.json.decode(counts), "identifiers": blocked, "lifted_at": None}
        made = await self.insert(work, receipt, values)
        await leave_devices(work, receipt, found.devices)
        await forget_devices(work)
        return made

    async def lift(self, work: Work, erasure_id: UUID) -> Document:
        """Let the person's identifiers come again; the receipt stays. Raises `NotFound`."""
        work.needs(Scope.PRIVACY)
        found = await self.current(work, erasure_id, ["lifted_at"])
        await unblock(work, erasure_id)
        if found["lifted_at"] is not None:
            return await self.one(work, erasure_id)
        return await self.change(work, erasure_id, {"lifted_at": work.now}, None)


async def restrict(work: Work, contact_id: UUID) -> dict[str, Any]:
    """Keep what is held of a person and use it for nothing: a `Restriction`. Raises `NotFound`.

    One who is restricted already stays so since then.
    """
    work.needs(Scope.PRIVACY)
    since = await _restricted(work, contact_id, work.now)
    return {"contact_id": contact_id, "restricted_at": since}


async def unrestrict(work: Work, contact_id: UUID) -> None:
    """Use again what is held of a person. Raises `NotFound`."""
    work.needs(Scope.PRIVACY)
    await _restricted(work, contact_id, None)


async def _restricted(work: Work, contact_id: UUID, since: datetime | None) -> datetime | None:
    """Since when the person is restricted, from now on; all contacts shown as one, alike."""
    await one_at_a_time(work)
    found = await person(work, contact_id)
    rows = await work.rows(
        _RESTRICT,
        contact_ids=list(found.contact_ids),
        since=since,
        **announcement(work, {"members": ["restricted_at"]}),
    )
    held = [row["restricted_at"] for row in rows if row["restricted_at"] is not None]
    return min(held, default=since)


def _restricting() -> Statement:
    """Those that are not yet as they shall be change; the answer is how all were before."""
    since = bindparam("since", type_=instant)
    theirs = (
        contact_rows.c.workspace_id == WORKSPACE,
        contact_rows.c.id == func.any(uuids("contact_ids")),
    )
    before = select(contact_rows.c.restricted_at).where(*theirs)
    unlike = contact_rows.c.restricted_at.is_(null()) != since.is_(null())
    changed = (
        update(contact_rows)
        .values(
            restricted_at=since,
            version=contact_rows.c.version + literal_column("1", Integer),
            updated_at=bindparam("now", type_=instant),
        )
        .where(*theirs, unlike)
        .returning(contact_rows.c.id, contact_rows.c.version)
        .cte("changed")
    )
    return Statement(before.add_cte(*announced("contact.updated", changed, many=True)))


@lru_cache(maxsize=1)
def _erasing() -> Statement:
    """All rows of a person in one statement; how many of each table.

    Who follows the changes is told of every resource that goes. Answers and queue rows that hold
    ids alone stay: an id of ours is nobody's once its row is gone.
    """
    gone = {name: _gone(table, condition) for name, (table, condition) in reached().items()}
    counted = json_object(
        {
            name: select(func.count()).select_from(rows).scalar_subquery()
            for name, rows in gone.items()
        }
    )
    resources = [
        telling(f"{reached()[name][0].info['kind']}.erased", rows)
        for name, rows in gone.items()
        if "kind" in reached()[name][0].info
    ]
    return Statement(select(cast(counted, Text)).add_cte(told(*resources).cte("told_outbox")))


def _gone(table: Table, condition: Any) -> CTE:
    removal = delete(table).where(table.c.workspace_id == WORKSPACE, condition)
    named = [table.c[name] for name in ("workspace_id", "id", "version") if name in table.c]
    return removal.returning(*named).cte(f"gone_{table.name}")


ERASURES = Erasures(
    "erasure",
    shape.ERASURE,
    shape.ERASURES,
    NewErasure,
    reads=Scope.PRIVACY,
    writes=Scope.PRIVACY,
)
_RESTRICT = _restricting()
