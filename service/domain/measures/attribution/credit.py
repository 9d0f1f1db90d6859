"""What conversions are owed to: the touches before them, by one of four models. Pure.

Each event of the goal is a conversion. Its touches are the same person's, earlier in the path
(by time, then order of arrival), and at most the look-back before it; what the person converted
before changes nothing. The models: `first` and `last` give all to one touch, `linear` 1/n to each
of n, `position` 2/5 to the first and the last and 1/5 to those between in equal parts, half to
each of two, all to one.

Credit is counted in whole parts of 10⁻²⁴ and told in parts of 10⁻¹², rounded by the greatest
remainders: what is told adds up to the conversions exactly.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NamedTuple

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, follows, told
from service.domain.history import MISSING, SECOND, Flags, Histories, Ints, changes
from service.domain.measures.attribution.touched import Runs, touched
from service.domain.measures.cutting import within
from service.domain.reasons import Explained
from service.domain.shares import Excluded, Proportion, proportion

_TIME = "2026-05-01T00:00:00Z"
DAY = 86_400 * SECOND
ONE = 10**12
"""A conversion, in the parts in which credit is told."""
AT_ONCE = 1_000_000
"""Conversions whose parts, together, a number of 64 bits holds."""
UNTOLD = "no_touches"
_Reason = Annotated[str | UnsetType, told("Why a count is null; else absent.", SMALL_CELL)]


class AttributionDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Conversions from then on.", _TIME)] = field(name="from")
    to: Annotated[datetime | None, told("Conversions before then.", _TIME)]
    model: Annotated[str, told("How a conversion is divided among its touches.", "linear")]
    lookback_days: Annotated[int, told("How long before it a touch counts; 24 hours each.", 90)]
    by: Annotated[str, told("What credit is summed by.", "channel")]
    limit: Annotated[int, told("At most so many values are told.", 200)]
    conversion: Annotated[str, told("What is one: each event of the goal.", "event")] = "event"
    weights: Annotated[
        list[float],
        told("Shares of the first, those between and the last, in `position`.", [0.4, 0.2, 0.4]),
    ] = field(default_factory=lambda: [0.4, 0.2, 0.4])
    several_touchpoints: Annotated[
        str, told("A touch of several touchpoints counts for each in equal parts.", "equal_parts")
    ] = "equal_parts"
    goal: Annotated[
        Any | None, told("Which events convert, as it was asked.", "Order Completed")
    ] = None
    touch: Annotated[Any | None, told("Which events are touches, as it was asked.", "Visit")] = None
    filter: Annotated[Any | None, told("Of which events, as it was asked; null: all.", None)] = None


class Credited(Explained, frozen=True, gc=False):
    """What is owed to the touches of one channel, campaign or touchpoint."""

    value: Annotated[str | None, told("The channel or campaign, or the touchpoint's key.", "email")]
    credit: Annotated[
        Decimal | None, told("Conversions owed to it, to twelve digits.", 12.5), COUNT
    ]
    share: Annotated[
        float | None, told("Of all that have a touch; 0 to 1.", 0.25), follows("credit")
    ]
    touches: Annotated[int | None, told("Its touches that have some credit.", 31), COUNT]
    touchpoint_id: Annotated[
        str | None,
        told("Which touchpoint, when asked by these.", "0198c7f0-0000-7000-8000-000000000070"),
    ] = None
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", UNTOLD)] = UNSET


class OtherCredited(Struct, frozen=True, gc=False):
    """What is owed to all values behind the limit."""

    values: Annotated[int, told("How many they are.", 12)]
    credit: Annotated[Decimal | None, told("Conversions owed to them together.", 0.75), COUNT]
    touches: Annotated[int | None, told("Their touches that have some credit.", 4), COUNT]
    reason: _Reason = UNSET


class Attribution(Struct, frozen=True, gc=False):
    """Conversions and what they are owed to; credits add up to those with a touch, exactly."""

    definition: Annotated[AttributionDefinition, told("What was looked at, and how.")]
    conversions: Annotated[int | None, told("Events of the goal in the range.", 60), COUNT]
    contacts: Annotated[int | None, told("People whose they are.", 52), COUNT]
    attributed: Annotated[Proportion, told("Conversions with at least one touch before them.")]
    without_touch: Annotated[
        int | None, told("Conversions without any; nothing is credited.", 10), COUNT
    ]
    items: Annotated[list[Credited], told("Most credit first.")]
    other: Annotated[OtherCredited | None, told("All behind the limit; null without.")]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: _Reason = UNSET


class Place(NamedTuple):
    """What credit is summed for: a value, or a touchpoint's key and id."""

    value: str | None
    touchpoint_id: str | None = None


def attribution(
    found: Histories, definition: AttributionDefinition, touchpoints: Sequence[Place] = ()
) -> Attribution:
    """What the conversions of a range are owed to.

    `found` holds the goal and the touches as its first two selections, and behind them what takes
    each of the `touchpoints`; a column by `definition.by` else; and all events that the look-back
    reaches.
    """
    goals = np.flatnonzero(found.holds[0] & within(found.at, definition.from_, definition.to))
    runs = touched(found, found.holds[1], goals, definition.lookback_days * DAY)
    reached = int((runs.lengths > 0).sum())
    kinds, places = _kinds(found, runs.rows, definition.by, touchpoints)
    parts, touches = _sums(runs, definition.model, kinds, len(places))
    credits = _told(*_by_place(places, parts, touches), reached)
    shown, rest = credits[: definition.limit], credits[definition.limit :]
    return Attribution(
        definition,
        len(goals),
        int(changes(found.person[goals]).sum()),
        proportion(reached, len(goals)),
        len(goals) - reached,
        [_credited(place, units, number, reached) for place, units, number in shown],
        OtherCredited(len(rest), _decimal(sum(one[1] for one in rest)), sum(one[2] for one in rest))
        if rest
        else None,
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
    )


