"""Events counted by quarter of an hour and by kind, and the bytes of such counts. Pure.

Times are microseconds since 2000. A kind is the JSON array of what is told of an event, whole or,
as a cube has it, a part of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from service.domain.history import SECOND, Ints, changes

CUBES: Sequence[tuple[int, ...]] = (
    (0, 1),
    *((0, 1, other) for other in range(2, 7)),
    tuple(range(7)),
)
"""By which places of a whole kind events are told apart: type and event, both and one more, all.
Counted by all at once, most quarters would have a number for each event."""
QUARTER = 900 * SECOND
DAY = 86_400 * SECOND
_QUARTERS = DAY // QUARTER
MOST_KINDS = 20_000
MOST_NUMBERS = 65_536
"""A row that would have more is not kept: it would tell little more than the events."""
_ORIGIN = np.datetime64("2000-01-01", "D")


class Kinds(Protocol):
    """Whole kinds: the JSON texts of values by place, and which of them each kind has."""

    @property
    def values(self) -> Sequence[Sequence[str]]: ...

    @property
    def codes(self) -> NDArray[np.int32]: ...


class Key(NamedTuple):
    """Which cube, and whether of a month or of a day, whose first day is counted from 2000."""

    cube: int
    month: bool
    day: int


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many events there were of which kind, in which quarter of the day; of months it is 0.

    Sorted by quarter and kind, each pair once; `kinds` rise, and each of them is used.
    """

    kinds: Sequence[str]
    quarter: Ints
    kind: Ints
    number: Ints

    @property
    def too_many(self) -> bool:
        """Whether it is not worth keeping."""
        return len(self.kinds) > MOST_KINDS or len(self.number) > MOST_NUMBERS


def counted(at: Ints, codes: NDArray[Any], kinds: Kinds, given_up: int = 0) -> dict[Key, Counts]:
    """Counts of events of these times and kinds, by day and by month, in all cubes but those whose
    bit says that they are given up."""
    if not len(at):
        return {}
    day = at // DAY
    month, quarter = _months(day), (at - day * DAY) // QUARTER
    found: dict[Key, Counts] = {}
    for cube, places in enumerate(CUBES):
        if given_up >> cube & 1:
            continue
        names, numbers = _part(kinds, places)
        kind = numbers[codes]
        for one, counts in _by_day(day, quarter, kind, names):
            found[Key(cube, month=False, day=one)] = counts
        for one, counts in _by_day(month, np.zeros_like(quarter), kind, names):
            found[Key(cube, month=True, day=one)] = counts
    return found


def together(held: Counts | None, more: Counts, *, less: bool = False) -> Counts | None:
    """Both added, or the second taken away. None where more is taken than there is: what is held
    counts something else."""
    sign = -1 if less else 1
    if held is None:
        return None if less else more
    names = sorted({*held.kinds, *more.kinds})
    place = {name: n for n, name in enumerate(names)}
    kind = np.concatenate([_placed(one, place) for one in (held, more)])
    quarter = np.concatenate([held.quarter, more.quarter])
    keys, of = np.unique(quarter * len(names) + kind, return_inverse=True)
    number = np.zeros(len(keys), dtype=np.int64)
    np.add.at(number, of, np.concatenate([held.number, sign * more.number]))
    if (number < 0).any():
        return None
    return _counts(keys[number > 0], number[number > 0], names)


def later(counts: Counts, quarter: int) -> Counts:
    """What was counted from a quarter of the day on, and nothing of what was before."""
    left = counts.quarter >= quarter
    keys = counts.quarter[left] * len(counts.kinds) + counts.kind[left]
    return _counts(keys, counts.number[left], counts.kinds)


def packed(counts: Counts) -> bytes:
    """The bytes that are stored of counts."""
    columns = (counts.quarter, counts.kind, counts.number)
    return msgspec.msgpack.encode(
        _Stored("\n".join(counts.kinds).encode(), *(_whole(one) for one in columns))
    )


