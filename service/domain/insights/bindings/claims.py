"""What the bindings of a map take and what they do not: structs, encoded as they stand. Pure."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from service.domain.answers import told
from service.domain.insights.bindings.bound import BoundMap
from service.domain.insights.bindings.previewed import (
    LEAST_PEOPLE,
    TOO_FEW,
    TYPES,
    EventCount,
    From,
    To,
    Types,
)
from service.domain.insights.covered_step import CoveredStep
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.shares import Excluded, Proportion

_STAGE, _STEP = "0198c7f0-0000-7000-8000-000000000050", "0198c7f0-0000-7000-8000-000000000060"
_TOUCHPOINT = "0198c7f0-0000-7000-8000-000000000070"
_TIME = "2026-05-01T09:30:00Z"
_BINDING = {"field": "event", "op": "eq", "value": "Call Started"}
NOT_BOUND, UNREADABLE, NO_EVENT = "not_bound", "unreadable_binding", "no_event"

_Events = Annotated[int | None, told("Events that it takes; null where nothing binds it.", 118)]
_Contacts = Annotated[int | None, told("Known people whose events these are.", 64)]
_Unknown = Annotated[int | None, told("Others of whom no contact is known.", 0)]
_First = Annotated[datetime | None, told("The first of them.", _TIME)]
_Last = Annotated[datetime | None, told("The last of them.", _TIME)]
_Binding = Annotated[
    dict[str, Any] | None, told("What binds it, as a condition on events.", _BINDING)
]
_Reason = Annotated[
    str | UnsetType,
    told(
        "Why something is null: `not_bound`, `unreadable_binding` (it asks more than an event"
        " tells), or `no_event`; to a key without contacts:read `too_few` (fewer than five people,"
        " or none), and `needs_contacts_read` where it tells one person from others; else absent.",
        NO_EVENT,
    ),
]


class BindingsDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    revision: Revision
    from_: From = field(name="from")
    to: To = field()
    touchpoint_bindings: Annotated[
        str,
        told(
            "Whether the catalogue's bindings are those that the revision `kept`, or those of"
            " `today`.",
            "today",
        ),
    ] = "today"
    types: Types = field(default_factory=lambda: TYPES)
    binding_of_step: Annotated[
        list[str], told("What a step is bound by: the first of these.", ["own", "touchpoints"])
    ] = field(default_factory=lambda: ["own", "touchpoints"])
    people: Annotated[str, told("Contacts count as whom they are shown as now.", "shown_as")] = (
        "shown_as"
    )
    purpose: Annotated[
        str, told("Whoever does not permit this is left out, from then on.", "analytics")
    ] = "analytics"

    @classmethod
    def of(
        cls, one: BoundMap, start: datetime | None, end: datetime | None
    ) -> "BindingsDefinition":
        """Of a map, on events of a range."""
        kept = "kept" if one.touchpoint_bindings_kept else "today"
        return cls(one.revision, start, end, kept)


class BoundStep(Struct, frozen=True, gc=False):
    """A step, and what its binding takes."""

    step_id: Annotated[Id, told("Which step.", _STEP)]
    key: Annotated[str, told("By which the map names it.", "call-the-adviser")]
    action: Annotated[str, told("What is done there.", "Call the adviser")]
    stage_id: Annotated[Id, told("In which stage.", _STAGE)]
    source: Annotated[str | None, told("Whose binding: its `own`, or its `touchpoints`'.", "own")]
    touchpoint_ids: Annotated[
        list[Id], told("The touchpoints by which it is bound.", [_TOUCHPOINT])
    ]
    binding: _Binding
    events: _Events
    contacts: _Contacts
    unknown_people: _Unknown
    first_at: _First
    last_at: _Last
    reason: _Reason = UNSET


class BoundTouchpoint(Struct, frozen=True, gc=False):
    """A touchpoint that the map meets and that is bound, and what its binding takes."""

    touchpoint_id: Annotated[Id, told("Which touchpoint.", _TOUCHPOINT)]
    key: Annotated[str | None, told("By which the library names it.", "hotline")]
    binding: _Binding
    events: _Events
    contacts: _Contacts
    unknown_people: _Unknown
    first_at: _First
    last_at: _Last
    reason: _Reason = UNSET


class JourneyBindings(Struct, frozen=True, gc=False):
    """Coverage both ways: which steps no event is bound to or reaches, and which events no step
    claims.
    """

    journey_id: Annotated[Id, told("Whose.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, told("As the map is called.", "Finding a financial adviser")]
    definition: Annotated[BindingsDefinition, told("What was looked at, and how.")]
    bound: Annotated[Proportion, told("Steps that are bound, of those in our sight.")]
    observed: Annotated[Proportion, told("Steps that an event of the range reached, of the bound.")]
    claimed: Annotated[Proportion, told("Events of the range that a binding takes.")]
    steps: Annotated[list[BoundStep], told("Every step, in the map's order.")]
    touchpoints: Annotated[list[BoundTouchpoint], told("Touchpoints that are bound themselves.")]
    steps_without: Annotated[
        list[CoveredStep], told("Steps that nothing binds, but private and nested ones.")
    ]
    unobserved: Annotated[list[CoveredStep], told("Bound steps that no event reached.")]
    unbound: Annotated[
        list[EventCount],
        told("Events that no step claims, by name, the most frequent first; at most 100."),
    ]
    excluded: Annotated[
        list[Excluded],
        told(
            "Steps out of our sight (`private_step`) or looked at in their own map (`nested_step`);"
            " events of test contacts (`test_contact`) and of people who do not permit analysis"
            " (`not_permitted`)."
        ),
    ]


class Claim(Struct, frozen=True, gc=False):
    """What one condition takes, by its place."""

    part: int
    events: int
    contacts: int | None
    unknown_people: int
    first_at: datetime | None
    last_at: datetime | None

    def of_many(self) -> "Claim | str":
        """The same without figures of fewer people than `LEAST_PEOPLE`: the reason, or itself."""
        contacts = self.contacts or 0
        if contacts + self.unknown_people < LEAST_PEOPLE:
            return TOO_FEW
        return self if contacts >= LEAST_PEOPLE else replace(self, contacts=None)


class Claims(Struct, frozen=True, gc=False):
    """What the database counts for the bindings of a map."""

    parts: list[Claim]
    events: int
    free: int
    people: int
    """Whose events are claimed, known or not."""
    unbound: list[EventCount]
    excluded: list[Excluded]

    def of_many(self) -> "Claims":
        """What is not of fewer people than `LEAST_PEOPLE`; parts are looked at by themselves."""
        unbound = [one for one in self.unbound if one.contacts >= LEAST_PEOPLE]
        if self.people < LEAST_PEOPLE:
            return Claims(self.parts, 0, 0, self.people, unbound, [])
        return replace(self, unbound=unbound)
