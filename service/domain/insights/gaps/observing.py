"""What events show where gaps are looked for, of some maps: their KPIs, and how contacts pass."""

from collections.abc import Awaitable, Collection, Mapping
from typing import TypeVar
from uuid import UUID

from service.domain import patience
from service.domain.errors import TookTooLong
from service.domain.insights.gaps.aimed import Aimed
from service.domain.insights.gaps.aiming import NO_TARGET, aimed
from service.domain.insights.gaps.events import Compared, passages, selected
from service.domain.insights.gaps.gap import BY_PASSAGES
from service.domain.insights.gaps.material import Material, ties_of
from service.domain.insights.gaps.passage import TOOK_TOO_LONG, Passage
from service.domain.work import Work

T = TypeVar("T")
STANDING_SECONDS = 5.0
"""For so long what nobody asked for is looked for: the map's own gaps do not wait for longer."""


async def observed(
    work: Work, of: Material, asked: Compared, seconds: float, kinds: Collection[str]
) -> Material:
    """The same maps with what events show of them, where there are any, of gaps of these kinds.

    The standing question is given up after so many seconds: what it would have told is unknown
    then, and why is said. Raises what `passages` raises, and `TookTooLong` of any other question.
    """
    if not asked.is_standing:
        of = of._replace(aimed=await _aimed(work, of, asked, kinds))
        return of._replace(passages=await _passages(work, of, asked, kinds))
    with patience.limited(seconds):
        late = dict.fromkeys(of.journey_ids, Aimed(untold={TOOK_TOO_LONG: 1}))
        of = of._replace(aimed=await _in_time(work, _aimed(work, of, asked, kinds), late))
        untold = dict.fromkeys(of.journey_ids, Passage(reason=TOOK_TOO_LONG))
        passing = _passages(work, of, asked, kinds)
        return of._replace(passages=await _in_time(work, passing, untold))


def is_late(of: Material) -> bool:
    """Whether something could not be looked for in time."""
    late = any(one.reason == TOOK_TOO_LONG for one in of.passages.values())
    return late or any(TOOK_TOO_LONG in one.untold for one in of.aimed.values())


async def _aimed(
    work: Work, of: Material, asked: Compared, kinds: Collection[str]
) -> Mapping[UUID, Aimed]:
    if "kpi_shortfall" not in kinds:
        return {}
    if not of.held.read.aimed:
        return dict.fromkeys(of.journey_ids, NO_TARGET)
    return await aimed(work, of.journey_ids, asked)


async def _passages(
    work: Work, of: Material, asked: Compared, kinds: Collection[str]
) -> Mapping[UUID, Passage]:
    wanted = not BY_PASSAGES.isdisjoint(kinds)
    if not (wanted and of.held.read.events):
        await selected(work, asked)
        return {}
    least = asked.least_count or of.held.read.limits.least_count
    beside = "unobserved" in kinds
    return await passages(work, ties_of(of), asked, least, beside=beside)


async def _in_time(
    work: Work, told: Awaitable[Mapping[UUID, T]], late: Mapping[UUID, T]
) -> Mapping[UUID, T]:
    """What is told, or what stands for it where it takes too long."""
    try:
        async with work.connection.attempt():
            return await told
    except TookTooLong:
        return late
