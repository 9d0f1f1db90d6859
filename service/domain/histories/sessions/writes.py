"""Sums of sessions kept up: within the work that counts, erases or drops them, under its lock."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    SmallInteger,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from service.domain.contacts import contact_moves
from service.domain.errors import Conflict
from service.domain.histories.sessions.reads import came, moved, named, read
from service.domain.histories.sessions.summing import (
    Changes,
    Found,
    Times,
    changed,
    everybody,
    now_and_before,
    together,
)
from service.domain.histories.sessions.tables import (
    SUMS,
    session_folds,
    session_people,
    session_sums,
)
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_READ = 2**31 - 1
"""Identifiers: whoever counts leaves out none."""
_NEAR = 4 * 3_600


def reach_of(timeout_seconds: int) -> int:
    """How far around something that came its person's events are read at first, in seconds: most
    sessions lie within."""
    return max(_NEAR, 2 * timeout_seconds)


async def count_anew(work: Work, timeout_seconds: int) -> None:
    """Count sessions from the first event on, cut by this timeout."""
    await uncount_all(work)
    await work.rows(_BEGIN, timeout_seconds=timeout_seconds)


async def catch_up(work: Work, upto: int, most: int) -> bool:
    """Count what came before a place in the order of arrival, at most so many events at once, and
    whatever became somebody else's; whether there is more."""
    number, bound = await _recount(work, upto, most)
    if number == most and bound <= (await _state(work))[0]:
        # As many of one place as that: processes that stored at the same moment.
        return await catch_up(work, upto, most * 2)
    await work.rows(_COUNTED, until=bound)
    return bound < upto


async def uncount(work: Work, identities: Collection[UUID]) -> None:
    """Have nothing counted of these identifiers, who are going, and remember none of them."""
    known = await _known(work)
    if known is None:
        await work.rows(_DROP_MOVES)
    elif identities:
        await _recount(work, known[0], 0, gone=identities)