def _credited(place: Place, units: int, touches: int, reached: int) -> Credited:
    return Credited(
        place.value,
        _decimal(units),
        units / (reached * ONE) if reached else None,
        touches,
        place.touchpoint_id,
        UNTOLD if place.value is None else UNSET,
    )


def _decimal(units: int) -> Decimal:
    return Decimal(units).scaleb(-12)


_Kinds = tuple[Ints, list[tuple[Place, ...]]]


def _kinds(found: Histories, rows: Ints, by: str, touchpoints: Sequence[Place]) -> _Kinds:
    """Which kind each touch is of, and for whom each kind counts, in equal parts."""
    nobody = (Place(None),)
    if by != "touchpoint":
        column = found.columns[by]
        places: list[tuple[Place, ...]] = [nobody, *((Place(str(word)),) for word in column.words)]
        return column.codes[rows].astype(np.int64) - MISSING, places
    taken = np.array([one[rows] for one in found.holds[2:]], dtype=np.bool_)
    packed = np.packbits(taken.reshape(len(touchpoints), len(rows)), axis=0).T
    alike, kinds = np.unique(packed, axis=0, return_inverse=True)
    bits = np.unpackbits(alike, axis=1, count=len(touchpoints)).astype(np.bool_)
    sets = [tuple(touchpoints[n] for n in np.flatnonzero(one).tolist()) or nobody for one in bits]
    return kinds.reshape(-1).astype(np.int64), sets


def _sums(runs: Runs, model: str, kinds: Ints, number: int) -> tuple[list[tuple[int, int]], Ints]:
    """Of each kind of touches the credit, in parts of 10⁻¹² and 10⁻²⁴, and how many have some."""
    parts = [(0, 0)] * number
    credited = np.zeros(len(kinds), dtype=np.bool_)
    for start in range(0, len(runs.lengths), AT_ONCE):
        chosen = slice(start, start + AT_ONCE)
        whole, rest = _weights(runs.first[chosen], runs.lengths[chosen], model, len(kinds))
        credited |= (whole > 0) | (rest > 0)
        summed = (_by_kind(whole, kinds, number), _by_kind(rest, kinds, number))
        parts = [
            (one + int(w), two + int(r)) for (one, two), w, r in zip(parts, *summed, strict=True)
        ]
    return parts, np.bincount(kinds[credited], minlength=number)


def _by_kind(values: Ints, kinds: Ints, number: int) -> Ints:
    found = np.zeros(number, dtype=np.int64)
    # Not `bincount`, which weighs in floats.
    np.add.at(found, kinds, values)
    return found


def _weights(first: Ints, lengths: Ints, model: str, touches: int) -> tuple[Ints, Ints]:
    """The credit of each touch, in two limbs: parts of 10⁻¹², and of 10⁻²⁴ beside them."""
    whole = np.zeros(touches + 1, dtype=np.int64)
    rest = np.zeros(touches + 1, dtype=np.int64)
    reached = lengths > 0
    first, lengths = first[reached], lengths[reached]
    last = first + lengths - 1
    if model in ("first", "last"):
        np.add.at(whole, first if model == "first" else last, ONE)
        return whole[:-1], rest[:-1]
    if model == "linear":
        _spread(whole, rest, first, lengths, ONE)
    else:
        few = lengths <= 2
        _spread(whole, rest, first[few], lengths[few], ONE)
        _spread(whole, rest, first[~few] + 1, lengths[~few] - 2, ONE // 5)
    # What begins and ends with a run becomes what each touch has.
    whole, rest = np.cumsum(whole)[:-1], np.cumsum(rest)[:-1]
    # Carried, so that nine million touches can be summed.
    whole, rest = whole + rest // ONE, rest % ONE
    if model == "position":
        for end in (first[~few], last[~few]):
            np.add.at(whole, end, 2 * ONE // 5)
    return whole, rest


def _spread(whole: Ints, rest: Ints, first: Ints, lengths: Ints, amount: int) -> None:
    """Let an amount begin and end with runs of touches, that of each run in equal parts."""
    each, left = np.divmod(amount, lengths)
    more = left * ONE // lengths
    for limb, value in ((whole, each), (rest, more)):
        np.add.at(limb, first, value)
        np.subtract.at(limb, first + lengths, value)


def _by_place(
    sets: Sequence[tuple[Place, ...]], parts: Sequence[tuple[int, int]], touches: Flags | Ints
) -> tuple[dict[Place, Fraction], dict[Place, int]]:
    """The parts of 10⁻¹² of each place, exactly, and its touches."""
    credit: dict[Place, Fraction] = {}
    counted: dict[Place, int] = {}
    for places, (whole, rest), number in zip(sets, parts, touches, strict=True):
        if number:
            each = (whole + Fraction(rest, ONE)) / len(places)
            for place in places:
                credit[place] = credit.get(place, Fraction()) + each
                counted[place] = counted.get(place, 0) + int(number)
    return credit, counted


def _told(
    credit: dict[Place, Fraction], counted: dict[Place, int], reached: int
) -> list[tuple[Place, int, int]]:
    """Whole parts of 10⁻¹² that add up exactly: the greatest remainders have what is left."""
    units = {place: int(exact) for place, exact in credit.items()}
    left = reached * ONE - sum(units.values())
    by_rest = sorted(credit, key=lambda one: (units[one] - credit[one], one.value or ""))
    for place in by_rest[:left]:
        units[place] += 1
    order = sorted(units, key=lambda one: (-units[one], one.value is None, one.value or ""))
    return [(place, units[place], counted[place]) for place in order]
