"""Who points at whom: refusing what refers to nothing, naming users, letting them go."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    delete,
    func,
    literal_column,
    null,
    select,
    table,
    union_all,
    update,
)

from service.domain.errors import Problem, User
from service.domain.ids import new_id
from service.domain.outbox import announced, announcement, telling, told
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import SCHEMA, instant, metadata, shown_by
from service.domain.work import Work

_USED = bindparam("used_id", type_=Uuid())
_ALONE = Statement(select(func.pg_advisory_xact_lock(bindparam("lock", type_=BigInteger))))
_NOW = bindparam("now", type_=instant)
NAMED = 100
"""Users named in an answer; there may be more."""


@dataclass(frozen=True)
class Use:
    """One way of depending: rows of `owner` through `column` of theirs or of a link table."""

    owner: Table
    column: str
    link: Table | None = None

    @property
    def kind(self) -> str:
        return str(self.owner.info["kind"])

    @property
    def member(self) -> str:
        """The member of the owner that shows the row."""
        shows = self.owner.c[self.column] if self.link is None else self.link
        return str(shows.info.get("member", self.column))

    @property
    def whole(self) -> Table | None:
        """The table of the maps that `owner` is a part of, when it is one."""
        name = self.owner.info["whole"]
        return None if name is None else metadata.tables[f"{SCHEMA}.{name}"]

    @property
    def whole_id(self) -> str:
        return f"{self.whole.info['kind']}_id" if self.whole is not None else "id"

    @property
    def top(self) -> Table:
        """The table of the maps, or of the owners where they are no parts."""
        return self.owner if self.whole is None else self.whole


@lru_cache
def uses_of(table: Table) -> tuple[Use, ...]:
    """Who may depend on a table's rows: read off the foreign keys that do not cascade.

    So a slice need not know those above it, and no new reference can be forgotten.
    """
    found = []
    for holder in metadata.sorted_tables:
        for key in holder.foreign_key_constraints:
            if key.referred_table is table and key.ondelete is None:
                column = key.column_keys[-1]
                name = holder.info.get("owner")
                owner = metadata.tables[f"{SCHEMA}.{name}"] if name else holder
                found.append(Use(owner, column, holder if name else None))
    return tuple(found)


async def unknown(
    work: Work, table: Table, refs: Sequence[tuple[str, UUID | None]]
) -> list[Problem]:
    """A problem for each (pointer, id) that names no row of the table."""
    ids = list({which for _, which in refs if which is not None})
    if not ids:
        return []
    found = {row["id"] for row in await work.rows(_existing(table), ids=ids)}
    kind = str(table.info["kind"]).replace("_", " ")
    return [
        Problem(pointer, "unknown_reference", f"there is no such {kind}")
        for pointer, which in refs
        if which is not None and which not in found
    ]


async def one_at_a_time(work: Work, what: str) -> None:
    """Let one work of the workspace at a time look for circles and then close none.

    Each would miss the half that the other is about to write.
    """
    await work.rows(_ALONE, lock=_lock_of(work, what))


async def beside_others(work: Work, what: str) -> None:
    """Wait for whoever does it `one_at_a_time`, and let nobody begin until this work ends."""
    await work.connection.share(_lock_of(work, what))


async def together(work: Work, what: str) -> tuple[int, frozenset[str]]:
    """The time in microseconds of Unix time, and who does it `beside_others` then.

    Whoever is not among them begins later than that time.
    """
    which = _lock_of(work, what) & (1 << 64) - 1
    time, doing = await work.value(_TOGETHER, first=which >> 32, second=which & 0xFFFF_FFFF)
    return time, frozenset(doing or ())


def _together() -> Statement:
    names = ("locktype", "database", "classid", "objid", "mode", "granted", "virtualtransaction")
    locks = table("pg_locks", *(column(n) for n in names), schema="pg_catalog")
    held = table("pg_database", column("oid"), column("datname"), schema="pg_catalog")
    here = select(held.c.oid).where(held.c.datname == func.current_database()).scalar_subquery()
    doing = select(func.array_agg(locks.c.virtualtransaction)).where(
        # Names of transactions, by a lock that is the workspace's own.
        WORKSPACE.is_not(None),
        locks.c.locktype == literal_column("'advisory'"),
        locks.c.database == here,
        cast(locks.c.classid, BigInteger) == bindparam("first", type_=BigInteger),
        cast(locks.c.objid, BigInteger) == bindparam("second", type_=BigInteger),
        locks.c.mode == literal_column("'ShareLock'"),
        locks.c.granted == literal_column("true"),
    )
    # The time at which this was asked: before anybody looks who holds the lock.
    asked = func.extract("epoch", func.statement_timestamp()) * literal_column("1000000")
    return Statement(select(func.row(cast(asked, BigInteger), doing.scalar_subquery())))


def _lock_of(work: Work, what: str) -> int:
    name = f"{work.caller.workspace_id} {what}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)


_TOGETHER = _together()


async def touch(work: Work, table: Table, used_id: UUID) -> None:
    """Raise the version of every user of a row, its stage's and its map's: they show some of it."""
    for use in uses_of(table):  # a fixed handful of kinds, not of rows
        if use.whole is not None:
            await work.rows(_raise_wholes(use), used_id=used_id, now=work.now)
        await work.rows(_raise_owners(use), used_id=used_id, now=work.now, outbox_id=new_id())


async def users(work: Work, table: Table, used_id: UUID) -> list[User]:
    """The first users of a row, by kind."""
    if not uses_of(table):
        return []
    rows = await work.rows(_users(table), used_id=used_id)
    return [User(row["kind"], row["id"], row["label"]) for row in rows]


async def detach(work: Work, table: Table, used_id: UUID) -> None:
    """Make every user forget the row; each user's version rises, its stage's and its map's.

    The audit trail has a row for each user: the member, and the id that it no longer holds.
    """
    for lock in _locks(table):  # one a kind of map, not of rows
        await work.rows(lock, used_id=used_id)
    for use in uses_of(table):  # a fixed handful of kinds, not of rows
        if use.whole is not None:
            await work.rows(_raise_wholes(use), used_id=used_id, now=work.now)
        changed = {"members": [use.member], "detached": str(used_id)}
        await work.rows(_forget(use), used_id=used_id, **announcement(work, changed))
        if use.link is not None:
            await work.rows(_unlink(use), used_id=used_id)


@lru_cache(maxsize=64)
def _existing(table: Table) -> Statement:
    known = table.c.id == func.any(uuids("ids"))
    return Statement(select(table.c.id).where(table.c.workspace_id == WORKSPACE, known))


@lru_cache
def _locks(table: Table) -> tuple[Statement, ...]:
    """Locks all that `detach` will write, and the row, in one order: see `service.domain.writing`.

    Without it, two who let go of things that the same maps use would wait for each other.
    """
    tops = {use.top.name: use.top for use in uses_of(table)}
    return tuple(_lock(table, tops[name]) for name in sorted(tops))


def _lock(table: Table, top: Table) -> Statement:
    ids = [_wholes(use) for use in uses_of(table) if use.top is top]
    if top is table:
        ids.append(select(_USED))
    written = (top.c.workspace_id == WORKSPACE, top.c.id.in_(union_all(*ids)))
    ordered = select(top.c.id).where(*written).order_by(top.c.id)
    return Statement(ordered.with_for_update(key_share=True))


def _wholes(use: Use) -> Any:
    """Ids of the maps in which rows of `owner` use the row."""
    owner = use.owner
    uses_it = owner.c.id.in_(_owners(use))
    return select(owner.c[use.whole_id]).where(owner.c.workspace_id == WORKSPACE, uses_it)


def _owners(use: Use) -> Any:
    """Ids of the rows of `owner` that use the row."""
    held, column = (use.owner, "id")
    if use.link is not None:
        held, column = use.link, use.link.info["owner_id"]
    uses_it = held.c[use.column] == _USED
    return select(held.c[column]).where(held.c.workspace_id == WORKSPACE, uses_it)


@lru_cache(maxsize=64)
def _users(table: Table) -> Statement:
    parts = [
        select(
            literal_column(f"'{use.kind}'", Text).label("kind"),
            use.owner.c.id.label("id"),
            cast(use.owner.c[use.owner.info["label"]], Text).label("label"),
        ).where(use.owner.c.workspace_id == WORKSPACE, use.owner.c.id.in_(_owners(use)))
        for use in uses_of(table)
    ]
    every = union_all(*parts).subquery("every")
    return Statement(select(every).order_by(every.c.kind, every.c.id).limit(NAMED))


@lru_cache(maxsize=64)
def _raise_wholes(use: Use) -> Statement:
    whole = use.whole
    if whole is None:
        raise ValueError(f"{use.kind} is no part")
    is_it = (whole.c.workspace_id == WORKSPACE, whole.c.id.in_(_wholes(use)))
    return Statement(
        update(whole).values(version=whole.c.version + 1, updated_at=_NOW).where(*is_it)
    )


@lru_cache(maxsize=64)
def _raise_owners(use: Use) -> Statement:
    changed = _raised_owners(use, {})
    rows = telling(f"{use.kind}.updated", changed, changed.c[use.whole_id])
    return Statement(told(rows).add_cte(*_raised_above(use, changed)))


@lru_cache(maxsize=64)
def _forget(use: Use) -> Statement:
    changed = _raised_owners(use, {use.column: null()} if use.link is None else {})
    rows = announced(f"{use.kind}.updated", changed, changed.c[use.whole_id], many=True)
    return Statement(
        select(func.count()).select_from(changed).add_cte(*rows, *_raised_above(use, changed))
    )


def _raised_owners(use: Use, values: Mapping[str, Any]) -> CTE:
    owner = use.owner
    raised = {"version": owner.c.version + 1, "updated_at": _NOW, **values}
    uses_it = (owner.c.workspace_id == WORKSPACE, owner.c.id.in_(_owners(use)))
    return update(owner).values(raised).where(*uses_it).returning(owner).cte("changed")


def _raised_above(use: Use, changed: CTE) -> list[CTE]:
    """What shows the users among its members, a stage its steps, is raised with them."""
    if (found := shown_by(use.owner)) is None:
        return []
    above, column = found
    shows = (above.c.workspace_id == WORKSPACE, above.c.id.in_(select(changed.c[column])))
    raised = update(above).values(version=above.c.version + 1, updated_at=_NOW).where(*shows)
    return [raised.cte("shown_by")]


@lru_cache(maxsize=64)
def _unlink(use: Use) -> Statement:
    if use.link is None:
        raise ValueError(f"{use.kind} has no link table")
    link = use.link
    uses_it = link.c[use.column] == _USED
    return Statement(delete(link).where(link.c.workspace_id == WORKSPACE, uses_it))
