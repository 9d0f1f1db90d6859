"""What a picture shows besides its map: one statement for all maps that are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Text, and_, case, cast, func, literal, select

from service.domain.audiences import personas
from service.domain.errors import NotFound
from service.domain.evidence import evidence, evidence_targets
from service.domain.insights.gaps.reads import gaps
from service.domain.insights.maps.crossings import marks
from service.domain.insights.maps.drawing import MapOf
from service.domain.journeys import (
    JOURNEYS,
    TOUCHPOINTS,
    journey_personas,
    journeys,
    step_touchpoints,
    steps,
)
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

MOST_FACES = 8
"""Avatars in one picture; further personas have initials."""
LARGEST_FACE = 96 * 1024
"""Bytes of an avatar that still goes into a picture."""


async def pictured_map(work: Work, journey_id: UUID) -> MapOf:
    """One map with what its picture adds. Raises `NotFound`."""
    found = await pictured_maps(work, [journey_id])
    if journey_id not in found:
        raise NotFound("journey", journey_id)
    return found[journey_id]


async def pictured_maps(work: Work, journey_ids: Sequence[UUID]) -> Mapping[UUID, MapOf]:
    """The maps there are of these, each with what its picture adds: three statements for all."""
    work.needs(Scope.MAPS_READ)
    found = await JOURNEYS.documents(work, journey_ids)
    rows = dict(await work.value(_BESIDE, ids=list(journey_ids)) or ())
    there = await gaps(work, journey_ids)
    return {
        one: MapOf(found[one], rows[one], marks(there.get(one, ()))) for one in found if one in rows
    }


def _face(person: Any, place: Any) -> ColumnElement[Any]:
    """The avatar as a data URI, where it is small and among the first."""
    packed = func.translate(func.encode(person.c.avatar, "base64"), "\n", "")
    whole = func.concat("data:", person.c.avatar_type, ";base64,", packed)
    fits = and_(func.octet_length(person.c.avatar) <= LARGEST_FACE, place < MOST_FACES)
    return case((fits, whole), else_=None)


def _people() -> ColumnElement[Any]:
    person, held = personas.alias(), journey_personas.alias()
    shown = json_object(
        {
            "id": person.c.id,
            "name": person.c.name,
            "role": person.c.role,
            "avatar": _face(person, held.c.position),
        }
    )
    is_it = and_(person.c.workspace_id == held.c.workspace_id, person.c.id == held.c.persona_id)
    rows = select(json_array(shown, [held.c.position])).select_from(held.join(person, is_it))
    return _of_map(rows, held)


def _met() -> ColumnElement[Any]:
    """The touchpoints that its steps meet, each once."""
    known, met, step = TOUCHPOINTS.table.alias(), step_touchpoints.alias(), steps.alias()
    names = ("id", "key", "name", "channel", "device", "department", "party", "status")
    shown = json_object({name: known.c[name] for name in names})
    is_step = and_(step.c.workspace_id == met.c.workspace_id, step.c.id == met.c.step_id)
    used = (
        select(met.c.touchpoint_id)
        .select_from(met.join(step, is_step))
        .where(met.c.workspace_id == WORKSPACE, step.c.journey_id == journeys.c.id)
    )
    rows = select(json_array(shown, [known.c.key])).where(
        known.c.workspace_id == WORKSPACE, known.c.id.in_(used)
    )
    return rows.correlate(journeys).scalar_subquery()


def _counted() -> ColumnElement[Any]:
    """How many findings of each kind there are about each of its steps."""
    finding, about = evidence.alias(), evidence_targets.alias()
    is_it = and_(
        finding.c.workspace_id == about.c.workspace_id, finding.c.id == about.c.evidence_id
    )
    grouped = (
        select(
            about.c.step_id,
            finding.c.kind,
            func.count(finding.c.id.distinct()).label("count"),
        )
        .select_from(about.join(finding, is_it))
        .where(
            about.c.workspace_id == WORKSPACE,
            about.c.journey_id == journeys.c.id,
            about.c.step_id.is_not(None),
        )
        .group_by(about.c.step_id, finding.c.kind)
        .correlate(journeys)
        .subquery("counted")
    )
    shown = json_object({name: grouped.c[name] for name in ("step_id", "kind", "count")})
    rows = select(json_array(shown, [grouped.c.step_id, grouped.c.kind]))
    return rows.scalar_subquery()


def _within() -> ColumnElement[Any]:
    """The titles of the maps that its steps stand for."""
    inner, step = journeys.alias(), steps.alias()
    is_it = and_(
        inner.c.workspace_id == step.c.workspace_id, inner.c.id == step.c.nested_journey_id
    )
    named = func.json_object_agg(cast(inner.c.id, Text), inner.c.title)
    rows = select(func.coalesce(named, cast(literal("{}", Text), JSON)))
    return _of_map(rows.select_from(step.join(inner, is_it)), step)


def _of_map(rows: Any, held: Any) -> ColumnElement[Any]:
    mine = (held.c.workspace_id == journeys.c.workspace_id, held.c.journey_id == journeys.c.id)
    found: ColumnElement[Any] = rows.where(*mine).correlate(journeys).scalar_subquery()
    return found


def _statement() -> Statement:
    shown = json_object(
        {
            "personas": _people(),
            "touchpoints": _met(),
            "evidence": _counted(),
            "journeys": _within(),
        }
    )
    rows = func.array_agg(func.row(journeys.c.id, cast(shown, Text)))
    is_asked = journeys.c.id == func.any(uuids("ids"))
    return Statement(select(rows).where(journeys.c.workspace_id == WORKSPACE, is_asked))


_BESIDE = _statement()
