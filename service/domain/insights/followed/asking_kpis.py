"""Asking for the KPIs of maps: any number of maps in as many statements as one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET
from msgspec.structs import replace

from service.domain import access, measures
from service.domain.errors import DomainError
from service.domain.histories import Range
from service.domain.insights.followed.abandoning import (
    STAGE_ABANDONMENT,
    Span,
    abandoned,
    adds_up,
)
from service.domain.insights.followed.asking import least_told
from service.domain.insights.followed.attention import in_need
from service.domain.insights.followed.choosing import TIMELESS, Choice, Chosen, names_of, range_of
from service.domain.insights.followed.goals import goals
from service.domain.insights.followed.inputs import JourneyKpisQuery
from service.domain.insights.followed.kpi_answers import (
    JourneyKpi,
    JourneyKpis,
    JourneyKpisDefinition,
)
from service.domain.insights.followed.mapped_kpis import Needs
from service.domain.insights.followed.planned_kpis import Plans, before, planned
from service.domain.insights.followed.targets import aimed, posted, untold
from service.domain.insights.followed.telling_kpis import OF_PLANS, Telling, library
from service.domain.insights.laid.asking import (
    Judges,
    LaidOut,
    Wanted,
    judges,
    judges_of_each,
    left_out,
)
from service.domain.insights.laid.several import asked_on_each
from service.domain.insights.outlay import Outlay, Within, outlays
from service.domain.insights.revised_reads import one_of
from service.domain.measures import KpisOfRows
from service.domain.spans import is_ahead
from service.domain.work import Scope, Work

NOT_FILTERED, BEYOND = "posted_unfiltered", "kpis_beyond_limit"


async def kpis(work: Work, journey_id: UUID, asked: JourneyKpisQuery) -> JourneyKpis:
    """A map's own KPIs, of its stages and of the events at its steps: six statements, seldom
    more, however many KPIs.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, `Invalid`, `BindingsTooLarge`,
    `TooManyRevisions`.
    """
    work.needs(Scope.ANALYTICS_READ)
    by = await judges(work, journey_id, asked.revision)
    found = await _of_each(work, {journey_id: by}, asked)
    return one_of(found.get(journey_id), journey_id)


async def many_journey_kpis(
    work: Work, journey_ids: Sequence[UUID], asked: JourneyKpisQuery
) -> Mapping[UUID, JourneyKpis | DomainError]:
    """The same of each map there is, judged by the revisions in force, or why there are none: as
    many statements as for one. Raises `Invalid`."""
    work.needs(Scope.ANALYTICS_READ)
    found = await judges_of_each(work, [*dict.fromkeys(journey_ids)])
    known = {which: one for which, one in found.items() if not isinstance(one, DomainError)}
    missing = {which: one for which, one in found.items() if isinstance(one, DomainError)}
    return {**missing, **await _of_each(work, known, asked)}


async def aimed_kpis(
    work: Work, journey_ids: Sequence[UUID], asked: JourneyKpisQuery
) -> Mapping[UUID, JourneyKpis | DomainError]:
    """Of each map there is the own KPIs that stand on it and have a target, alike; none where no
    map has any: two statements then."""
    work.needs(Scope.ANALYTICS_READ)
    known = await measures.on_maps.kpis_on_maps(work, journey_ids)
    those = [one for one in known.kpis if one.target is not None and one.places]
    maps = {UUID(at.journey_id) for one in those for at in one.places}
    found = await judges_of_each(work, [one for one in journey_ids if one in maps])
    by = {which: one for which, one in found.items() if not isinstance(one, DomainError)}
    missing = {which: one for which, one in found.items() if isinstance(one, DomainError)}
    chosen = Chosen(None, those, (), known.more, aimed=True)
    return {**missing, **await _told(work, by, asked, chosen)}


Posted = tuple[dict[str, Any], measures.KpiComparison | None]
"""What was posted in a range, and in that which it is compared with."""


class _Question(NamedTuple):
    """What is told of each map."""

    asked: JourneyKpisQuery
    chosen: Chosen
    plans: Plans
    needs: Mapping[UUID, Needs]
    posted: Mapping[str, Posted]
    done: Mapping[UUID, Outlay]
    looked_at: frozenset[str]
    within: Within
    least: int | None

    def of(self, which: UUID, on_map: LaidOut) -> JourneyKpis:
        """The KPIs of one of them."""
        stages = [*self._of_stages(on_map)] if STAGE_ABANDONMENT in self.chosen.keys else []
        telling = Telling(
            str(which),
            on_map,
            self.needs[which],
            self.plans,
            stages,
            self.done.get(which, Outlay()),
            self.looked_at,
            self.within,
            self.asked.window_seconds,
            self.least,
            filtered=self.asked.filter is not None,
        )
        items = stages if self.chosen.stages else []
        for choice in self.chosen.of(str(which)):
            if self.chosen.by_stage(choice):
                items = [*items, *_told_by(choice, stages)]
                continue
            item = self._item(telling, choice)
            within = self._within(choice)
            items = [*items, aimed(item, str(which), choice.own, self.chosen.known, within)]
        definition = JourneyKpisDefinition(
            *(self.asked.from_, self.asked.to, self.asked.filter, self.asked.compare),
            "contact",
            self.asked.window_seconds,
            on_map.judges.revision,
        )
        beyond = {BEYOND: self.chosen.more} if self.chosen.more else {}
        excluded = left_out(on_map.excluded | beyond)
        need = in_need(items, on_map.laid.states[-1].stages if on_map.laid.states else ())
        return JourneyKpis(str(which), definition, items, need, excluded, on_map.reason or UNSET)

    @property
    def words(self) -> object:
        """All that it depends on beside who is on the map; None where that is the time as well."""
        if not self.chosen.keys <= TIMELESS:
            return None
        plans = [
            (name, one.question.kpi.key, one.question.asked, one.question.definition, one[1:])
            for name, one in (*self.plans.of.items(), ("", self.plans.whole))
        ]
        within = (self.within.from_, self.within.to, self.within.zone)
        # A range begins whether anything is done or not.
        ahead = [
            is_ahead(span.from_, self.within.now)
            for one in (*self.plans.of.values(), self.plans.whole)
            for span in one.spans
        ]
        more = (self.plans.refused, self.posted, self.done, within, self.least, ahead)
        return (self.asked, self.chosen, plans, *more)

    def _of_stages(self, on_map: LaidOut) -> list[JourneyKpi]:
        spans = _spans(self.asked, self.plans)
        each = abandoned(on_map, spans[0], spans[1] if len(spans) > 1 else None)
        which, within = on_map.laid.states[-1].id if each else "", (spans[0].from_, spans[0].to)
        told = [measures.courteous(one, self.least, adds_up) for one in each]
        return [aimed(one, which, None, self.chosen.known, within) for one in told]

    def _item(self, telling: Telling, choice: Choice) -> JourneyKpi:
        own = choice.own
        if own is not None and own.posted and self.asked.filter is not None:
            return telling.placed(untold(own, NOT_FILTERED), choice)
        if own is not None and own.posted:
            return telling.placed(posted(own, *self.posted[own.id]), choice)
        if own is not None and own.id in self.plans.refused:
            return telling.placed(untold(own, self.plans.refused[own.id]), choice)
        return telling.kpi(choice)

    def _within(self, choice: Choice) -> tuple[datetime | None, datetime | None]:
        # What rests on plans, or on a stage, is of the range asked for, whatever its target says.
        if choice.own is None or choice.key in OF_PLANS | measures.on_maps.ON_MAPS_ALONE:
            return self.asked.from_, self.asked.to
        return range_of(choice.own, self.asked.from_, self.asked.to)


def _told_by(choice: Choice, stages: Sequence[JourneyKpi]) -> Iterator[JourneyKpi]:
    """The stages that have their target of an own KPI, by its name."""
    for one in stages:
        if choice.own is not None and str(one.kpi_id) == choice.own.id:
            yield replace(one, kpi=choice.own.key)


async def _of_each(
    work: Work, by: Mapping[UUID, Judges], asked: JourneyKpisQuery
) -> Mapping[UUID, JourneyKpis | DomainError]:
    names = names_of(asked.keys)
    found = await measures.on_maps.kpis_on_maps(work, [*by], names or ())
    chosen = Chosen(names, found.kpis, more=found.more)
    chosen.refused()
    return await _told(work, by, asked, chosen)


async def _told(
    work: Work, by: Mapping[UUID, Judges], asked: JourneyKpisQuery, chosen: Chosen
) -> Mapping[UUID, JourneyKpis | DomainError]:
    if not by:
        return {}
    reporting = await access.reporting(work)
    only = await measures.selecting(work, asked.filter)
    zone = ZoneInfo(reporting.time_zone)
    done = await outlays(work, [*by]) if chosen.keys & OF_PLANS else {}
    content = library(done.values(), zone)
    plans = await planned(work, reporting, asked, chosen, content)
    rows = KpisOfRows([*plans.of.values()])
    whose = Scope.CONTACTS_READ in work.caller.scopes
    needs = {
        which: Needs(str(which), rows, goals(one.known.states, whose=whose))
        for which, one in by.items()
    }
    wanted = Wanted(
        Range(asked.from_, asked.to),
        rows.until(_until(_spans(asked, plans))),
        only,
        rows.timeout_seconds,
        latest=True,
        beside=rows.selections,
        fields=[*rows.fields, measures.NAMED_JOURNEY],
        lists=rows.lists,
        among=rows.among,
    )
    least, figures = least_told(work, reporting), await _posted(work, asked, chosen, zone)
    within = Within(asked.from_, asked.to, zone, work.now)
    looked_at = frozenset(one.id for one in content.items)
    question = _Question(asked, chosen, plans, needs, figures, done, looked_at, within, least)
    beside = {which: one.goals.conditions for which, one in needs.items()}
    return await asked_on_each(work, by, wanted, question.of, beside, words=question.words)


async def _posted(
    work: Work, asked: JourneyKpisQuery, chosen: Chosen, zone: ZoneInfo
) -> Mapping[str, Posted]:
    """What was posted of KPIs that are measured elsewhere, by their ids, and before: one
    statement."""
    those = [one for one in chosen.own if one.posted]
    ranges = [(one, Range(*range_of(one, asked.from_, asked.to))) for one in those]
    spans = [before(asked, own, zone) for own, _ in ranges]
    earlier = [(own, span) for (own, _), span in zip(ranges, spans, strict=True) if span]
    told = iter(await measures.on_maps.posted_values(work, [*ranges, *earlier]))
    now = [next(told) for _ in ranges]
    found = {own.id: _compared(next(told), span) for own, span in earlier}
    return {one.id: (value, found.get(one.id)) for one, value in zip(those, now, strict=True)}


def _compared(value: Mapping[str, Any], span: Range) -> measures.KpiComparison:
    told = {name: one for name, one in value.items() if name != "excluded"}
    return measures.KpiComparison(**told, from_=span.from_, to=span.to, change=None)


def _spans(asked: JourneyKpisQuery, plans: Plans) -> list[Span]:
    return [Span(*one, asked.window_seconds) for one in plans.whole.spans]


def _until(spans: Sequence[Span]) -> datetime | None:
    """Until when somebody may go on who came in a range."""
    ends = [
        one.to and measures.later(one.to, timedelta(seconds=one.window_seconds)) for one in spans
    ]
    return None if None in ends else max(one for one in ends if one is not None)
