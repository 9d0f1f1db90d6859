"""Which segments are to be merged. Pure.

Identifiers are hashes, so their first bits part events evenly. A part has a base, and runs that
came later; when these have grown to a share of the base, all become one base, and one that is too
large becomes the bases of deeper parts. From then on runs of the outer part are only handed on. So
whatever is merged at once is bounded, and an event is merged a few times in all.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

DEEPER = 3
"""Bits by which a part is divided further."""
SHARE = 4
"""One part in so many of a base is what runs may have beside it."""


class Bounds(NamedTuple):
    """Events of a segment, runs of a part, and events of runs that are worth handing on."""

    most: int = 262_144
    runs: int = 8
    enough: int = 65_536


class Held(NamedTuple):
    """A segment as it is listed: its part of the identifiers is those whose first `bits` are
    `part`."""

    id: UUID | None
    bits: int
    part: int
    base: bool
    events: int
    first_at: datetime | None = None


class Due(NamedTuple):
    """Segments of one part that are to become one, or are handed on where the part is `inner`."""

    bits: int
    part: int
    inner: bool
    held: Sequence[Held]


def due(held: Sequence[Held], stale: datetime | None, bounds: Bounds) -> Due | None:
    """The first part, the outer before the inner, that has too much beside its base, or that has
    something from before a time; None: all is well."""
    parts = defaultdict[tuple[int, int], list[Held]](list)
    for one in held:
        parts[one.bits, one.part].append(one)
    outer = {
        (bits - less, part >> less)
        for bits, part in parts
        for less in range(DEEPER, bits + 1, DEEPER)
    }
    for (bits, part), here in sorted(parts.items()):
        inner = (bits, part) in outer
        if _too_much(here, bounds, inner=inner) or _stale(here, stale):
            return Due(bits, part, inner, here)
    return None


def _too_much(here: Sequence[Held], bounds: Bounds, *, inner: bool) -> bool:
    runs = [one.events for one in here if not one.base]
    if len(runs) > bounds.runs or any(one > bounds.most for one in runs):
        return True
    if inner:
        return sum(runs) >= bounds.enough
    base = sum(one.events for one in here if one.base)
    return base > 0 and sum(runs) * SHARE >= max(base, bounds.enough)


def _stale(here: Sequence[Held], since: datetime | None) -> bool:
    return since is not None and any(
        one.first_at is not None and one.first_at < since for one in here
    )
