"""Emotion curves of stored journeys: as many statements however many are asked, then pure maths."""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple
from uuid import UUID

import msgspec

from service.domain.errors import DomainError, Invalid, NotFound, Problem
from service.domain.insights.answered import answers_at_steps, found_at_steps
from service.domain.insights.curve_reads import CURVES, CURVES_OF_PEOPLE
from service.domain.insights.emotion import curve, overlaid
from service.domain.insights.emotion_curve import CurveStage, CurveStep, EmotionCurve
from service.domain.insights.followed import Ranged
from service.domain.insights.revised import drawn_from, revised
from service.domain.insights.travelled import travelled
from service.domain.journeys import MapState, Reference, map_states
from service.domain.work import Scope, Work

MOST_OVERLAYS = 10


class Asked(NamedTuple):
    """Whose curve: a journey's own ratings, or those of one persona where they differ; of the map
    as it is, or as it was in a revision."""

    journey_id: UUID
    persona_id: UUID | None = None
    revision: Reference = Reference()


class Wanted(NamedTuple):
    """A curve, and those that shall lie over it."""

    asked: Asked
    overlays: tuple[Asked, ...] = ()


class CurveOf(NamedTuple):
    """A curve, with what it was computed from: the version of the map, and a digest of its
    findings, empty where it has none."""

    version: int
    curve: EmotionCurve
    findings: str = ""


async def emotion_curve(work: Work, wanted: Wanted, events: Ranged | None = None) -> CurveOf:
    """One curve. Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, or `Invalid` for its
    persona and for each unknown overlay; with `events` as `emotion_curves` does."""
    drawn = (await emotion_curves(work, [wanted], events))[wanted]
    if isinstance(drawn, DomainError):
        raise drawn
    return drawn


async def emotion_curves(
    work: Work, wanted: Sequence[Wanted], events: Ranged | None = None
) -> dict[Wanted, CurveOf | DomainError]:
    """For each what is drawn, or why nothing is: one statement for all, one more where findings
    are about people, one for answers where there are any, and one for revisions. What `events` of a
    range tell takes five or so more, and is read for those alone who ask.

    Curves are laid over each other by step key. The version is that of the first journey. Raises
    `Invalid` for the filter of events; in place of a curve may stand why none can be told.
    """
    work.needs(Scope.MAPS_READ)
    within = (one.overlays[:MOST_OVERLAYS] for one in wanted)
    asked = dict.fromkeys([*(one.asked for one in wanted), *chain.from_iterable(within)])
    now = [one for one in asked if one.revision.is_draft]
    found = await _curves(work, now) if now else {}
    found |= await _revised(work, [one for one in asked if not one.revision.is_draft])
    if events is not None:
        found |= await _travelled(work, found, events)
    return {one: _drawn(one, found) for one in wanted}


_Found = dict[Asked, CurveOf | DomainError | None]
"""The curves of the journeys there are; None where the persona is nobody."""


async def _revised(work: Work, asked: Sequence[Asked]) -> _Found:
    """The same of revisions."""
    if not asked:
        return {}
    states = await map_states(work, [(one.journey_id, one.revision) for one in asked])
    return {
        one: state if isinstance(state, DomainError) else _as_it_was(one, state)
        for one, state in zip(asked, states, strict=True)
    }


async def _travelled(work: Work, found: _Found, events: Ranged) -> _Found:
    """The same curves with what events tell, or why they cannot."""
    drawn = {asked: one for asked, one in found.items() if isinstance(one, CurveOf)}
    told = await travelled(work, [one.curve for one in drawn.values()], events)
    return {
        asked: one if isinstance(one, DomainError) else was._replace(curve=one)
        for (asked, was), one in zip(drawn.items(), told, strict=True)
    }


def _as_it_was(asked: Asked, state: MapState) -> CurveOf | None:
    journey = revised(state.json, state.revision)
    persona_id = None if asked.persona_id is None else str(asked.persona_id)
    drawn = drawn_from(journey, persona_id)
    if drawn is None:
        return None
    title = f"{journey.title} · {state.revision}"
    which = str(asked.journey_id)
    made = curve(which, *drawn, state.revision, persona_id=persona_id, title=title)
    return CurveOf(state.version, made)


async def _curves(work: Work, asked: Sequence[Asked]) -> _Found:
    found: _Found = {}
    given = {
        "journey_ids": [one.journey_id for one in asked],
        "persona_ids": [one.persona_id for one in asked],
        "answers": Scope.ANALYTICS_READ in work.caller.scopes,
    }
    rows = await work.value(CURVES, **given) or ()
    if any(about_people for *_, (_, about_people), _ in rows):
        rows = await work.value(CURVES_OF_PEOPLE, **given) or ()
    named = {one.journey_id for one in asked}
    told = await answers_at_steps(work, named) if any(row[-1] for row in rows) else {}
    for place, title, version, known, stage_list, step_list, (findings, _), _ in rows:
        one = asked[place - 1]
        answers = told.get(one.journey_id, "")
        if not known:
            found[one] = None
            continue
        its_steps = msgspec.json.decode(step_list, type=list[CurveStep])
        drawn = curve(
            str(one.journey_id),
            msgspec.json.decode(stage_list, type=list[CurveStage]),
            its_steps,
            findings=found_at_steps(findings, answers, its_steps),
            persona_id=one.persona_id and str(one.persona_id),
            title=title,
        )
        seen = (findings or "") + answers
        digest = blake2b(seen.encode(), digest_size=8).hexdigest() if seen else ""
        found[one] = CurveOf(version, drawn, digest)
    return found


def _drawn(wanted: Wanted, found: _Found) -> CurveOf | DomainError:
    asked, overlays = wanted
    if len(overlays) > MOST_OVERLAYS:
        return Invalid([Problem("/overlays", "too_long", f"at most {MOST_OVERLAYS} overlays")])
    if asked not in found:
        return NotFound("journey", asked.journey_id)
    if isinstance(missing := found[asked], DomainError):
        return missing
    at = {"/persona_id": asked, **{f"/overlays/{n}": one for n, one in enumerate(overlays)}}
    curves = {pointer: found.get(one) for pointer, one in at.items()}
    drawn = [one for one in curves.values() if isinstance(one, CurveOf)]
    if len(drawn) < len(curves):
        missed = (pointer for pointer, one in curves.items() if not isinstance(one, CurveOf))
        return Invalid([_problem(pointer, at[pointer], found) for pointer in missed])
    below, *over = drawn
    if not over:
        return below
    return below._replace(curve=overlaid(below.curve, [one.curve for one in over]))


def _problem(pointer: str, asked: Asked, found: _Found) -> Problem:
    missing = found.get(asked)
    if isinstance(missing, DomainError) and missing.code != NotFound.code:
        return Problem(pointer, missing.code, missing.detail)
    nobody = f"there is no journey {asked.journey_id}"
    if asked in found and missing is None:
        nobody = f"there is no persona {asked.persona_id}"
        if not asked.revision.is_draft:
            nobody = f"this revision knows no persona {asked.persona_id}"
    return Problem(pointer, "unknown_reference", nobody)
