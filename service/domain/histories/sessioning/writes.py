"""Sessions counted as events are folded: behind these, a work of its own each time."""

from typing import Any, NamedTuple

from sqlalchemy import Boolean, Integer, cast, exists, func, literal_column, or_, select

from service.domain import references
from service.domain.contacts import contact_moves
from service.domain.histories import sessions
from service.domain.histories.segments.tables import LOCK, event_folds
from service.domain.histories.sessions import session_folds
from service.domain.preferences import SESSION_TIMEOUT
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import workspaces
from service.domain.work import Scope, Work

BATCH = 50_000
"""Events that are looked at in one work."""


class State(NamedTuple):
    """How far events are folded and sessions are counted, by which timeout and which they shall be,
    and whether anything became somebody else's meanwhile."""

    folded: int
    until: int | None
    timeout: int | None
    wanted: int
    moved: bool

    @property
    def is_behind(self) -> bool:
        """Whether there is anything to count."""
        return self.until is None or self.until < self.folded or self._is_other

    @property
    def _is_other(self) -> bool:
        return self.moved or self.timeout != self.wanted


async def sessions_behind(work: Work) -> bool:
    """Whether something is folded of which the sessions are not counted."""
    work.needs(Scope.ANALYTICS_READ)
    found = await work.value(_STATE)
    return found is not None and State(*found).is_behind


async def fold_sessions(work: Work, most: int = BATCH) -> bool:
    """Count the sessions of what is folded, at most so many events at once; whether there is more.

    By another timeout than before all are counted anew.
    """
    work.needs(Scope.ANALYTICS_READ)
    await references.one_at_a_time(work, LOCK)
    found = await work.value(_STATE)
    if found is None or not (known := State(*found)).is_behind:
        return False
    if known.until is None or known.timeout != known.wanted:
        await sessions.count_anew(work, known.wanted)
    return await sessions.catch_up(work, known.folded, most)


def wanted_timeout() -> Any:
    """By how long a pause sessions end in this workspace."""
    setting = workspaces.c.settings.op("->>")(literal_column("'session_timeout_seconds'"))
    found = func.coalesce(cast(setting, Integer), literal_column(str(SESSION_TIMEOUT), Integer))
    return select(found).where(workspaces.c.workspace_id == WORKSPACE).scalar_subquery()


def _state() -> Statement:
    folds, sums, no = event_folds, session_folds, literal_column("false", Boolean)
    moves = exists().where(contact_moves.c.workspace_id == WORKSPACE)
    told = func.row(
        folds.c.until,
        sums.c.until,
        sums.c.timeout_seconds,
        wanted_timeout(),
        or_(moves, no),
    )
    both = folds.outerjoin(sums, sums.c.workspace_id == folds.c.workspace_id)
    return Statement(select(told).select_from(both).where(folds.c.workspace_id == WORKSPACE))


_STATE = _state()
