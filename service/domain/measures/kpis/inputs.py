"""What is asked of KPIs."""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from service.domain.inputs import WHOLE, Condition, Flag, Input, Line
from service.domain.measures.inputs import LONGEST_WINDOW, Analysis, EventNames, Timeout
from service.domain.times import Instant
from service.domain.words import Meaning, told

MOST_BREAKDOWNS = 5
_OR_ITS_OWN = "Absent or null: as the KPI has it."

Interval = Annotated[
    Literal["hour", "day", "week", "month", "quarter", "year"],
    Meaning(
        "The unit of the calendar by which a series is cut, in the workspace's time zone.",
        {
            "hour": "By the hour.",
            "day": "From midnight to midnight.",
            "week": "From Monday on.",
            "month": "From the first on.",
            "quarter": "From the first of January, April, July or October on.",
            "year": "From the first of January on.",
        },
        "KpiInterval",
    ),
]
Before = Literal["previous_period", "previous_year"]
_Share = Annotated[float, Strict(), Field(gt=0, le=1)]
_Number = Annotated[float, Strict(), Field(ge=0, le=1_000_000)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_End = Annotated[float, Strict(), Field(ge=-1_000_000, le=1_000_000)]


def _selection(description: str, *examples: Any) -> Any:
    return told(f"{description} {_OR_ITS_OWN}", *(examples or ("Order Completed",)))


class KpiParameters(Input):
    """How a KPI is computed. Each takes some of these: GET /v1/kpis tells."""

    shown_only = frozenset()
    mode: Annotated[Line | None, told(f"Which definition. {_OR_ITS_OWN}", "single_event")] = None
    unit: Annotated[
        Line | None, told(f"What is counted: contact, session, attempt. {_OR_ITS_OWN}", "session")
    ] = None
    page_view_events: Annotated[
        EventNames | None, told(f"Which events are views of a page. {_OR_ITS_OWN}", ["page"])
    ] = None
    engagement_events: Annotated[
        EventNames | None, told(f"Which events keep a session from bouncing. {_OR_ITS_OWN}", [])
    ] = None
    timeout_seconds: Annotated[
        Timeout | None, told(f"A longer pause ends a session. {_OR_ITS_OWN}", 1800)
    ] = None
    threshold: Annotated[
        Annotated[float, Strict(), Field(ge=0, le=100)] | None,
        told(f"How far a view has to be scrolled, in percent. {_OR_ITS_OWN}", 50),
    ] = None
    base: Annotated[Condition, told("Qualifying events; null: all units count.", "page")] = None
    goal: Annotated[Condition, _selection("What is to be reached.")] = None
    start: Annotated[Condition, _selection("What it begins with.", "Checkout Started")] = None
    order: Annotated[Condition, _selection("Which events are orders.")] = None
    lead: Annotated[Condition, _selection("Which events are leads.", "Lead Generated")] = None
    sale: Annotated[Condition, _selection("Which events are sales.")] = None
    support_contact: Annotated[
        Condition, _selection("Which events are contacts with support.", "Support Contacted")
    ] = None
    complaint: Annotated[Condition, _selection("Which events are complaints.")] = None
    review: Annotated[Condition, _selection("Which events are reviews.", "Product Reviewed")] = None
    referral: Annotated[Condition, _selection("Which events are referrals.", "Invite Sent")] = None
    impression: Annotated[
        Condition, _selection("Which events are impressions.", "Promotion Viewed")
    ] = None
    click: Annotated[Condition, _selection("Which events are clicks.", "Promotion Clicked")] = None
    survey: Annotated[
        Condition, _selection("Which events are answers to surveys.", "Survey Answered")
    ] = None
    ordered: Annotated[
        Flag | None, told(f"Whether the goal lies behind the qualifying event. {_OR_ITS_OWN}", True)
    ] = None
    window_seconds: Annotated[
        Annotated[int, Field(ge=1, le=LONGEST_WINDOW), WHOLE] | None,
        told("How long it may take; absent: as the KPI has it; null: any time.", 86_400),
    ] = None
    by: Annotated[
        _Name | None,
        told(f"The field that tells a placement. {_OR_ITS_OWN}", "properties.promotion_id"),
    ] = None
    score: Annotated[
        _Name | None, told(f"The field that tells a score. {_OR_ITS_OWN}", "properties.rating")
    ] = None
    scale: Annotated[
        Annotated[list[_End], Field(min_length=2, max_length=2)] | None,
        told("Worst and best score where an answer tells none; null: as usual there.", [1, 5]),
    ] = None
    amount: Annotated[
        _Name | None,
        told(f"The field that tells what an order brought. {_OR_ITS_OWN}", "properties.total"),
    ] = None
    currency: Annotated[
        _Name | None, told(f"The field that tells its currency. {_OR_ITS_OWN}", "properties.iso")
    ] = None
    complaint_rate: Annotated[
        _Share | None, told(f"The share of the unhappy who complain. {_OR_ITS_OWN}", 0.04)
    ] = None
    unhappy_share: Annotated[
        _Share | None, told(f"The share of the unhappy who tell others. {_OR_ITS_OWN}", 0.13)
    ] = None
    unhappy_told: Annotated[
        _Number | None, told(f"How many each of them tells. {_OR_ITS_OWN}", 15)
    ] = None
    happy_share: Annotated[
        _Share | None, told(f"The share of the happy who tell others. {_OR_ITS_OWN}", 0.72)
    ] = None
    happy_told: Annotated[
        _Number | None, told(f"How many each of them tells. {_OR_ITS_OWN}", 6)
    ] = None


class ComparedRange(Input):
    """Another range: half-open."""

    shown_only = frozenset()
    from_: Annotated[Instant, Field(alias="from"), told("From then on.", "2026-04-01T00:00:00Z")]
    to: Annotated[Instant, told("Before then.", "2026-05-01T00:00:00Z")]


class KpiQuery(Analysis):
    """A KPI of a range: its value, a series, a breakdown, a comparison with what was before."""

    kpi: Annotated[
        Line, told("The key of a built-in KPI, or the key or id of an own one.", "bounce_rate")
    ]
    interval: Annotated[Interval | None, told("A series by this unit; null: none.", "day")] = None
    breakdown: Annotated[
        list[Line],
        Field(max_length=MOST_BREAKDOWNS),
        told(
            "Fields whose values it is told apart by, or touchpoint, weekday, hour_of_day; or"
            " profile alone.",
            ["device"],
        ),
    ] = Field(default_factory=list)
    compare: Annotated[
        Any,
        Field(
            json_schema_extra={
                "anyOf": [
                    {"enum": ["previous_period", "previous_year", None]},
                    {"type": "string", "pattern": "^[^/]+/[^/]+$"},
                    {
                        "type": "object",
                        "properties": {
                            "from": {"type": "string", "format": "date-time"},
                            "to": {"type": "string", "format": "date-time"},
                        },
                        "required": ["from", "to"],
                        "additionalProperties": False,
                    },
                ]
            }
        ),
        told(
            "previous_period, previous_year, or a range, `{from, to}` or `<from>/<to>`, that has no"
            " time in common with the one asked for.",
            "previous_period",
        ),
    ] = None
    parameters: Annotated[KpiParameters, told("How it is computed.", {"mode": "single_event"})] = (
        KpiParameters()
    )
