"""Asking for attribution."""

from datetime import datetime, timedelta

from service.domain import access, filters
from service.domain.computing import computed
from service.domain.errors import DomainError, Invalid, Kind
from service.domain.filters import All, Filter
from service.domain.histories import Asked, Range, histories
from service.domain.measures.asking import Refusals, any_of, chosen, selection
from service.domain.measures.attribution import credit
from service.domain.measures.attribution.adding_up import adds_up
from service.domain.measures.attribution.credit import Attribution, AttributionDefinition, Place
from service.domain.measures.attribution.inputs import AttributionQuery
from service.domain.measures.attribution.reads import Bound, bound
from service.domain.measures.small_cells import courteous
from service.domain.work import Scope, Work

MOST_TOUCHPOINTS = 100
"""Touchpoints whose bindings are asked of every touch at once."""


class TooManyTouchpoints(DomainError):
    """More touchpoints are bound to events than can be asked about at once."""

    kind, code = Kind.CONFLICT, "too_many_touchpoints"


async def attribution(work: Work, asked: AttributionQuery) -> Attribution:
    """What conversions are owed to: two statements, by touchpoints three.

    Raises `Invalid`, and `TooManyTouchpoints`.
    """
    work.needs(Scope.ANALYTICS_READ)
    refusals = Refusals()
    with refusals.of_part():
        goal = selection(work.caller, asked.goal, "/goal")
    with refusals.of_part():
        touch = selection(work.caller, asked.touch, "/touch")
    with refusals.of_part():
        only = await chosen(work, asked)
    refusals.tell()
    reporting = await access.reporting(work)
    conditions = [any_of([goal, touch]), *([] if only is None else [only])]
    by_touchpoint = asked.by == "touchpoint"
    places, bindings = await _touchpoints(work) if by_touchpoint else ([], [])
    wanted = Asked(
        Range(_earlier(asked.from_, asked.lookback_days), asked.to),
        All(tuple(conditions)),
        [goal, touch, *bindings],
        [] if by_touchpoint else [asked.by],
        counted=Range(asked.from_, asked.to),
    )
    found = await histories(work, wanted)
    definition = AttributionDefinition(
        asked.from_,
        asked.to,
        asked.model,
        asked.lookback_days,
        asked.by,
        asked.limit,
        goal=asked.goal,
        touch=asked.touch,
        filter=asked.filter,
    )
    answer = await computed(work, credit.attribution, found, definition, places)
    return await computed(work, courteous, answer, reporting.small_cells, adds_up)


def _earlier(time: datetime | None, days: int) -> datetime | None:
    try:
        return None if time is None else time - timedelta(days=days)
    except OverflowError:
        return None


async def _touchpoints(work: Work) -> tuple[list[Place], list[Filter]]:
    found = await bound(work, MOST_TOUCHPOINTS)
    if len(found) > MOST_TOUCHPOINTS:
        detail = f"More than {MOST_TOUCHPOINTS} touchpoints are bound to events."
        raise TooManyTouchpoints(detail)
    read = [(one, _readable(one)) for one in found]
    held = [(Place(one.key, one.id), condition) for one, condition in read if condition is not None]
    return [place for place, _ in held], [condition for _, condition in held]


def _readable(one: Bound) -> "Filter | None":
    """A stored binding; None for one that asks more than an event tells, as earlier ones might."""
    try:
        return filters.parse_selection(one.binding, filters.BINDINGS)
    except Invalid:
        return None
