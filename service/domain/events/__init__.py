"""What people did, taken in and never lost."""

from service.domain.events.bodies import sorted_in_pieces, sorted_out
from service.domain.events.inputs import (
    EventsQuery,
    EventType,
    NewQuarantinedMessage,
    QuarantineList,
    QuarantineReplay,
    TimelineQuery,
    TimelineType,
)
from service.domain.events.message import Message, Refused, Sorted, Taken
from service.domain.events.packing import BEGIN, COLUMNS, END, KEY_COLUMNS, Packing, keys
from service.domain.events.quarantine import (
    QUARANTINE,
    Again,
    Came,
    ReplayedMessages,
    came_of,
)
from service.domain.events.reads import arrived, timeline
from service.domain.events.resting import NOTHING_LEFT, rest
from service.domain.events.rows import (
    DEFAULT_LEAF,
    INTAKE,
    KEYS_LEAF,
    Span,
    arrival,
    leaf,
    span,
    spans,
    told_in_passing,
    with_traits,
)
from service.domain.events.sorting import (
    LARGEST,
    TYPES,
    Sorting,
)
from service.domain.events.splitting import write_key
from service.domain.events.tables import events as event_rows
from service.domain.events.tables import quarantine as quarantine_rows
from service.domain.events.tables import quarter
from service.domain.events.writes import MOST_KEPT, claimed, put_aside, settle_leaves

__all__ = [
    "BEGIN",
    "COLUMNS",
    "DEFAULT_LEAF",
    "END",
    "INTAKE",
    "KEYS_LEAF",
    "KEY_COLUMNS",
    "LARGEST",
    "MOST_KEPT",
    "NOTHING_LEFT",
    "QUARANTINE",
    "TYPES",
    "Again",
    "Came",
    "EventType",
    "EventsQuery",
    "Message",
    "NewQuarantinedMessage",
    "Packing",
    "QuarantineList",
    "QuarantineReplay",
    "Refused",
    "ReplayedMessages",
    "Sorted",
    "Sorting",
    "Span",
    "Taken",
    "TimelineQuery",
    "TimelineType",
    "arrival",
    "arrived",
    "came_of",
    "claimed",
    "event_rows",
    "keys",
    "leaf",
    "put_aside",
    "quarantine_rows",
    "quarter",
    "rest",
    "settle_leaves",
    "sorted_in_pieces",
    "sorted_out",
    "span",
    "spans",
    "timeline",
    "told_in_passing",
    "with_traits",
    "write_key",
]
