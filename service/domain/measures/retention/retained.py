"""Who came back, by when they began. Pure.

`domain.md` §5: somebody's cohort is the calendar unit of their first event ever that `start` and
the filter select; retained after n units is who has an event in unit cohort + n, or from then on,
that `return` selects and that is not before that first. A cohort is old enough for n when
cohort + n ≤ the unit of the last selected event, or the last unit before `to`.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field
from numpy.typing import NDArray

from service.domain.answers import COUNT, SMALL_CELL, told
from service.domain.errors import Invalid, Problem
from service.domain.history import Histories, Ints, changes
from service.domain.measures.calendar import bounds
from service.domain.measures.cutting import microseconds, within
from service.domain.measures.defining import RangeDefinition
from service.domain.shares import Excluded, Proportion, proportion

MOST_VALUES = 100_000
TOO_YOUNG = "too_young"
_TIME = "2026-05-04T00:00:00Z"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RetentionDefinition(RangeDefinition, frozen=True, gc=False):
    """Who was looked at, and how."""

    interval: Annotated[Literal["day", "week", "month"], told("What is counted by.", "week")]
    intervals: Annotated[int, told("How many behind the first.", 30)]
    time_zone: Annotated[str, told("Where they begin.", "Europe/Berlin")]
    start: Annotated[Any | None, told("What one begins with, as it was asked.", "Signed Up")]
    return_: Annotated[Any | None, told("What coming back is, as it was asked.", None)] = field(
        name="return"
    )
    mode: Annotated[str, told("Just then, or then or later.", "exact")]
    cohorts: Annotated[bool, told("Whether each cohort is told.", True)]


class Retained(Struct, frozen=True, gc=False):
    """Who is retained after some intervals."""

    interval: Annotated[int, told("How many intervals after the cohort's own.", 1)]
    share: Annotated[Proportion, told("Of the people who began so long ago, those retained.")]


class Cohort(Struct, frozen=True, gc=False):
    """People who began in the same calendar unit."""

    from_: Annotated[datetime, told("When that unit begins.", _TIME)] = field(name="from")
    size: Annotated[int | None, told("How many began in it; null: too few to tell.", 193), COUNT]
    values: Annotated[list[Retained], told("By interval, from 0.")]
    reason: Annotated[str | UnsetType, told("Why there is no size; else absent.", SMALL_CELL)] = (
        UNSET
    )


class Retention(Struct, frozen=True, gc=False):
    """Who came back, by cohort and over all that are old enough."""

    definition: Annotated[RetentionDefinition, told("Who was looked at, and how.")]
    contacts: Annotated[
        int | None, told("People of all cohorts; null: too few to tell.", 727), COUNT
    ]
    cohorts: Annotated[list[Cohort], told("The oldest first; those alone that have anybody.")]
    overall: Annotated[
        list[Retained], told("By interval, from 0, over the cohorts that are old enough.")
    ]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: Annotated[
        str | UnsetType, told("Why contacts are not told; else absent.", SMALL_CELL)
    ] = UNSET


class _Counted(NamedTuple):
    """Cohorts that have anybody: their units, their sizes, and how many are retained, by interval;
    `last` is the unit up to which is known what people did."""

    units: Ints
    sizes: Ints
    retained: Ints
    last: int


def retention(found: Histories, definition: RetentionDefinition, now: datetime) -> Retention:
    """Who came back. `found` holds all events before the end of the range and, as selections,
    `start` and `return` as far as they are asked for. Linear. Raises `Invalid` where the cohorts
    are too many to tell.
    """
    starts = _bounds(found, definition, now)
    counted = _counted(found, definition, starts, now)
    if definition.cohorts and counted.retained.size > MOST_VALUES:
        detail = f"makes more than {MOST_VALUES} values; ask for fewer or a longer interval"
        raise Invalid([Problem("/intervals", "too_many_values", detail)])
    intervals = range(definition.intervals + 1)
    return Retention(
        definition,
        int(counted.sizes.sum()),
        _cohorts(counted, starts, intervals) if definition.cohorts else [],
        [Retained(n, _overall(counted, n)) for n in intervals],
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
    )


def _bounds(found: Histories, definition: RetentionDefinition, now: datetime) -> Ints:
    """The bounds of all units from the first event to the last moment that is known."""
    if not len(found):
        return np.zeros(0, dtype=np.int64)
    end = max(int(found.at.max()) + 1, _known_to(definition, now) or 0)
    zone = ZoneInfo(definition.time_zone)
    return bounds(int(found.at.min()), end, definition.interval, zone)


def _known_to(definition: RetentionDefinition, now: datetime) -> int | None:
    """Before when everything is known because it is asked up to there; what is yet to come is
    not."""
    return None if definition.to is None else microseconds(min(definition.to, now))


def _counted(
    found: Histories, definition: RetentionDefinition, starts: Ints, now: datetime
) -> _Counted:
    if not len(found):
        nothing = np.zeros(0, dtype=np.int64)
        return _Counted(nothing, nothing, np.zeros((0, definition.intervals + 1), np.int64), -1)
    unit = (np.searchsorted(starts, found.at, "right") - 1).astype(np.int32)
    end = _known_to(definition, now)
    known = int(found.at.max()) if end is None else end - 1
    began = _began(found, definition)
    people = int(found.person[-1]) + 1
    # Of each person: the first start, behind all rows for who has none in range; and the cohort.
    first = np.full(people, len(found), dtype=np.int64)
    first[found.person[began]] = began
    cohort, place = np.zeros(people, dtype=np.int32), np.zeros(people, dtype=np.int64)
    cohort[found.person[began]] = unit[began]
    units, place[found.person[began]] = np.unique(unit[began], return_inverse=True)
    back = np.arange(len(found)) >= first[found.person]
    if definition.return_ is not None:
        back &= found.holds[-1]
    person = found.person[back]
    after = unit[back] - cohort[person]
    who, after = _once(person, after, definition)
    size = definition.intervals + 1
    retained = np.bincount(place[who] * size + after, minlength=len(units) * size)
    retained = retained.reshape(len(units), size)
    if definition.mode == "on_or_after":
        retained = np.cumsum(retained[:, ::-1], axis=1)[:, ::-1]
    sizes = np.bincount(place[found.person[began]], minlength=len(units))
    last = int(np.searchsorted(starts, known, "right")) - 1
    return _Counted(units.astype(np.int64), sizes, retained, last)


def _began(found: Histories, definition: RetentionDefinition) -> Ints:
    """The first start of each person whose first of all lies in the range."""
    starts = found.heads if definition.start is None else found.holds[0]
    rows = np.flatnonzero(starts)
    rows = rows[changes(found.person[rows])]
    return rows[within(found.at[rows], definition.from_, definition.to)]


def _once(
    person: NDArray[np.int32], after: NDArray[np.int32], definition: RetentionDefinition
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Everybody once for each interval with a return, or once for the last with one."""
    if definition.mode == "on_or_after":
        last = np.append(changes(person)[1:], True) if len(person) else changes(person)
        return person[last], np.minimum(after[last], definition.intervals)
    once = changes(person) | changes(after)
    once &= after <= definition.intervals
    return person[once], after[once]


def _cohorts(counted: _Counted, starts: Ints, intervals: range) -> list[Cohort]:
    return [
        Cohort(
            _EPOCH + timedelta(microseconds=int(starts[unit])),
            size,
            [
                Retained(n, proportion(row[n], size) if unit + n <= counted.last else _TOO_YOUNG)
                for n in intervals
            ],
        )
        for unit, size, row in zip(
            counted.units.tolist(), counted.sizes.tolist(), counted.retained.tolist(), strict=True
        )
    ]


_TOO_YOUNG = Proportion(None, 0, 0, None, None, TOO_YOUNG)


def _overall(counted: _Counted, interval: int) -> Proportion:
    old = counted.units + interval <= counted.last
    return proportion(int(counted.retained[old, interval].sum()), int(counted.sizes[old].sum()))
