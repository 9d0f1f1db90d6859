"""What callers are told of an action's effect."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import Input
from service.domain.plans.action.metric_inputs import Better
from service.domain.times import Day, Instant
from service.domain.words import Meaning, told

Verdict = Annotated[
    Literal["improved", "worse", "unchanged", "not_enough_data"],
    Meaning(
        "What a figure before and after says of an action.",
        {
            "improved": "It went the way it should.",
            "worse": "It went the other way.",
            "unchanged": "Both figures are the same; of a KPI: the interval of the change holds 0.",
            "not_enough_data": "A figure is missing, or was made of too little; see `reason`.",
        },
    ),
]
Missing = Annotated[
    Literal[
        "no_metric",
        "not_measured",
        "no_before",
        "no_after",
        "not_over",
        "too_few",
        "not_computable",
        "needs_analytics_read",
        "needs_contacts_read",
    ],
    Meaning(
        "Why nothing is said of a change.",
        {
            "no_metric": "The action names nothing to measure.",
            "not_measured": "Neither the figure before nor the one after.",
            "no_before": "The figure before.",
            "no_after": "The figure after.",
            "not_over": "The days after are not over.",
            "too_few": "A share of fewer than `least_count`, or figures of fewer than 7 days.",
            "not_computable": "The KPI cannot be computed so any more: it, or a profile, is gone.",
            "needs_analytics_read": "To compute it needs the scope analytics:read.",
            "needs_contacts_read": "Its filter may tell people apart: it needs contacts:read.",
        },
    ),
]


class ActionFigure(Input):
    """A figure, and the day it was measured on, or the days it was computed of."""

    shown_only = frozenset()
    value: Annotated[float | None, told("The figure; null: not known.", 61.5)]
    measured_on: Annotated[Day | None, told("The day; null: not said, or computed.", "2026-05-01")]
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("Of a KPI: from then on.", "2026-04-03T00:00:00Z"),
    ]
    to: Annotated[Instant | None, told("Of a KPI: before then.", "2026-05-01T00:00:00Z")]
    numerator: Annotated[float | None, told("Of a KPI: what was counted.", 123)]
    denominator: Annotated[float | None, told("Of a KPI: of how many.", 200)]
    per_day: Annotated[
        float | None, told("Of a KPI that is no share: the mean of its days' figures.", None)
    ]
    days: Annotated[int | None, told("Of how many days that is: those with a figure.", None)]


EffectMethod = Annotated[
    Literal["newcombe", "days"],
    Meaning(
        "By what the interval of the change is computed.",
        {
            "newcombe": "Two shares, as if of different people (Newcombe, 1998, method 10).",
            "days": "The means of the days' figures, as if days were independent (Welch).",
        },
        "EffectMethod",
    ),
]


class EffectDefinition(Input):
    """What an effect was computed from."""

    shown_only = frozenset()
    mode: Annotated[
        Literal["metric", "kpi"],
        Meaning(
            "Where figures come from.",
            {"metric": "Measured by people.", "kpi": "Computed of what people did."},
            "EffectMode",
        ),
        told("Where both figures come from.", "metric"),
    ]
    name: Annotated[
        str | None, told("What was measured; null: nothing.", "Calls that reach a person")
    ]
    unit: Annotated[str | None, told("The unit of both figures.", "percent")]
    better: Annotated[Better | None, told("Which way the figure should go.", "higher")]
    kpi: Annotated[str | None, told("The KPI's key; null: measured by people.", None)]
    parameters: Annotated[
        dict[str, Any] | None, told("All its parameters, defaults included.", None)
    ]
    filter: Annotated[Any, told("Only events for which this is true; null: all.", None)]
    effective_on: Annotated[Day | None, told("The first day on which it may show.", "2026-05-01")]
    days: Annotated[int | None, told("How many days before, and how many from then on.", 28)]
    time_zone: Annotated[str | None, told("By whose clocks days begin.", "Europe/Vienna")]
    method: Annotated[
        EffectMethod | None,
        told("How the interval is computed; null: there is none.", "newcombe"),
    ]
    least_count: Annotated[int | None, told("Shares of fewer say nothing: as in the settings.", 30)]


class ActionEffect(Input):
    """What an action changed."""

    shown_only = frozenset()
    action_id: Annotated[UUID, told("Of which action.", "0198c7f0-0000-7000-8000-0000000000a0")]
    definition: Annotated[EffectDefinition, told("What it was computed from.")]
    before: Annotated[ActionFigure, told("The figure before it was done.")]
    after: Annotated[ActionFigure, told("The figure after it was done.")]
    change: Annotated[
        float | None,
        told(
            "The figure after less the one before, of a KPI that is no share the means of their"
            " days; null with a reason.",
            12.5,
        ),
    ]
    low: Annotated[
        float | None, told("Of a KPI: the lower end of the change's 99 % interval.", None)
    ]
    high: Annotated[float | None, told("Its upper end.", None)]
    verdict: Annotated[Verdict, told("What that says of the action.", "improved")]
    reason: Annotated[Missing | None, told("Why nothing is said of a change.", "no_after")]
