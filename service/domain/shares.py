"""Shares of what was counted, with Wilson's interval."""

from collections.abc import Iterable
from math import sqrt
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import COUNT, follows, told
from service.domain.reasons import Explained

Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""
Z99 = 2.5758293035489004
"""That of a 99 % interval."""
IN_FUTURE = "in_future"
NOTHING = "nothing_to_count"
_BOTH = follows("numerator", "denominator")


class Proportion(Explained, frozen=True, gc=False):
    """numerator ÷ denominator with the Wilson 95 % interval; null where nothing was counted, and
    what is under the workspace's limit of small cells (`small_cell`)."""

    value: Annotated[float | None, told("The share, 0 to 1; null when nothing counts.", 0.4), _BOTH]
    numerator: Annotated[
        int | None, told("How many have the property; null: too few to tell.", 4), COUNT
    ]
    denominator: Annotated[
        int | None, told("How many were looked at; null: too few to tell.", 10), COUNT
    ]
    low: Annotated[float | None, told("The Wilson 95 % interval's lower end.", 0.17), _BOTH]
    high: Annotated[float | None, told("The Wilson 95 % interval's upper end.", 0.69), _BOTH]
    reason: Annotated[str | UnsetType, told("Why it is null; else absent.", NOTHING)] = UNSET


class Excluded(Struct, frozen=True, gc=False):
    """How many were left out, and why."""

    reason: Annotated[str, told("Why they are left out.", "rejected_action")]
    count: Annotated[int, told("How many they are.", 3)]


def wilson(k: int, n: int, z: float = Z) -> tuple[float, float]:
    """The 95 % interval of k of n, n > 0 (E. B. Wilson, 1927); of another `z` another's.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n); low is exactly 0 at k = 0, high exactly
    1 at k = n.
    """
    p, z2 = k / n, z * z
    middle = p + z2 / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low = 0.0 if k == 0 else (middle - half) / (1 + z2 / n)
    high = 1.0 if k == n else (middle + half) / (1 + z2 / n)
    return low, high


def proportion(k: int, n: int) -> Proportion:
    """k of n as a share."""
    if n == 0:
        return Proportion(None, k, n, None, None, NOTHING)
    return Proportion(k / n, k, n, *wilson(k, n))


def share_of(held: Iterable[bool]) -> Proportion:
    """The share of those that hold."""
    counted = list(held)
    return proportion(sum(counted), len(counted))


def newcombe(before: Proportion, after: Proportion, z: float = Z) -> tuple[float, float] | None:
    """The 95 % interval of `after` less `before`, of independent shares, from both Wilson
    intervals (R. G. Newcombe, 1998, method 10), of another `z` another's; None where one of them
    has none."""
    if None in (before.low, before.high, after.low, after.high):
        return None
    (q, q_low, q_high), (p, p_low, p_high) = (_ends(one, z) for one in (before, after))
    low = sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    high = sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return p - q - low, p - q + high


def _ends(one: Proportion, z: float) -> tuple[float, float, float]:
    k, n = one.numerator or 0, one.denominator or 1
    return k / n, *wilson(k, n, z)
