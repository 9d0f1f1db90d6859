"""Where everybody was last on a map, and since when: columns, a row for each person. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Flags, Ints, changes
from service.domain.insights.laid.laying import Laid

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class LastPlaces:
    """The last place of each who was at one: of `people`, 16 bytes each, by what state of the map,
    which of its spots, when they came to its stage this time, and to the place itself; and when
    they reached the goal of that state, at or after their first place on the map, else `NEVER`."""

    people: NDArray[np.bytes_]
    state: NDArray[np.int16]
    spot: NDArray[np.int32]
    entered: Ints
    arrived: Ints
    reached: Ints


def last_places(on_map: Laid, goals: Sequence[int | None], number: int) -> LastPlaces:
    """Where people are who were laid on a map. `goals` are the places of its states' goals among
    the last `number` selections that were asked about. Linear in events."""
    rows = np.flatnonzero(on_map.touched)
    person, spot, at = on_map.found.person[rows], on_map.spot[rows], on_map.found.at[rows]
    stage, place = _numbers(on_map, spot)
    heads = changes(person)
    last = np.append(np.flatnonzero(heads)[1:] - 1, len(rows) - 1)[: heads.sum()]
    who, state = person[last], on_map.revision[rows[last]]
    reached = np.full(len(who), NEVER, dtype=np.int64)
    holds = on_map.found.holds[len(on_map.found.holds) - number :]
    first = at[heads]
    of_state = np.array([-1 if one is None else one for one in goals] or [-1], dtype=np.int64)
    for n, one in enumerate(holds):
        asked = of_state[state] == n
        reached[asked] = _first(on_map, one, who[asked], first[asked])
    ids = np.frombuffer(on_map.found.people, dtype="S16")
    return LastPlaces(
        ids[who],
        state,
        spot[last],
        at[_since(heads | changes(stage))[last]],
        at[_since(heads | changes(place))[last]],
        reached,
    )


def _numbers(on_map: Laid, spot: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Of each row the numbers of its stage and of its place: keys may change, ids do not."""
    stages: dict[str, int] = {}
    places: dict[tuple[str, str | None], int] = {}
    both = [
        (
            stages.setdefault(one.stage_id, len(stages)),
            places.setdefault((one.stage_id, one.step_id), len(places)),
        )
        for one in on_map.spots
    ]
    numbers = np.array(both, dtype=np.int64).reshape(-1, 2)
    return numbers[spot, 0], numbers[spot, 1]


def _since(begins: Flags) -> Ints:
    """For each row that with which its run begins."""
    rows = np.where(begins, np.arange(len(begins)), 0)
    return np.maximum.accumulate(rows) if len(rows) else rows


def _first(on_map: Laid, holds: Flags, who: NDArray[np.int32], since: Ints) -> Ints:
    """When it first held of each of these people, who rise, from a time of theirs on."""
    begins = np.full(int(who.max(initial=-1)) + 2, NEVER, dtype=np.int64)
    begins[who] = since
    rows = np.flatnonzero(holds)
    rows = rows[on_map.found.person[rows] < len(begins)]
    person, at = on_map.found.person[rows], on_map.found.at[rows]
    counts = at >= begins[person]
    person, at = person[counts], at[counts]
    found = np.full(len(begins), NEVER, dtype=np.int64)
    heads = changes(person)
    found[person[heads]] = at[heads]
    return found[who]
