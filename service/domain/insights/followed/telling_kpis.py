"""One KPI after the other of a map on which everybody is laid. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from msgspec import structs

from service.domain import measures
from service.domain.histories import Range
from service.domain.insights.contact_journeys.following import NO_GOAL
from service.domain.insights.followed import worth
from service.domain.insights.followed.choosing import Choice
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.followed.mapped_kpis import Needs, RowsOf, unknown
from service.domain.insights.followed.nothing import share
from service.domain.insights.followed.planned_kpis import CONVERSION, REVENUE, Plans
from service.domain.insights.followed.targets import beside, placed, untold
from service.domain.insights.followed.won_back import adds_up, win_back_rate
from service.domain.insights.laid.asking import LaidOut
from service.domain.insights.laid.nobody import nobody
from service.domain.insights.outlay import Costs, Outlay, Within, costs_of
from service.domain.measures import PlannedKpi, StandsAt

OF_PLANS = frozenset(
    {
        *(measures.on_maps.COST_PER_CONVERSION, measures.on_maps.RETURN_ON_JOURNEY),
        *(measures.on_maps.WIN_BACK_RATE, measures.on_maps.CONTENT_UNUSED),
    }
)
"""The KPIs that need what is done for maps."""
_WORTH = {
    measures.on_maps.COST_PER_CONVERSION: (worth.cost_per_conversion, CONVERSION),
    measures.on_maps.RETURN_ON_JOURNEY: (worth.return_on_journey, REVENUE),
}
"""What costs are held against, and by what."""
OF_STAGES, OF_WHOLE_MAPS = "only_of_stages", "only_of_whole_maps"


MOST_CONTENT = 5_000
"""Items of the content of all maps that are asked for which are looked at: the latest published."""


def library(
    done: Iterable[Outlay], zone: ZoneInfo, known: Collection[str] | None = None
) -> measures.on_maps.ContentLibrary:
    """The content of maps, each item once, the latest published first, as far as it is looked at;
    or of one map, of which those are `known` that are."""
    every = {item.id: item for one in done for item in one.content}
    those = sorted(every.values(), key=lambda one: (_age(one.published_on), one.id))
    chosen = those[:MOST_CONTENT] if known is None else [one for one in those if one.id in known]
    items = [
        measures.on_maps.ContentItem(one.id, one.key, one.url, one.published_on) for one in chosen
    ]
    return measures.on_maps.ContentLibrary(items, len(those) - len(items), zone)


def _age(published_on: date | None) -> int:
    return 0 if published_on is None else -published_on.toordinal()


@dataclass(frozen=True)
class Telling:
    """A map, everybody on it, what is asked, and what is done for it; `stages` are told already,
    and of all content those items are `looked_at`."""

    which: str
    on_map: LaidOut
    needs: Needs
    plans: Plans
    stages: Sequence[JourneyKpi]
    done: Outlay
    looked_at: Collection[str]
    within: Within
    window_seconds: int
    least: int | None
    filtered: bool

    def kpi(self, choice: Choice) -> JourneyKpi:
        """One of its KPIs, of the map or of a place on it."""
        key, own = choice.key, choice.own
        if key in measures.on_maps.ON_MAPS_ALONE or key == measures.on_maps.CONTENT_UNUSED:
            found = self._of_map(str(key), choice.at)
            if own is not None and isinstance(found, str):
                return self.placed(untold(own, found), choice)
            if isinstance(found, str):
                raise AssertionError("what is built in is of whole maps")
            named = found if own is None else structs.replace(found, kpi=own.key)
            return self.placed(named, choice)
        plan = self.plans.of[choice.name]
        told = self._rows.kpi(plan, choice.at, self.least)
        return self.placed(self._known(told, plan), choice)

    def _known(self, told: JourneyKpi, plan: PlannedKpi) -> JourneyKpi:
        """The same without figures of a range, or of that before, in which nobody was there."""
        why, then = self.on_map.reason, told.comparison
        now = told if why is None else unknown(told, why)
        if plan.before is None or then is None:
            return now
        of, is_bound = self.on_map, any(self.on_map.plans)
        why = nobody(of.laid, of.judges.known, Range(*plan.before), is_bound=is_bound)
        before = then if why is None else unknown(then, why)
        if now is told and before is then:
            return told
        return structs.replace(now, comparison=measures.on_maps.changed(now, before))

    def placed(self, item: JourneyKpi, choice: Choice) -> JourneyKpi:
        """An item where it stands."""
        keys = {one.id: one.key for of in self.on_map.laid.states for one in of.stages}
        return placed(item, choice.at, keys)

    def _of_map(self, key: str, at: StandsAt) -> JourneyKpi | str:
        """One that is told of maps alone, or why it is none."""
        if key == measures.on_maps.STAGE_ABANDONMENT:
            those = [one for one in self.stages if str(one.stage_id) == at.stage_id]
            return those[0] if those else OF_STAGES
        if at != StandsAt(self.which):
            return OF_WHOLE_MAPS
        if key == measures.on_maps.CONTENT_UNUSED:
            return self._unused()
        if key == measures.on_maps.WIN_BACK_RATE:
            return self._won_back()
        return self._worth(key)

    def _worth(self, key: str) -> JourneyKpi:
        """What it costs by what it yields."""
        if self.filtered:
            return worth.unfiltered(key)
        of, on = _WORTH[key]
        yields = self._whole(on)
        now, then = of(yields, self._costs), yields.comparison
        if then is None:
            return now
        within = self.within._replace(from_=then.from_, to=then.to)
        before = beside(of(then, costs_of(self.done, within)), then.from_, then.to)
        return structs.replace(now, comparison=measures.on_maps.changed(now, before))

    def _whole(self, key: str) -> JourneyKpi:
        return self._rows.kpi(self.plans.of[key], StandsAt(self.which), self.least)

    def _won_back(self) -> JourneyKpi:
        why = self.needs.goals.reason
        if why not in (None, NO_GOAL):
            key = measures.on_maps.WIN_BACK_RATE
            meaning = measures.on_maps.meaning_of(key)
            return JourneyKpi(kpi=key, unit="share", meaning=meaning, value=share(why), reason=why)
        found = win_back_rate(
            self.on_map, self._rows.reached, self.done.actions, self.within, self.window_seconds
        )
        told = measures.courteous(found, self.least, adds_up)
        known = [one for one in told.excluded if one.count is not None]
        return structs.replace(told, excluded=known)

    def _unused(self) -> JourneyKpi:
        plan: PlannedKpi = self.plans.of[measures.on_maps.CONTENT_UNUSED]
        mine = library([self.done], self.within.zone, self.looked_at)
        kpi = measures.on_maps.content_told(plan.question.kpi, mine)
        asked = plan._replace(question=replace(plan.question, kpi=kpi))
        # Items are counted, and nobody.
        return self._rows.kpi(asked, StandsAt(self.which), None)

    @cached_property
    def _rows(self) -> RowsOf:
        return RowsOf(self.on_map, self.needs)

    @cached_property
    def _costs(self) -> Costs:
        return costs_of(self.done, self.within)