async def count_from(work: Work, time: datetime) -> None:
    """Have no session counted that what happened before a time may be part of."""
    known = await _known(work)
    if known is None:
        return
    # A session that begins later has no event before that time.
    first = time + timedelta(seconds=known[1]) - _EPOCH
    await work.rows(_SINCE, since=-(-first // timedelta(minutes=1)))
    await work.rows(_OLD)


async def uncount_all(work: Work) -> None:
    """Forget all sums; what became somebody else's is then nothing that was counted."""
    # One for each table.
    for statement in (_DROP_SUMS, _DROP_PEOPLE, _DROP_FOLDS, _DROP_MOVES):
        await work.rows(statement)


async def _known(work: Work) -> Any:
    return await work.value(_STATE)


async def _state(work: Work) -> Any:
    found = await _known(work)
    if found is None:
        raise Conflict("Sessions of this workspace are not counted.")
    return found


async def _recount(
    work: Work, upto: int, most: int, gone: Collection[UUID] = ()
) -> tuple[int, int]:
    """Count those anew whose sessions may have changed; how many events were looked at, and the
    place before which all is counted now."""
    until, timeout, since = await _state(work)
    whole = set(gone)
    reach = reach_of(timeout)
    # Seldom more than once: where somebody's session is long.
    while True:
        given = {"since": until, "upto": max(upto, until), "most": most, "reach": reach}
        found = await work.value(STRAYS, **given, most_read=_MOST_READ, whole=list(whole))
        who, events, _, moves, number, bound = found
        held, names = Found(who, events), [one.bytes for one in gone]
        times = Times(timeout, reach, until, bound)
        both = await asyncio.to_thread(now_and_before, held, times, names)
        if not both.doubted:
            break
        whole |= {UUID(bytes=one) for one in both.doubted}
    await _put(work, await asyncio.to_thread(changed, both, since))
    await work.rows(_ALONE, who=[UUID(bytes=one) for one in everybody(held)])
    some, whose = together(held, names)
    several: dict[str, Sequence[UUID]] = {"who": [UUID(bytes=one) for one in some]}
    await work.rows(_TOGETHER, **several, person=[UUID(bytes=one) for one in whose])
    await work.rows(_MOVED, ids=moves or [])
    return number, bound


async def _put(work: Work, more: Changes) -> None:
    given = {"minutes": more.minutes, "at": more.at}
    sums = dict(zip(SUMS, more.sums, strict=True))
    await work.rows(_ADD, **given, **sums)
    await work.rows(_NOTHING, **given)


def _strays() -> Statement:
    since, upto = (bindparam(name, type_=BigInteger) for name in ("since", "upto"))
    new = came(since, upto)
    moves, theirs = moved()
    ids = select(func.array_agg(moves.c.id)).scalar_subquery()
    some = [new.whose, theirs, named("whole")]
    return Statement(select(func.row(*read(some, new.bound), ids, new.number, new.bound)))


_KEY: dict[str, Any] = {"minutes": SmallInteger(), "at": BigInteger()}


def _given(**more: Any) -> Any:
    kinds = _KEY | more
    lists = [bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items()]
    return func.unnest(*lists).table_valued(*kinds).render_derived(name="given")


def _adding() -> Statement:
    given = _given(**{name: BigInteger() for name in SUMS})
    names = [*_KEY, *SUMS]
    put = insert(session_sums).from_select(
        ["workspace_id", *names], select(WORKSPACE, *(given.c[name] for name in names))
    )
    key = [session_sums.c.workspace_id, *(session_sums.c[name] for name in _KEY)]
    more = {name: session_sums.c[name] + put.excluded[name] for name in SUMS}
    return Statement(put.on_conflict_do_update(index_elements=key, set_=more))


def _emptied() -> Statement:
    given = _given()
    of = [_MINE, *(session_sums.c[name] == given.c[name] for name in _KEY)]
    none = session_sums.c.sessions == literal_column("0", BigInteger)
    return Statement(delete(session_sums).where(*of, none))


def _several() -> Statement:
    rows = func.unnest(uuids("who"), uuids("person")).table_valued("who", "person")
    given = rows.render_derived(name="given")
    found = select(WORKSPACE, given.c.who, given.c.person)
    return Statement(insert(session_people).from_select(["workspace_id", "who", "person"], found))


_OWN = session_folds.c.workspace_id == WORKSPACE
_MINE = session_sums.c.workspace_id == WORKSPACE
_THEIRS = session_people.c.workspace_id == WORKSPACE
_STATE = Statement(
    select(
        func.row(session_folds.c.until, session_folds.c.timeout_seconds, session_folds.c.since)
    ).where(_OWN)
)
_BEGIN = Statement(
    insert(session_folds).from_select(
        ["workspace_id", "until", "timeout_seconds"],
        select(
            WORKSPACE, literal_column("0", BigInteger), bindparam("timeout_seconds", type_=Integer)
        ),
    )
)
_COUNTED = Statement(
    update(session_folds).values(until=bindparam("until", type_=BigInteger)).where(_OWN)
)
_SINCE = Statement(
    update(session_folds)
    .values(since=func.greatest(session_folds.c.since, bindparam("since", type_=BigInteger)))
    .where(_OWN)
)
_OLD = Statement(
    delete(session_sums).where(
        _MINE, session_sums.c.at < select(session_folds.c.since).where(_OWN).scalar_subquery()
    )
)
_ALONE = Statement(
    delete(session_people).where(_THEIRS, session_people.c.who == func.any(uuids("who")))
)
_MOVED = Statement(
    delete(contact_moves).where(
        contact_moves.c.workspace_id == WORKSPACE, contact_moves.c.id == func.any(uuids("ids"))
    )
)
_DROP_SUMS = Statement(delete(session_sums).where(_MINE))
_DROP_PEOPLE = Statement(delete(session_people).where(_THEIRS))
_DROP_FOLDS = Statement(delete(session_folds).where(_OWN))
_DROP_MOVES = Statement(delete(contact_moves).where(contact_moves.c.workspace_id == WORKSPACE))
STRAYS, _ADD, _NOTHING, _TOGETHER = _strays(), _adding(), _emptied(), _several()
