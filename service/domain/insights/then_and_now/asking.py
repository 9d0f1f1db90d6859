"""Asking how a map and what people do on it differ from what they were."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET

from service.domain import access, journeys, measures
from service.domain.computing import computed
from service.domain.errors import DomainError, Invalid, Problem
from service.domain.histories import Range
from service.domain.insights.emotion import curve
from service.domain.insights.followed import least_told
from service.domain.insights.laid.asking import LaidOut, Wanted, judges, laid_out, left_out
from service.domain.insights.revised import drawn_from, revised
from service.domain.insights.then_and_now.answers import (
    ChangedShare,
    MapChanges,
    Side,
    ThenAndNow,
    ThenAndNowDefinition,
    changed_mean,
    changed_share,
)
from service.domain.insights.then_and_now.comparing import (
    Followed,
    People,
    Question,
    followed,
)
from service.domain.insights.then_and_now.inputs import HALF_A_YEAR, ThenAndNowQuery
from service.domain.insights.then_and_now.surveyed import satisfied
from service.domain.insights.traffic import UNRATED
from service.domain.journeys import AS_IT_IS, MapState, Reference
from service.domain.work import Scope, Work

State = MapState | str
"""A state of a map, or why there is none."""


class _Times(NamedTuple):
    """Then and now, and since when what people did counts for each."""

    base: datetime
    other: datetime
    asked: ThenAndNowQuery

    @property
    def ranges(self) -> tuple[Range, Range]:
        """The two ranges, half-open."""
        return (self._before(self.base), self._before(self.other))

    def _before(self, at: datetime) -> Range:
        return Range(_earlier(at, self.asked.days), at)


async def then_and_now(work: Work, journey_id: UUID, asked: ThenAndNowQuery) -> ThenAndNow:
    """A map and its people then and now: a dozen statements, seldom more.

    Raises `NotFound`, `Invalid`, `BindingsTooLarge`, `TooManyRevisions`.
    """
    work.needs(Scope.ANALYTICS_READ)
    times = _times(work.now, asked)
    least = least_told(work, await access.reporting(work))
    by = await judges(work, journey_id, None)
    only = await measures.selecting(work, asked.filter)
    places = (Reference(at=times.base), _now(asked))
    found = await journeys.map_states(work, [(journey_id, one) for one in places])
    window = timedelta(seconds=asked.window_seconds)
    base, other = times.ranges
    within = Range(base.from_, other.to)
    until = measures.later(times.other, window)
    on_map = await laid_out(work, by, Wanted(within, until, only, latest=True))
    question = Question(str(journey_id), times.ranges, asked.window_seconds, least, work.now)
    states = [one.code if isinstance(one, DomainError) else one for one in found]
    said = await satisfied(work, question.which, times.ranges, asked.filter)
    satisfaction = changed_share(*map(question.told, said, times.ranges))
    return await computed(work, _told, on_map, states, times, question, satisfaction)


def _now(asked: ThenAndNowQuery) -> Reference:
    """The map as it is, where no time is named."""
    return AS_IT_IS if asked.with_ is None else Reference(at=asked.with_)


def _times(now: datetime, asked: ThenAndNowQuery) -> _Times:
    other = asked.with_ or now
    base = asked.base or _earlier(other, HALF_A_YEAR)
    if base is None or base >= other:
        raise Invalid([Problem("/base", "wrong_bounds", "must be before the other time")])
    start = _earlier(other, asked.days)
    if start is None or start < base:
        detail = "both ranges would hold the same days: ask for fewer"
        raise Invalid([Problem("/days", "ranges_overlap", detail)])
    return _Times(base, other, asked)


def _earlier(at: datetime, days: int) -> datetime | None:
    """So many days before; None: before there are times."""
    try:
        return at - timedelta(days=days)
    except OverflowError:
        return None


def _told(
    on_map: LaidOut,
    states: Sequence[State],
    times: _Times,
    question: Question,
    satisfaction: ChangedShare,
) -> ThenAndNow:
    people = followed(on_map, question)
    base, other = (
        _side(state, at, within, contacts)
        for state, at, within, contacts in zip(
            states, (times.base, times.other), times.ranges, people.contacts, strict=True
        )
    )
    return ThenAndNow(
        question.which,
        _definition(on_map, times.asked, people),
        base,
        other,
        _changes(*states),
        changed_mean(base, other),
        people.conversion,
        satisfaction,
        people.stages,
        left_out(on_map.excluded),
        on_map.reason or UNSET,
    )


def _definition(on_map: LaidOut, asked: ThenAndNowQuery, people: Followed) -> ThenAndNowDefinition:
    return ThenAndNowDefinition(
        asked.days,
        asked.filter,
        asked.window_seconds,
        "contact",
        on_map.judges.revision,
        *(people.ends or (None, None)),
    )


def _side(state: State, at: datetime, within: Range, people: People) -> Side:
    contacts, why_nobody = people.number, people.reason or UNSET
    if isinstance(state, str):
        return Side(at, *within, None, None, None, None, contacts, state, why_nobody)
    drawn = drawn_from(revised(state.json, state.revision), None)
    if drawn is None:
        raise AssertionError("what nobody in particular feels is known of every map")
    found = curve(str(state.journey_id), *drawn, state.revision)
    steps = len(found.points)
    why = UNRATED if found.mean is None else UNSET
    rated = steps - len(found.unrated)
    return Side(at, *within, state.revision, found.mean, rated, steps, contacts, why, why_nobody)


def _changes(base: State, other: State) -> MapChanges:
    if isinstance(base, str):
        return MapChanges(reason=base)
    if isinstance(other, str):
        return MapChanges(reason=other)
    counts = Counter(one.change for one in journeys.comparison((base, other)).items)
    return MapChanges(
        counts["added"], counts["removed"], counts["moved"], counts["renamed"], counts["changed"]
    )
