"""Who loses something when rows go: told before the database lets it go with them.

What an action or a finding says of a part of a map is a row of a link table, and goes with the
part: then the action, which shows it, has changed. A review goes with its map, and is told to be
gone. Parts of a map themselves are told by whoever takes them away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, update

from service.domain.ids import new_id
from service.domain.outbox import announced, announcement, telling, told
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import SCHEMA, instant, metadata
from service.domain.work import Work

_GONE = uuids("gone_ids")
_NOW = bindparam("now", type_=instant)


@dataclass(frozen=True)
class Loss:
    """Rows that go with others: links that an owner shows, or whole resources."""

    table: Table
    column: str
    owner: Table | None


@lru_cache
def losses_with(table: Table) -> tuple[Loss, ...]:
    """What goes with a table's rows: read off the foreign keys that cascade."""
    found = []
    for holder in metadata.sorted_tables:
        for key in holder.foreign_key_constraints:
            if key.referred_table is not table or key.ondelete is None:
                continue
            name = holder.info.get("owner")
            owner = metadata.tables[f"{SCHEMA}.{name}"] if name else None
            if owner is not table and not holder.info.get("whole"):
                found.append(Loss(holder, key.column_keys[-1], owner))
    return tuple(found)


async def tell(work: Work, gone: Mapping[Table, Sequence[UUID]]) -> None:
    """Raise the versions of those who lose what they show, and tell of them and of what goes.

    Called before the rows of `gone`, by table, are deleted.
    """
    for table, ids in gone.items():  # a fixed handful of tables
        for loss in losses_with(table) if ids else ():  # and of kinds
            if loss.owner is None:
                values = {"outbox_id": new_id(), "now": work.now}
            else:
                values = announcement(work, {"members": [loss.table.info["member"]]})
            await work.rows(_telling(loss), gone_ids=list(ids), **values)


@lru_cache(maxsize=64)
def _telling(loss: Loss) -> Statement:
    table, owner = loss.table, loss.owner
    goes = (table.c.workspace_id == WORKSPACE, table.c[loss.column] == func.any(_GONE))
    if owner is None:
        kind = f"{table.info['kind']}.deleted"
        return Statement(told(telling(kind, table).where(*goes)))
    held = select(table.c[table.info["owner_id"]]).where(*goes)
    values = {"version": owner.c.version + 1, "updated_at": _NOW}
    loses = (owner.c.workspace_id == WORKSPACE, owner.c.id.in_(held))
    changed = update(owner).values(values).where(*loses).returning(owner).cte("changed")
    rows = announced(f"{owner.info['kind']}.updated", changed, many=True)
    return Statement(select(func.count()).select_from(changed).add_cte(*rows))
