"""What people did, in order: what all that is computed of events begins with."""

from service.domain.histories.counting import tallies
from service.domain.histories.reading import histories
from service.domain.histories.reads import Asked, Range, each, of_paths
from service.domain.histories.segments import (
    Kept,
    behind,
    compact,
    drop,
    fold,
    forget,
    keep_from,
    kept,
    settled,
    workspaces_with_events,
)

__all__ = [
    "Asked",
    "Kept",
    "Range",
    "behind",
    "compact",
    "drop",
    "each",
    "fold",
    "forget",
    "histories",
    "keep_from",
    "kept",
    "of_paths",
    "settled",
    "tallies",
    "workspaces_with_events",
]
