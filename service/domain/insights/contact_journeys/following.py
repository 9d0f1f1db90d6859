"""The way of one contact over one map, from the places that were told of it. Pure.

A stay is a run of places that are the same; a move leads from one stay to the next. Who is in a
stage has been there since the first of the last stays in it without a break.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from service.domain.history import SECOND, Flags, Ints, micros
from service.domain.insights.bindings.bound import BoundMap, Step
from service.domain.insights.contact_journeys.whereabouts import (
    MOST_VISITS,
    WINDOW_SECONDS,
    ContactDetour,
    ContactJourney,
    Visit,
)

NO_WAY_ON, NO_GOAL = "no_way_on", "no_goal"
STATUSES = ("active", "stuck", "dropped", "converted")
UNKNOWN = -1
Reals: TypeAlias = NDArray[np.float64]


class Touch(NamedTuple):
    """A place at a time, as told by an event or an enrolment, and the map that was in force."""

    at: datetime
    of: BoundMap
    stage_id: str
    stage_key: str
    step_id: str | None
    step_key: str | None
    by: str = "event"

    @property
    def place(self) -> tuple[str, str | None]:
        """What is the same of two touches of one stay."""
        return self.stage_id, self.step_id


class Typical(NamedTuple):
    """How long people typically are in a stage, on what that rests, or why it is not known."""

    seconds: float | None = None
    basis: str | None = None
    people: int | None = None
    reason: str | UnsetType = UNSET


class Goal(NamedTuple):
    """When the goal was reached; or why nobody can tell."""

    at: datetime | None = None
    reason: str | UnsetType = UNSET


def expected_seconds(of: BoundMap, stage_id: str) -> float | None:
    """How long the map expects a stage to take: the times of the moves from each of its steps to
    the next step of the map, summed; None unless all of them are known. 0 is unknown."""
    steps = of.steps
    times = {(one.from_, one.to): one.expected_seconds for one in of.transitions}
    pairs = pairwise(steps)
    taken = [times.get((a.key, b.key)) for a, b in pairs if a.stage_id == stage_id]
    known = [one for one in taken if one]
    return sum(known) if known and len(known) == len(taken) else None


def way_on(of: BoundMap, stage_id: str, step_id: str | None) -> bool:
    """Whether a step follows on the map: on the step, or on the stage as a whole."""
    steps = of.steps
    here = [n for n, s in enumerate(steps) if (s.id == step_id if step_id else False)]
    if here:
        return here[-1] + 1 < len(steps)
    return bool(later_steps(of, stage_id))


def later_steps(of: BoundMap, stage_id: str) -> list[Step]:
    """The steps of the stages behind a stage."""
    ids = [stage.id for stage in of.stages]
    behind = of.stages[ids.index(stage_id) + 1 :] if stage_id in ids else []
    return [step for stage in behind for step in stage.steps]


def visits(touches: Sequence[Touch]) -> list[Visit]:
    """The stays, in order of their times."""
    found: list[Visit] = []
    for one in touches:
        last = found[-1] if found else None
        if last is not None and (last.stage_id, last.step_id) == one.place:
            found[-1] = Visit(
                last.stage_id,
                last.step_id,
                last.key,
                last.entered_at,
                one.at,
                last.events + 1,
                last.by,
            )
        else:
            key = one.step_key or one.stage_key
            found.append(Visit(one.stage_id, one.step_id, key, one.at, one.at, 1, one.by))
    return found


def detours(touches: Sequence[Touch]) -> list[ContactDetour]:
    """Moves between steps that the map, as it was in force at their end, does not have."""
    found = []
    for a, b in pairwise(touches):
        if a.step_id is None or b.step_id is None or a.step_id == b.step_id:
            continue
        keys = {step.id: step.key for step in b.of.steps}
        move = (keys.get(a.step_id), b.step_key)
        if move not in {(edge.from_, edge.to) for edge in b.of.transitions}:
            found.append(ContactDetour(a.step_id, b.step_id, b.at))
    return found


def entered_at(stays: Sequence[Visit]) -> datetime:
    """Since when they have been in the stage of the last stay."""
    since = stays[-1]
    for one in reversed(stays):
        if one.stage_id != since.stage_id:
            break
        since = one
    return since.entered_at


def statuses(
    entered: Ints, arrived: Ints, typical: Reals, *, converted: Flags, goes_on: Flags, now: int
) -> NDArray[np.int8]:
    """How people stand, as places in `STATUSES`, or `UNKNOWN`: by when they came to their stage and
    to their step, in microseconds, and what is typical, in seconds, NaN where nothing is."""
    stays = (now - entered) / SECOND > typical
    known = np.where(stays, STATUSES.index("stuck"), STATUSES.index("active"))
    known = np.where(np.isnan(typical), UNKNOWN, known)
    dropped = now - arrived > WINDOW_SECONDS * SECOND
    known = np.where(dropped, STATUSES.index("dropped"), known)
    known = np.where(goes_on, known, UNKNOWN)
    return np.where(converted, STATUSES.index("converted"), known).astype(np.int8)


def why_unknown(typical: Typical, *, goes_on: bool) -> str | UnsetType:
    """Why there is no status."""
    return typical.reason if goes_on else NO_WAY_ON


def status_of(
    since: datetime, typical: Typical, goal: Goal, now: datetime, stay: Visit, *, goes_on: bool
) -> tuple[str | None, str | UnsetType]:
    """How they stand, or why that is not known."""
    seconds = np.nan if typical.seconds is None else typical.seconds
    (found,) = statuses(
        np.array([micros(since)]),
        np.array([micros(stay.entered_at)]),
        np.array([seconds]),
        converted=np.array([goal.at is not None]),
        goes_on=np.array([goes_on]),
        now=micros(now),
    ).tolist()
    if found == UNKNOWN:
        return None, why_unknown(typical, goes_on=goes_on)
    return STATUSES[found], UNSET


def standing(
    touches: Sequence[Touch], typical: Typical, goal: Goal, now: datetime
) -> ContactJourney:
    """Where a contact stands that touched a map at these places, in order."""
    last, stays = touches[-1], visits(touches)
    since, stay = entered_at(stays), stays[-1]
    goes_on = way_on(last.of, last.stage_id, last.step_id)
    status, reason = status_of(since, typical, goal, now, stay, goes_on=goes_on)
    return ContactJourney(
        journey_id=last.of.id,
        title=last.of.title,
        revision=last.of.revision,
        stage_id=last.stage_id,
        stage_key=last.stage_key,
        step_id=last.step_id,
        step_key=last.step_key,
        entered_at=since,
        seconds_here=(now - since).total_seconds(),
        typical_seconds=typical.seconds,
        typical_basis=typical.basis,
        typical_count=typical.people,
        status=status,
        converted_at=goal.at,
        path=stays[-MOST_VISITS:],
        detours=detours(touches),
        typical_reason=typical.reason,
        status_reason=reason,
        converted_reason=goal.reason,
    )
