"""Between which times a workspace's events lie, of counts and of what came behind them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, literal_column, select

from service.domain.events import event_rows
from service.domain.histories.counting.counted import SINCE_1970
from service.domain.histories.counts import DAY, event_countings, event_counts
from service.domain.histories.segments.judging import micros
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work


class Extent(NamedTuple):
    """Half-open, microseconds since 1970."""

    low: int
    high: int


async def extent(work: Work) -> Extent | None:
    """A time in which all events lie that counts tell of now, perhaps a day longer at both ends;
    None where there are none. One statement."""
    work.needs(Scope.ANALYTICS_READ)
    first, last, *behind = await work.value(_EXTENT)
    ends: list[int] = []
    if first is not None and last is not None:
        ends += [first * DAY, (last + 1) * DAY]
    times: list[datetime] = [one for one in behind if one is not None]
    ends += [micros(one) for one in times]
    if not ends:
        return None
    return Extent(min(ends) + SINCE_1970, max(ends) + 1 + SINCE_1970)


def _extent() -> Statement:
    rows, seen = event_counts, in_workspace(event_rows)
    # The first cube is of types and events alone: it has the fewest bytes, and all days.
    days = (rows.c.workspace_id == WORKSPACE, rows.c.cube == literal_column("0"), ~rows.c.month)
    until = select(event_countings.c.until).where(event_countings.c.workspace_id == WORKSPACE)
    behind = (seen.c.workspace_id == WORKSPACE, seen.c.arrival >= until.scalar_subquery())
    came = select(func.min(seen.c.timestamp).label("low"), func.max(seen.c.timestamp).label("high"))
    of = came.where(*behind).cte("came")
    ends = [select(one(rows.c.day)).where(*days).scalar_subquery() for one in (func.min, func.max)]
    both = [select(of.c[name]).scalar_subquery() for name in ("low", "high")]
    return Statement(select(func.row(*ends, *both)))


_EXTENT = _extent()
