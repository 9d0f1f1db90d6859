"""Where an attempt would end, for all events that could open one. Pure.

Of an ordered funnel whose window counts from the first event, the next events of the steps, each as
soon as can be, are all that matters: an exclusion between two of them closes the attempt, and where
there is none that chain stands. So every attempt that might be opened is followed at once, and only
then is it seen which of them are, one behind the other.
"""

import numpy as np

from service.domain.history import Flags, Histories, Ints
from service.domain.measures.funnels.chains import Rules


def one_behind_the_other(found: Histories, rules: Rules) -> tuple[Ints, Ints, Flags]:
    """As `attempts`."""
    starts = np.flatnonzero(found.holds[0])
    heads = found.heads
    behind = np.append(np.flatnonzero(heads), len(found))[np.cumsum(heads)[starts]]
    served = _served(found, rules, starts, behind)
    complete = served[len(rules.optional) - 1]
    over = complete < behind
    ends = np.where(over, complete + 1, behind)
    for n, one in enumerate(rules.exclusions, len(rules.optional)):
        barring = np.append(np.flatnonzero(found.holds[n]), len(found))
        row = barring[np.searchsorted(barring[:-1], served[one.after], side="right")]
        closes = (row < np.minimum(served[one.before], ends)) & _in_time(found, rules, starts, row)
        ends = np.where(closes, row, ends)
        over |= closes
    following = np.searchsorted(starts, ends)
    if rules.window is not None:
        following = np.where(over, following, _late(found, rules.window, starts, following))
        ends = np.minimum(ends, np.append(starts, len(found))[following])
    taken = _taken(following)
    return starts[taken], ends[taken], over[taken]


def _served(found: Histories, rules: Rules, starts: Ints, behind: Ints) -> dict[int, Ints]:
    """The rows that serve the steps, each as soon as can be: far behind all where there is none."""
    served = {0: starts}
    last = starts
    for step in sorted({*rules.required[1:], len(rules.optional) - 1}):
        rows = np.append(np.flatnonzero(found.holds[step]), len(found))
        row = rows[np.searchsorted(rows[:-1], last, side="right")]
        good = (row < behind) & _in_time(found, rules, starts, row)
        last = served[step] = np.where(good, row, len(found))
    return served


def _in_time(found: Histories, rules: Rules, starts: Ints, rows: Ints) -> Flags:
    """Whether rows lie within the window; what is behind all of them does as well."""
    if rules.window is None:
        return np.ones(len(rows), dtype=np.bool_)
    at = found.at[np.minimum(rows, len(found) - 1)]
    inside: Flags = (rows == len(found)) | (at - found.at[starts] <= rules.window)
    return inside


def _late(found: Histories, window: int, starts: Ints, ends: Ints) -> Ints:
    """The first of the later starts, up to an end, that a window does not hold: halving what is
    left of each, all at once."""
    at = found.at[starts]
    low, high = np.arange(1, len(starts) + 1), ends.copy()
    while (low < high).any():
        middle = (low + high) // 2
        late = at[np.minimum(middle, len(at) - 1)] - at > window
        open_ = low < high
        high = np.where(open_ & late, middle, high)
        low = np.where(open_ & ~late, middle + 1, low)
    return low


def _taken(following: Ints) -> Ints:
    """Which starts open an attempt, by which start comes first behind each: one look an attempt."""
    taken, next_, n = [], following.tolist(), 0
    while n < len(next_):
        taken.append(n)
        n = next_[n]
    return np.array(taken, dtype=np.int64)
