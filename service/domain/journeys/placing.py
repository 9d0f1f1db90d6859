"""Locking a map, finding room between two parts, and keeping neighbours tied.

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
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.elements import Grouping

from service.domain import keys
from service.domain.errors import Invalid, NotFound, Problem
from service.domain.ids import new_id
from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS, MOST_TRANSITIONS, too_many
from service.domain.journeys.tables import journeys, stages, steps, transitions
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Work

_NOW = bindparam("now", type_=instant)
_ID = bindparam("id", type_=Uuid())
_JOURNEY = bindparam("journey_id", type_=Uuid())
MOST = {stages: MOST_STAGES, steps: MOST_STEPS, transitions: MOST_TRANSITIONS}
NEW_TIES = 4
"""One step or stage that comes, goes or moves makes at most three new pairs of neighbours."""


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
    """A position after a sibling, or before all of them. Raises `Invalid` for no sibling."""
    placing = _place(table, within)
    found: Decimal | None = await work.value(placing, owner_id=owner_id, after=after)
    if found is None:
        detail = f"there is no such {table.info['kind']} beside it"
        raise Invalid([Problem("/after", "unknown_reference", detail)])
    return found


async def last(work: Work, table: Table, within: str, owner_id: UUID) -> UUID | None:
    """The last of an owner's parts."""
    found: UUID | None = await work.value(_last(table, within), owner_id=owner_id)
    return found


async def tie_neighbours(work: Work, locked: Locked) -> None:
    """Make a tied map's transitions those between neighbouring steps, in their order."""
    if locked.neighbours_tied:
        ids = [new_id() for _ in range(NEW_TIES)]
        await work.rows(_TIE, journey_id=locked.journey_id, ids=ids, now=work.now)


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
    # Halving is exact in decimals: there is always room.
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
def _last(table: Table, within: str) -> Statement:
    owner = bindparam("owner_id", type_=Uuid())
    here = (table.c.workspace_id == WORKSPACE, table.c[within] == owner)
    order = (table.c.position.desc(), table.c.id.desc())
    return Statement(select(table.c.id).where(*here).order_by(*order).limit(1))


def _tying() -> Statement:
    order = (stages.c.position, stages.c.id, steps.c.position, steps.c.id)
    ordered = (
        select(
            steps.c.id.label("from_id"),
            func.lead(steps.c.id).over(order_by=order).label("to_id"),
            func.row_number().over(order_by=order).label("place"),
        )
        .join_from(
            steps,
            stages,
            (stages.c.workspace_id == steps.c.workspace_id) & (stages.c.id == steps.c.stage_id),
        )
        .where(*_of_journey(steps))
        .cte("ordered")
    )
    wanted = select(ordered).where(ordered.c.to_id.is_not(None)).cte("wanted")
    mine = _of_journey(transitions)
    same = (transitions.c.from_step_id == wanted.c.from_id) & (
        transitions.c.to_step_id == wanted.c.to_id
    )
    # Hashed, unlike NOT EXISTS over rows that the planner cannot count.
    joined = tuple_(transitions.c.from_step_id, transitions.c.to_step_id)
    pairs = select(wanted.c.from_id, wanted.c.to_id)
    gone = delete(transitions).where(*mine, joined.not_in(pairs)).cte("gone")
    places = select(wanted.c.from_id, wanted.c.to_id, wanted.c.place)
    misplaced = tuple_(*joined.clauses, transitions.c.position).not_in(places)
    kept = (
        update(transitions)
        .values(position=select(wanted.c.place).where(same).scalar_subquery())
        .where(*mine, misplaced, joined.in_(pairs))
        .cte("kept")
    )
    missing = (
        select(wanted, func.row_number().over(order_by=wanted.c.place).label("n"))
        .where(
            tuple_(wanted.c.from_id, wanted.c.to_id).not_in(
                select(transitions.c.from_step_id, transitions.c.to_step_id).where(*mine)
            )
        )
        .subquery("missing")
    )
    columns = ["workspace_id", "id", "journey_id", "from_step_id", "to_step_id", "position", "kind"]
    made = select(
        WORKSPACE,
        Grouping(uuids("ids"))[missing.c.n],
        _JOURNEY,
        missing.c.from_id,
        missing.c.to_id,
        missing.c.place,
        literal_column("'planned'"),
        literal_column("1", Integer),
        _NOW,
        _NOW,
    )
    statement = insert(transitions).from_select(
        [*columns, "version", "created_at", "updated_at"], made
    )
    return Statement(statement.add_cte(gone, kept))


_TIE = _tying()
