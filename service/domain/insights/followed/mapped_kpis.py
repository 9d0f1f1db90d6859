"""KPIs of the events that are at the steps of a map. Pure.

Each is what it is anywhere, of these events alone, as of those that a filter selects: orders at its
steps, and sessions cut of what was done at them. Answers that name the map count as well, wherever
they were given, and for its goal whatever fulfils that.
"""

from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from msgspec import UNSET, structs

from service.domain import measures
from service.domain.history import Flags, Histories
from service.domain.insights.followed.goals import Goals
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.asking import LaidOut
from service.domain.measures import KpiAnswer, KpisOfRows, PlannedKpi, StandsAt
from service.domain.shares import NOTHING, Excluded, Proportion

T = TypeVar("T", bound=measures.KpiValued)
BASE, COMPLAINT = "base", "complaint"
NO_COMPLAINT = "no_complaint"
"""Nobody ever complained there: what is estimated of complaints is not known."""


class Needs(NamedTuple):
    """What KPIs need of events beside where they are; which map, and its goals."""

    journey_id: str
    rows: KpisOfRows
    goals: Goals


class RowsOf:
    """Which events of a map a KPI is of. `on_map` has the answers to what the KPIs ask last, those
    to the goals of the map behind them."""

    def __init__(self, on_map: LaidOut, needs: Needs) -> None:
        laid, own = on_map.laid, len(needs.rows.selections)
        asked = laid.found.holds[len(laid.found.holds) - own - len(needs.goals.conditions) :]
        self._needs, self._laid = needs, laid
        self._out = {*laid.found.excluded}
        self._found = replace(laid.found, holds=asked)
        self.reached = needs.goals.reached(laid, asked[own:]) & ~laid.put
        named = laid.found.columns[measures.NAMED_JOURNEY]
        codes = [n for n, word in enumerate(named.words) if word == needs.journey_id]
        self._named: Flags = np.isin(named.codes, codes)
        # Asked for by nearly all.
        self._anywhere: Flags = laid.touched & ~laid.put

    def kpi(self, plan: PlannedKpi, at: StandsAt, least: int | None) -> JourneyKpi:
        """One of them, of the map or of a place on it."""
        goal = self._needs.goals.reason
        if measures.on_maps.by_goal(plan.question.kpi) and goal is not None:
            return _told(plan, share(goal), goal)
        found, places = self._of(plan, at)
        if COMPLAINT in places and not found.holds[places[COMPLAINT]].any():
            return _told(plan, None, NO_COMPLAINT)
        return self._item(plan, self._needs.rows.answer(plan, found, places, least))

    def _at(self, at: StandsAt) -> Flags:
        """Which events are there."""
        laid = self._laid
        if at.stage_id is None and at.step_id is None:
            return self._anywhere
        here = [
            one.stage_id == at.stage_id if at.step_id is None else one.step_id == at.step_id
            for one in laid.spots
        ]
        found: Flags = np.array([*here, False], dtype=np.bool_)[laid.spot]
        return found & ~laid.put

    def _of(self, plan: PlannedKpi, at: StandsAt) -> tuple[Histories, dict[str, int]]:
        places, chosen = self._needs.rows.places(plan), self._at(at)
        if (touched := places.get(measures.on_maps.TOUCHED)) is not None:
            # Content is touched anywhere.
            return self._found.those(self._found.holds[touched]), places
        if measures.on_maps.by_goal(plan.question.kpi):
            both = replace(self._found, holds=[chosen, self.reached])
            return both.those(chosen | self.reached), {BASE: 0, measures.GOAL: 1}
        if "survey" in places and at == StandsAt(at.journey_id):
            chosen = chosen | (self._named & self._found.holds[places["survey"]])
        return self._found.those(chosen), places

    def _item(self, plan: PlannedKpi, answer: KpiAnswer) -> JourneyKpi:
        return JourneyKpi(
            kpi=answer.kpi,
            unit=answer.unit,
            meaning=plan.question.kpi.meaning,
            direction=answer.definition.direction,
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


def unknown(item: T, reason: str) -> T:
    """The same where nothing is known of a map: what is counted of nothing is no figure."""
    is_share = isinstance(item.value, Proportion)
    number, why = (item.value.value, item.value.reason) if is_share else (item.value, item.reason)
    if number or why not in (UNSET, NOTHING, NO_COMPLAINT):
        return item
    value = share(reason) if is_share else None
    return structs.replace(item, value=value, numerator=UNSET, denominator=UNSET, reason=reason)


def _told(plan: PlannedKpi, value: Proportion | None, reason: str) -> JourneyKpi:
    kpi = plan.question.kpi
    none: list[Excluded] = []
    return JourneyKpi(
        kpi=kpi.key,
        unit=kpi.unit,
        meaning=kpi.meaning,
        direction=plan.question.definition.direction,
        assumption=kpi.assumption,
        value=value,
        excluded=none,
        reason=reason or UNSET,
    )
