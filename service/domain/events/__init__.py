"""What people did, taken in and never lost."""

from service.domain.events.message import IN_PATH, Message, Refused, Sorted, Taken
from service.domain.events.rows import (
    COLUMNS,
    DEFAULT_LEAF,
    KEY_COLUMNS,
    KEYS_LEAF,
    Month,
    arrivals,
    leaf,
    month,
    row,
)
from service.domain.events.writes import claimed, put_aside

__all__ = [
    "COLUMNS",
    "DEFAULT_LEAF",
    "IN_PATH",
    "KEYS_LEAF",
    "KEY_COLUMNS",
    "Message",
    "Month",
    "Refused",
    "Sorted",
    "Taken",
    "arrivals",
    "claimed",
    "leaf",
    "month",
    "put_aside",
    "row",
]
