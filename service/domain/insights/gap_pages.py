"""The lists of gaps that callers ask for, of one journey and of many."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from service.domain.errors import DomainError, NotYet
from service.domain.insights import gap_lists, gap_words
from service.domain.insights.gap import Gap
from service.domain.insights.gap_lists import AskedGaps, GapList, JourneyGaps, Page
from service.domain.insights.gap_reads import AT_ONCE, Plan, analyses, computed, journeys_of, plan
from service.domain.insights.gap_scene import Range
from service.domain.insights.gaps import Analysis
from service.domain.insights.inputs import AllGapsQuery, GapsQuery, JourneyGapsQuery
from service.domain.insights.revised_reads import one_of, past
from service.domain.journeys import DRAFT, state_named
from service.domain.languages import Language
from service.domain.preferences import GapLimits
from service.domain.work import Scope, Work

_OF_EVENTS = ("filter", "baseline", "scan")


class GapsOf(NamedTuple):
    """The answer about one journey, and its page."""

    answer: JourneyGaps
    page: Page


class AllGaps(NamedTuple):
    """The answer about many journeys, and its page."""

    answer: GapList
    page: Page


async def journey_gaps(work: Work, journey_id: UUID, query: JourneyGapsQuery) -> JourneyGaps:
    """A page of one journey's gaps, in the caller's language.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`; `Invalid` for a journey to compare
    with; `Malformed` for a foreign cursor; `NotYet` for what selects or compares events.
    """
    found = (await many_journey_gaps(work, [journey_id], query)).get(journey_id)
    return one_of(found, journey_id).answer


async def many_journey_gaps(
    work: Work, journey_ids: Sequence[UUID], query: JourneyGapsQuery
) -> Mapping[UUID, GapsOf | DomainError]:
    """The same for each journey there is, or why there is no such revision: as many statements
    as for one.
    """
    work.needs(Scope.MAPS_READ)
    between = _ranged(query)
    then = await past(work, journey_ids, state_named(query.revision))
    found = await analyses(work, journey_ids, against=query.against, between=between, then=then)
    told = {
        which: _of_journey(work, which, one, found.limits, query)
        for which, one in found.journeys.items()
    }
    return {**then.missing, **told}


def _of_journey(
    work: Work, which: UUID, one: Analysis, limits: GapLimits, query: JourneyGapsQuery
) -> GapsOf:
    asked = _asked(query, _stages(one, query.stage))
    page = gap_lists.page(one.gaps, asked, [which, query.against, _range(query), one.revision])
    gap_words.tell((*page.items, *one.opportunities, *one.strengths), work.caller.language)
    answer = JourneyGaps(
        definition=_definition(limits, query, one.against, one.revision),
        items=page.items,
        next=page.next,
        total=len(page.matching),
        by_kind=gap_lists.by_kind(page.matching),
        by_about=gap_lists.by_about(page.matching),
        by_department=gap_lists.by_department(page.matching),
        excluded=gap_lists.excluded(one.unknown_times, int(not one.has_decision), one.gone),
        reasons=gap_lists.reasons((*page.items, *one.opportunities)),
        journey_id=str(which),
        strengths=one.strengths,
        opportunities=one.opportunities,
    )
    return GapsOf(answer, page)


def _stages(one: Analysis, stage: str | None) -> frozenset[str] | None:
    """The ids of the stages that a key or an id names: one, or none of this journey."""
    return None if stage is None else frozenset(one.stages.get(stage, ()))


class Gathered(NamedTuple):
    """What the gaps of all journeys are computed from."""

    query: AllGapsQuery
    parts: Sequence[Plan]
    language: Language


async def all_maps(work: Work, query: AllGapsQuery) -> Gathered:
    """All journeys, or those of a profile, with all that hangs on them: for `all_gaps`.

    Three statements for up to 500 journeys. Raises as `journey_gaps`, and `Invalid` for a profile
    that is not there.
    """
    work.needs(Scope.MAPS_READ)
    between = _ranged(query)
    ids = await journeys_of(work, query.profile_id)
    # Hundreds of journeys at once: most workspaces take one round.
    parts = [
        await plan(work, ids[start : start + AT_ONCE], between=between)
        for start in range(0, len(ids), AT_ONCE) or (0,)
    ]
    return Gathered(query, parts, work.caller.language)


def all_gaps(found: Gathered) -> AllGaps:
    """A page of the gaps of these journeys, in the caller's language: computed, nothing is read.

    Apart from the reading, so that it can be done without a connection and in a thread. Raises
    `Malformed` for a foreign cursor.
    """
    query, computed_parts = found.query, [computed(part) for part in found.parts]
    each = [one for part in computed_parts for one in part.journeys.values()]
    gaps: list[Gap] = sorted((g for one in each for g in one.gaps), key=lambda gap: gap.rank)
    page = gap_lists.page(gaps, _asked(query, None), [query.profile_id, _range(query)])
    gap_words.tell(page.items, found.language)
    undecided = sum(not one.has_decision for one in each)
    answer = GapList(
        definition=_definition(computed_parts[0].limits, query, None),
        items=page.items,
        next=page.next,
        total=len(page.matching),
        by_kind=gap_lists.by_kind(page.matching),
        by_about=gap_lists.by_about(page.matching),
        by_department=gap_lists.by_department(page.matching),
        excluded=gap_lists.excluded(sum(one.unknown_times for one in each), undecided),
        reasons=gap_lists.reasons(page.items),
    )
    return AllGaps(answer, page)


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
        query.dimension,
        query.about,
    )


def _definition(
    limits: GapLimits, query: GapsQuery, against: str | None, revision: int | str = DRAFT
) -> gap_lists.GapDefinition:
    since, until = _range(query)
    least = query.least_count or limits.least_count
    return gap_lists.definition(
        limits,
        revision=revision,
        least_count=least,
        from_=since,
        to=until,
        unit=query.unit,
        window_seconds=query.window_seconds,
        against=against,
    )
