"""Whether two shares differ, of one comparison and of many at once. Pure."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

_ALIKE = 1 + 1e-7
"""What is as likely on paper differs by the noise of floats."""


def fisher(k: int, n: int, other_k: int, other_n: int) -> float:
    """The two-sided p-value of Fisher's exact test (R. A. Fisher, 1934): k of n against other_k
    of other_n; the sum over all tables with these margins that are no likelier than this one.
    1 where one of them is of nothing. As long as tables are within some 40 standard deviations.
    """
    total, hits = n + other_n, k + other_k
    if not n or not other_n or not 0 < hits < total:
        return 1.0
    middle = n * hits / total
    spread = sqrt(middle * (other_n / total) * ((total - hits) / max(total - 1, 1)))
    reach = int(40 * spread) + 50
    low = max(0, n - (total - hits), int(middle) - reach)
    high = min(n, hits, int(middle) + reach)
    if not low <= k <= high:
        return 0.0
    x = np.arange(low, high, dtype=np.float64)
    # How much likelier each table is than the one before it.
    ratio = np.log((hits - x) * (n - x)) - np.log((x + 1) * (other_n - hits + x + 1))
    log = np.concatenate(([0.0], np.cumsum(ratio)))
    likely = np.exp(log - log.max())
    p = likely[likely <= likely[k - low] * _ALIKE].sum() / likely.sum()
    return float(min(1.0, p))


def discoveries(p_values: Sequence[float], rate: float = 0.05) -> list[bool]:
    """Which of many tests are significant where at most this share of such findings shall be
    false (Y. Benjamini and Y. Hochberg, 1995): of m sorted p-values those up to the last with
    p(i) ≤ i ÷ m × rate.
    """
    values = np.asarray(p_values, dtype=np.float64)
    if not len(values):
        return []
    rising = np.sort(values)
    passing = np.flatnonzero(rising <= rate * np.arange(1, len(rising) + 1) / len(rising))
    limit = rising[passing[-1]] if len(passing) else -1.0
    return [bool(one) for one in values <= limit]
