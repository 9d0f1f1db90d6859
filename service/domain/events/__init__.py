"""What people did, taken in and never lost."""

from service.domain.events.inputs import (
    EventsQuery,
    EventType,
    NewQuarantinedMessage,
    QuarantineList,
    TimelineQuery,
    TimelineType,
)
from service.domain.events.message import Message, Refused, Sorted, Taken
from service.domain.events.quarantine import QUARANTINE, outcome_of
from service.domain.events.reads import arrived, timeline
from service.domain.events.rows import (
    COLUMNS,
    DEFAULT_LEAF,
    INTAKE,
    KEY_COLUMNS,
    KEYS_LEAF,
    Month,
    arrival,
    leaf,
    month,
    row,
)
from service.domain.events.sorting import LARGEST, TYPES, Sorting, sorted_out
from service.domain.events.splitting import write_key
from service.domain.events.tables import events as event_rows
from service.domain.events.writes import claimed, put_aside

__all__ = [
    "COLUMNS",
    "DEFAULT_LEAF",
    "INTAKE",
    "KEYS_LEAF",
    "KEY_COLUMNS",
    "LARGEST",
    "QUARANTINE",
    "TYPES",
    "EventType",
    "EventsQuery",
    "Message",
    "Month",
    "NewQuarantinedMessage",
    "QuarantineList",
    "Refused",
    "Sorted",
    "Sorting",
    "Taken",
    "TimelineQuery",
    "TimelineType",
    "arrival",
    "arrived",
    "claimed",
    "event_rows",
    "leaf",
    "month",
    "outcome_of",
    "put_aside",
    "row",
    "sorted_out",
    "timeline",
    "write_key",
]
