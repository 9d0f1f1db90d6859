"""When the last event came: whatever is still open then is undecided."""

from datetime import datetime

from sqlalchemy import func, select

from service.domain.filters import Filter
from service.domain.histories.reads import Range, of_paths
from service.domain.statements import Statement
from service.domain.work import Work


async def latest(work: Work, only: "Filter | None") -> datetime | None:
    """The time of the last event that counts, of those that `only` selects; None: there is none."""
    seen = of_paths(lambda told: [told.event.c.timestamp], Range(), only).subquery("seen")
    found = select(func.max(seen.c.timestamp)).where(seen.c.reason.is_(None))
    last: datetime | None = await work.value(Statement(found))
    return last
