"""Laying everybody on a map: what has to be read for it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from service.domain import measures
from service.domain.errors import DomainError, Kind, NotFound
from service.domain.filters import Filter
from service.domain.histories import Asked, Range
from service.domain.history import Column, Histories, Ints
from service.domain.insights.bindings.asking import map_with_bindings
from service.domain.insights.bindings.bound import BoundMap, bound_map
from service.domain.insights.bindings.claims import NO_EVENT
from service.domain.insights.laid.doing import Done
from service.domain.insights.laid.laying import Laid, laid
from service.domain.insights.laid.nobody import nobody
from service.domain.insights.laid.reads import MOST, Found, Published, Put, judging
from service.domain.insights.laid.remembering import once_told
from service.domain.insights.laid.rule import Known
from service.domain.insights.laid.taking import PLAIN, Takers
from service.domain.insights.revised_reads import one_of
from service.domain.journeys import AS_IT_IS, MapState, map_states, state_named
from service.domain.shares import Excluded
from service.domain.work import Scope, Work

T = TypeVar("T")
IN_FORCE, NOT_PERMITTED = "in_force", "not_permitted"
FILTERED = "enrolment_without_event"


class TooManyRevisions(DomainError):
    """The map was published more often than events can be judged by."""

    kind, code = Kind.CONFLICT, "too_many_revisions"


class Judges(NamedTuple):
    """What judges events: a map's states, what the answer says of them, and who was put there."""

    known: Known
    revision: int | str
    put: Sequence[Put]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is laid on a map: events that a filter selects, from the first on until a time, and
    which of them count for the range. With a timeout all sessions are whole that begin before the
    end of the range; `every` event is told, or those at steps alone; with the time of the `latest`.

    Of each person the last so many events are looked at, if `most` says how many. What several maps
    have `aside` is laid on none: how often each did it within the range is told (`LaidOut.aside`).
    What is asked of them `beside` are conditions whose answers stand last in `Laid.found.holds`;
    whatever one of them takes is told as well; of these alone `fields` are read, of `lists` also
    lists, of a field `among` another those values alone that the other has.
    """

    within: Range
    until: datetime | None
    only: "Filter | None" = None
    timeout_seconds: int | None = None
    every: bool = False
    latest: bool = False
    beside: "Sequence[Filter]" = ()
    fields: Sequence[str] = ()
    lists: Collection[str] = ()
    among: Mapping[str, str] = field(default_factory=dict)
    most: int | None = None
    aside: "Filter | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class LaidOut:
    """Everybody on a map, what judged them, who is left out, and why there is nothing, if so.
    `plans` are the keys of the steps that events can be at, in their order, of each state."""

    laid: Laid
    judges: Judges
    plans: Sequence[Sequence[str]]
    excluded: dict[str, int]
    reason: str | None
    aside: Done | None = None

    @property
    def steps(self) -> list[str]:
        """The steps that events can be at, as the newest state has them."""
        return [*self.plans[-1]] if self.plans else []


async def judges(work: Work, journey_id: UUID, revision: str | None) -> Judges:
    """By what a map's events are judged: each by the revision in force at its time, those of a map
    that was never published by its draft; or all by one state of it. Three statements at most.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, `TooManyRevisions`.
    """
    work.needs(Scope.MAPS_READ)
    if revision is None:
        found = await judges_of_each(work, [journey_id])
        return one_of(found.get(journey_id), journey_id)
    known = await judging(work, [journey_id])
    if not known.ids:
        raise NotFound("journey", journey_id)
    of = await map_with_bindings(work, journey_id, state_named(revision))
    return Judges(Known({}, {}, of), of.revision, known.put)


async def judges_of_each(
    work: Work, journey_ids: Sequence[UUID]
) -> dict[UUID, Judges | DomainError]:
    """By what the events of each of some maps are judged: by the revision in force at their time,
    of a map that was never published by its draft. Of maps that are not there nothing; a map of too
    many revisions has the error. Two statements at most."""
    work.needs(Scope.MAPS_READ)
    found = await judging(work, journey_ids)
    drafts = [one for one in found.ids if one not in found.ever]
    asked = [(one, AS_IT_IS) for one in drafts]
    states = dict(zip(drafts, await map_states(work, asked), strict=True)) if drafts else {}
    return {one: _judges(found, one, states.get(one)) for one in found.ids}


def _judges(
    found: Found, journey_id: UUID, draft: MapState | DomainError | None
) -> Judges | DomainError:
    put = [one for one in found.put if one.journey_id == journey_id]
    if isinstance(draft, DomainError):
        return draft
    if draft is not None:
        of = bound_map(draft.json, draft.revision)
        of.touchpoint_bindings = found.touchpoint_bindings
        return Judges(Known({}, {}, of), of.revision, put)
    published = [one for one in found.published if one.journey_id == journey_id]
    if len(published) > MOST:
        return TooManyRevisions(f"The map has more than {MOST} revisions: ask for one of them.")
    return Judges(_published(published, found.touchpoint_bindings), IN_FORCE, put)


def _published(published: Sequence[Published], today: Mapping[str, Any]) -> Known:
    revisions: dict[int, BoundMap] = {}
    for one in published:
        of = bound_map(one.document, one.number)
        kept = one.touchpoint_bindings
        of.touchpoint_bindings = today if kept is None else kept
        revisions[one.number] = of
    return Known(revisions, {one.number: one.since for one in published})


async def laid_out(work: Work, by: Judges, wanted: Wanted) -> LaidOut:
    """Everybody who may be analysed, laid on a map: two statements, seldom more.

    Raises `BindingsTooLarge`.
    """
    work.needs(Scope.ANALYTICS_READ)
    return await laid_told(work, by, wanted, lambda on_map: on_map)


async def laid_told(
    work: Work, by: Judges, wanted: Wanted, told: Callable[[LaidOut], T], words: object = None
) -> T:
    """What is `told` of everybody on a map: as many statements; remembered where `words` say all
    that it depends on besides. Raises as `laid_out` does."""
    work.needs(Scope.ANALYTICS_READ)
    whose = Scope.CONTACTS_READ in work.caller.scopes
    takers = Takers(by.known, whose=whose)
    said = None if words is None else (whose, wanted, by, words)
    asked, timeout = _asked(takers, wanted), wanted.timeout_seconds
    out = partial(laid_by, by=by, takers=takers, wanted=wanted)
    return await once_told(work, asked, timeout, lambda found: told(out(found)), said)


def laid_by(found: Histories, by: Judges, takers: Takers, wanted: Wanted) -> LaidOut:
    """The events that were read for a map, laid on it with those who were put there."""
    put, out = _counting(by.put, wanted)
    if wanted.most is not None:
        found = found.last(wanted.most)
    on_map = laid(found, by.known, takers, put)
    for reason, count in found.excluded.items():
        out[reason] = out.get(reason, 0) + count
    nothing = _nothing(on_map, by, takers, wanted, out)
    return LaidOut(on_map, by, _plans(by.known, takers), out | takers.left_out, nothing)


def _counting(put: Sequence[Put], wanted: Wanted) -> tuple[list[Put], dict[str, int]]:
    """The enrolments that count, and how many in the range do not. A filter selects events."""
    kept: list[Put] = []
    out: dict[str, int] = {}
    from_, to = wanted.within
    for one in put:
        reason = one.reason or (FILTERED if wanted.only is not None else None)
        if reason is None:
            kept.append(one)
        elif (from_ is None or one.at >= from_) and (to is None or one.at < to):
            out[reason] = out.get(reason, 0) + 1
    return kept, out


def _asked(takers: Takers, wanted: Wanted) -> Asked:
    own = [*takers.asked, *([] if wanted.every else [takers.some])]
    selections = [*own, *wanted.beside]
    return Asked(
        Range(None, wanted.until),
        wanted.only,
        selections,
        [*dict.fromkeys((*PLAIN, *wanted.fields))],
        wanted.lists,
        counted=wanted.within,
        selected=not wanted.every,
        latest=wanted.latest,
        among=wanted.among,
        fields_of=range(len(own), len(selections)),
    )


def _plans(known: Known, takers: Takers) -> list[list[str]]:
    names = names_of(known.states)
    return [[names[one.step.id] for one in takers.bound[of.revision]] for of in known.states]


def names_of(states: Sequence[BoundMap]) -> dict[str, str]:
    """The keys of steps by their ids, as the newest state calls them that has them."""
    return {step.id: step.key for of in states for step in of.steps}


def _nothing(
    on_map: Laid, by: Judges, takers: Takers, wanted: Wanted, out: dict[str, int]
) -> str | None:
    """Why nobody is at a step in the range; None: somebody is."""
    why = nobody(on_map, by.known, wanted.within, is_bound=bool(takers.conditions))
    refused = why == NO_EVENT and out.keys() - {FILTERED}
    if refused and not measures.within(on_map.found.at, *wanted.within).any():
        return NOT_PERMITTED
    return why


def paths_of(on_map: Laid, timeout_seconds: int | None, by: str = "step") -> Histories:
    """The steps at which people were, in order, their keys as the column `event`: what measures of
    paths are computed of; or the stages. With a timeout the sessions in which these lie, cut of all
    that was laid out, and no enrolments, which are of none.
    """
    words, codes = keys_of(on_map, by)
    chosen = codes[on_map.spot] >= 0
    begun = None
    if timeout_seconds is not None:
        chosen &= ~on_map.put
        begun = begun_at(on_map, timeout_seconds)
    found = on_map.found
    return Histories(
        found.person[chosen],
        found.at[chosen],
        [],
        {"event": Column(codes[on_map.spot[chosen]], list(words))},
        found.people,
        found.excluded,
        found.latest,
        begun=None if begun is None else begun[chosen],
    )


def begun_at(on_map: Laid, timeout_seconds: int) -> Ints:
    """When the session of each event began; of enrolments, which are of none, it says nothing."""
    events = on_map.found.those(~on_map.put)
    begins = measures.first_of_session(events, timeout_seconds)
    begun = np.zeros(len(on_map.put), dtype=np.int64)
    first = np.flatnonzero(begins)
    begun[~on_map.put] = np.repeat(events.at[first], np.diff(first, append=len(begins)))
    return begun


def keys_of(on_map: Laid, by: str = "step") -> tuple[list[str], NDArray[np.int32]]:
    """The keys of all steps, or stages, rising; and by place the number of its own: -1 for stages
    as a whole, which are no step, and behind all places for none."""
    if by == "stage":
        newest = {stage.id: stage.key for of in on_map.states for stage in of.stages}
        keys = [newest.get(one.stage_id, one.stage_key) for one in on_map.spots]
    else:
        newest = names_of(on_map.states)
        keys = [newest.get(one.step_id or "", one.step_key or "") for one in on_map.spots]
    words = sorted({*newest.values(), *keys} - {""})
    numbers = {word: n for n, word in enumerate(words)}
    return words, np.array([*(numbers.get(key, -1) for key in keys), -1], dtype=np.int32)


def left_out(excluded: dict[str, int]) -> list[Excluded]:
    """Reasons with their counts, as answers tell them."""
    return [Excluded(reason, count) for reason, count in sorted(excluded.items()) if count]
