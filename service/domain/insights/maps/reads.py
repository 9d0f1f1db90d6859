"""What a picture shows besides its map: one statement for all maps that are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from service.domain.audiences import personas
from service.domain.errors import DomainError
from service.domain.evidence import counts, evidence, evidence_targets
from service.domain.insights.gaps.reads import gaps
from service.domain.insights.maps.crossings import GapMark, marks
from service.domain.insights.maps.drawing import MapOf
from service.domain.insights.maps.lanes import as_it_was
from service.domain.insights.revised import Revised
from service.domain.insights.revised_reads import Past, held_then, one_of, past
from service.domain.journeys import (
    AS_IT_IS,
    JOURNEYS,
    TOUCHPOINTS,
    Reference,
    journey_personas,
    journeys,
    step_touchpoints,
    steps,
)
from service.domain.reading import Document
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

MOST_FACES = 8
"""Avatars in one picture; further personas have initials."""
LARGEST_FACE = 96 * 1024
"""Bytes of an avatar that still goes into a picture."""


async def pictured_map(work: Work, journey_id: UUID, revision: Reference = AS_IT_IS) -> MapOf:
    """One map with what its picture adds. Raises `NotFound`, `RevisionNotFound`,
    `NeverPublished`.
    """
    return one_of((await pictured_maps(work, [journey_id], revision)).get(journey_id), journey_id)


async def pictured_maps(
    work: Work, journey_ids: Sequence[UUID], revision: Reference = AS_IT_IS
) -> Mapping[UUID, MapOf | DomainError]:
    """The maps there are of these, each with what its picture adds, or why there is no such
    revision: three statements for all, two more for revisions.
    """
    work.needs(Scope.MAPS_READ)
    then = await past(work, journey_ids, revision)
    ids = then.there(journey_ids)
    found = await JOURNEYS.documents(work, ids) if revision.is_draft else _documents(then)
    rows = dict(await work.value(_BESIDE, ids=ids, **then.held) or ())
    there = await gaps(work, ids, then)
    return {
        **then.missing,
        **{
            one: _map_of(found[one], rows[one], marks(there.get(one, ())), then.maps.get(one))
            for one in found
            if one in rows
        },
    }


def _documents(then: Past) -> dict[UUID, Document]:
    return {one: Document(one, state.version, state.json) for one, state in then.states.items()}


def _map_of(document: Document, beside: str, gaps: Sequence[GapMark], was: Revised | None) -> MapOf:
    if was is None:
        return MapOf(document, beside, gaps)
    return MapOf(document, as_it_was(beside, was), gaps, was.revision)


def _face(person: Any, place: Any) -> ColumnElement[Any]:
    """The avatar as a data URI, where it is small and among the first."""
    packed = func.translate(func.encode(person.c.avatar, "base64"), "\n", "")
    whole = func.concat("data:", person.c.avatar_type, ";base64,", packed)
    fits = and_(func.octet_length(person.c.avatar) <= LARGEST_FACE, place < MOST_FACES)
    return case((fits, whole), else_=None)


def _people() -> ColumnElement[Any]:
    """Its personas, and those that its revision had, each once."""
    person, held = personas.alias(), journey_personas.alias()
    mine = (held.c.workspace_id == journeys.c.workspace_id, held.c.journey_id == journeys.c.id)
    now = select(held.c.persona_id.label("value"), held.c.position.label("place"))
    then = held_then("held_personas", journeys, placed=True)
    every = union_all(now.where(*mine).correlate(journeys), then).subquery("every")
    once = select(every.c.value, func.min(every.c.place).label("place"))
    of = once.group_by(every.c.value).subquery("of")
    shown = json_object(
        {
            "id": person.c.id,
            "name": person.c.name,
            "role": person.c.role,
            "avatar": _face(person, of.c.place),
        }
    )
    is_it = and_(person.c.workspace_id == WORKSPACE, person.c.id == of.c.value)
    rows = select(json_array(shown, [of.c.place, of.c.value])).select_from(of.join(person, is_it))
    return rows.correlate(journeys).scalar_subquery()


def _met() -> ColumnElement[Any]:
    """The touchpoints that its steps meet, or those of its revision did, each once."""
    known, met, step = TOUCHPOINTS.table.alias(), step_touchpoints.alias(), steps.alias()
    names = ("id", "key", "name", "channel", "device", "department", "party", "status")
    shown = json_object({name: known.c[name] for name in names})
    is_step = and_(step.c.workspace_id == met.c.workspace_id, step.c.id == met.c.step_id)
    used = (
        select(met.c.touchpoint_id)
        .select_from(met.join(step, is_step))
        .where(met.c.workspace_id == WORKSPACE, step.c.journey_id == journeys.c.id)
        .correlate(journeys)
    )
    ids = union_all(used, held_then("held_touchpoints", journeys))
    rows = select(json_array(shown, [known.c.key])).where(
        known.c.workspace_id == WORKSPACE, known.c.id.in_(ids)
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
            counts(finding),
        )
        .group_by(about.c.step_id, finding.c.kind)
        .correlate(journeys)
        .subquery("counted")
    )
    shown = json_object({name: grouped.c[name] for name in ("step_id", "kind", "count")})
    rows = select(json_array(shown, [grouped.c.step_id, grouped.c.kind]))
    return rows.scalar_subquery()


def _within() -> ColumnElement[Any]:
    """The titles of the maps that its steps stand for, or those of its revision did."""
    inner, step = journeys.alias(), steps.alias()
    now = select(step.c.nested_journey_id).where(
        step.c.workspace_id == journeys.c.workspace_id, step.c.journey_id == journeys.c.id
    )
    ids = union_all(now.correlate(journeys), held_then("held_journeys", journeys))
    named = func.json_object_agg(cast(inner.c.id, Text), inner.c.title)
    rows = select(func.coalesce(named, cast(literal("{}", Text), JSON)))
    rows = rows.where(inner.c.workspace_id == WORKSPACE, inner.c.id.in_(ids))
    return rows.correlate(journeys).scalar_subquery()


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
