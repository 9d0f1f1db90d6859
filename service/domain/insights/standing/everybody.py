"""How everybody stands on a map, by the rules for one contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from service.domain.history import Flags, Ints, instant_of, micros
from service.domain.insights.bindings.bound import BoundMap
from service.domain.insights.contact_journeys.following import (
    STATUSES,
    UNKNOWN,
    Typical,
    statuses,
    way_on,
    why_unknown,
)
from service.domain.insights.contact_journeys.usually import Usual
from service.domain.insights.followed.goals import Goals
from service.domain.insights.laid.asking import LaidOut, keys_of
from service.domain.insights.laid.rule import Spot
from service.domain.insights.standing.lasting import NEVER, LastPlaces, last_places


class Place(NamedTuple):
    """A place at which people stand, and the state of the map that judged the last of them."""

    of: BoundMap
    spot: Spot

    @property
    def goes_on(self) -> bool:
        """Whether a step follows."""
        return way_on(self.of, self.spot.stage_id, self.spot.step_id)


class Stood(NamedTuple):
    """Who was last where on a map: `places` that are told apart, and the number of each one's."""

    last: LastPlaces
    places: list[Place]
    number: Ints


def stood(on_map: LaidOut, goals: Goals) -> Stood:
    """Who was last where, of those who were laid on a map with its goals asked about."""
    laid = on_map.laid
    last = last_places(laid, goals.places, len(goals.conditions))
    many = max(len(laid.spots), 1)
    numbers, which = np.unique(last.state * np.int64(many) + last.spot, return_inverse=True)
    pairs = [divmod(one, many) for one in numbers.tolist()]
    places = [Place(laid.states[state], laid.spots[spot]) for state, spot in pairs]
    return Stood(last, places, which)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Everybody on a map, and how they stand `now`; what is usual at each place."""

    on_map: LaidOut
    found: Stood
    usual: Sequence[Usual]
    status: NDArray[np.int8]
    goals: Goals
    now: datetime

    def __len__(self) -> int:
        return len(self.found.number)

    def keys(self, by: str) -> list[str]:
        """The keys of its stages, or its steps."""
        return keys_of(self.on_map.laid, by)[0]

    def at(self, stages: Sequence[str] | None, steps: Sequence[str] | None) -> Flags:
        """Who is in one of these stages and at one of these steps, by their keys; None: in any, and
        at any or none."""
        found = np.ones(len(self), dtype=np.bool_)
        for by, keys in (("stage", stages), ("step", steps)):
            if keys is not None:
                words, codes = keys_of(self.on_map.laid, by)
                chosen = [n for n, word in enumerate(words) if word in keys]
                found &= np.isin(codes[self.found.last.spot], chosen)
        return found

    def stands(self, statuses: Sequence[str] | None) -> Flags:
        """Who stands in one of these ways; None: anyhow."""
        if statuses is None:
            return np.ones(len(self), dtype=np.bool_)
        return np.isin(self.status, [STATUSES.index(one) for one in statuses])

    @property
    def unknown(self) -> Flags:
        """Of whom nobody can tell how they stand."""
        found: Flags = self.status == UNKNOWN
        return found

    def ids(self, chosen: Flags) -> bytes:
        """Who was chosen, 16 bytes each."""
        return self.found.last.people[chosen].tobytes()

    def told(self, who: Sequence[UUID]) -> list[dict[str, Any]]:
        """Where these stand, who are all on the map: what `Whereabouts` tells."""
        rows = rows_of(self.found.last.people, who)
        return [self._told(one, row) for one, row in zip(who, rows, strict=True)]

    def _told(self, who: UUID, row: int) -> dict[str, Any]:
        last, number = self.found.last, int(self.found.number[row])
        place, typical = self.found.places[number], self.usual[number].without(who)
        spot, entered = place.spot, instant_of(int(last.entered[row]))
        code, reached = int(self.status[row]), int(last.reached[row])
        return {
            "revision": place.of.revision,
            **spot._asdict(),
            "entered_at": entered,
            "seconds_here": (self.now - entered).total_seconds(),
            **_typically(typical),
            "status": None if code == UNKNOWN else STATUSES[code],
            "status_reason": why_unknown(typical, goes_on=place.goes_on)
            if code == UNKNOWN
            else UNSET,
            "converted_at": None if reached == NEVER else instant_of(reached),
            "converted_reason": self.goals.reasons[int(last.state[row])] or UNSET,
        }


def _typically(typical: Typical) -> Mapping[str, Any]:
    return {
        "typical_seconds": typical.seconds,
        "typical_basis": typical.basis,
        "typical_count": typical.people,
        "typical_reason": typical.reason,
    }


def standing(
    on_map: LaidOut, found: Stood, usual: Sequence[Usual], goals: Goals, now: datetime
) -> Standing:
    """How everybody stands, by what is usual at each place."""
    last, number = found.last, found.number
    goes_on = np.array([one.goes_on for one in found.places], dtype=np.bool_)
    status = statuses(
        last.entered,
        last.arrived,
        _typical(found, usual),
        converted=last.reached < NEVER,
        goes_on=goes_on[number],
        now=micros(now),
    )
    return Standing(on_map, found, usual, status, goals, now)


def _typical(found: Stood, usual: Sequence[Usual]) -> NDArray[np.float64]:
    """What is typical for each, in seconds: of those who are among whom it was learned from, what
    others took."""
    everybody = np.array([_seconds(one, None) for one in usual], dtype=np.float64)
    typical = everybody[found.number]
    people = found.last.people
    learned_from = [one.bytes for one in {who for one in usual for who in one.took}]
    for row in np.flatnonzero(np.isin(people, np.array(learned_from, dtype="S16"))).tolist():
        who = UUID(bytes=people[row].ljust(16, b"\0"))
        typical[row] = _seconds(usual[int(found.number[row])], who)
    return typical


def _seconds(one: Usual, who: UUID | None) -> float:
    seconds = one.without(who).seconds
    return np.nan if seconds is None else seconds


def rows_of(people: NDArray[np.bytes_], who: Sequence[UUID]) -> list[int]:
    """At which row each of these is, who are all among the people."""
    asked = np.array([one.bytes for one in who], dtype="S16")
    order = np.argsort(people)
    found: list[int] = order[np.searchsorted(people, asked, sorter=order)].tolist()
    return found
