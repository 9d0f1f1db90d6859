"""What a binding would take of past events: the answer's structs, encoded as they stand. Pure."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id
from service.domain.shares import Excluded

_JOURNEY, _STEP = "0198c7f0-0000-7000-8000-000000000040", "0198c7f0-0000-7000-8000-000000000060"
_TOUCHPOINT = "0198c7f0-0000-7000-8000-000000000070"
_TIME = "2026-05-01T09:30:00Z"
_BINDING = {"field": "event", "op": "eq", "value": "Call Started"}
TYPES = ["page", "screen", "track"]
NO_JOURNEY = "no_journey"
NO_CONTACTS_READ = "needs_contacts_read"
TOO_FEW = "too_few"
LEAST_PEOPLE = 5
"""Figures of fewer people are shown to those alone who may read contacts."""

Source = Annotated[
    str,
    told(
        "Whose it is: `given` in the question, a step's `own`, its `touchpoints`', a"
        " `touchpoint`'s, or all of the `journey`.",
        "own",
    ),
]
Types = Annotated[list[str], told("The types of messages that are looked at.", TYPES)]
From = Annotated[datetime | None, told("Events from then on; null: from the first.", _TIME)]
To = Annotated[datetime | None, told("Events before then; null: to the last.", _TIME)]


class PreviewDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    journey_id: Annotated[Id | None, told("Of which map; null: of none.", _JOURNEY)]
    revision: Annotated[
        str | int | None, told("Of which state of it: a number or `draft`.", "draft")
    ]
    step_id: Annotated[Id | None, told("Of which step.", _STEP)]
    touchpoint_id: Annotated[Id | None, told("Of which touchpoint.", _TOUCHPOINT)]
    source: Source
    binding: Annotated[dict[str, Any], told("What was tried, as it is stored.", _BINDING)]
    from_: From = field(name="from")
    to: To = field()
    types: Types = field(default_factory=lambda: TYPES)
    people: Annotated[str, told("Contacts count as whom they are shown as now.", "shown_as")] = (
        "shown_as"
    )
    purpose: Annotated[
        str, told("Whoever does not permit this is left out, from then on.", "analytics")
    ] = "analytics"


class EventCount(Struct, frozen=True, gc=False):
    """Events of one name."""

    event: Annotated[str | None, told("Their name.", "Call Started")]
    count: Annotated[int, told("How many they are.", 118)]
    contacts: Annotated[int, told("Of how many known people.", 64)]


class Overlap(Struct, frozen=True, gc=False):
    """Events that another binding of the same map takes as well."""

    step_id: Annotated[Id | None, told("Whose binding: a step's.", _STEP)]
    touchpoint_id: Annotated[Id | None, told("Else a touchpoint's.", _TOUCHPOINT)]
    key: Annotated[str | None, told("By which the map or library names it.", "call-the-adviser")]
    events: Annotated[int, told("How many both take.", 12)]


class ExampleEvent(Struct, frozen=True, gc=False):
    """One of the events. Whose it is and what else it says is shown with `contacts:read` alone."""

    event: Annotated[str | None, told("Its name.", "Call Started")]
    timestamp: Annotated[datetime, told("When it happened.", _TIME)]
    device: Annotated[str | None, told("On what.", "mobile")]
    channel: Annotated[str | None, told("Through which channel.", "phone")]
    department: Annotated[str | None, told("At which department.", "service")]
    message_id: Annotated[str | None, told("What its sender knows it by.", "m-4711")] = None
    contact_id: Annotated[
        Id | None, told("Whose it is.", "0198c7f0-0000-7000-8000-0000000000d0")
    ] = None
    properties: Annotated[dict[str, Any] | None, told("What else it says.", {"minutes": 4})] = None


class Counted(Struct, frozen=True, gc=False):
    """What the database counts for a preview; overlaps by the place of the other binding."""

    events: int | None
    contacts: int | None
    unknown_people: int | None
    first_at: datetime | None
    last_at: datetime | None
    not_taken: int | None
    by_event: list[EventCount]
    overlaps: list[tuple[int, int]]
    excluded: list[Excluded]
    examples: list[ExampleEvent]

    def of_many(self) -> "Counted":
        """The same without figures of fewer people than `LEAST_PEOPLE`, and what follows from
        them."""
        contacts, unknown = self.contacts or 0, self.unknown_people or 0
        if contacts + unknown < LEAST_PEOPLE:
            return Counted(None, None, None, None, None, None, [], [], [], [])
        return replace(
            self,
            contacts=contacts if contacts >= LEAST_PEOPLE else None,
            by_event=[one for one in self.by_event if one.contacts >= LEAST_PEOPLE],
        )


class PreviewedBinding(Struct, frozen=True, gc=False):
    """What a binding would take of past events."""

    definition: Annotated[PreviewDefinition, told("What was looked at, and how.")]
    events: Annotated[int | None, told("Events that it takes; null: `too_few` people.", 118)]
    contacts: Annotated[
        int | None,
        told("Known people whose events these are; null: too few to tell.", 64),
    ]
    unknown_people: Annotated[
        int | None,
        told("Others of whom no contact is known; null: too few.", 0),
    ]
    first_at: Annotated[datetime | None, told("The first of them; null: there is none.", _TIME)]
    last_at: Annotated[datetime | None, told("The last of them; null: there is none.", _TIME)]
    not_taken: Annotated[int | None, told("Other events of the range.", 4032)]
    by_event: Annotated[list[EventCount], told("By name, the most frequent first; at most 100.")]
    overlaps: Annotated[
        list[Overlap] | None,
        told("What other bindings of the map take as well, the most first; null without a map."),
    ]
    excluded: Annotated[
        list[Excluded],
        told(
            "Events that it would take and that do not count: of test contacts (`test_contact`), or"
            " of people who do not permit analysis (`not_permitted`)."
        ),
    ]
    examples: Annotated[list[ExampleEvent], told("Some of the events, the latest first.")]
    overlaps_reason: Annotated[
        str | UnsetType, told("Why there are no overlaps; else absent.", NO_JOURNEY)
    ] = UNSET
    examples_reason: Annotated[
        str | UnsetType,
        told("Why examples do not say whose they are; else absent.", NO_CONTACTS_READ),
    ] = UNSET
    reason: Annotated[
        str | UnsetType,
        told(
            "Why figures are null: of fewer than five people they are for those alone who may"
            " read contacts (`too_few`); else absent.",
            TOO_FEW,
        ),
    ] = UNSET
