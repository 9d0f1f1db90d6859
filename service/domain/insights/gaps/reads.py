"""Gaps of stored journeys: one statement for all that are asked, then pure functions.

A second statement is run where findings are about profiles other than the journeys' own, to know
which of them stand above or below.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

import msgspec

from service.domain import patience
from service.domain.errors import DomainError, Invalid, Problem, TookTooLong
from service.domain.insights.gaps import words
from service.domain.insights.gaps.analysis import Analysis, analysed, gaps_of, openings_of
from service.domain.insights.gaps.events import STANDING_QUESTION, Compared
from service.domain.insights.gaps.gap import KINDS, Gap, Strength
from service.domain.insights.gaps.lists import reasons_of
from service.domain.insights.gaps.map import Line
from service.domain.insights.gaps.material import Material, held, looks
from service.domain.insights.gaps.observing import STANDING_SECONDS, is_late, observed
from service.domain.insights.gaps.places import ALL, LINEAGE, OF_PROFILE, PLACES
from service.domain.insights.gaps.rows import READ
from service.domain.insights.gaps.scene import ALWAYS, Range
from service.domain.insights.gaps.sighted import first_seen
from service.domain.insights.revised_reads import NOW, Past, past
from service.domain.journeys import AS_IT_IS, Reference
from service.domain.preferences import GapLimits
from service.domain.work import Scope, Work

T = TypeVar("T")
AT_ONCE = 500
"""Journeys that one statement reads; a workspace has fewer, as a rule."""
AT_LENGTH = 10
"""From so many journeys on, the computation goes to a thread: others are served meanwhile."""


class Analysed(NamedTuple):
    """What was found on each journey, by its id, and the limits it was measured by."""

    limits: GapLimits
    journeys: Mapping[UUID, Analysis]


async def gaps(
    work: Work, journey_ids: Sequence[UUID], then: Past = NOW
) -> Mapping[UUID, Sequence[Gap]]:
    """The gaps that each journey there is has of itself, worst first, in the caller's language."""
    work.needs(Scope.MAPS_READ)
    found = (await analyses(work, journey_ids, then=then)).journeys
    for one in found.values():
        words.tell(one.gaps, work.caller.language)
    return {which: one.gaps for which, one in found.items()}


async def strengths(
    work: Work, journey_ids: Sequence[UUID], revision: Reference = AS_IT_IS
) -> Mapping[UUID, Sequence[Strength] | DomainError]:
    """The strengths of each journey there is, in its order, in the caller's language; or why
    there is no such revision.
    """
    work.needs(Scope.MAPS_READ)
    then = await past(work, journey_ids, revision)
    found = (await analyses(work, journey_ids, then=then, asked=STANDING_QUESTION)).journeys
    for one in found.values():
        words.tell(one.strengths, work.caller.language)
    return {**then.missing, **{which: one.strengths for which, one in found.items()}}


async def analyses(
    work: Work,
    journey_ids: Sequence[UUID],
    *,
    against: UUID | None = None,
    between: Range = ALWAYS,
    then: Past = NOW,
    asked: Compared | None = None,
    seconds: float = STANDING_SECONDS,
    kinds: Collection[str] = KINDS,
) -> Analysed:
    """What is found on each journey there is, not yet told in words.

    Compared with `against`, else each with the newest of its to-be maps, as these are now; with
    what events show where these are `asked`, of the standing question in so many `seconds`. What
    finds none of `kinds` does not look, and of events nothing is read that it alone needs. Raises
    `Invalid` for a journey to compare with that is not there, and what `observed` raises.
    """
    work.needs(Scope.MAPS_READ)
    of = await material(
        work,
        then.there(journey_ids),
        against=against,
        between=between,
        then=then,
        asked=asked,
        seconds=seconds,
        kinds=kinds,
    )
    return await _aside(partial(_computed, kinds), of)


def _computed(kinds: Collection[str], asked: Material) -> Analysed:
    each = {which: analysed(*look, kinds) for which, look in looks(asked)}
    return Analysed(asked.held.read.limits, each)


