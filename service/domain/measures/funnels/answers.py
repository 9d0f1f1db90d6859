"""What is answered of funnels. Pure."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, follows, told
from service.domain.reasons import Explained
from service.domain.shares import NOTHING, Excluded, Proportion

_TIME = "2026-05-01T00:00:00Z"
NONE_BEFORE = "first_step"
NO_VALUE = "no_value"
_TIMED = follows("units")


class AskedStep(Struct, frozen=True, gc=False):
    """A step as it was asked for."""

    name: Annotated[str, told("What it is called.", "Order Completed")]
    any_of: Annotated[
        list[Any], told("Selections of events; any of them serves it.", ["Order Completed"])
    ]
    optional: Annotated[bool, told("Whether it may be skipped.", False)]


class AskedExclusion(Struct, frozen=True, gc=False):
    """Events that may not lie strictly between those of two steps."""

    selection: Annotated[Any, told("Which events.", "Order Cancelled")]
    after_step: Annotated[int, told("The number of the one step, from 1.", 1)]
    before_step: Annotated[int, told("The number of the other.", 2)]


class FunnelDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Chains begin from then on.", _TIME)] = field(
        name="from"
    )
    to: Annotated[datetime | None, told("Chains begin before then; they may go on later.", _TIME)]
    filter: Annotated[Any | None, told("Only events for which this is true; null: all.", None)]
    steps: Annotated[list[AskedStep], told("What it was asked along, with a name for each.")]
    exclude: Annotated[list[AskedExclusion], told("What may not lie between them.")]
    window_seconds: Annotated[int | None, told("The window; null: without end.", 604800)]
    window: Annotated[str, told("entry: from the first event on; hop: from each on.", "entry")]
    order: Annotated[str, told("ordered, strict or any.", "ordered")]
    unit: Annotated[str, told("contact, session or attempt.", "contact")]
    timeout_seconds: Annotated[
        int | None, told("A longer pause ends a session; null for other units.", 1800)
    ]
    breakdown: Annotated[
        str | None, told("The field that units are told apart by; or profile.", "device")
    ]


class FunnelStep(Explained, frozen=True, gc=False):
    """How many came this far, and what became of them."""

    name: Annotated[str, told("What it is called.", "Order Completed")]
    optional: Annotated[bool, told("Whether it may be skipped.", False)]
    units: Annotated[
        int | None,
        told("Units that came this far; of an optional step, that took it; null: too few.", 37),
        COUNT,
    ]
    share_of_first: Annotated[Proportion, told("Of those at the first step.")]
    share_of_previous: Annotated[Proportion, told("Of those at the last required step before.")]
    dropped: Annotated[
        int | None,
        told("Those that came no further than this and cannot any more; null: too few.", 5),
        COUNT,
    ]
    undecided: Annotated[
        int | None, told("Those that came no further yet and still can; null: too few.", 1), COUNT
    ]
    median_seconds: Annotated[
        float | None, told("Median time since the last required step before.", 62.5), _TIMED
    ]
    p90_seconds: Annotated[float | None, told("90th percentile of the same.", 1840.0), _TIMED]
    reason: Annotated[
        str | UnsetType, told("Why times or counts are null; else absent.", NOTHING)
    ] = UNSET


class FunnelGroup(Explained, frozen=True, gc=False):
    """Units whose earliest deepest chain begins with an event of this value; or those of a
    profile's members."""

    value: Annotated[
        Any | None,
        told(
            "The value, or the profile's id; null: none; `other`: those that are not listed.", "web"
        ),
    ]
    steps: Annotated[list[FunnelStep], told("The same steps.")]
    values: Annotated[
        int | UnsetType, told("Of `other`: how many values these are; else absent.", 12)
    ] = UNSET
    reason: Annotated[str | UnsetType, told("Why the value is null; else absent.", NO_VALUE)] = (
        UNSET
    )


class DroppedContacts(Struct, frozen=True, gc=False):
    """Who dropped at a step."""

    step: Annotated[int, told("The number of the step, from 1.", 2)]
    contact_ids: Annotated[
        list[str], told("Their ids, rising.", ["0197b1f0-0000-7000-8000-000000000001"])
    ]
    next: Annotated[
        str | None,
        told("The `after` of the next ones; null: there are no more.", None),
    ]


class Funnel(Explained, frozen=True, gc=False):
    """How far people come along some steps, where they drop, and how long it takes."""

    definition: Annotated[FunnelDefinition, told("What was looked at, and how.")]
    steps: Annotated[list[FunnelStep], told("As asked.")]
    converted: Annotated[Proportion, told("Units that came to the last required step.")]
    median_seconds: Annotated[
        float | None,
        told("Of these, the median time from their first event.", 2235.0),
        follows("converted"),
    ]
    p90_seconds: Annotated[
        float | None, told("90th percentile of the same.", 90000.0), follows("converted")
    ]
    breakdown: Annotated[
        list[FunnelGroup], told("By value, those with most units first; empty if not asked for.")
    ]
    dropped_contacts: Annotated[
        DroppedContacts | None, told("Who dropped, if asked for; null: not asked for.")
    ]
    excluded: Annotated[
        list[Excluded], told("Events of the steps and exclusions that do not count, by reason.")
    ]
    reason: Annotated[
        str | UnsetType, told("Why the top times are null; else absent.", NOTHING)
    ] = UNSET
