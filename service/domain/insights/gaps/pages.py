"""The lists of gaps that callers ask for, of one journey and of many."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from service.domain.errors import DomainError
from service.domain.insights.gaps import counting, lists, words
from service.domain.insights.gaps.analysis import (
    Analysis,
    gaps_of,
    observed,
    untold,
    without,
)
from service.domain.insights.gaps.counting import AskedGaps, Page
from service.domain.insights.gaps.gap import KINDS, Gap
from service.domain.insights.gaps.inputs import AllGapsQuery, GapsQuery, JourneyGapsQuery
from service.domain.insights.gaps.lists import GapList, JourneyGaps
from service.domain.insights.gaps.material import Material, looks
from service.domain.insights.gaps.reads import (
    AT_ONCE,
    Analysed,
    analyses,
    journeys_of,
    material,
)
from service.domain.insights.gaps.scene import Range
from service.domain.insights.gaps.sighted import first_seen
from service.domain.insights.revised_reads import one_of, past
from service.domain.journeys import DRAFT, state_named
from service.domain.languages import Language
from service.domain.preferences import GapLimits
from service.domain.work import Scope, Work


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
    with, or the filter; `Malformed` for a foreign cursor; `ScopeMissing` for what selects or
    compares events.
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
    between = Range(query.since, query.until)
    then = await past(work, journey_ids, state_named(query.revision))
    found = await analyses(
        work,
        journey_ids,
        against=query.against,
        between=between,
        then=then,
        asked=query.compared,
        kinds=query.kinds or KINDS,
    )
    pages = {which: _page_of(which, one, query) for which, one in found.journeys.items()}
    await first_seen(work, [gap for page in pages.values() for gap in page.items])
    told = {which: _of_journey(work, which, found, query, page) for which, page in pages.items()}
    return {**then.missing, **told}


def _page_of(which: UUID, one: Analysis, query: JourneyGapsQuery) -> Page:
    asked = _asked(query, _stages(one, query.stage))
    return counting.page(one.gaps, asked, [which, query.against, *query.compared, one.revision])


def _of_journey(
    work: Work,
    which: UUID,
    found: Analysed,
    query: JourneyGapsQuery,
    page: Page,
) -> GapsOf:
    one = found.journeys[which]
    words.tell((*page.items, *one.opportunities, *one.strengths), work.caller.language)
    answer = JourneyGaps(
        definition=_definition(
            found.limits, query, one.against, one.revision, observed=one.observed
        ),
        items=page.items,
        next=page.next,
        total=page.total,
        by_kind=page.by_kind,
        by_about=page.by_about,
        by_department=page.by_department,
        excluded=_excluded(one, query),
        reasons=lists.reasons((*page.items, *one.opportunities)),
        journey_id=str(which),
        strengths=one.strengths,
        opportunities=one.opportunities,
    )
    return GapsOf(answer, page)


def _excluded(one: Analysis, query: GapsQuery) -> list[lists.GapExclusion]:
    undecided = int(not one.has_decision)
    read = (one.unknown_times, undecided, one.left_out, one.gone, one.without)
    return lists.excluded(*read, kinds=query.listed)


def _stages(one: Analysis, stage: str | None) -> frozenset[str] | None:
    """The ids of the stages that a key or an id names: one, or none of this journey."""
    return None if stage is None else frozenset(one.stages.get(stage, ()))


class Gathered(NamedTuple):
    """What the gaps of all journeys are computed from."""

    query: AllGapsQuery
    parts: Sequence[Material]
    language: Language


async def all_maps(work: Work, query: AllGapsQuery) -> Gathered:
    """All journeys, or those of a profile, with all that hangs on them: for `all_gaps`.

    Three statements for up to 500 journeys. Raises as `journey_gaps`, and `Invalid` for a profile
    that is not there.
    """
    work.needs(Scope.MAPS_READ)
    between = Range(query.since, query.until)
    ids = await journeys_of(work, query.profile_id)
    asked, kinds = query.compared, query.kinds or KINDS
    # Hundreds of journeys at once: most workspaces take one round.
    parts = [
        await material(
            work, ids[start : start + AT_ONCE], between=between, asked=asked, kinds=kinds
        )
        for start in range(0, len(ids), AT_ONCE) or (0,)
    ]
    return Gathered(query, parts, work.caller.language)


def all_gaps(gathered: Gathered) -> AllGaps:
    """A page of the gaps of these journeys, in the caller's language: computed, nothing is read.

    Apart from the reading, so that it can be done without a connection and in a thread. Raises
    `Malformed` for a foreign cursor.
    """
    query, seen = gathered.query, _Seen()
    asked = _asked(query, None)
    each = seen.gaps(gathered.parts, query.kinds or KINDS)
    page = counting.page(each, asked, [query.profile_id, *query.compared])
    words.tell(page.items, gathered.language)
    answer = GapList(
        definition=_definition(
            gathered.parts[0].held.read.limits, query, None, observed=seen.observed
        ),
        items=page.items,
        next=page.next,
        total=page.total,
        by_kind=page.by_kind,
        by_about=page.by_about,
        by_department=page.by_department,
        excluded=lists.excluded(
            seen.unknown_times,
            seen.undecided,
            seen.left_out,
            without=seen.without,
            kinds=query.listed,
        ),
        reasons=lists.reasons(page.items),
    )
    return AllGaps(answer, page)


async def dated(work: Work, found: AllGaps) -> AllGaps:
    """The same with since when each gap of the page is there: one statement."""
    work.needs(Scope.MAPS_READ)
    await first_seen(work, found.answer.items)
    found.answer.reasons = lists.reasons(found.answer.items)
    return found


class _Seen:
    """The gaps of many maps, one map after the other, and what these do not tell."""

    unknown_times = undecided = 0
    observed = False

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.without: Counter[str] = Counter()

    def gaps(self, parts: Iterable[Material], kinds: Collection[str]) -> Iterator[Gap]:
        """Each gap of these kinds, and others; what the maps do not tell is known once all are
        taken."""
        for part in parts:
            for _, (scene, twin, links, kpis) in looks(part):
                unknown_times, undecided = untold(scene)
                self.unknown_times += unknown_times
                self.undecided += undecided
                self.left_out += scene.left_out
                # The same people may be on many maps.
                self.without |= without(scene.passage, kpis)
                self.observed |= observed(scene)
                yield from gaps_of(scene, twin, links, kpis, kinds)


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
    limits: GapLimits,
    query: GapsQuery,
    against: str | None,
    revision: int | str = DRAFT,
    *,
    observed: bool,
) -> lists.GapDefinition:
    since, until = _range(query)
    least = query.least_count or limits.least_count
    return lists.definition(
        limits,
        revision=revision,
        least_count=least,
        from_=since,
        to=until,
        unit=query.unit,
        window_seconds=query.window_seconds,
        against=against,
        mode="observed" if observed else "static",
        baseline=query.baseline,
        scan=query.scan,
        filter=query.filter,
        by_profile=query.by_profile,
    )
