"""Locking a map, and finding room in it and between two of its parts.

Every structural write locks the journey's row first and looks at its siblings in a later
statement, so that it sees what those before it did.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)

from service.domain import keys
from service.domain.errors import Invalid, NotFound, Problem
from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS, MOST_TRANSITIONS, too_many
from service.domain.journeys.tables import journeys, stages, steps, transitions
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Work

_NOW = bindparam("now", type_=instant)
_ID = bindparam("id", type_=Uuid())
_JOURNEY = bindparam("journey_id", type_=Uuid())
MOST_DECIMALS = 60
"""Of a position: each part that comes between the same two needs one more."""
MOST = {stages: MOST_STAGES, steps: MOST_STEPS, transitions: MOST_TRANSITIONS}


class Locked(NamedTuple):
    """A map whose row is locked until the work ends."""

    journey_id: UUID
    neighbours_tied: bool


async def lock(work: Work, table: Table, resource_id: UUID) -> Locked:
    """Lock the map that a row of `table` is or belongs to; its version rises. Raises `NotFound`."""
    rows = await work.rows(_lock(table), id=resource_id, now=work.now)
    if not rows:
        raise NotFound(table.info["kind"], resource_id)
    return Locked(rows[0]["id"], rows[0]["neighbours_tied"])


async def refuse_when_full(work: Work, table: Table, locked: Locked) -> None:
    """Raises `Invalid` where the map has all the parts of this kind that it may hold."""
    if await work.value(_count(table), journey_id=locked.journey_id) >= MOST[table]:
        raise Invalid([too_many("", MOST[table], table.name)])


async def complete_key(work: Work, table: Table, locked: Locked, members: dict[str, Any]) -> None:
    """Make the key of a new part, in place, where the caller gave none."""
    if members["key"] is None:
        label, kind = members[table.info["label"]], table.info["kind"]
        start = keys.key_of(label, kind)
        held = await work.rows(_keys_from(table), journey_id=locked.journey_id, start=start)
        members["key"] = keys.completed([(None, label)], kind, [row["key"] for row in held])[0]


async def has_stage(work: Work, journey_id: UUID, stage_id: UUID) -> bool:
    """Whether a stage is of this map."""
    found = await work.rows(_STAGE, journey_id=journey_id, id=stage_id)
    return bool(found)


async def step_ids(work: Work, journey_id: UUID, step_keys: list[str]) -> dict[str, UUID]:
    """The ids of a map's steps by key; keys of none are left out."""
    found = await work.rows(_STEP_IDS, journey_id=journey_id, keys=step_keys)
    return {row["key"]: row["id"] for row in found}


async def place_after(
    work: Work, table: Table, within: str, owner_id: UUID, after: UUID | None
) -> Decimal:
    """A position after a sibling, or before all of them. Raises `Invalid` for no sibling.

    Where halving has made it long, the siblings are numbered anew first. That changes nothing
    that they show, so they keep their versions.
    """
    placing = _place(table, within)
    found: Decimal | None = await work.value(placing, owner_id=owner_id, after=after)
    if found is None:
        detail = f"there is no such {table.info['kind']} beside it"
        raise Invalid([Problem("/after", "unknown_reference", detail)])
    if _decimals(found) <= MOST_DECIMALS:
        return found
    await work.rows(_renumber(table, within), owner_id=owner_id)
    wide: Decimal = await work.value(placing, owner_id=owner_id, after=after)
    return wide


async def last(work: Work, table: Table, within: str, owner_id: UUID) -> UUID | None:
    """The last of an owner's parts."""
    found: UUID | None = await work.value(_last(table, within), owner_id=owner_id)
    return found


def _decimals(position: Decimal) -> int:
    exponent = position.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _of_journey(table: Table) -> tuple[ColumnElement[bool], ...]:
    return (table.c.workspace_id == WORKSPACE, table.c.journey_id == _JOURNEY)


@lru_cache
def _count(table: Table) -> Statement:
    return Statement(select(func.count()).select_from(table).where(*_of_journey(table)))


@lru_cache
def _keys_from(table: Table) -> Statement:
    begins = func.starts_with(table.c.key, bindparam("start", type_=Text))
    return Statement(select(table.c.key).where(*_of_journey(table), begins))


_STAGE = Statement(select(stages.c.id).where(*_of_journey(stages), stages.c.id == _ID))
_STEP_IDS = Statement(
    select(steps.c.key, steps.c.id).where(
        *_of_journey(steps), steps.c.key == func.any(bindparam("keys", type_=ARRAY(Text)))
    )
)


@lru_cache
def _lock(table: Table) -> Statement:
    is_it = journeys.c.id == _ID
    if table is not journeys:
        of = select(table.c.journey_id).where(table.c.workspace_id == WORKSPACE, table.c.id == _ID)
        is_it = journeys.c.id == of.scalar_subquery()
    return Statement(
        update(journeys)
        .values(version=journeys.c.version + 1, updated_at=_NOW)
        .where(journeys.c.workspace_id == WORKSPACE, is_it)
        .returning(journeys.c.id, journeys.c.neighbours_tied)
    )


@lru_cache
def _place(table: Table, within: str) -> Statement:
    sibling, following = table.alias("sibling"), table.alias("following")
    owner = bindparam("owner_id", type_=Uuid())
    after = bindparam("after", type_=Uuid())
    here = (following.c.workspace_id == WORKSPACE, following.c[within] == owner)
    first = select(func.coalesce(func.min(following.c.position) - 1, 0)).where(*here)
    nearest = select(func.min(following.c.position)).where(
        *here, following.c.position > sibling.c.position
    )
    # Halving is exact in decimals: there is always room, for one decimal more.
    between = func.coalesce(
        (sibling.c.position + nearest.scalar_subquery()) * literal_column("0.5"),
        sibling.c.position + 1,
    )
    next_to = select(between).where(
        sibling.c.workspace_id == WORKSPACE, sibling.c[within] == owner, sibling.c.id == after
    )
    chosen = case((after.is_(None), first.scalar_subquery()), else_=next_to.scalar_subquery())
    return Statement(select(chosen))


@lru_cache
def _renumber(table: Table, within: str) -> Statement:
    sibling = table.alias("sibling")
    owner = bindparam("owner_id", type_=Uuid())
    order = (sibling.c.position, sibling.c.id)
    numbered = (
        select(sibling.c.id, func.row_number().over(order_by=order).label("place"))
        .where(sibling.c.workspace_id == WORKSPACE, sibling.c[within] == owner)
        .subquery("numbered")
    )
    is_it = (table.c.workspace_id == WORKSPACE, table.c.id == numbered.c.id)
    return Statement(update(table).values(position=numbered.c.place).where(*is_it))


@lru_cache
def _last(table: Table, within: str) -> Statement:
    owner = bindparam("owner_id", type_=Uuid())
    here = (table.c.workspace_id == WORKSPACE, table.c[within] == owner)
    order = (table.c.position.desc(), table.c.id.desc())
    return Statement(select(table.c.id).where(*here).order_by(*order).limit(1))
