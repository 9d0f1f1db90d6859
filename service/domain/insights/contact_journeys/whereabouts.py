"""Where a contact stands on maps: the answer's structs, encoded as they stand. Pure."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.shares import Excluded

WINDOW_SECONDS = 14 * 24 * 3600
"""How long somebody may stay at a step before they are held to have dropped out."""
LEAST, PERCENTILE, DAYS = 30, 0.75, 90
LATEST, PEOPLE, OF_EACH = 10_000, 1_000, 100
"""The sample that tells what is typical: of the latest events that came, those who were seen last,
and the latest events of each."""
MOST_EVENTS, MOST_VISITS, MOST_OFFERED = 2_000, 200, 20

_JOURNEY = "0198c7f0-0000-7000-8000-000000000040"
_STAGE, _STEP = "0198c7f0-0000-7000-8000-000000000050", "0198c7f0-0000-7000-8000-000000000060"
_NEXT = "0198c7f0-0000-7000-8000-000000000061"
_TIME = "2026-05-01T09:30:00Z"
_StepId = Annotated[Id | None, told("At which step; null: at the stage as a whole.", _STEP)]


class ContactJourneysDefinition(Struct, frozen=True, gc=False, kw_only=True):
    """How it is computed."""

    revision: Annotated[
        str, told("Each event is judged by the revision in force at its time.", "in_force")
    ] = "in_force"
    several: Annotated[
        list[str],
        told(
            "Where bindings of several steps take an event, it is at the first of these: a step by"
            " its own binding, the nearest from where they stand on, the map's first.",
            ["own", "ahead", "first"],
        ),
    ] = field(default_factory=lambda: ["own", "ahead", "first"])
    window_seconds: Annotated[
        int, told("Who stays at a step for longer has dropped out.", WINDOW_SECONDS)
    ] = WINDOW_SECONDS
    typical_percentile: Annotated[
        float, told("Which percentile of those who went on is typical.", PERCENTILE)
    ] = PERCENTILE
    typical_least: Annotated[int, told("How many of those it needs.", LEAST)] = LEAST
    typical_days: Annotated[int, told("Over how many days before now.", DAYS)] = DAYS
    typical_people: Annotated[
        int,
        told(
            "How many are looked at, those seen last among the latest 10,000 events; of each the"
            " latest 100 events.",
            PEOPLE,
        ),
    ] = PEOPLE
    most_events: Annotated[int, told("The latest events that are looked at.", MOST_EVENTS)] = (
        MOST_EVENTS
    )
    purpose: Annotated[
        str, told("What happened after they withdrew this is left out.", "analytics")
    ] = "analytics"


class Visit(Struct, frozen=True, gc=False):
    """A stay at one place of the map, however many events told of it."""

    stage_id: Annotated[Id, told("In which stage.", _STAGE)]
    step_id: _StepId
    key: Annotated[str, told("The key of the step, else of the stage.", "call-the-adviser")]
    entered_at: Annotated[datetime, told("When they came there.", _TIME)]
    last_at: Annotated[datetime, told("When they were last seen there.", _TIME)]
    events: Annotated[int, told("How many events and enrolments told of it.", 3)]
    by: Annotated[str, told("What told of it first: `event` or `enrolment`.", "event")]


class ContactDetour(Struct, frozen=True, gc=False):
    """A move that the map does not have."""

    from_step_id: Annotated[Id, told("From which step.", _STEP)]
    to_step_id: Annotated[Id, told("To which step.", _NEXT)]
    at: Annotated[datetime, told("When.", _TIME)]


class Whereabouts(Struct, frozen=True, gc=False, kw_only=True):
    """Where a contact stands on a map."""

    revision: Revision
    stage_id: Annotated[Id, told("In which stage.", _STAGE)]
    stage_key: Annotated[str, told("The same by its key.", "decision")]
    step_id: _StepId
    step_key: Annotated[str | None, told("The same by its key.", "call-the-adviser")]
    entered_at: Annotated[datetime, told("When they came to the stage, this time.", _TIME)]
    seconds_here: Annotated[float, told("How long they have been in the stage.", 86400.0)]
    typical_seconds: Annotated[
        float | None, told("How long people typically are; null: it is not known.", 172800.0)
    ]
    typical_basis: Annotated[
        str | None,
        told("What that rests on: the map's `expected` times, or what was `observed`.", "observed"),
    ]
    typical_count: Annotated[int | None, told("On how many people who went on.", 64)]
    status: Annotated[
        str | None, told("`active`, `stuck`, `dropped` or `converted`; null: not known.", "stuck")
    ]
    converted_at: Annotated[datetime | None, told("When they reached the map's goal.", _TIME)]
    typical_reason: Annotated[
        str | UnsetType,
        told(
            "Why nothing is typical; else absent: `too_few_continued`, `no_way_on`,"
            " `unreadable_binding`, `bindings_too_large`.",
            "too_few_continued",
        ),
    ] = UNSET
    status_reason: Annotated[
        str | UnsetType,
        told(
            "Why there is no status; else absent: what is typical is not known, or there is no way"
            " on (`no_way_on`).",
            "too_few_continued",
        ),
    ] = UNSET
    converted_reason: Annotated[
        str | UnsetType,
        told("Why nobody can tell: `no_goal`, `unreadable_goal`; else absent.", "no_goal"),
    ] = UNSET


class OfferedAnswer(Struct, frozen=True, gc=False):
    """What an item answers at the place."""

    kind: Annotated[str, told("`question`, `pain` or `objection`.", "question")]
    key: Annotated[str, told("Its key at its stage or step.", "fees")]
    text: Annotated[str, told("The words themselves.", "What does advice cost?")]
    step_id: Annotated[Id | None, told("At which step; null: at the stage itself.", _STEP)]


class OfferedContent(Struct, frozen=True, gc=False):
    """An item of content to offer, and why."""

    content_id: Annotated[Id, told("Which item.", "0198c7f0-0000-7000-8000-000000000090")]
    key: Annotated[str, told("By which the library names it.", "what-advice-costs")]
    title: Annotated[str, told("How people call it.", "What advice costs")]
    kind: Annotated[str | None, told("What it is.", "article")]
    language: Annotated[str | None, told("The language it is written in.", "de-AT")]
    url: Annotated[str | None, told("Where it is.", "https://example.org/fees")]
    because: Annotated[
        list[str],
        told(
            "Why: it `answers` something there, is met at a `touchpoint` of the step, an `activity`"
            " planned there uses it, or it is made for the `stage`.",
            ["answers"],
        ),
    ]
    answers: Annotated[list[OfferedAnswer], told("What it answers there.")]


class ContactJourney(Whereabouts, frozen=True, gc=False, kw_only=True):
    """Where a contact stands on one map."""

    journey_id: Annotated[Id, told("On which map.", _JOURNEY)]
    title: Annotated[str, told("As the map is called.", "Finding a financial adviser")]
    path: Annotated[list[Visit], told("Where they were, in order; the latest 200 stays.")]
    detours: Annotated[list[ContactDetour], told("Moves among these that the map does not have.")]
    content: Annotated[
        list[OfferedContent],
        told(
            f"What to offer where they stand, what answers something there first; at most"
            f" {MOST_OFFERED}."
        ),
    ] = field(default_factory=list)
    content_excluded: Annotated[
        list[Excluded],
        told(
            "What would fit and is not offered: `touched` by them already, `other_language` than"
            " theirs, `for_others` than the map's personas, `not_published`, `beyond_limit`."
        ),
    ] = field(default_factory=list)
    content_reason: Annotated[
        str | UnsetType,
        told(
            "Why nothing can be offered; else absent: `not_permitted`, they do not permit analysis;"
            " `place_gone`, the map has the stage no more.",
            "not_permitted",
        ),
    ] = UNSET


class ContactJourneys(Struct, frozen=True, gc=False):
    """Where a contact stands on every map that it has touched."""

    items: Annotated[list[ContactJourney], told("The maps, the one last touched first.")]
    definition: Annotated[ContactJourneysDefinition, told("How it is computed.")]
    excluded: Annotated[
        list[Excluded],
        told(
            "Events and enrolments left out: `not_permitted` (from when on they do not permit"
            " analysis), `beyond_limit` (older events than are looked at)."
        ),
    ]
