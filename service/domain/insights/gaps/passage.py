"""How contacts pass over one map, as far as gaps are found in it: plain values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from service.domain.errors import TookTooLong
from service.domain.shares import Proportion, proportion

TOOK_TOO_LONG = TookTooLong.code
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """A half-open range of instants, microseconds since 1970; None is without a bound."""

    from_: int | None = None
    to: int | None = None


ALWAYS = Span()


class Tally(NamedTuple):
    """How many contacts went on, dropped, or may still go on."""

    continued: int
    dropped: int
    undecided: int

    @property
    def decided(self) -> int:
        """Those of whom it is known."""
        return self.continued + self.dropped

    @property
    def share(self) -> Proportion:
        """What share of those went on."""
        return proportion(self.continued, self.decided)

    def is_told(self, least: int | None) -> bool:
        """Whether no count is too small to be told."""
        return least is None or not any(0 < one < least for one in self)


class Slice(NamedTuple):
    """Those who arrive with one value of a dimension, or are members of a profile, which has a
    name."""

    dimension: str
    value: str
    name: str | None = None


class Tie(NamedTuple):
    """A transition of a map by the ids of its ends, and whether it crosses no border."""

    from_id: str
    to_id: str
    straight: bool


class Fall(NamedTuple):
    """A transition, by the ids of its ends, that fewer take in a range, of a slice or of all, than
    in its baseline; the 95 % interval of the difference, and of many comparisons the p-value.
    `scanned`: it is one of many periods. `basis`: all `before`, one of the `previous` same length,
    a `given` range, or the `rest`."""

    from_id: str
    to_id: str
    span: Span
    where: Slice | None
    basis: str
    baseline: Span
    scanned: bool
    here: Tally
    there: Tally
    interval: tuple[float, float]
    p_value: float | None

    @property
    def lost(self) -> float:
        """Contacts lost beyond the baseline."""
        before = self.there.continued / self.there.decided
        return max(0.0, before * self.here.decided - self.here.continued)


class Timed(NamedTuple):
    """How long it took, seconds in the median, and of how many times."""

    median: float
    times: int


class Passing(NamedTuple):
    """A transition: who takes it of those who come to its `from`, and in what time."""

    tally: Tally
    took: Timed | None


class Move(NamedTuple):
    """A move between two steps that the map does not have, of all moves out of the first."""

    from_id: str
    to_id: str
    times: int
    of: int
    contacts: int


class Unclaimed(NamedTuple):
    """Events of one name that no step claims, in the range, of contacts on the map: of how many,
    how often, of so many events of theirs, these and those at its steps."""

    event: str
    contacts: int
    times: int
    of: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What events tell of one map; `reason`: why nothing, if so.

    `steps` are drop-offs by the step's id, after `domain.md` a step behind it being a way on;
    `straight` is that of the steps out of which a transition leads that does not cross a border,
    with the times of these transitions. `came` counts contacts at steps, `bound` are the steps that
    events can be at. `untold` counts what could not be compared, by reason, and `unheard` names
    of events that were not looked at; `extent` is when its first event was, and a time behind the
    last of all.
    """

    reason: str | None = None
    contacts: int = 0
    unit: str = "contact"
    least: int = 0
    small: int | None = None
    window_seconds: int = 0
    span: Span = ALWAYS
    extent: tuple[int, int] = (0, 0)
    steps: Mapping[str, Tally] = field(default_factory=dict)
    ways: Mapping[tuple[str, str], Passing] = field(default_factory=dict)
    straight: Passing | None = None
    falls: Sequence[Fall] = ()
    moves: Sequence[Move] = ()
    came: Mapping[str, int] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    excluded: Mapping[str, int] = field(default_factory=dict)
    untold: Mapping[str, int] = field(default_factory=dict)
    unclaimed: Sequence[Unclaimed] = ()
    unheard: Mapping[str, int] = field(default_factory=dict)
    conversions: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Of transitions at which contacts were lost: the share of those who took them that reached
    the map's goal."""
    value: tuple[float, str] | None = None
    """What a conversion is worth, and in which currency."""

    def reach(self, contacts: int) -> float | None:
        """What share of all on the map they are; None where few are, or few are not, and that is
        not told."""
        parts = Tally(contacts, self.contacts - contacts, 0)
        if not self.contacts or not parts.is_told(self.small):
            return None
        return min(1.0, contacts / self.contacts)

    def may_part(self, ends: tuple[str, str], went: int) -> bool:
        """Whether those who went on from a step, but not over this transition, may be told by the
        numbers of both."""
        every = self.steps.get(ends[0])
        rest = 0 if every is None else every.continued - went
        return not self.small or not 0 < rest < self.small

    @property
    def counted(self) -> dict[str, str]:
        """What is counted, for sentences that tell it, where it is no contacts."""
        return {} if self.unit == "contact" else {"unit": self.unit}

    def enough(self, tally: Tally | None) -> Tally | None:
        """A tally, where enough is known of it, and may be told."""
        if tally is None or tally.decided < max(self.least, 1):
            return None
        return tally if tally.is_told(self.small) else None


def without_few(moves: Sequence[Move], small: int | None) -> list[Move]:
    """Moves out of one step, without the rarest where those that are left would be too few to be
    told: they are what is not in the others."""
    told = sorted(moves, key=lambda one: -one.times)
    while told and small and 0 < told[0].of - sum(one.times for one in told) < small:
        told.pop()
    return [one for one in moves if one in told]


def micros(time: datetime) -> int:
    """An instant in microseconds since 1970."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def instant(at: int) -> str:
    """The same as it is told."""
    return f"{(_EPOCH + timedelta(microseconds=at)).isoformat().removesuffix('+00:00')}Z"
