"""Profiles, own attributes and personas as resources."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select

from service.domain import filters, keys, references
from service.domain.audiences import conditions, inputs, shape
from service.domain.audiences.attributes import BUILT_IN, Attribute, AttributeType, check, stored
from service.domain.audiences.avatars import Portrait
from service.domain.audiences.bounds import bounded_json
from service.domain.audiences.reads import lines
from service.domain.audiences.tables import personas, profile_attributes, profiles
from service.domain.errors import (
    AlreadyExists,
    DomainError,
    Invalid,
    Kind,
    NotFound,
    Problem,
)
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work


class Profiles(Resource):
    """Ideal-client profiles."""

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses unknown or circular parents, attributes off their type, broken conditions."""
        values = await super().stored(work, resource_id, members)
        problems: list[Problem] = []
        if "attributes" in values:
            declared = await own_attributes(work, list(values["attributes"]))
            problems += check(values["attributes"], declared)
            values["attributes"] = stored(values["attributes"])
        told = conditions.read(values, problems)
        values |= {name: filters.dump(one) for name, one in told.items()}
        parent_id = values.get("parent_id")
        if named := conditions.links(parent_id, told):
            await references.one_at_a_time(work, "profiles in profiles")
            known = await lines(work, {which for _, which in named})
            problems += conditions.link_problems(resource_id, parent_id, told, known)
        if problems:
            raise Invalid(problems)
        return values


class ProfileAttributes(Resource):
    """Attributes of one's own."""

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses a key that is built in or taken, and a choice without options."""
        if resource_id in shape.BUILT_IN_IDS.values():
            raise BuiltIn("Built-in attributes cannot be changed.")
        values = await super().stored(work, resource_id, members)
        if values.get("key") in BUILT_IN:
            detail = "an attribute with this key is built in"
            raise Invalid([Problem("/key", "already_exists", detail)])
        judged = values
        if ("type" in values) != ("options" in values):
            judged = {**await self.current(work, resource_id, ["type", "options"]), **values}
        if judged.get("type") == AttributeType.CHOICE and not judged["options"]:
            raise Invalid([Problem("/options", "required", "a choice needs options")])
        taken = await work.value(_KEY_HOLDER, key=values.get("key"))
        if taken not in (None, resource_id):
            detail = "an attribute with this key exists"
            raise AlreadyExists(detail, [Problem("/key", "already_exists", detail)])
        return values

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """An own one; profiles keep its values, which are then unchecked."""
        work.needs(self.writes)
        if resource_id in shape.BUILT_IN_IDS.values():
            raise BuiltIn("Built-in attributes cannot be deleted.")
        await super().remove(work, resource_id, expected, detach=detach)


class Personas(Resource):
    """Personas."""

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses an unknown profile and free-form members out of bounds."""
        values = await super().stored(work, resource_id, members)
        refs = [("/profile_id", values.get("profile_id"))]
        problems = await references.unknown(work, profiles, refs)
        for name in ("demographics", "attributes"):
            if name in values:
                values[name] = stored(values[name])
                problems += bounded_json(values[name], f"/{name}")
        for name in ("pains", "objections"):
            if name in values:
                values[name] = keys.completed_items(values[name], f"/{name}", problems)
        if problems:
            raise Invalid(problems)
        return values

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """A persona starts without a picture."""
        none = dict.fromkeys(("avatar", "avatar_type", "avatar_sha256"))
        return await super().insert(work, resource_id, {**none, **values})

    async def portray(
        self, work: Work, persona_id: UUID, portrait: Portrait | None, expected: Expected = None
    ) -> Document:
        """Give the persona this picture, or none."""
        work.needs(self.writes)
        values = {
            "avatar": portrait and portrait.data,
            "avatar_type": portrait and portrait.media_type,
            "avatar_sha256": portrait and portrait.sha256,
        }
        return await self.change(work, persona_id, values, expected)

    async def portrait(self, work: Work, persona_id: UUID) -> tuple[str, bytes, str]:
        """The picture's media type, bytes and sha256. Raises `NotFound`."""
        work.needs(self.reads)
        found = await work.value(_PORTRAIT, id=persona_id)
        if found is None:
            raise NotFound("avatar of persona", persona_id)
        media_type, data, sha256 = found
        return media_type, data, sha256


class BuiltIn(DomainError):
    """What Waypost brings itself stays as it is."""

    kind, code = Kind.FORBIDDEN, "built_in"


async def own_attributes(work: Work, wanted: Sequence[str]) -> Mapping[str, Attribute]:
    """The workspace's own attributes by key, those of `wanted`."""
    rows = await work.rows(_OWN_ATTRIBUTES, keys=[key for key in wanted if key.isidentifier()])
    return {
        row["key"]: Attribute(
            key=row["key"],
            label=row["label"],
            description=row["description"] or "",
            type=AttributeType(row["type"]),
            sensitive=row["sensitive"],
            options=tuple(row["options"]),
            unit=row["unit"],
        )
        for row in rows
    }


async def sensitive_keys(work: Work) -> frozenset[str]:
    """All attributes that may be known of a person only where they said so: one statement."""
    own = {row["key"] for row in await work.rows(_OWN_SENSITIVE)}
    return frozenset(own | {key for key, one in BUILT_IN.items() if one.sensitive})


_KEY_HOLDER = Statement(
    select(profile_attributes.c.id).where(
        profile_attributes.c.workspace_id == WORKSPACE,
        profile_attributes.c.key == bindparam("key", type_=Text),
    )
)
_OWN_ATTRIBUTES = Statement(
    select(profile_attributes).where(
        profile_attributes.c.workspace_id == WORKSPACE,
        profile_attributes.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
    )
)
_OWN_SENSITIVE = Statement(
    select(profile_attributes.c.key).where(
        profile_attributes.c.workspace_id == WORKSPACE, profile_attributes.c.sensitive
    )
)
_PORTRAIT = Statement(
    select(func.row(personas.c.avatar_type, personas.c.avatar, personas.c.avatar_sha256)).where(
        personas.c.workspace_id == WORKSPACE,
        personas.c.id == bindparam("id", type_=Uuid()),
        personas.c.avatar.is_not(None),
    )
)

PROFILES = Profiles("profile", shape.PROFILE, shape.PROFILES, inputs.NewProfile)
PROFILE_ATTRIBUTES = ProfileAttributes(
    "profile_attribute",
    shape.PROFILE_ATTRIBUTE,
    shape.PROFILE_ATTRIBUTES,
    inputs.NewProfileAttribute,
)
PERSONAS = Personas("persona", shape.PERSONA, shape.PERSONAS, inputs.NewPersona)
