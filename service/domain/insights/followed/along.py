"""How far people come along a map: its steps or stages, as steps of a funnel."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from service.domain import measures
from service.domain.errors import Invalid, Problem
from service.domain.history import SECOND
from service.domain.insights.bindings.bound import BoundMap, Step, effective
from service.domain.insights.followed.answers import JourneyFunnel, JourneyFunnelDefinition, members
from service.domain.insights.followed.inputs import JourneyFunnelQuery
from service.domain.insights.laid.asking import LaidOut, left_out, paths_of
from service.domain.measures import MOST_FUNNEL_STEPS, AskedStep

TOO_FEW_STEPS, FEWEST_STEPS = "too_few_steps", 2


class _Part(NamedTuple):
    """A step or stage of the newest state, with those of its steps that events can be at."""

    key: str
    steps: Sequence[Step]


def asked_steps(on_map: LaidOut, asked: JourneyFunnelQuery) -> list[AskedStep]:
    """The steps of the funnel. Raises `Invalid` for keys of none, and for too many."""
    if not on_map.laid.states:
        return []
    of = on_map.laid.states[-1]
    parts = _parts(of, {*on_map.steps}, asked.by)
    chosen, optional = (_named(one) for one in (asked.steps, asked.optional))
    known = {one.key for one in parts}
    _known(known, steps=chosen, optional=optional)
    chosen = chosen or {*known}
    kept = [one for one in parts if one.key in chosen]
    if len(kept) > MOST_FUNNEL_STEPS:
        detail = f"of {len(kept)}, name at most {MOST_FUNNEL_STEPS}, or ask by stage"
        raise Invalid([Problem("/steps", "too_many_steps", detail)])
    if kept and kept[0].key in optional:
        raise Invalid([Problem("/optional", "first_step", "the first step may not be skipped")])
    return [AskedStep(one.key, _bindings(of, one), one.key in optional) for one in kept]


def _parts(of: BoundMap, reached: set[str], by: str) -> list[_Part]:
    """What a funnel may go along, in the order of the map."""
    if by == "step":
        return [_Part(step.key, [step]) for step in of.steps if step.key in reached]
    stages = ((one.key, [s for s in one.steps if s.key in reached]) for one in of.stages)
    return [_Part(key, steps) for key, steps in stages if steps]


def _named(keys: str | None) -> set[str]:
    return set() if keys is None else {*keys.split(",")}


def _known(known: set[str], **named: set[str]) -> None:
    detail = "no event can be at a step of this key: "
    problems = [
        Problem(f"/{name}", "unknown_reference", detail + min(keys - known)[:100])
        for name, keys in named.items()
        if keys - known
    ]
    if problems:
        raise Invalid(problems)


def _bindings(of: BoundMap, part: _Part) -> "list[object]":
    found = (effective(of, step) for step in part.steps)
    return [one.binding for one in found if one is not None]


def funnel(
    on_map: LaidOut,
    definition: JourneyFunnelDefinition,
    asked: JourneyFunnelQuery,
    journey_id: str,
    profiles: measures.Members,
) -> JourneyFunnel:
    """How far units come, also the members of `profiles` where that is asked for. What is open at
    the last event of all is undecided."""
    timeout = asked.timeout_seconds if asked.unit == "session" else None
    path = paths_of(on_map.laid, timeout, asked.by)
    rules = measures.FunnelRules(
        tuple(one.optional for one in definition.steps),
        window=asked.window_seconds * SECOND,
        hop=asked.window == "hop",
    )
    computed = measures.ComputedFunnel(
        rules=rules,
        unordered=False,
        unit=asked.unit,
        timeout_seconds=asked.timeout_seconds,
        from_=asked.from_,
        to=asked.to,
    )
    column = path.columns["event"]
    numbers = {word: n for n, word in enumerate(column.words)}
    holds = [column.codes == numbers[one.name] for one in definition.steps]
    found = replace(path, holds=holds)
    told = measures.funnel_in(found, computed, found.latest or 0, definition, members=profiles)
    return JourneyFunnel(
        **members(told),
        excluded=left_out(on_map.excluded),
        journey_id=journey_id,
        definition=definition,
        reason=told.reason,
    )


def until(asked: JourneyFunnelQuery) -> datetime | None:
    """Until when a chain that begins in the range may go on; None: as long as there is."""
    if asked.to is None:
        return None
    hops = MOST_FUNNEL_STEPS - 1 if asked.window == "hop" else 1
    return measures.later(asked.to, timedelta(seconds=hops * asked.window_seconds))
