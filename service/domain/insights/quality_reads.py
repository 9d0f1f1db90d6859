"""How well personas are known: one statement for all that are asked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, cast, func, literal_column, select

from service.domain.audiences import personas, profile_attributes, profiles
from service.domain.errors import NotFound
from service.domain.evidence import evidence, evidence_targets, left_out
from service.domain.insights.drift_reads import Represented, drifts
from service.domain.insights.quality import (
    AT_PLACES,
    NO_PROFILE,
    NO_RIGHT,
    Described,
    PersonaQuality,
    quality,
)
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_LISTS = (
    *("changes", "goals", "motivations", "likes", "dislikes", "channels", "information_sources"),
    *("content_formats", "competitors", "purchases", "heard_through", "integration_concerns"),
)
_MEMBERS = ("personality", "backstory", "quote", "role", "tone", "pains", "objections", *_LISTS)
_NOTHING: ColumnElement[Any] = literal_column("'{}'::jsonb")


async def persona_quality(work: Work, persona_id: UUID) -> PersonaQuality:
    """One persona's. Raises `NotFound`."""
    found = await persona_qualities(work, [persona_id])
    if persona_id not in found:
        raise NotFound("persona", persona_id)
    return found[persona_id]


async def persona_qualities(
    work: Work, persona_ids: Sequence[UUID], *, drifting: bool = True
) -> dict[UUID, PersonaQuality]:
    """Of each persona there is how complete it is, and which findings support it; and, unless it is
    not asked for, how far it is from the contacts of its profile.

    Raises `TooManyLinks`.
    """
    work.needs(Scope.MAPS_READ)
    rows = await work.value(_DESCRIBED, ids=list(persona_ids))
    described = msgspec.json.decode(rows or "[]", type=list[Described])
    found, reason = {}, AT_PLACES
    if drifting and Scope.CONTACTS_READ in work.caller.scopes:
        asked = [one for one in map(_represented, described) if one is not None]
        found = await drifts(work, asked, described[0].sensitive) if asked else {}
    else:
        reason = NO_RIGHT
    return {
        UUID(which): quality(
            one, found.get(which), NO_PROFILE if one.profile_id is None else reason
        )
        for which, one in ((str(one.persona_id), one) for one in described)
    }


def _represented(one: Described) -> Represented | None:
    if one.profile_id is None:
        return None
    said = {**one.of_profile, **one.attributes, **one.demographics}
    return Represented(str(one.persona_id), UUID(str(one.profile_id)), said)


def _described() -> Statement:
    profile = profiles.alias("profile")
    of_profile = select(profile.c.attributes).where(
        profile.c.workspace_id == personas.c.workspace_id, profile.c.id == personas.c.profile_id
    )
    own = profile_attributes.alias("own")
    no_keys: ColumnElement[Any] = literal_column("'[]'::json")
    sensitive = select(func.coalesce(func.json_agg(own.c.key), no_keys)).where(
        own.c.workspace_id == WORKSPACE, own.c.sensitive
    )
    shown = json_object(
        {
            "persona_id": personas.c.id,
            "members": json_object({name: personas.c[name] for name in _MEMBERS}),
            "demographics": personas.c.demographics,
            "attributes": personas.c.attributes,
            "of_profile": func.coalesce(of_profile.scalar_subquery(), _NOTHING),
            "findings": _findings(),
            "profile_id": personas.c.profile_id,
            "sensitive": sensitive.scalar_subquery(),
        }
    )
    asked = (personas.c.workspace_id == WORKSPACE, personas.c.id == func.any(uuids("ids")))
    return Statement(select(cast(func.json_agg(shown), Text)).where(*asked))


def _findings() -> Any:
    """How many of a persona's findings, by kind, status and weight, are about which attribute."""
    about, one = evidence_targets.alias("about"), evidence.alias("one")
    named = (about.c.attribute, one.c.kind, one.c.status, one.c.weight)
    every = (
        select(*named, one.c.observed_on, left_out(one).label("left_out"))
        .where(
            about.c.workspace_id == personas.c.workspace_id,
            about.c.persona_id == personas.c.id,
            one.c.workspace_id == about.c.workspace_id,
            one.c.id == about.c.evidence_id,
        )
        .correlate(personas)
        .subquery("every")
    )
    alike = [every.c[name] for name in ("attribute", "kind", "status", "weight", "left_out")]
    newest = func.max(every.c.observed_on).label("newest_on")
    each = (
        select(*alike, func.count().label("count"), newest)
        .group_by(*alike)
        .correlate(personas)
        .subquery("each")
    )
    listed = func.json_agg(json_object({c.name: c for c in each.c}))
    nothing: ColumnElement[Any] = literal_column("'[]'::json")
    return select(func.coalesce(listed, nothing)).correlate(personas).scalar_subquery()


_DESCRIBED = _described()
