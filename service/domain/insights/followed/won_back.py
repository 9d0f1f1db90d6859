"""Who came back after an action that should win them back. Pure.

An action addresses those who had dropped out by its day: whose last place on the map is longer ago
than the window, with a way on from there and without the goal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import UNSET

from service.domain import measures
from service.domain.history import SECOND, Flags, Ints, changes
from service.domain.insights.contact_journeys.following import way_on
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.asking import LaidOut
from service.domain.insights.laid.laying import Laid
from service.domain.insights.outlay import BEGUN, Action, Within
from service.domain.shares import Excluded, Proportion, proportion

KIND, NO_ACTION, TOO_YOUNG = "win_back", "no_win_back_action", "too_young"


def actions_of(actions: Sequence[Action], within: Within) -> list[tuple[int, Action]]:
    """The actions that begin in a range, with the microsecond at which they do, in that order."""
    found = [
        (measures.on_maps.microseconds(within.midnight(one.due_on)), one)
        for one in actions
        if one.kind == KIND
        and one.status in BEGUN
        and one.due_on is not None
        and within.holds(one.due_on)
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def win_back_rate(
    on_map: LaidOut, reached: Flags, actions: Sequence[Action], within: Within, window: int
) -> JourneyKpi:
    """Who came back within the `window`, seconds, of those whom the actions of a range addressed;
    `reached` says which rows fulfil the goal."""
    begun = actions_of(actions, within)
    if on_map.reason is not None or not begun:
        return _item(share(on_map.reason or NO_ACTION), 0, on_map.reason or NO_ACTION)
    looking = _Looking(on_map.laid, reached, window * SECOND)
    now = measures.on_maps.microseconds(within.now)
    addressed = np.zeros(looking.people, dtype=np.bool_)
    back, young = addressed.copy(), addressed.copy()
    for at, action in begun:
        new = looking.dropped(at, action) & ~addressed
        addressed |= new
        if at + looking.window > now:
            young |= new
        else:
            back |= new & looking.came(at)
    counted = int((addressed & ~young).sum())
    return _item(proportion(int(back.sum()), counted), int(young.sum()), None)


@dataclass(frozen=True)
class _Looking:
    """Everybody on a map, and who fulfilled its goal."""

    laid: Laid
    reached: Flags
    window: int

    @property
    def people(self) -> int:
        """How many numbers people have."""
        return int(self.laid.found.person.max(initial=-1)) + 1

    def dropped(self, at: int, action: Action) -> Flags:
        """Who had dropped out by a time, where the action is meant for."""
        laid, person = self.laid, self.laid.found.person
        rows = np.flatnonzero(laid.touched & (laid.found.at < at))
        first = rows[changes(person[rows])]
        last = rows[np.append(changes(person[rows])[1:], True)[: len(rows)]]
        begins = np.full(self.people, np.iinfo(np.int64).max)
        begins[person[first]] = laid.found.at[first]
        goal = np.flatnonzero(self.reached & (laid.found.at < at))
        won = np.zeros(self.people, dtype=np.bool_)
        won[person[goal[laid.found.at[goal] >= begins[person[goal]]]]] = True
        there = last[(at - laid.found.at[last] > self.window) & self._open(last, action)]
        found = np.zeros(self.people, dtype=np.bool_)
        found[person[there]] = True
        return found & ~won

    def came(self, at: int) -> Flags:
        """Who did something at a step from a time on, within the window."""
        laid = self.laid
        inside = (laid.found.at >= at) & (laid.found.at <= at + self.window)
        found = np.zeros(self.people, dtype=np.bool_)
        found[laid.found.person[laid.touched & ~laid.put & inside]] = True
        return found

    def _open(self, rows: Ints, action: Action) -> Flags:
        """Whether a way leads on from the places of rows, and the action is meant for them."""
        laid = self.laid
        meant = [_meant(action, one.stage_id, one.step_id) for one in laid.spots]
        ways = [[way_on(of, one.stage_id, one.step_id) for one in laid.spots] for of in laid.states]
        spot = laid.spot[rows]
        leads: Flags = np.array(ways, dtype=np.bool_)[laid.revision[rows], spot]
        found: Flags = np.array(meant, dtype=np.bool_)[spot] & leads
        return found


def _meant(action: Action, stage_id: str, step_id: str | None) -> bool:
    return any(
        one.stage_id in (None, stage_id) and one.step_id in (None, step_id)
        for one in action.targets
    )


def adds_up(one: JourneyKpi, known: measures.Sums) -> None:
    """Those of whom it is too early to say are people as well."""
    for left in one.excluded:
        known.count(measures.cell(left, "count"), left.count)


def _item(value: Proportion, young: int, reason: str | None) -> JourneyKpi:
    return JourneyKpi(
        kpi=measures.on_maps.WIN_BACK_RATE,
        unit="share",
        meaning=measures.on_maps.meaning_of(measures.on_maps.WIN_BACK_RATE),
        value=value,
        excluded=[Excluded(TOO_YOUNG, young)] if young else [],
        reason=reason or UNSET,
    )
