"""What people did as columns that are kept: derived of the events, read many times faster."""

from service.domain.histories.segments.marking import Standing, standing
from service.domain.histories.segments.reads import Kept, in_segments
from service.domain.histories.segments.telling import fit, keeps, present, told
from service.domain.histories.segments.writes import (
    behind,
    compact,
    drop,
    fold,
    forget,
    keep_from,
    settled,
    workspaces_with_events,
)

__all__ = [
    "Kept",
    "Standing",
    "behind",
    "compact",
    "drop",
    "fit",
    "fold",
    "forget",
    "in_segments",
    "keep_from",
    "keeps",
    "present",
    "settled",
    "standing",
    "told",
    "workspaces_with_events",
]
