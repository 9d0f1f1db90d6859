"""By what callers judge an action: a figure of theirs before and after, or a KPI."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import WHOLE, Input, Line, Slug
from service.domain.measures import NamedKpi
from service.domain.times import Day
from service.domain.words import Meaning, told

Better = Annotated[
    Literal["higher", "lower"],
    Meaning(
        "Which way a figure should go.",
        {"higher": "More of it is better.", "lower": "Less of it is better."},
        "BetterFigure",
    ),
]
_MOST = 1e15
Figure = Annotated[float, Strict(), Field(ge=-_MOST, le=_MOST)]
LEAST_DAYS = 7
"""A week has days of every kind."""


_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)


def _in_reach(day: date) -> date:
    """Days before and behind it have to be days of the calendar as well."""
    if not _FIRST <= day <= _LAST:
        raise PydanticCustomError("out_of_range", f"must lie between {_FIRST} and {_LAST}")
    return day


class MetricKpi(NamedKpi):
    """A KPI by which an action is judged: of some days before a day, and of as many from it on."""

    effective_on: Annotated[
        Annotated[Day, AfterValidator(_in_reach)],
        told("The first day on which it may show, in the workspace's time zone.", "2026-05-01"),
    ]
    days: Annotated[
        Annotated[int, Field(ge=LEAST_DAYS, le=366), WHOLE],
        told("How many days before, and how many from then on; whole weeks are best.", 28),
    ] = 28


class ActionMetric(Input):
    """A figure measured before and after an action, `change` being after less before; or the KPI
    by which it is computed."""

    shown_only = frozenset({"change", "reason"})
    name: Annotated[Line, told("What is measured.", "Calls that reach a person")]
    unit: Annotated[Slug | None, told("The unit of both figures.", "percent")] = None
    better: Annotated[Better, told("Which way it should go.", "higher")] = "higher"
    before: Annotated[Figure | None, told("The figure before; null: not measured.", 61.5)] = None
    after: Annotated[Figure | None, told("The figure after; null: not measured.", 74)] = None
    measured_before_on: Annotated[
        Day | None, told("The day of the figure before.", "2026-05-01")
    ] = None
    measured_after_on: Annotated[Day | None, told("The day of the figure after.", "2026-08-01")] = (
        None
    )

    kpi: Annotated[
        MetricKpi | None,
        told("The KPI that both figures are computed by, in their place; see /effect.", None),
    ] = None

    @model_validator(mode="after")
    def _in_order(self) -> "ActionMetric":
        first, last = self.measured_before_on, self.measured_after_on
        if first and last and last < first:
            message = "measured_after_on must not be before measured_before_on"
            raise PydanticCustomError("wrong_bounds", message)
        return self
