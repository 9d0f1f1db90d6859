"""Since when each of some gaps is there."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from service.domain.insights.gaps.gap import Gap
from service.domain.insights.tables import gap_sightings
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work


async def first_seen(work: Work, gaps: Sequence[Gap]) -> None:
    """Tell of gaps since when the worker has seen them; of those that it has not, nothing. One
    statement. Whoever asks has asked permission.
    """
    if not gaps:
        return
    since = dict(await work.value(_OPEN, gap_ids=[UUID(str(gap.id)) for gap in gaps]) or ())
    for gap in gaps:
        gap.first_seen_at = since.get(UUID(str(gap.id)))


_seen = gap_sightings.alias("seen")
_OPEN = Statement(
    select(func.array_agg(func.row(_seen.c.gap_id, _seen.c.opened_at))).where(
        _seen.c.workspace_id == WORKSPACE,
        _seen.c.gap_id == func.any(uuids("gap_ids")),
        _seen.c.closed_at.is_(None),
    )
)
