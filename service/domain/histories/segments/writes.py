"""Segments made of events, merged, and rid of what is to be kept no more.

One work of a workspace at a time changes them, an erasure among them, so nothing that is erased
comes back from a batch that was read before.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Integer,
    LargeBinary,
    Uuid,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from service.domain import references
from service.domain.contacts import storing
from service.domain.events import arrival, event_rows
from service.domain.histories import counts, sessions
from service.domain.histories.segments.arranging import merged, split
from service.domain.histories.segments.bounding import bounded
from service.domain.histories.segments.compacting import DEEPER, Bounds, Due, Held, due
from service.domain.histories.segments.judging import instant_of, micros
from service.domain.histories.segments.kinds import of_texts
from service.domain.histories.segments.reads import State, came, state
from service.domain.histories.segments.segment import Segment, Stored, of_rows, packed, unpacked
from service.domain.histories.segments.tables import LOCK, event_folds, event_segments
from service.domain.ids import new_ids
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant, workspaces
from service.domain.work import Scope, Work

BATCH = 50_000
"""Events that are folded in one work."""
_BOUNDS = Bounds()
_EXTRA = timedelta(days=1)
"""What is kept no more leaves a segment at the latest so much later; nobody reads it meanwhile."""
_CLOCKS = timedelta(hours=1)
"""By so much may the clocks of processes differ."""


async def workspaces_with_events(work: Work) -> Sequence[UUID]:
    """All workspaces in which events may have come, for a caller who may list workspaces."""
    work.needs(Scope.OPERATOR)
    return [row["workspace_id"] for row in await work.rows(_WORKSPACES)]


async def behind(work: Work) -> bool:
    """Whether events have come that are in no segment."""
    work.needs(Scope.ANALYTICS_READ)
    last: int | None = await work.value(_LAST)
    known = await state(work)
    if known is None:
        return last is not None
    if _outdated(known):
        return True
    return last is not None and last >= known.until


def _outdated(known: State) -> bool:
    """Whether all is to be made anew: deleted events may be in it, or it was folded by a release
    that counts nothing."""
    return known.lifted(_CLOCKS) or known.counted != known.until


async def settled(work: Work) -> tuple[int, frozenset[str]]:
    """The place in the order of arrival before which nothing comes any more, once the works that
    are named beside it have ended."""
    work.needs(Scope.ANALYTICS_READ)
    time, doing = await storing(work)
    return arrival(time), doing


async def fold(work: Work, until: int, most: int = BATCH) -> bool:
    """Put events that came before a place into a segment; whether there are more.

    All that come before that place have to be stored by then. What is outdated is made anew.
    """
    work.needs(Scope.ANALYTICS_READ)
    await references.one_at_a_time(work, LOCK)
    known = await state(work)
    if known is not None and _outdated(known):
        await drop(work)
        known = None
    since = 0 if known is None else known.until
    if until <= since:
        return False
    rows, kinds, seen, last = await work.value(_CAME, since=since, until=until, most=most)
    more: bool = seen == most
    if more and last == since:
        # As many of one place as that: processes that stored at the same moment.
        return await fold(work, until, most * 2)
    segment = of_rows(rows, kinds or [])
    # Of the last place there may be more than were looked at.
    segment = segment.those(segment.events.arrival < last) if more else segment
    until = last if more else until
    if len(segment):
        held = Held(None, 0, 0, base=False, events=len(segment))
        await _put(work, [(held, bounded(segment))])
    await counts.count(work, segment.events.at, segment.events.codes, segment.kinds, until)
    await work.rows(_FOLDED, until=until)
    return more


_DEEPEST = 48
"""Bits of an identifier by which segments are told apart, at most."""


async def compact(work: Work, bounds: Bounds = _BOUNDS) -> bool:
    """Merge the segments of one part, if any has too many; whether there may be more to do."""
    work.needs(Scope.ANALYTICS_READ)
    await references.one_at_a_time(work, LOCK)
    known = await state(work)
    # Then all is made anew.
    if known is None or known.lifted():
        return False
    kept_from = known.kept_from
    found = await work.rows(_LISTED)
    held = [
        Held(row["id"], row["bits"], row["part"], row["base"], row["events"], row["first_at"])
        for row in found
    ]
    stale = None if kept_from is None else kept_from - _EXTRA
    one = due(held, stale, bounds)
    if one is None:
        return False
    segments = [unpacked(data) for data in await _data(work, [each.id for each in one.held])]
    whole = segments[0] if len(segments) == 1 else merged(segments)
    if kept_from is not None:
        whole = whole.those(whole.events.at >= micros(kept_from))
    await work.rows(_GONE, ids=[each.id for each in one.held])
    if not len(whole):
        return True
    whole = bounded(whole)
    # One identifier's events stay together, however many they are.
    parts = len(whole) > bounds.most and len(whole.events.high) > 1 and one.bits < _DEEPEST
    await _put(work, _parts(whole, one, deeper=one.inner or parts))
    return True


def _parts(whole: Segment, of: Due, *, deeper: bool) -> list[tuple[Held, Segment]]:
    """What becomes of merged segments: a base, bases of deeper parts, or runs of these."""
    if not deeper:
        return [(Held(None, of.bits, of.part, base=True, events=len(whole)), whole)]
    bits = of.bits + DEEPER
    return [
        (Held(None, bits, part, base=not of.inner, events=len(one)), one)
        for part, one in split(whole, bits).items()
    ]


async def forget(work: Work, identities: Collection[UUID]) -> None:
    """Have no segment hold anything of these identifiers, as soon as the work is committed."""
    work.needs(Scope.PRIVACY)
    await references.one_at_a_time(work, LOCK)
    await sessions.uncount(work, identities)
    known = await state(work)
    if not identities or known is None:
        return
    at, codes, kinds = await counts.theirs(work, identities, known.counted or 0)
    await counts.uncount(work, at, codes, of_texts(kinds))
    names = [one.bytes for one in identities]
    starts = [int.from_bytes(name[:8]) for name in names]
    # By segment, not by row: all at once might not fit into memory.
    for row in await work.rows(_LISTED):
        bits = row["bits"]
        if not any(start >> (64 - bits) == row["part"] for start in starts):
            continue
        (data,) = await _data(work, [row["id"]])
        segment = unpacked(data)
        left = segment.without(names)
        if left is not segment:
            await work.rows(_GONE, ids=[row["id"]])
            if len(left):
                part = Held(None, bits, row["part"], row["base"], len(left))
                await _put(work, [(part, left)])


async def keep_from(work: Work, time: datetime) -> None:
    """Have nobody read of segments what happened before a time."""
    work.needs(Scope.PRIVACY)
    await references.one_at_a_time(work, LOCK)
    await work.rows(_KEEP, kept_from=time)
    await counts.count_from(work, time)
    await sessions.count_from(work, time)


async def drop(work: Work) -> None:
    """Forget all segments of the workspace: they are made anew of the events."""
    work.needs(Scope.ANALYTICS_READ)
    await references.one_at_a_time(work, LOCK)
    await work.rows(_DROP)
    await work.rows(_UNFOLD)
    await counts.uncount_all(work)
    await sessions.uncount_all(work)


async def _data(work: Work, ids: Sequence[UUID | None]) -> list[Stored]:
    return [Stored(**row) for row in await work.rows(_DATA, ids=list(ids))]


async def _put(work: Work, made: Sequence[tuple[Held, Segment]]) -> None:
    """Store segments, each in its part."""
    events = [segment.events for _, segment in made]
    data = [packed(segment)._asdict() for _, segment in made]
    await work.rows(
        _PUT,
        id=new_ids(len(made)),
        bits=[held.bits for held, _ in made],
        part=[held.part for held, _ in made],
        base=[held.base for held, _ in made],
        events=[len(one) for one in events],
        first_at=[instant_of(int(one.at.min())) for one in events],
        last_at=[instant_of(int(one.at.max())) for one in events],
        arrival=[int(one.arrival.min()) for one in events],
        **{name: [one[name] for one in data] for name in Stored._fields},
    )


def _putting() -> Statement:
    kinds: dict[str, Any] = {"id": Uuid(), "bits": Integer(), "part": BigInteger()}
    kinds |= {"base": Boolean(), "events": Integer(), "first_at": instant, "last_at": instant}
    kinds |= {"arrival": BigInteger(), **dict.fromkeys(Stored._fields, LargeBinary())}
    lists = [bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items()]
    given = func.unnest(*lists).table_valued(*kinds).render_derived(name="given")
    rows = select(WORKSPACE, *(given.c[name] for name in kinds))
    return Statement(insert(event_segments).from_select(["workspace_id", *kinds], rows))


def _folding() -> Statement:
    until = bindparam("until", type_=BigInteger)
    put = insert(event_folds).from_select(["workspace_id", "until"], select(WORKSPACE, until))
    return Statement(
        put.on_conflict_do_update(
            index_elements=[event_folds.c.workspace_id],
            set_={"until": put.excluded.until},
        )
    )


_MINE = event_segments.c.workspace_id == WORKSPACE
_THOSE = event_segments.c.id == func.any(uuids("ids"))
_OWN = event_folds.c.workspace_id == WORKSPACE
_WORKSPACES = Statement(select(workspaces.c.workspace_id).order_by(workspaces.c.workspace_id))
_LAST = Statement(
    select(func.max(event_rows.c.arrival)).where(event_rows.c.workspace_id == WORKSPACE)
)
_CAME = Statement(select(func.row(*came(bindparam("until", type_=BigInteger)))))
_LISTED = Statement(
    select(*(c for c in event_segments.c if c.name not in Stored._fields))
    .where(_MINE)
    .order_by(event_segments.c.arrival)
)
_DATA = Statement(
    select(*(event_segments.c[name] for name in Stored._fields))
    .where(_MINE, _THOSE)
    .order_by(event_segments.c.arrival)
)
_GONE = Statement(delete(event_segments).where(_MINE, _THOSE))
_DROP = Statement(delete(event_segments).where(_MINE))
_UNFOLD = Statement(delete(event_folds).where(_OWN))
_PUT = _putting()
_FOLDED = _folding()
_KEEP = Statement(
    update(event_folds)
    .values(kept_from=func.greatest(event_folds.c.kept_from, bindparam("kept_from", type_=instant)))
    .where(_OWN)
)
