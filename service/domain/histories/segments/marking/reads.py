"""A mark of all that histories are made of: while it stays, so do they.

Rows are marked by the exclusive or of their hashes, 64 bits, and by how many there are: to send
them, or to put them in order, would cost many times as much. That others have the same mark has
odds of one to 2^64. Who chose a name did not choose its hash: ids of identifiers are hashes too.
"""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.contacts import contact_identifiers, contact_rows
from service.domain.events import event_rows
from service.domain.histories.reads import LEFT_OUT, NO_BYTES, needs_grant
from service.domain.histories.segments.reads import State, known
from service.domain.histories.segments.tables import event_folds, event_segments
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work

_SEED: ColumnElement[Any] = literal_column("0::bigint")
# Of this server: one that was made of a copy may count other transactions alike.
_SNAPSHOT: ColumnElement[Any] = func.concat(
    func.pg_current_snapshot(), literal_column("' '"), func.pg_postmaster_start_time()
)


class Standing(NamedTuple):
    """How far segments go, None where nothing has been folded; and the mark of all that histories
    are made of, None where these change by themselves."""

    state: State | None
    mark: str | None


async def standing(work: Work) -> Standing:
    """How a workspace's segments stand: one statement.

    Whose identifiers are is what takes longest. It is not asked again where no transaction has
    ended since, of anybody: then all is as it was.
    """
    work.needs(Scope.ANALYTICS_READ)
    key = b"identifiers " + work.caller.workspace_id.bytes
    before, named = work.memory.found(key) or (None, None)
    found = await work.value(_STANDING, snapshot=before)
    if found is None:
        return Standing(None, None)
    *told, mark, snapshot, now_named = found
    if now_named is not None and snapshot is not None:
        work.memory.keep(key, (snapshot, now_named))
    state = State(*told)
    # What was deleted may stand in segments then, and what is told be in none.
    known_mark = None if state.lifted() else marked(mark, now_named or named or "")
    return Standing(state, known_mark)


def marked(mark: str | None, named: str) -> str | None:
    """The mark of both: of what is told by `marks`."""
    return None if mark is None else f"{mark} {named}"


def marks() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The mark of all but whose identifiers are, null where some events are about to be too old to
    be told; and of these."""
    segment, late = event_segments.alias("segment"), event_rows.alias("late")
    now, mine = known(), segment.c.workspace_id == WORKSPACE
    ids = aggregate_order_by(NO_BYTES, segment.c.id)
    # A segment never changes: what changes becomes another one.
    named = select(func.md5(func.string_agg(func.uuid_send(segment.c.id), ids))).where(mine)
    came = (late.c.workspace_id == WORKSPACE, late.c.arrival >= now["until"])
    behind = select(late.c.who, late.c.arrival, late.c.timestamp).where(*came)
    oldest = (
        select(func.min(segment.c.first_at)).where(mine).scalar_subquery(),
        select(func.min(late.c.timestamp)).where(*came).scalar_subquery(),
    )
    parts = [now["until"], now["kept_from"], named.scalar_subquery(), needs_grant()]
    parts += [_mark(one) for one in (behind.subquery("behind"), _tests(), LEFT_OUT)]
    told = func.md5(cast(func.row(*parts), Text))
    ages = or_(*(one < now["oldest_told"] for one in oldest))
    return case((ages, cast(null(), Text)), else_=told), _identified()


def _mark(rows: FromClause) -> ColumnElement[Any]:
    """How many rows there are, and a mark of what is in them, in whatever order."""
    hashed = func.hash_record_extended(func.row(*rows.c), _SEED)
    return select(func.row(func.count(), func.bit_xor(hashed))).select_from(rows).scalar_subquery()


def _tests() -> FromClause:
    one = contact_rows.alias("one")
    mine = one.c.workspace_id == WORKSPACE
    return select(one.c.id).where(mine, one.c.id == one.c.root_id, one.c.test).subquery("tests")


def _identified() -> ColumnElement[Any]:
    """The mark of whose identifiers are, and of who was merged."""
    held, was = contact_identifiers.alias("held"), contact_rows.alias("was")
    links: Select[Any] = select(held.c.id, held.c.contact_id).where(
        held.c.workspace_id == WORKSPACE
    )
    merged = select(was.c.id, was.c.root_id).where(
        was.c.workspace_id == WORKSPACE, was.c.merged_into_id.is_not(None)
    )
    both = (_mark(links.subquery("links")), _mark(merged.subquery("merged")))
    return func.md5(cast(func.row(*both), Text))


def _standing() -> Statement:
    mark, named = marks()
    # A transaction that has written something sees what none of these tells of.
    wrote = func.pg_current_xact_id_if_assigned().is_not(None)
    snapshot = case((wrote, cast(null(), Text)), else_=_SNAPSHOT)
    same = snapshot == bindparam("snapshot", type_=Text)
    told = (mark, snapshot, case((same, cast(null(), Text)), else_=named))
    mine = select(event_folds.c.until).where(event_folds.c.workspace_id == WORKSPACE)
    return Statement(select(func.row(*known().values(), *told)).where(mine.exists()))


_STANDING = _standing()
