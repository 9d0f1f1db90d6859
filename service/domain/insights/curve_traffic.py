"""Of what the figures on an emotion curve are that need events: a struct, encoded as it stands."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import told
from service.domain.shares import Excluded


class CurveTraffic(Struct, frozen=True, gc=False):
    """Whose ways were laid on the map for the figures that need events."""

    from_: Annotated[
        datetime | None, told("What was done from then on.", "2026-05-01T00:00:00Z")
    ] = field(name="from")
    to: Annotated[datetime | None, told("What was done before.", "2026-06-01T00:00:00Z")]
    filter: Annotated[Any | None, told("Of which events, as it was asked.", None)]
    revision: Annotated[
        str | int | None,
        told(
            "Which state of the map judges events: `in_force`, each by the revision in force at its"
            " time, or `draft`; null where none was asked for.",
            "in_force",
        ),
    ]
    contacts: Annotated[
        int | None, told("How many people were on the map; null for a reason.", 3200)
    ]
    excluded: Annotated[
        list[Excluded], told("Events, enrolments and bound steps that do not count, by reason.")
    ]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why nothing is told; else absent. `needs_analytics_read`: the key has not that scope;"
            " `not_bound`: nothing binds the map to events; `not_in_force`: it had no revision yet;"
            " `not_permitted`: all that happened is of people who do not count; `no_event`: nobody"
            " was at a step; `small_cell`: too few were.",
            "no_event",
        ),
    ] = UNSET
