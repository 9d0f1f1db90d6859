"""Counts of events kept up: within the work that folds, erases or drops them, under its lock."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from service.domain.events import event_rows
from service.domain.filters import in_path
from service.domain.histories.counts.cubes import (
    DAY,
    QUARTER,
    Counts,
    Key,
    Kinds,
    counted,
    later,
    packed,
    together,
    unpacked,
)
from service.domain.histories.counts.reads import counting, kind_of
from service.domain.histories.counts.tables import event_countings, event_counts
from service.domain.histories.reads import run_of
from service.domain.history import Ints
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Work

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_ROW = np.dtype([("at", ">i8"), ("kind", ">i4")])


async def count(work: Work, at: Ints, codes: NDArray[Any], kinds: Kinds, until: int) -> None:
    """Count events that came before a place: their times in microseconds since 2000, the codes of
    their kinds."""
    await work.rows(_REACHED, until=until)
    await _changed_by(work, at, codes, kinds, less=False)


async def _changed_by(
    work: Work, at: Ints, codes: NDArray[Any], kinds: Kinds, *, less: bool
) -> None:
    known = await counting(work)
    if known is None or not len(at):
        return
    since = None if known.since is None else _micros(known.since)
    if since is not None:
        at, codes = at[at >= since], codes[at >= since]
    found = await asyncio.to_thread(counted, at, codes, kinds, known.given_up)
    await _change(work, _kept(found, since), less=less)


async def theirs(
    work: Work, identities: Collection[UUID], until: int
) -> tuple[Ints, NDArray[np.int32], Sequence[str]]:
    """The events of these identifiers that came before a place: their times, the codes of their
    kinds, and these as texts."""
    rows, kinds = await work.value(_THEIRS, identities=list(identities), until=until)
    found = np.frombuffer(rows, dtype=_ROW)
    return found["at"].astype(np.int64), found["kind"].astype(np.int32), kinds or []


async def uncount(work: Work, at: Ints, codes: NDArray[Any], kinds: Kinds) -> None:
    """Take away events that were counted."""
    await _changed_by(work, at, codes, kinds, less=True)


async def count_from(work: Work, time: datetime) -> None:
    """Have nothing counted that happened before a time; what was leaves all rows."""
    since = -(-_micros(time) // QUARTER) * QUARTER
    first = _EPOCH + timedelta(microseconds=since)
    if not await work.rows(_SINCE, since=first):
        return
    day, quarter = since // DAY, since % DAY // QUARTER
    await work.rows(_OLD, day=day, month=-(-since // DAY))
    held = await work.rows(_OF_DAY, day=day)
    rows = {Key(row["cube"], month=False, day=day): row["data"] for row in held}
    await _put(work, await asyncio.to_thread(_later, rows, quarter))


def _later(rows: Mapping[Key, bytes], quarter: int) -> dict[Key, bytes | None]:
    left = {key: later(unpacked(data), quarter) for key, data in rows.items()}
    return {key: packed(one) if len(one.number) else None for key, one in left.items()}


async def uncount_all(work: Work) -> None:
    """Forget all counts."""
    await work.rows(_DROP)
    await work.rows(_UNCOUNT)


def _micros(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


def _kept(found: Mapping[Key, Counts], since: int | None) -> dict[Key, Counts]:
    """Those that have a row: days that end, and months that begin, since events are counted."""
    if since is None:
        return dict(found)
    ends = {key: key.day * DAY + (0 if key.month else DAY - 1) for key in found}
    return {key: counts for key, counts in found.items() if ends[key] >= since}


async def _change(work: Work, more: Mapping[Key, Counts], *, less: bool) -> None:
    if not more:
        return
    held = await work.rows(_HELD, **_keys(more))
    rows = {Key(row["cube"], row["month"], row["day"]): row["data"] for row in held}
    made, lost = await asyncio.to_thread(_changed, rows, more, less)
    if lost:
        await work.rows(_GIVE_UP, bits=sum(1 << cube for cube in lost))
        await work.rows(_LOST, cubes=sorted(lost))
    await _put(work, made)


async def _put(work: Work, made: Mapping[Key, bytes | None]) -> None:
    """Have rows hold this; None: nothing."""
    empty = [key for key, data in made.items() if data is None]
    await work.rows(_GONE, **_keys(empty))
    full = {key: data for key, data in made.items() if data is not None}
    await work.rows(_PUT, **_keys(full), data=list(full.values()))


def _changed(
    held: Mapping[Key, bytes], more: Mapping[Key, Counts], less: bool
) -> tuple[dict[Key, bytes | None], set[int]]:
    """The rows as they are to be, None where nothing is left; and the cubes that are given up."""
    made: dict[Key, bytes | None] = {}
    lost: set[int] = set()
    for key, counts in more.items():
        if key.cube in lost:
            continue
        was = unpacked(held[key]) if key in held else None
        now = together(was, counts, less=less)
        if now is None or now.too_many:
            lost.add(key.cube)
        else:
            made[key] = packed(now) if len(now.number) else None
    return {key: data for key, data in made.items() if key.cube not in lost}, lost


def _keys(keys: Collection[Key]) -> dict[str, Any]:
    return {
        "cube": [key.cube for key in keys],
        "month": [key.month for key in keys],
        "day": [key.day for key in keys],
    }


_KEY: dict[str, Any] = {"cube": SmallInteger(), "month": Boolean(), "day": Integer()}


def _given(**more: Any) -> Any:
    kinds = _KEY | more
    lists = [bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items()]
    return func.unnest(*lists).table_valued(*kinds).render_derived(name="given")


def _of(given: Any) -> list[Any]:
    return [_MINE, *(event_counts.c[name] == given.c[name] for name in _KEY)]


def _putting() -> Statement:
    given = _given(data=LargeBinary())
    names = [*_KEY, "data"]
    rows = select(WORKSPACE, *(given.c[name] for name in names))
    put = insert(event_counts).from_select(["workspace_id", *names], rows)
    key = [event_counts.c.workspace_id, *(event_counts.c[name] for name in _KEY)]
    return Statement(
        put.on_conflict_do_update(index_elements=key, set_={"data": put.excluded.data})
    )


def _reaching() -> Statement:
    until = bindparam("until", type_=BigInteger)
    put = insert(event_countings).from_select(
        ["workspace_id", "until", "given_up"],
        select(WORKSPACE, until, literal_column("0", Integer)),
    )
    key = [event_countings.c.workspace_id]
    return Statement(
        put.on_conflict_do_update(index_elements=key, set_={"until": put.excluded.until})
    )


def _holding() -> Statement:
    given = _given()
    return Statement(select(event_counts).where(*_of(given)))


def _going() -> Statement:
    return Statement(delete(event_counts).where(*_of(_given())))


def _theirs() -> Statement:
    """The events of some identifiers as one run of bytes, and their kinds."""
    seen = in_workspace(event_rows)
    kind = cast(kind_of(seen), Text).collate("C").label("kind")
    rows = (
        select(seen.c.timestamp, kind)
        .where(
            seen.c.workspace_id == WORKSPACE,
            seen.c.who == func.any(uuids("identities")),
            seen.c.arrival < bindparam("until", type_=BigInteger),
            in_path(seen),
        )
        .cte("rows")
    )
    number = func.dense_rank().over(order_by=rows.c.kind) - literal_column("1", BigInteger)
    numbered = select(rows, cast(number, Integer).label("number")).cte("numbered")
    row = [func.timestamptz_send(numbered.c.timestamp), func.int4send(numbered.c.number)]
    kinds = select(numbered.c.number, numbered.c.kind).distinct().subquery("kinds")
    names = func.array_agg(aggregate_order_by(kinds.c.kind, kinds.c.number))
    return Statement(
        select(
            func.row(
                select(run_of(row)).select_from(numbered).scalar_subquery(),
                select(names).scalar_subquery(),
            )
        )
    )


_MINE = event_counts.c.workspace_id == WORKSPACE
_OWN = event_countings.c.workspace_id == WORKSPACE
_SINCE = Statement(
    update(event_countings)
    .values(since=bindparam("since", type_=instant))
    .where(
        _OWN, func.coalesce(event_countings.c.since < bindparam("since"), literal_column("true"))
    )
    .returning(event_countings.c.since)
)
_OF_DAY = Statement(
    select(event_counts.c.cube, event_counts.c.data).where(
        _MINE, ~event_counts.c.month, event_counts.c.day == bindparam("day", type_=Integer)
    )
)
_OLD = Statement(
    delete(event_counts).where(
        _MINE,
        or_(
            ~event_counts.c.month & (event_counts.c.day < bindparam("day", type_=Integer)),
            event_counts.c.month & (event_counts.c.day < bindparam("month", type_=Integer)),
        ),
    )
)
_GIVE_UP = Statement(
    update(event_countings)
    .values(given_up=event_countings.c.given_up.bitwise_or(bindparam("bits", type_=Integer)))
    .where(_OWN)
)
_LOST = Statement(
    delete(event_counts).where(
        _MINE, event_counts.c.cube == func.any(bindparam("cubes", type_=ARRAY(SmallInteger)))
    )
)
_DROP = Statement(delete(event_counts).where(_MINE))
_UNCOUNT = Statement(delete(event_countings).where(_OWN))
_HELD, _GONE, _PUT, _THEIRS = _holding(), _going(), _putting(), _theirs()
_REACHED = _reaching()
