"""How far the units of a funnel come, and when. Pure."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from service.domain.history import Flags, Ints
from service.domain.measures.funnels.chains import Rules


@dataclass(frozen=True, slots=True)
class Funnel:
    """What is computed. Of the selections that histories hold, the first are the steps, in their
    order, the others the exclusions of `rules`, in theirs.
    """

    rules: Rules
    unordered: bool
    unit: str
    timeout_seconds: int
    from_: datetime | None
    to: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Of each unit: how many required steps its deepest chain serves (`depth`), the row at which
    the earliest of the deepest begins (`first`), whether it is undecided, and whose it is.

    `held[k]` says of each unit whether it counts at step k, `gaps[k]` how many microseconds after
    the required step before, where it does.
    """

    depth: Ints
    first: Ints
    undecided: Flags
    person: Ints
    held: list[Flags]
    gaps: list[Ints]


def nobody_yet(steps: int, units: int) -> tuple[list[Flags], list[Ints]]:
    """Flags and times of steps, still to be filled in."""
    held = [np.zeros(units, dtype=np.bool_) for _ in range(steps)]
    return held, [np.zeros(units, dtype=np.int64) for _ in range(steps)]
