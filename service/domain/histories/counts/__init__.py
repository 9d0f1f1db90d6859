"""How many events there were, kept by quarter of an hour, day and month: tables, their bytes, and
what keeps them up. What is asked of them is answered by `counting`."""

from service.domain.histories.counts.cubes import (
    CUBES,
    DAY,
    QUARTER,
    rows_of,
    written,
)
from service.domain.histories.counts.reads import TOUCHPOINT, kind_of
from service.domain.histories.counts.tables import event_countings, event_counts
from service.domain.histories.counts.writes import count, count_from, theirs, uncount, uncount_all

__all__ = [
    "CUBES",
    "DAY",
    "QUARTER",
    "TOUCHPOINT",
    "count",
    "count_from",
    "event_countings",
    "event_counts",
    "kind_of",
    "rows_of",
    "theirs",
    "uncount",
    "uncount_all",
    "written",
]