async def material(
    work: Work,
    journey_ids: Sequence[UUID],
    *,
    against: UUID | None = None,
    between: Range = ALWAYS,
    then: Past = NOW,
    asked: Compared | None = None,
    seconds: float = STANDING_SECONDS,
    kinds: Collection[str] = KINDS,
) -> Material:
    """Read what hangs on the journeys there are, and what events show of them where these are
    `asked`, as `observed` does. Whoever asks has asked permission."""
    ids = list(dict.fromkeys(journey_ids))
    text = await work.value(READ, ids=[*ids, against] if against else ids, **then.held)
    found = held(text, {str(which): one for which, one in then.maps.items()})
    if against is not None and str(against) not in found.texts:
        detail = f"there is no journey {against}"
        raise Invalid([Problem("/against", "unknown_reference", detail)])
    lineage = await _lineage(work, found.profile_ids)
    of = Material(ids, found, lineage, None if against is None else str(against), between)
    if asked is None:
        return of
    return await observed(work, of, asked, seconds, kinds)


async def _lineage(work: Work, profile_ids: Collection[str]) -> Mapping[str, Line]:
    """These profiles, and those above them."""
    if not profile_ids:
        return {}
    text = await work.value(LINEAGE, ids=[UUID(one) for one in profile_ids])
    return {line.id: line for line in msgspec.json.decode(text, type=list[Line])}


async def _aside(computed: Callable[[Material], T], asked: Material) -> T:
    if len(asked.journey_ids) < AT_LENGTH:
        return computed(asked)
    return await asyncio.to_thread(computed, asked)


async def some_gaps(
    work: Work,
    gap_ids: Collection[UUID],
    journey_id: UUID | None = None,
    asked: Compared = STANDING_QUESTION,
    *,
    known: bool = False,
) -> dict[UUID, Gap]:
    """Gaps and opportunities by their ids, told in words; ids that are nobody's are left out.
    Where it has to be `known` which are, raises `TookTooLong` if all could not be looked for.

    A gap is computed, not stored: unless the journey is given, or people have judged the gap, or
    the worker has seen it, the journeys of the workspace are looked at until all are found. Whoever
    asks has asked permission.
    """
    left = {str(one) for one in gap_ids}
    found: list[Gap] = []
    ids = await _likely(work, gap_ids) if journey_id is None else [journey_id]
    # One statement for hundreds of journeys; most workspaces take one.
    for start in range(0, len(ids), AT_ONCE):
        if left:
            part = await material(work, ids[start : start + AT_ONCE], asked=asked)
            found += await _aside(partial(_among, left), part)
            left -= {str(gap.id) for gap in found}
            if known and left and is_late(part):
                raise TookTooLong(patience.NARROW)
    await first_seen(work, found)
    for gap in found:
        gap.reasons = reasons_of(gap)
    words.tell(found, work.caller.language)
    return {UUID(str(gap.id)): gap for gap in found}


def _among(wanted: Collection[str], asked: Material) -> list[Gap]:
    """The gaps and opportunities with these ids: no map is looked at once all are found."""
    gaps = (
        gap
        for _, (scene, twin, links, kpis) in looks(asked)
        for gap in (*gaps_of(scene, twin, links, kpis), *openings_of(scene, links))
    )
    return list(islice((gap for gap in gaps if gap.id in wanted), len(wanted)))


async def _likely(work: Work, gap_ids: Collection[UUID]) -> list[UUID]:
    """Where to look: where people or the worker have met all of these, else everywhere."""
    places = dict(await work.value(PLACES, gap_ids=list(gap_ids)) or ())
    if len(places) == len(set(gap_ids)):
        return list(dict.fromkeys(places.values()))
    return [UUID(one) for one in await work.value(ALL) or ()]


async def journeys_of(work: Work, profile_id: UUID | None = None) -> list[UUID]:
    """All journeys of the workspace, or those of a profile's personas and of profiles below it.

    Raises `Invalid` for a profile that is not there.
    """
    work.needs(Scope.MAPS_READ)
    if profile_id is None:
        return [UUID(one) for one in await work.value(ALL) or ()]
    known, ids = await work.value(OF_PROFILE, profile_id=profile_id)
    if not known:
        detail = f"there is no profile {profile_id}"
        raise Invalid([Problem("/profile_id", "unknown_reference", detail)])
    return [UUID(one) for one in ids or ()]
