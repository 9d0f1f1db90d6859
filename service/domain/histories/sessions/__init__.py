"""Sessions of everybody, counted and kept by minute, quarter of an hour and day."""

from service.domain.histories.sessions.summing import (
    DAY,
    MINUTE,
    QUARTER,
    Found,
    Sums,
    Times,
    now_and_before,
)
from service.domain.histories.sessions.tables import session_folds, session_sums
from service.domain.histories.sessions.writes import (
    catch_up,
    count_anew,
    count_from,
    uncount,
    uncount_all,
)

__all__ = [
    "DAY",
    "MINUTE",
    "QUARTER",
    "Found",
    "Sums",
    "Times",
    "catch_up",
    "count_anew",
    "count_from",
    "now_and_before",
    "session_folds",
    "session_sums",
    "uncount",
    "uncount_all",
]
