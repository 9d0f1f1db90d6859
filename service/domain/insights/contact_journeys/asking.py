"""Where a contact stands on maps: read at once, then pure functions."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import structs

from service.domain import filters
from service.domain.errors import Invalid
from service.domain.insights.bindings.bound import bound_map
from service.domain.insights.contact_journeys.following import (
    NO_GOAL,
    Goal,
    Touch,
    standing,
)
from service.domain.insights.contact_journeys.reads import (
    Did,
    Enrolled,
    Person,
    maps_then,
    person,
)
from service.domain.insights.contact_journeys.usually import usual
from service.domain.insights.contact_journeys.whereabouts import (
    ContactJourney,
    ContactJourneys,
    ContactJourneysDefinition,
)
from service.domain.insights.laid.matching import Matcher
from service.domain.insights.laid.rule import Known
from service.domain.journeys import AS_IT_IS, MapState, map_states
from service.domain.shares import Excluded
from service.domain.work import Scope, Work

_Event = dict[str, object]


class Looked(NamedTuple):
    """Where a contact stands, and what was looked at for it."""

    answer: ContactJourneys
    person: Person
    events: Sequence[Did]


async def contact_journeys(work: Work, contact_id: UUID) -> ContactJourneys:
    """Where a contact stands on every map that it has touched: four statements at most, and nothing
    of what to offer them there. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    return (await looked_at(work, contact_id)).answer


async def looked_at(work: Work, contact_id: UUID) -> Looked:
    """The same with what was looked at. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    work.needs(Scope.MAPS_READ)
    found = await person(work, contact_id)
    events, enrolled, excluded = _permitted(found)
    items = await _items(work, found, events, enrolled)
    return Looked(ContactJourneys(items, ContactJourneysDefinition(), excluded), found, events)


async def _items(
    work: Work, found: Person, events: Sequence[Did], enrolled: Sequence[Enrolled]
) -> list[ContactJourney]:
    times = [*(one.timestamp for one in events), *(one.at for one in enrolled)]
    if not times:
        return []
    maps = await _maps(work, min(times), max(times), [one.journey_id for one in enrolled])
    touched = await asyncio.to_thread(_touched, maps, events, enrolled)
    last = [(touches[-1].of, touches[-1].stage_id) for touches in touched.values()]
    typical = [one.without(found.root_id) for one in await usual(work, last)]
    rows = [structs.asdict(one) for one in events]
    items = [
        standing(touches, one, _goal(touches, rows), work.now)
        for touches, one in zip(touched.values(), typical, strict=True)
    ]
    items.sort(key=lambda one: (one.path[-1].last_at, one.journey_id), reverse=True)
    return items


def _permitted(found: Person) -> tuple[list[Did], list[Enrolled], list[Excluded]]:
    """What may be looked at, and how much may not."""
    since = found.excluded_since

    def counts(time: datetime) -> bool:
        return not found.never and (since is None or time < since)

    events = [one for one in found.events if counts(one.timestamp)]
    enrolled = [one for one in found.enrolments if counts(one.at)]
    left = len(found.events) - len(events) + len(found.enrolments) - len(enrolled)
    counted = {"not_permitted": left, "beyond_limit": found.more}
    return events, enrolled, [Excluded(reason, n) for reason, n in counted.items() if n]


async def _maps(
    work: Work, first: datetime, last: datetime, enrolled: Sequence[UUID]
) -> dict[str, Known]:
    """The maps that may have been touched, by id."""
    published, drafts, now = await maps_then(work, first, last, enrolled)
    found: dict[str, Known] = {}
    for one in published:
        read = bound_map(one.document, one.number)
        read.touchpoint_bindings = (
            now if one.touchpoint_bindings is None else (one.touchpoint_bindings)
        )
        held = found.setdefault(read.id, Known({}, {}))
        found[read.id] = Known(
            {**held.revisions, one.number: read}, {**held.begins, one.number: one.since}
        )
    states = await map_states(work, [(one, AS_IT_IS) for one in drafts]) if drafts else []
    for state in states:
        if isinstance(state, MapState):
            read = bound_map(state.json, state.revision)
            read.touchpoint_bindings = now
            found[read.id] = Known({}, {}, read)
    return found


def _touched(
    maps: Mapping[str, Known], events: Sequence[Did], enrolled: Sequence[Enrolled]
) -> dict[str, list[Touch]]:
    """The places of each map that were touched, in order; maps that were not are left out."""
    rows = [(one.timestamp, structs.asdict(one)) for one in events]
    found = {}
    for which, known in maps.items():
        put = [one for one in enrolled if str(one.journey_id) == which]
        if touches := _touches(known, rows, put):
            found[which] = touches
    return found


def _touches(
    known: Known, rows: Sequence[tuple[datetime, _Event]], put: Sequence[Enrolled]
) -> list[Touch]:
    matchers: dict[int | str, Matcher] = {}
    waiting, touches = deque(sorted(put, key=lambda one: one.at)), list[Touch]()
    for at, row in rows:
        while waiting and waiting[0].at <= at:
            touches += _put(known, waiting.popleft())
        of = known.at(at)
        if of is None:
            continue
        if of.revision not in matchers:
            matchers[of.revision] = Matcher(of)
        matcher = matchers[of.revision]
        last = touches[-1].place if touches else (None, None)
        bound = matcher.step(row, matcher.order.standing(*last))
        if bound is not None:
            step = bound.step
            spot = matcher.order.spot(step.stage_id, step.id, step.key)
            touches.append(Touch(at, of, *spot))
    for one in waiting:
        touches += _put(known, one)
    return touches


def _put(known: Known, one: Enrolled) -> list[Touch]:
    of = known.at(one.at)
    if of is None:
        return []
    place = (one.stage_id, one.stage_key, one.step_id, one.step_key)
    return [Touch(one.at, of, *place, "enrolment")]


def _goal(touches: Sequence[Touch], rows: Sequence[_Event]) -> Goal:
    """When they first reached the goal of the map, at or behind their first place on it."""
    goal = touches[-1].of.goal
    if goal is None:
        return Goal(reason=NO_GOAL)
    try:
        condition = filters.parse_selection(goal, filters.BINDINGS)
    except Invalid:
        return Goal(reason="unreadable_goal")
    for row in rows:
        at = row["timestamp"]
        if not isinstance(at, datetime) or at < touches[0].at:
            continue
        if filters.evaluate(condition, filters.lookup_in(row)) is True:
            return Goal(at)
    return Goal()
