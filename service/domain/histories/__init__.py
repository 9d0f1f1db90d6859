"""What people did, in order: what all that is computed of events begins with."""

from service.domain.histories.columnar import words_of
from service.domain.histories.counting import Extent, extent, tallies
from service.domain.histories.reading import histories, standing
from service.domain.histories.reads import Asked, Range, each, of_paths
from service.domain.histories.segments import (
    Kept,
    Standing,
    behind,
    compact,
    drop,
    fold,
    forget,
    in_segments,
    keep_from,
    present,
    settled,
    workspaces_with_events,
)
from service.domain.histories.sessioning import (
    SessionSums,
    fold_sessions,
    session_sums,
    sessions_behind,
)

__all__ = [
    "Asked",
    "Extent",
    "Kept",
    "Range",
    "SessionSums",
    "Standing",
    "behind",
    "compact",
    "drop",
    "each",
    "extent",
    "fold",
    "fold_sessions",
    "forget",
    "histories",
    "in_segments",
    "keep_from",
    "of_paths",
    "present",
    "session_sums",
    "sessions_behind",
    "settled",
    "standing",
    "tallies",
    "words_of",
    "workspaces_with_events",
]
