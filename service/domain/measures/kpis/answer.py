"""What is answered of a KPI. Pure."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import follows, told
from service.domain.measures.kpis.figure import KpiPart, Value
from service.domain.reasons import TEXTS, Explained
from service.domain.shares import NOTHING, Excluded

NO_CHANGE = "figure_unknown"
OTHER_UNITS = "other_units"
"""Of different currencies, or scales."""
_TIME = "2026-05-01T00:00:00Z"
_COUNTED = follows("numerator", "denominator", "parts")
_CHANGED = follows("change", "value", *_COUNTED)


class KpiDefinition(Struct, frozen=True, gc=False, kw_only=True):
    """What was looked at, and how."""

    meaning: Annotated[str, told("What the figure is.", "Orders.")]
    direction: Annotated[str, told("Which way it should go: up or down.", "up")]
    assumption: Annotated[bool, told("Whether it rests on shares that nobody counted.", False)]
    from_: Annotated[datetime | None, told("From then on.", _TIME)] = field(name="from")
    to: Annotated[datetime | None, told("Before then.", _TIME)]
    interval: Annotated[str | None, told("The unit of the series.", "day")]
    time_zone: Annotated[str, told("By whose clocks it is cut.", "Europe/Vienna")]
    filter: Annotated[Any, told("Only events for which this is true; null: all.", None)]
    breakdown: Annotated[list[str], told("By which fields it is told apart.", ["device"])]
    groups_of: Annotated[
        str | None,
        told(
            "What belongs to a row of the breakdown: `event`, by what it carries itself; `session`,"
            " by its first event; `contact`, by its latest value; `profile`, all of its members;"
            " `posted`, what was posted of just these keys."
            " Null without a breakdown.",
            "session",
        ),
    ] = None
    compare: Annotated[Any, told("With what it is compared, as asked.", "previous_period")]
    parameters: Annotated[
        dict[str, Any],
        told("All parameters used, defaults included.", {"mode": "single_event"}),
    ]


class Valued(Explained, frozen=True, gc=False, kw_only=True):
    """A value and what it was counted from."""

    value: Value
    numerator: Annotated[
        Decimal | UnsetType, told("What was counted, where the value is no share.", 12), _COUNTED
    ] = UNSET
    denominator: Annotated[
        int | UnsetType, told("Of how many, where the value is no share.", 30), _COUNTED
    ] = UNSET
    low: Annotated[
        float | UnsetType | None,
        told("A number's 95 % interval where it has one: its lower end.", 12.5),
        _COUNTED,
    ] = UNSET
    high: Annotated[float | UnsetType | None, told("Its upper end.", 31.0), _COUNTED] = UNSET
    parts: Annotated[
        list[KpiPart] | UnsetType, told("What is told apart: currencies, scales."), _COUNTED
    ] = UNSET
    reason: Annotated[str | UnsetType, told("Why the value is null; else absent.", NOTHING)] = UNSET


class KpiPoint(Valued, frozen=True, gc=False, kw_only=True):
    """The value of one interval."""

    from_: Annotated[datetime, told("From then on.", _TIME)] = field(name="from")
    to: Annotated[datetime, told("Before then.", "2026-05-02T00:00:00Z")]


class KpiRow(Valued, frozen=True, gc=False, kw_only=True):
    """The value of what carries some values."""

    keys: Annotated[
        dict[str, Any],
        told("What they carry, by field; null: nothing.", {"device": "mobile"}),
    ]
    combined: Annotated[
        int | UnsetType,
        told("In the row `other` alone: how many values it is made of.", 900),
    ] = UNSET
    series: Annotated[list[KpiPoint], told("The same by interval; empty without one.")]


class KpiComparison(Valued, frozen=True, gc=False, kw_only=True):
    """The value of another range, and the change from it."""

    from_: Annotated[datetime, told("From then on.", _TIME)] = field(name="from")
    to: Annotated[datetime, told("Before then.", "2026-05-02T00:00:00Z")]
    change: Annotated[
        Decimal | None,
        told("The value less that one; null with a reason where that cannot be told.", 0.03),
        _CHANGED,
    ]
    low: Annotated[
        float | UnsetType | None,
        told("The change's 95 % interval (Newcombe), of shares alone: its lower end.", 0.01),
        _CHANGED,
    ] = None
    high: Annotated[float | UnsetType | None, told("Its upper end.", 0.05), _CHANGED] = None
    change_reason: Annotated[
        str | UnsetType, told("Why the change is null; else absent.", NO_CHANGE)
    ] = UNSET
    change_reason_text: Annotated[
        str | UnsetType, told("The same in a sentence.", TEXTS[NO_CHANGE])
    ] = UNSET


class KpiAnswer(Valued, frozen=True, gc=False, kw_only=True):
    """A KPI of a range."""

    kpi: Annotated[str, told("Its key.", "bounce_rate")]
    unit: Annotated[str, told("share, number, score, points, seconds or money.", "share")]
    definition: Annotated[KpiDefinition, told("What was looked at, and how.")]
    series: Annotated[list[KpiPoint], told("By interval; empty without one.")]
    breakdown: Annotated[list[KpiRow], told("By what events carry, the most events first.")]
    comparison: Annotated[KpiComparison | None, told("With a range before, if asked.")]
    excluded: Annotated[
        list[Excluded], told("What does not count, by reason: events of the range, and units.")
    ]
