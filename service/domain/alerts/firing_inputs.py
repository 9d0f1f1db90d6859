"""What is told of what fired: nobody writes it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.domain.alerts.inputs import AlertCondition
from service.domain.inputs import Input
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import Meaning, told

_ALERT = "0198c7f0-0000-7000-8000-0000000000f7"
_TIME = "2026-05-04T16:05:12Z"
ChangeMethod = Annotated[
    Literal["newcombe", "days", "counted"],
    Meaning(
        "By what the interval of a change is computed.",
        {
            "newcombe": "Two shares, as if of different people (Newcombe, 1998, method 10).",
            "days": "The means of the days' figures, as if days were independent (Welch).",
            "counted": "None: all of them are counted.",
        },
        "AlertChangeMethod",
    ),
]


class AlertFigure(Input):
    """A figure, and what it was made of."""

    shown_only = frozenset()
    value: Annotated[float | None, told("The figure; null: not known.", 0.017)]
    unit: Annotated[str, told("share, number, score, points, seconds, money or gaps.", "share")]
    from_: Annotated[
        Instant | None, Field(alias="from"), told("Of a KPI: from then on.", "2026-04-06T00:00:00Z")
    ]
    to: Annotated[
        Instant | None, told("Of a KPI: before then. Of gaps: then.", "2026-05-04T00:00:00Z")
    ]
    numerator: Annotated[float | None, told("Of a KPI: what was counted.", 17)]
    denominator: Annotated[float | None, told("Of a KPI: of how many.", 1000)]
    low: Annotated[float | None, told("The 95 % interval where it has one: its lower end.", 0.0106)]
    high: Annotated[float | None, told("Its upper end.", 0.0271)]
    per_day: Annotated[
        float | None, told("Of a number that is compared: the mean of its days.", None)
    ]


class AlertChanged(Input):
    """By how much a figure has changed."""

    shown_only = frozenset()
    change: Annotated[float, told("The figure less the one before.", -0.006)]
    relative: Annotated[
        float | None, told("The same as a part of the one before; null: that was 0.", -0.26)
    ]
    low: Annotated[float | None, told("The 99 % interval of the change: its lower end.", -0.011)]
    high: Annotated[float | None, told("Its upper end.", -0.001)]
    method: Annotated[ChangeMethod, told("By what the interval is computed.", "newcombe")]


class AlertFiring(Input):
    """When a rule fired: the figure then, and when it was back."""

    shown_only = frozenset()
    alert_id: Annotated[UUID, told("The rule.", _ALERT)]
    fired_at: Annotated[Instant, told("When it fired.", _TIME)]
    resolved_at: Annotated[
        Instant | None, told("When it was back; null: it still is not.", None)
    ] = None
    condition: Annotated[AlertCondition, told("The condition then.", {"below": 0.02})]
    figure: Annotated[AlertFigure, told("The figure then.")]
    before: Annotated[
        AlertFigure | None, told("What it was compared with; null: with nothing.", None)
    ] = None
    change: Annotated[
        AlertChanged | None, told("By how much it had changed; null: not compared.", None)
    ] = None


class AlertFiringList(ListQuery):
    """What fired by time."""

    resolved: Annotated[bool | None, told("Only what is back, or is not.", False)] = None
    fired_since: Annotated[Instant | None, told("Only what fired since then.", _TIME)] = None