def unpacked(data: bytes) -> Counts:
    """Counts of their bytes."""
    stored = _opened(data)
    kinds = stored.kinds.decode().split("\n")
    return Counts(kinds, *(one.numbers() for one in (stored.quarter, stored.kind, stored.number)))


def rows_of(
    stored: Iterable[tuple[int, bytes]], numbers: dict[str, int]
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Of rows by their first day: when each of their quarters begins, which kind, how many.
    Kinds are numbered as they come, by `numbers`."""
    known: dict[bytes, Ints] = {}
    for day, data in stored:
        row = _opened(data)
        # Most days have the same kinds as the one before.
        if row.kinds not in known:
            names = row.kinds.decode().split("\n")
            places = [numbers.setdefault(one, len(numbers)) for one in names]
            known[row.kinds] = np.array(places, dtype=np.int64)
        starts = row.quarter.numbers() * QUARTER + day * DAY
        yield starts, known[row.kinds][row.kind.numbers()], row.number.numbers()


def _months(days: Ints) -> Ints:
    months = (days.astype("m8[D]") + _ORIGIN).astype("M8[M]").astype("M8[D]")
    return (months - _ORIGIN).astype(np.int64)


def written(kind: Iterable[msgspec.Raw]) -> str:
    """A kind as it stands in counts: JSON without a blank."""
    return _written(bytes(one).decode() for one in kind)


def _written(values: Iterable[str]) -> str:
    return f"[{','.join(values)}]"


def _part(kinds: Kinds, places: Sequence[int]) -> tuple[list[str], Ints]:
    """The different parts of kinds as they rise, and the number of each kind's."""
    of = np.zeros(len(kinds.codes), dtype=np.int64)
    for place in places:
        of = of * len(kinds.values[place]) + kinds.codes[:, place]
        _, first, of = np.unique(of, return_index=True, return_inverse=True)
    texts = [
        _written(kinds.values[place][code] for place, code in zip(places, codes, strict=True))
        for codes in kinds.codes[first][:, list(places)].tolist()
    ]
    names = sorted(texts)
    place_of = {name: n for n, name in enumerate(names)}
    return names, np.array([place_of[one] for one in texts], dtype=np.int64)[of]


def _by_day(
    day: Ints, quarter: Ints, kind: Ints, names: Sequence[str]
) -> Iterator[tuple[int, Counts]]:
    first, each = int(day.min()), _QUARTERS * len(names)
    keys, number = np.unique((day - first) * each + quarter * len(names) + kind, return_counts=True)
    of = keys // each
    heads = [*np.flatnonzero(changes(of)).tolist(), len(keys)]
    for low, high in pairwise(heads):
        within = keys[low:high] - of[low] * each
        yield first + int(of[low]), _counts(within, number[low:high], names)


def _counts(keys: Ints, number: Ints, names: Sequence[str]) -> Counts:
    """Of keys that are quarter and kind: nothing is left of names that none has."""
    many = max(len(names), 1)
    used, kind = np.unique(keys % many, return_inverse=True)
    return Counts([names[one] for one in used.tolist()], keys // many, kind, number)


def _placed(counts: Counts, place: Mapping[str, int]) -> Ints:
    return np.array([place[one] for one in counts.kinds], dtype=np.int64)[counts.kind]


class _Whole(msgspec.Struct, array_like=True, frozen=True):
    """Whole numbers from 0 on, in as few bytes as hold all."""

    width: int
    data: memoryview

    def numbers(self) -> Ints:
        return np.frombuffer(self.data, dtype=f"<u{self.width}").astype(np.int64)


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    """The bytes of counts: kinds as lines, then the columns."""

    kinds: bytes
    quarter: _Whole
    kind: _Whole
    number: _Whole


_opened = msgspec.msgpack.Decoder(_Stored).decode


def _whole(numbers: Ints) -> _Whole:
    most = int(numbers.max()) if len(numbers) else 0
    width = next(n for n in (1, 2, 4, 8) if most < 1 << 8 * n)
    return _Whole(width, memoryview(numbers.astype(f"<u{width}").tobytes()))
