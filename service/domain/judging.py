"""Whether a figure has changed, by two ranges of time and their days. Pure."""

from collections.abc import Sequence
from datetime import datetime
from math import sqrt
from statistics import fmean, variance
from typing import Literal, NamedTuple

from service.domain.shares import Z99, Proportion, newcombe
from service.domain.student import quantile

LEAST_DAYS = 7
"""Days with a figure: of fewer nobody knows how much one differs from the next."""


class Side(NamedTuple):
    """The figure of some days: a share, or a number with the figures of the days that have one."""

    from_: datetime
    to: datetime
    value: float | None
    numerator: float | None
    denominator: float | None
    share: Proportion | None
    days: Sequence[float]

    @property
    def per_day(self) -> float | None:
        """The mean of its days' figures; None of a share, and without any."""
        return fmean(self.days) if self.share is None and self.days else None

    def is_enough(self, least: int) -> bool:
        """Whether it may be compared."""
        if self.share is not None:
            return (self.share.denominator or 0) >= least
        return len(self.days) >= LEAST_DAYS


class Change(NamedTuple):
    """By how much a figure changed, with the 99 % interval, and how that was computed.

    Not the 95 %: of many actions that change nothing one of twenty would be praised or blamed.
    """

    change: float
    low: float
    high: float
    method: Literal["newcombe", "days"]

    def verdict(self, better: Literal["higher", "lower"]) -> str:
        """What it says: nothing where the interval holds 0."""
        if self.low <= 0 <= self.high:
            return "unchanged"
        return "improved" if (self.change > 0) is (better == "higher") else "worse"


def changed(before: Side, after: Side, least: int) -> Change | None:
    """What lies between; None where one of them is not known, or made of too little."""
    if not (before.is_enough(least) and after.is_enough(least)):
        return None
    if before.share is None or after.share is None:
        return welch(before.days, after.days)
    ends = newcombe(before.share, after.share, Z99)
    if ends is None or before.value is None or after.value is None:
        return None
    return Change(after.value - before.value, *ends, "newcombe")


def welch(before: Sequence[float], after: Sequence[float]) -> Change:
    """The mean of `after` less that of `before`, of two numbers each or more, whatever their
    variances are (B. L. Welch, 1947): m₂ − m₁ ± t(0.995, d) × √(s₁²/n₁ + s₂²/n₂), with
    d = (s₁²/n₁ + s₂²/n₂)² ÷ ((s₁²/n₁)²/(n₁ − 1) + (s₂²/n₂)²/(n₂ − 1)).
    """
    change = fmean(after) - fmean(before)
    first, second = (variance(some) / len(some) for some in (before, after))
    both = first + second
    if both == 0:
        return Change(change, change, change, "days")
    degrees = both**2 / (first**2 / (len(before) - 1) + second**2 / (len(after) - 1))
    half = quantile(degrees, Z99) * sqrt(both)
    return Change(change, change - half, change + half, "days")
