"""Makes a bundle of a map: the map, those nested in it, and all that they refer to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from service.domain import keys
from service.domain.audiences import PERSONAS, PROFILES
from service.domain.cells import decoded
from service.domain.errors import Unavailable
from service.domain.journeys.bundle_inputs import MOST_MAPS, MOST_OTHERS, SOURCE
from service.domain.journeys.bundle_references import names_rows, referred_to, renamed
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.touchpoints import TOUCHPOINTS
from service.domain.resources import Resource
from service.domain.statements import as_json
from service.domain.work import Work

Members = dict[str, Any]
Rows = dict[str, Members]
"""Documents by id."""

_SHOWN_ONLY = frozenset({"id", "version", "created_at", "updated_at", "avatar"})
DEEPEST = 20
"""Levels of profiles within profiles."""
_LEFT_BEHIND = ("as_is_id", "variant_of", "next_journey_ids")
"""Members of a map that name other maps which are no part of it."""


async def bundle(work: Work, journey_id: UUID) -> str:
    """The bundle of a map, as JSON: see `Bundle`. Raises `NotFound`.

    Every journey has an external id of the source `bundle`, so that it is known where it is
    imported again. What is past a bound, and what else stays behind, is told in `not_carried`.
    """
    work.needs(JOURNEYS.reads)
    lost: dict[str, None] = {}
    found = await _maps(work, journey_id)
    maps = list(found.values())
    people = await _some(work, PERSONAS, referred_to("journey", maps, "persona"), lost)
    audiences = await _profiles(work, referred_to("persona", list(people.values()), "profile"))
    met = await _some(work, TOUCHPOINTS, _touchpoints(maps), lost)
    found = {which: _linked(journey, people, met) for which, journey in found.items()}
    rows = {"journey": found, "persona": people, "profile": audiences}
    named = {kind: _keys(kind, of) for kind, of in rows.items()}

    def key(kind: str, which: Any, _: str) -> Any:
        if which not in named[kind]:
            lost["step.journey_id" if kind == "journey" else "profile.parent_id"] = None
        return named[kind].get(which)

    made: dict[str, Any] = {"bundle": 1}
    for kind, of in rows.items():
        portable = _PORTABLE[kind]
        made[f"{kind}s"] = [
            {"key": named[kind][which], **renamed(kind, portable(row, lost), key)}
            for which, row in of.items()
        ]
    made["touchpoints"] = [_touchpoint(row, lost) for row in met.values()]
    made["not_carried"] = sorted(lost)
    return as_json(made)


async def _maps(work: Work, journey_id: UUID) -> Rows:
    top = await JOURNEYS.one(work, journey_id)
    found: Rows = {str(journey_id): decoded(top.json)}
    # One statement for each level of maps within maps, which `MOST_MAPS` bounds.
    while wanted := _beyond(found, "journey", MOST_MAPS):
        found |= await _rows(work, JOURNEYS, wanted)
    return found


async def _profiles(work: Work, wanted: Sequence[str]) -> Rows:
    found = await _rows(work, PROFILES, wanted)
    # One statement for each level of profiles within profiles, at most `DEEPEST`.
    for _ in range(DEEPEST):
        found |= await _rows(work, PROFILES, _beyond(found, "profile", MOST_OTHERS))
    return found


def _beyond(found: Rows, kind: str, most: int) -> list[str]:
    """What rows refer to of their own kind that is not among them yet."""
    named = referred_to(kind, list(found.values()), kind)
    return [which for which in named if which not in found][: max(0, most - len(found))]


async def _some(
    work: Work, resource: Resource, wanted: Sequence[str], lost: dict[str, None]
) -> Rows:
    """As many as a bundle may hold; the rest stays behind."""
    if len(wanted) > MOST_OTHERS:
        lost[f"{resource.kind}s"] = None
    return await _rows(work, resource, wanted[:MOST_OTHERS])


async def _rows(work: Work, resource: Resource, wanted: Iterable[str]) -> Rows:
    """Documents in the order asked for. One that went meanwhile was there a moment ago."""
    ids = [UUID(which) for which in wanted]
    found = await resource.documents(work, ids) if ids else {}
    if len(found) < len(ids):
        raise Unavailable("Something in the map was deleted while it was read.")
    return {str(which): decoded(found[which].json) for which in ids}


def _linked(journey: Members, people: Rows, met: Rows) -> Members:
    """The map without links to personas and touchpoints that stay behind."""

    def step(one: Members) -> Members:
        emotions = [felt for felt in one["emotions"] if felt["persona_id"] in people]
        touchpoints = [at for at in one["touchpoints"] if at["touchpoint_id"] in met]
        return {**one, "emotions": emotions, "touchpoints": touchpoints}

    stages = [
        {**stage, "steps": [step(one) for one in stage["steps"]]} for stage in journey["stages"]
    ]
    named = [which for which in journey["persona_ids"] if which in people]
    return {**journey, "persona_ids": named, "stages": stages}


def _touchpoints(maps: Iterable[Members]) -> list[str]:
    met = (
        touchpoint["touchpoint_id"]
        for journey in maps
        for stage in journey["stages"]
        for step in stage["steps"]
        for touchpoint in step["touchpoints"]
    )
    return list(dict.fromkeys(met))


def _keys(kind: str, rows: Rows) -> Mapping[str, str]:
    label = "title" if kind == "journey" else "name"
    made = keys.completed([(None, row[label]) for row in rows.values()], kind)
    return dict(zip(rows, made, strict=True))


def _own(members: Members, *left: str) -> Members:
    return {n: value for n, value in members.items() if n not in _SHOWN_ONLY and n not in left}


def _journey(journey: Members, lost: dict[str, None]) -> Members:
    lost.update((name, None) for name in _LEFT_BEHIND if journey[name])
    names = journey["external_ids"]
    if all(name["source"] != SOURCE for name in names):
        names = [*names, {"source": SOURCE, "id": journey["id"]}]
    return {
        **_own(journey, *_LEFT_BEHIND),
        "external_ids": names,
        "stages": [
            {
                **_own(stage, "journey_id"),
                "steps": [
                    {
                        **_own(step, "stage_id"),
                        "touchpoints": [_own(met, "touchpoint_id") for met in step["touchpoints"]],
                    }
                    for step in stage["steps"]
                ],
            }
            for stage in journey["stages"]
        ],
        "transitions": [_own(edge, "journey_id") for edge in journey["transitions"]],
    }


def _persona(persona: Members, lost: dict[str, None]) -> Members:
    if persona["avatar"] is not None:
        lost["persona.avatar"] = None
    return _own(persona)


def _profile(profile: Members, lost: dict[str, None]) -> Members:
    named = [name for name in ("criteria", "exclusions") if names_rows(profile[name])]
    lost.update((f"profile.{name}", None) for name in named)
    return _own(profile) | dict.fromkeys(named)


def _touchpoint(touchpoint: Members, lost: dict[str, None]) -> Members:
    planned = []
    for activity in touchpoint["activities"]:
        if activity.get("content_ids"):
            lost["touchpoint.activities.content_ids"] = None
        planned.append({**activity, "content_ids": []})
    return {**_own(touchpoint), "activities": planned}


_PORTABLE: Mapping[str, Callable[[Members, dict[str, None]], Members]] = {
    "journey": _journey,
    "persona": _persona,
    "profile": _profile,
}
