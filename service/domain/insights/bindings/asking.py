"""Trying bindings on past events."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET

from service.domain import filters
from service.domain.errors import Invalid, NotFound, Problem
from service.domain.filters import Any, Filter
from service.domain.histories import Range
from service.domain.insights.bindings.bound import (
    BoundMap,
    Effective,
    Part,
    Raw,
    bound_map,
    effective,
    parts_of,
)
from service.domain.insights.bindings.claiming import Question, claimed
from service.domain.insights.bindings.claims import BindingsDefinition, Claims, JourneyBindings
from service.domain.insights.bindings.conditions import (
    NEEDS_CONTACTS_READ,
    any_of,
    asks_of_nobody,
    bounded,
    naming_people,
    readable,
)
from service.domain.insights.bindings.inputs import BindingPreview, BindingsQuery
from service.domain.insights.bindings.previewed import (
    NO_CONTACTS_READ,
    NO_JOURNEY,
    TOO_FEW,
    Counted,
    Overlap,
    PreviewDefinition,
    PreviewedBinding,
)
from service.domain.insights.bindings.reads import (
    claims_statement,
    journey_of,
    preview_statement,
    touchpoint_bindings,
)
from service.domain.journeys import DRAFT, Reference, map_state, state_named
from service.domain.work import Scope, Work


class _Tried(NamedTuple):
    """What is tried: a condition, whose it is, and the other bindings of the map."""

    condition: "Filter"
    raw: Raw
    source: str
    others: Sequence["tuple[Part, Filter]"] = ()
    least: int = 1
    """Overlaps are of events that more bindings than this take."""


async def map_with_bindings(work: Work, journey_id: UUID, reference: Reference) -> BoundMap:
    """A map in a state, with what bound its touchpoints then: two statements.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`.
    """
    work.needs(Scope.MAPS_READ)
    state = await map_state(work, journey_id, reference)
    found = bound_map(state.json, state.revision)
    ids = list(found.touchpoint_ids)
    held, found.touchpoint_bindings_kept = await touchpoint_bindings(
        work, journey_id, state.revision, ids
    )
    found.touchpoint_bindings = {one: binding for one, binding in held.items() if binding}
    return found


async def bindings_of(work: Work, journey_id: UUID, query: BindingsQuery) -> JourneyBindings:
    """What the bindings of a map take, and what they do not: three statements, whatever its size.

    Without `contacts:read` no binding that tells people apart is asked, and figures of fewer than
    five people are left out. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`,
    `BindingsTooLarge`.
    """
    work.needs(Scope.ANALYTICS_READ)
    of = await map_with_bindings(work, journey_id, state_named(query.revision))
    whose = Scope.CONTACTS_READ in work.caller.scopes
    asked = questions(of) if whose else [_of_nobody(one) for one in questions(of)]
    within = Range(query.from_, query.to)
    conditions = bounded([one.condition for one in asked if one.condition is not None])
    text = await work.value(claims_statement(conditions, within), **within.given)
    found = msgspec.json.decode(text, type=Claims)
    definition = BindingsDefinition.of(of, query.from_, query.to)
    return claimed(of, asked, found, definition, whose=whose)


def _of_nobody(asked: Question) -> Question:
    """The question, unless it tells one person from others: then it is none."""
    if asked.condition is None or not naming_people(asked.condition):
        return asked
    return asked._replace(condition=None, unasked=NEEDS_CONTACTS_READ)


def questions(of: BoundMap) -> list[Question]:
    """What is asked of events for each bound step and touchpoint."""
    steps = [(step, effective(of, step)) for step in of.steps]
    found = [Question(s.id, None, its, any_of(its.bindings)) for s, its in steps if its is not None]
    return found + [
        Question(None, which, Effective((binding,)), readable(binding))
        for which, binding in of.touchpoint_bindings.items()
    ]


async def preview_binding(work: Work, data: BindingPreview) -> PreviewedBinding:
    """What a binding would take of past events: four statements at most.

    Without `contacts:read` no binding that tells people apart is tried, and figures of fewer than
    five people are left out. Raises `Invalid` for that, for a binding that cannot be read, and for
    a step or touchpoint that is none of the map's or is not bound; `RevisionNotFound`,
    `NeverPublished`, `BindingsTooLarge`.
    """
    work.needs(Scope.ANALYTICS_READ)
    whose = Scope.CONTACTS_READ in work.caller.scopes
    of = await _map(work, data)
    tried = _tried(data, of, await _catalogued(work, data, of))
    if not whose:
        asks_of_nobody(tried.condition, _asked_at(data))
        others = [one for one in tried.others if not naming_people(one[1])]
        tried = tried._replace(others=others)
    conditions = bounded([tried.condition, *(one for _, one in tried.others)])
    within = Range(data.from_, data.to)
    statement = preview_statement(conditions, within, others=tried.least, whose=whose)
    text = await work.value(statement, examples=data.limit, **within.given)
    counted = msgspec.json.decode(text, type=Counted)
    if not whose:
        counted = counted.of_many()
    return _answered(data, of, tried, counted, whose=whose)


def _asked_at(data: BindingPreview) -> str:
    """The member of the question that names what is tried."""
    names = ("binding", "step_id", "touchpoint_id")
    return "/" + next((name for name in names if getattr(data, name) is not None), "journey_id")


async def _map(work: Work, data: BindingPreview) -> BoundMap | None:
    """The map that is spoken of, if any."""
    journey_id = data.journey_id
    if journey_id is None and data.step_id is not None:
        work.needs(Scope.MAPS_READ)
        journey_id = await journey_of(work, data.step_id)
        if journey_id is None:
            raise _nowhere("step_id", "there is no such step")
    if journey_id is None:
        if data.revision is not None:
            detail = "is of a map, and none is named"
            raise Invalid([Problem("/revision", "not_applicable", detail)])
        return None
    try:
        return await map_with_bindings(work, journey_id, state_named(data.revision))
    except NotFound as error:
        raise _nowhere("journey_id", "there is no such journey") from error


async def _catalogued(work: Work, data: BindingPreview, of: BoundMap | None) -> Raw | None:
    """The binding that a touchpoint has by itself, of no map. Raises `Invalid`."""
    if of is not None or data.touchpoint_id is None:
        return None
    work.needs(Scope.MAPS_READ)
    which = str(data.touchpoint_id)
    found, _ = await touchpoint_bindings(work, None, DRAFT, [which])
    if which not in found:
        raise _nowhere("touchpoint_id", "there is no such touchpoint")
    binding: Raw | None = found[which]
    return binding


def _tried(data: BindingPreview, of: BoundMap | None, catalogued: Raw | None) -> _Tried:
    """What is tried. Raises `Invalid`."""
    its = _place(data, of)
    others = [] if of is None else _others(data, of, its)
    if data.binding is not None:
        condition = filters.parse_selection(data.binding, filters.BINDINGS, "/binding")
        return _Tried(condition, _dumped(condition), "given", others)
    if data.step_id is not None or data.touchpoint_id is not None:
        name = "step_id" if data.step_id is not None else "touchpoint_id"
        if its is None and catalogued is not None:
            its = Effective((catalogued,))
        if its is None:
            raise Invalid([Problem(f"/{name}", "not_bound", "nothing binds it to events")])
        found = any_of(its.bindings)
        if found is None:
            raise Invalid([Problem(f"/{name}", "unreadable_binding", _UNREADABLE)])
        source = its.source if data.step_id is not None else "touchpoint"
        return _Tried(found, its.binding, source, others)
    if not others:
        raise Invalid([Problem("/journey_id", "not_bound", "nothing binds this map to events")])
    every = Any(tuple(one for _, one in others))
    return _Tried(every, _dumped(every), "journey", others, least=2)


def _place(data: BindingPreview, of: BoundMap | None) -> Effective | None:
    """What binds the step or touchpoint on the map. Raises `Invalid` where the map has it not."""
    if of is None:
        return None
    if data.step_id is not None:
        step = next((one for one in of.steps if one.id == str(data.step_id)), None)
        if step is None:
            raise _nowhere("step_id", "the map has no such step")
        return effective(of, step)
    if data.touchpoint_id is not None:
        which = str(data.touchpoint_id)
        if which not in of.touchpoint_ids:
            raise _nowhere("touchpoint_id", "no step of the map meets this touchpoint")
        found = of.touchpoint_bindings.get(which)
        return None if found is None else Effective((found,), (which,))
    return None


def _others(
    data: BindingPreview, of: BoundMap, its: Effective | None
) -> "list[tuple[Part, Filter]]":
    """All bindings of the map but those in whose place one is tried."""
    ids = () if its is None else its.touchpoint_ids
    read = [
        (part, readable(part.binding))
        for part in parts_of(of)
        if part.step_id is None or part.step_id != str(data.step_id)
        if part.touchpoint_id not in ids or part.touchpoint_id is None
    ]
    return [(part, one) for part, one in read if one is not None]


_UNREADABLE = "the binding asks more than an event tells"


def _nowhere(name: str, detail: str) -> Invalid:
    return Invalid([Problem(f"/{name}", "unknown_reference", detail)])


def _dumped(condition: Filter) -> Raw:
    found = filters.dump(condition)
    if not isinstance(found, dict):
        raise AssertionError("a condition is written as an object")
    return found


def _answered(
    data: BindingPreview, of: BoundMap | None, tried: _Tried, counted: Counted, *, whose: bool
) -> PreviewedBinding:
    definition = PreviewDefinition(
        None if of is None else of.id,
        None if of is None else of.revision,
        _text(data.step_id),
        _text(data.touchpoint_id),
        tried.source,
        tried.raw,
        data.from_,
        data.to,
    )
    parts = [part for part, _ in tried.others]
    overlaps = [
        Overlap(parts[n - 1].step_id, parts[n - 1].touchpoint_id, parts[n - 1].key, events)
        for n, events in counted.overlaps
    ]
    return PreviewedBinding(
        definition,
        counted.events,
        counted.contacts,
        counted.unknown_people,
        counted.first_at,
        counted.last_at,
        counted.not_taken,
        counted.by_event,
        overlaps if of is not None else None,
        counted.excluded,
        counted.examples,
        UNSET if of is not None else NO_JOURNEY,
        UNSET if whose else NO_CONTACTS_READ,
        TOO_FEW if counted.contacts is None else UNSET,
    )


def _text(which: UUID | None) -> str | None:
    return None if which is None else str(which)
