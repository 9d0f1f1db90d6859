"""The lists of gaps that callers ask for, of one journey and of many."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from service.domain.errors import NotFound, NotYet
from service.domain.insights import gap_lists, gap_words
from service.domain.insights.gap import Gap
from service.domain.insights.gap_lists import AskedGaps, GapList, JourneyGaps
from service.domain.insights.gap_reads import AT_ONCE, Analysed, analyses, journeys_of
from service.domain.insights.gap_scene import Range
from service.domain.insights.gaps import Analysis
from service.domain.insights.inputs import AllGapsQuery, GapsQuery, JourneyGapsQuery
from service.domain.preferences import GapLimits
from service.domain.work import Scope, Work

_OF_EVENTS = ("filter", "baseline", "scan")


class GapsOf(NamedTuple):
    """The answer about one journey, the cursor of each item."""

    answer: JourneyGaps
    cursors: Sequence[str]


class AllGaps(NamedTuple):
    """The answer about many journeys, the cursor of each item."""

    answer: GapList
    cursors: Sequence[str]


async def journey_gaps(work: Work, journey_id: UUID, query: JourneyGapsQuery) -> JourneyGaps:
    """A page of one journey's gaps, in the caller's language.

    Raises `NotFound`; `Invalid` for a journey to compare with; `Malformed` for a foreign cursor;
    `NotYet` for what selects or compares events.
    """
    found = (await many_journey_gaps(work, [journey_id], query)).get(journey_id)
    if found is None:
        raise NotFound("journey", journey_id)
    return found.answer


async def many_journey_gaps(
    work: Work, journey_ids: Sequence[UUID], query: JourneyGapsQuery
) -> Mapping[UUID, GapsOf]:
    """The same for each journey there is: as many statements as for one."""
    work.needs(Scope.MAPS_READ)
    between = _ranged(query)
    found = await analyses(work, journey_ids, against=query.against, between=between)
    return {
        which: _of_journey(work, which, one, found.limits, query)
        for which, one in found.journeys.items()
    }


def _of_journey(
    work: Work, which: UUID, one: Analysis, limits: GapLimits, query: JourneyGapsQuery
) -> GapsOf:
    asked = _asked(query, _stages(one, query.stage))
    page = gap_lists.page(one.gaps, asked, [which, query.against, _range(query)])
    gap_words.tell((*page.items, *one.opportunities, *one.strengths), work.caller.language)
    answer = JourneyGaps(
        definition=_definition(limits, query, one.against),
        items=page.items,
        next=page.next,
        total=len(page.matching),
        by_kind=gap_lists.by_kind(page.matching),
        by_department=gap_lists.by_department(page.matching),
        excluded=gap_lists.excluded(one.unknown_times, int(not one.has_decision)),
        reasons=gap_lists.reasons((*page.items, *one.opportunities)),
        journey_id=str(which),
        strengths=one.strengths,
        opportunities=one.opportunities,
    )
    return GapsOf(answer, page.cursors)


def _stages(one: Analysis, stage: str | None) -> frozenset[str] | None:
    """The ids of the stages that a key or an id names: one, or none of this journey."""
    return None if stage is None else frozenset(one.stages.get(stage, ()))


async def all_gaps(work: Work, query: AllGapsQuery) -> AllGaps:
    """A page of the gaps of all journeys, or of those of a profile, in the caller's language.

    Three statements for up to 500 journeys. Raises as `journey_gaps`, and `Invalid` for a profile
    that is not there.
    """
    work.needs(Scope.MAPS_READ)
    between = _ranged(query)
    ids = await journeys_of(work, query.profile_id)
    # Hundreds of journeys at once: most workspaces take one round.
    parts = [
        await analyses(work, ids[start : start + AT_ONCE], between=between)
        for start in range(0, len(ids), AT_ONCE) or (0,)
    ]
    return _of_all(work, parts, query)


def _of_all(work: Work, parts: Sequence[Analysed], query: AllGapsQuery) -> AllGaps:
    each = [one for part in parts for one in part.journeys.values()]
    gaps: list[Gap] = sorted((g for one in each for g in one.gaps), key=lambda gap: gap.rank)
    page = gap_lists.page(gaps, _asked(query, None), [query.profile_id, _range(query)])
    gap_words.tell(page.items, work.caller.language)
    undecided = sum(not one.has_decision for one in each)
    answer = GapList(
        definition=_definition(parts[0].limits, query, None),
        items=page.items,
        next=page.next,
        total=len(page.matching),
        by_kind=gap_lists.by_kind(page.matching),
        by_department=gap_lists.by_department(page.matching),
        excluded=gap_lists.excluded(sum(one.unknown_times for one in each), undecided),
        reasons=gap_lists.reasons(page.items),
    )
    return AllGaps(answer, page.cursors)


def _ranged(query: GapsQuery) -> Range:
    """The range asked for. Raises `NotYet` for what selects or compares events."""
    asked = [name for name in _OF_EVENTS if getattr(query, name) is not None]
    if asked:
        raise NotYet(f"{', '.join(asked)}: there are no events to select or compare yet.")
    return Range(query.since, query.until)


def _range(query: GapsQuery) -> list[str | None]:
    days = (query.since, query.until)
    return [None if day is None else day.isoformat() for day in days]


def _asked(query: GapsQuery, stages: frozenset[str] | None) -> AskedGaps:
    return AskedGaps(
        query.kinds,
        stages,
        query.department,
        query.min_severity,
        query.status,
        query.limit,
        query.after,
    )


def _definition(
    limits: GapLimits, query: GapsQuery, against: str | None
) -> gap_lists.GapDefinition:
    since, until = _range(query)
    least = query.least_count or limits.least_count
    return gap_lists.definition(
        limits,
        least_count=least,
        from_=since,
        to=until,
        unit=query.unit,
        window_seconds=query.window_seconds,
        against=against,
    )
