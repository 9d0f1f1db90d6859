"""What is asked of the ways that people take over a map."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from service.domain import measures
from service.domain.inputs import Input, Key
from service.domain.insights.contact_journeys.whereabouts import WINDOW_SECONDS
from service.domain.insights.selecting import REVISION, Condition
from service.domain.journeys import StateName
from service.domain.preferences import SESSION_TIMEOUT
from service.domain.times import Instant, forwards
from service.domain.words import Meaning, told

MOST, USUAL = 10_000, 200
MOST_STEPS, STEPS = 20, 5


Timeout = Annotated[
    int,
    Field(ge=1, le=31_622_400, default_factory=lambda: SESSION_TIMEOUT),
    told("A longer pause ends a session, seconds; absent: as in the settings.", 1_800),
]
Limit = Annotated[
    int, Field(ge=1, le=MOST), told("At most so many, the most frequent first.", USUAL)
]


class Ranged(Input):
    """Which events, of which time."""

    shown_only = frozenset()
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("What was done from then on; absent: from the first.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[
        Instant | None, told("What was done before; absent: to the last.", "2026-06-01T00:00:00Z")
    ] = None
    filter: Annotated[
        Condition,
        told(
            "Only events for which this is true: a condition in the filter language, as JSON; a"
            " bare text is an event's name. It selects before anybody is laid on the map.",
            '{"field": "device", "op": "eq", "value": "mobile"}',
        ),
    ] = None

    @model_validator(mode="after")
    def _forwards(self) -> "Ranged":
        forwards(self.from_, self.to)
        return self


class Followed(Ranged):
    """Which events, of which time, and which state of the map judges them."""

    revision: Annotated[
        StateName | None,
        told(
            "By which state of the map all events are judged; absent: each by the revision in"
            f" force at its time, of a map that was never published by its draft. {REVISION}",
            "published",
        ),
    ] = None


class _Walk(Followed):
    """Steps of paths."""

    scope: Annotated[
        measures.PathUnit, told("Within sessions, or over all that one did.", "session")
    ] = "session"
    timeout_seconds: Timeout
    collapse_repeats: Annotated[
        bool, told("Whether the same step many times in a row is one.", False)
    ] = False
    limit: Limit = USUAL


class JourneyTransitionsQuery(_Walk):
    """Which step of a map follows on which, by the time of the second."""


class JourneyPathsQuery(_Walk):
    """The most frequent sequences of steps."""

    start: Annotated[
        Key | None, told("The step at which sequences begin; absent: with the path.", "compare")
    ] = None
    end: Annotated[
        Key | None, told("The step they lead to, and that converts; absent: none.", "sign")
    ] = None
    steps: Annotated[
        int,
        Field(ge=1, le=MOST_STEPS),
        told("At most so many steps a sequence, `start` and `end` among them.", STEPS),
    ] = STEPS


class JourneyConformanceQuery(Followed):
    """How far what people did is what the map has."""

    unit: Annotated[
        measures.PathUnit,
        told("What is held against the map: sessions, or all one did.", "session"),
    ] = "session"
    timeout_seconds: Timeout
    only_with: Annotated[
        Key | None, told("Only units that came to this step; absent: to any.", "sign")
    ] = None


FunnelBy = Annotated[
    Literal["step", "stage"],
    Meaning(
        "What the steps of a funnel over a map are.",
        {
            "step": "Its bound steps.",
            "stage": "Its stages: whoever is at a step of one, or was put there, is in it.",
        },
        "FunnelBy",
    ),
]
Keys = Annotated[str, Field(min_length=1, max_length=4_000)]


class JourneyFunnelQuery(Followed):
    """How far people come along a map; chains begin in the range."""

    by: Annotated[FunnelBy, told("Along its steps, or its stages.", "step")] = "step"
    steps: Annotated[
        Keys | None,
        told(
            "Along which of them, by their keys with commas between, in the order of the map;"
            " absent: all that events can be at, at most 20.",
            "compare,sign",
        ),
    ] = None
    optional: Annotated[
        Keys | None, told("Which of them may be skipped, by their keys; never the first.", "sign")
    ] = None
    window_seconds: Annotated[
        int,
        Field(ge=1, le=measures.LONGEST_WINDOW),
        told("How long a chain may take, inclusive, at most ten years.", measures.FUNNEL_WINDOW),
    ] = measures.FUNNEL_WINDOW
    window: Annotated[measures.FunnelWindow, told("What the window is counted from.", "entry")] = (
        "entry"
    )
    unit: Annotated[measures.FunnelUnit, told("What is counted.", "contact")] = "contact"
    timeout_seconds: Timeout
    by_profile: Annotated[
        bool,
        told("Tell units apart by the profiles of people, which needs contacts:read.", False),
    ] = False


class JourneyKpisQuery(Followed):
    """A map's own KPIs: of the events at its steps."""

    keys: Annotated[
        Keys | None,
        told(
            "Which, by their keys with commas between, at most 50: stage_abandonment, or any"
            f" built-in KPI; absent: stage_abandonment,{','.join(measures.KEYS_OF_MAPS)}.",
            "stage_abandonment,conversion_rate",
        ),
    ] = None
    compare: Annotated[
        Annotated[str, Field(min_length=1, max_length=200)] | None,
        told(
            "previous_period, previous_year, or a range, `<from>/<to>`, that has no time in"
            " common with the one asked for.",
            "previous_period",
        ),
    ] = None
    window_seconds: Annotated[
        int,
        Field(ge=1, le=measures.LONGEST_WINDOW),
        told("Who goes no further for longer has dropped out of a stage.", WINDOW_SECONDS),
    ] = WINDOW_SECONDS
