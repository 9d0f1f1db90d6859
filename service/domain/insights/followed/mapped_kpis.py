"""KPIs of the events that are at the steps of a map. Pure.

Each is what it is anywhere, of these events alone, as of those that a filter selects: orders at its
steps, and sessions cut of what was done at them. Answers that name the map count as well, wherever
they were given, and for its goal whatever fulfils that.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from msgspec import UNSET

from service.domain import measures
from service.domain.filters import Filter
from service.domain.history import Flags, Histories
from service.domain.insights.followed.goals import Goals
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.asking import LaidOut
from service.domain.measures import KpiAnswer, KpisOfRows, PlannedKpi
from service.domain.shares import Excluded, Proportion

CONVERSION, BASE = "conversion_rate", "base"


class Needs(NamedTuple):
    """What KPIs need of events beside where they are; which map, and its goals."""

    journey_id: str
    rows: KpisOfRows
    goals: Goals

    @property
    def beside(self) -> "list[Filter]":
        """The conditions, those of KPIs first."""
        return [*self.rows.selections, *self.goals.conditions]


def mapped(
    on_map: LaidOut,
    needs: Needs,
    plans: Sequence[PlannedKpi],
    least: int | None,
) -> list[JourneyKpi]:
    """These KPIs of one map, in their order; `on_map` has the answers to `needs.beside` last."""
    rows = _Rows(on_map, needs)
    return [rows.kpi(plan, least) for plan in plans]


class _Rows:
    """Which events a KPI is of."""

    def __init__(self, on_map: LaidOut, needs: Needs) -> None:
        laid, number = on_map.laid, len(needs.beside)
        asked = laid.found.holds[len(laid.found.holds) - number :]
        own = len(needs.rows.selections)
        self._needs, self._why = needs, on_map.reason
        self._out = {*laid.found.excluded}
        self._found = replace(laid.found, holds=asked)
        self._at_steps: Flags = laid.touched & ~laid.put
        self._reached = needs.goals.reached(laid, asked[own:]) & ~laid.put
        named = laid.found.columns[measures.NAMED_JOURNEY]
        codes = [n for n, word in enumerate(named.words) if word == needs.journey_id]
        self._named: Flags = np.isin(named.codes, codes)

    def kpi(self, plan: PlannedKpi, least: int | None) -> JourneyKpi:
        """One of them."""
        goal = self._needs.goals.reason
        if plan.question.kpi.key == CONVERSION and goal is not None:
            return _told(plan, share(goal), goal)
        found, places = self._of(plan)
        answer = self._needs.rows.answer(plan, found, places, least)
        return self._item(plan, answer)

    def _of(self, plan: PlannedKpi) -> tuple[Histories, dict[str, int]]:
        places = self._needs.rows.places(plan)
        if plan.question.kpi.key == CONVERSION:
            both = replace(self._found, holds=[self._at_steps, self._reached])
            chosen = self._at_steps | self._reached
            return both.those(chosen), {BASE: 0, measures.GOAL: 1}
        chosen = self._at_steps
        if "survey" in places:
            chosen = chosen | (self._named & self._found.holds[places["survey"]])
        return self._found.those(chosen), places

    def _item(self, plan: PlannedKpi, answer: KpiAnswer) -> JourneyKpi:
        return JourneyKpi(
            kpi=answer.kpi,
            unit=answer.unit,
            meaning=plan.question.kpi.meaning,
            assumption=plan.question.kpi.assumption,
            value=answer.value,
            numerator=answer.numerator,
            denominator=answer.denominator,
            low=answer.low,
            high=answer.high,
            parts=answer.parts,
            comparison=answer.comparison,
            # What is of people who do not count is told once for all.
            excluded=[one for one in answer.excluded if one.reason not in self._out],
            reason=answer.reason,
        )


def _told(plan: PlannedKpi, value: Proportion, reason: str) -> JourneyKpi:
    kpi = plan.question.kpi
    none: list[Excluded] = []
    return JourneyKpi(
        kpi=kpi.key,
        unit=kpi.unit,
        meaning=kpi.meaning,
        value=value,
        excluded=none,
        reason=reason or UNSET,
    )
