"""How profiles, own attributes and personas are shown and listed."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, literal_column

from service.domain import external_ids
from service.domain.audiences.tables import LISTS, personas, profile_attributes, profiles
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns

_HEAD = columns("id")
_TAIL = columns("version", "created_at", "updated_at")
_NAMED = {"name": Type.TEXT, "created_at": Type.INSTANT, "updated_at": Type.INSTANT}


def _avatar(row: FromClause) -> ColumnElement[Any]:
    """Where the picture is, its content's hash in the query so that a new one is fetched anew."""
    path = func.concat(
        literal_column("'/v1/personas/'"),
        row.c.id,
        literal_column("'/avatar?sha256='"),
        func.left(row.c.avatar_sha256, 16),
    )
    return case((row.c.avatar_sha256.is_not(None), path))


PROFILE = Shape(
    "Profile",
    profiles,
    _HEAD
    | {"external_ids": external_ids.member("profile")}
    | columns("name", "description", "market", "parent_id", "attributes", "criteria", "exclusions")
    | _TAIL,
)
PROFILES = Listing(
    PROFILE,
    sorts=("created_at", "updated_at", "name"),
    vocabulary=Vocabulary(
        _NAMED
        | {"description": Type.TEXT, "market": Type.TEXT, "parent_id": Type.UUID, "id": Type.UUID},
        open={"attributes": Type.ANY},
    ),
    typed=equals("market", "parent_id"),
)

PROFILE_ATTRIBUTE = Shape(
    "ProfileAttribute",
    profile_attributes,
    _HEAD
    | {"external_ids": external_ids.member("profile_attribute")}
    | columns("key", "label", "description", "type", "options", "unit", "sensitive")
    | {"built_in": lambda _: literal_column("false")}
    | _TAIL,
)
PROFILE_ATTRIBUTES = Listing(
    PROFILE_ATTRIBUTE,
    sorts=("created_at", "updated_at", "key"),
    vocabulary=Vocabulary({"key": Type.TEXT, "type": Type.TEXT, "sensitive": Type.BOOLEAN}),
    typed=equals("type"),
)

PERSONA = Shape(
    "Persona",
    personas,
    _HEAD
    | {"external_ids": external_ids.member("persona")}
    | columns("profile_id", "name")
    | {"avatar": _avatar}
    | columns("personality", "backstory", "quote", "role", "tone", "demographics")
    | columns("pains", "objections", *LISTS)
    | columns("attributes")
    | _TAIL,
)
PERSONAS = Listing(
    PERSONA,
    sorts=("created_at", "updated_at", "name"),
    vocabulary=Vocabulary(
        _NAMED
        | {"id": Type.UUID, "profile_id": Type.UUID, "role": Type.TEXT, "tone": Type.TEXT}
        | dict.fromkeys(("personality", "backstory", "quote"), Type.TEXT)
        | dict.fromkeys(LISTS, Type.TEXTS),
        open={"attributes": Type.ANY, "demographics": Type.ANY},
    ),
    typed=equals("profile_id", "role"),
)
