"""Gaps of stored journeys: one statement for all that are asked, then pure functions.

A second statement is run where findings are about profiles other than the journeys' own, to know
which of them stand above or below.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from service.domain.errors import DomainError, Invalid, Problem
from service.domain.insights import gap_words
from service.domain.insights.gap import Gap, Strength
from service.domain.insights.gap_lists import reasons_of
from service.domain.insights.gap_map import Line, Map, Read
from service.domain.insights.gap_places import ALL, LINEAGE, OF_PROFILE, PLACES
from service.domain.insights.gap_revised import as_it_was
from service.domain.insights.gap_rows import READ
from service.domain.insights.gap_scene import ALWAYS, Range, Scene
from service.domain.insights.gaps import Analysis, analysed, linked
from service.domain.insights.revised_reads import NOW, Past, past
from service.domain.journeys import AS_IT_IS, Reference
from service.domain.preferences import GapLimits
from service.domain.work import Scope, Work

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
    """The gaps of each journey there is, worst first, in the caller's language."""
    work.needs(Scope.MAPS_READ)
    found = (await analyses(work, journey_ids, then=then)).journeys
    for one in found.values():
        gap_words.tell(one.gaps, work.caller.language)
    return {which: one.gaps for which, one in found.items()}


async def strengths(
    work: Work, journey_ids: Sequence[UUID], revision: Reference = AS_IT_IS
) -> Mapping[UUID, Sequence[Strength] | DomainError]:
    """The strengths of each journey there is, in its order, in the caller's language; or why
    there is no such revision.
    """
    work.needs(Scope.MAPS_READ)
    then = await past(work, journey_ids, revision)
    found = (await analyses(work, journey_ids, then=then)).journeys
    for one in found.values():
        gap_words.tell(one.strengths, work.caller.language)
    return {**then.missing, **{which: one.strengths for which, one in found.items()}}


async def analyses(
    work: Work,
    journey_ids: Sequence[UUID],
    *,
    against: UUID | None = None,
    between: Range = ALWAYS,
    then: Past = NOW,
) -> Analysed:
    """What is found on each journey there is, not yet told in words.

    Compared with `against`, else each with the newest of its to-be maps, as these are now. Raises
    `Invalid` for a journey to compare with that is not there.
    """
    work.needs(Scope.MAPS_READ)
    return await analysed_for(work, then.there(journey_ids), against, between, then)


async def analysed_for(
    work: Work,
    journey_ids: Sequence[UUID],
    against: UUID | None = None,
    between: Range = ALWAYS,
    then: Past = NOW,
) -> Analysed:
    """The same for those who have asked permission, be it to write."""
    asked = await plan(work, journey_ids, against=against, between=between, then=then)
    if len(asked.journey_ids) < AT_LENGTH:
        return computed(asked)
    return await asyncio.to_thread(computed, asked)


class Plan(NamedTuple):
    """What one computation takes."""

    journey_ids: Sequence[UUID]
    read: Read
    lineage: Mapping[str, Line]
    against: str | None
    between: Range
    revised: Mapping[str, Map]
    """The maps that are asked for as they were."""


async def plan(
    work: Work,
    journey_ids: Sequence[UUID],
    *,
    against: UUID | None = None,
    between: Range = ALWAYS,
    then: Past = NOW,
) -> Plan:
    """Read what hangs on the journeys there are. Whoever asks has asked permission."""
    asked = list(dict.fromkeys(journey_ids))
    text = await work.value(READ, ids=[*asked, against] if against else asked, **then.held)
    read = _decode(text)
    was = {str(which): one for which, one in then.maps.items()}
    revised = {one.id: as_it_was(one, was[one.id]) for one in read.maps if one.id in was}
    if against is not None and str(against) not in {one.id for one in read.maps}:
        detail = f"there is no journey {against}"
        raise Invalid([Problem("/against", "unknown_reference", detail)])
    lineage = await _lineage(work, [*read.maps, *revised.values()])
    to_be = None if against is None else str(against)
    return Plan(asked, read, lineage, to_be, between, revised)


_decode = msgspec.json.Decoder(Read).decode


def computed(asked: Plan) -> Analysed:
    """What is found on each journey of a plan."""
    read, links = asked.read, linked(asked.read.linked)
    now, was = (
        {one.id: Scene(one, read.limits, read.today, asked.lineage, asked.between) for one in maps}
        for maps in (read.maps, asked.revised.values())
    )
    # The newest last: of several to-be maps the last one stays.
    twins = {one.as_is_id: one.id for one in read.maps if one.perspective == "to_be"}
    found = {}
    for which in asked.journey_ids:
        if scene := was.get(str(which)) or now.get(str(which)):
            twin = asked.against or twins.get(scene.map.id)
            found[which] = analysed(scene, now[twin] if twin else None, links)
    return Analysed(read.limits, found)


async def _lineage(work: Work, maps: Sequence[Map]) -> Mapping[str, Line]:
    """The profiles that findings are about beside the journeys' own, and those above them all."""
    asked: set[str] = set()
    for one in maps:
        own = {persona.profile_id for persona in one.personas if persona.profile_id}
        others = {finding.profile_id for finding in one.findings if finding.profile_id} - own
        if own and others:
            asked |= own | others
    if not asked:
        return {}
    text = await work.value(LINEAGE, ids=[UUID(one) for one in asked])
    return {line.id: line for line in msgspec.json.decode(text, type=list[Line])}


async def some_gaps(
    work: Work, gap_ids: Collection[UUID], journey_id: UUID | None = None
) -> dict[UUID, Gap]:
    """Gaps and opportunities by their ids, told in words; ids that are nobody's are left out.

    A gap is computed, not stored: unless the journey is given, or people have judged the gap, all
    journeys of the workspace are looked at. Whoever asks has asked permission.
    """
    wanted = {str(one) for one in gap_ids}
    found: dict[UUID, Gap] = {}
    ids = await _likely(work, gap_ids) if journey_id is None else [journey_id]
    # One statement for hundreds of journeys; most workspaces take one.
    for start in range(0, len(ids), AT_ONCE):
        part = await analysed_for(work, ids[start : start + AT_ONCE])
        for one in part.journeys.values():
            for gap in (*one.gaps, *one.opportunities):
                if gap.id in wanted:
                    gap.reasons = reasons_of(gap)
                    found[UUID(str(gap.id))] = gap
    gap_words.tell(found.values(), work.caller.language)
    return found


async def _likely(work: Work, gap_ids: Collection[UUID]) -> list[UUID]:
    """Where to look: where people have judged all of these, else everywhere."""
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
