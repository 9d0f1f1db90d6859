"""How profiles, own attributes and personas are shown and listed."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import (
    ColumnElement,
    FromClause,
    case,
    column,
    func,
    literal,
    literal_column,
    select,
    union_all,
    values,
)

from service.domain import external_ids
from service.domain.audiences.attributes import CATALOGUE
from service.domain.audiences.inputs import NewPersona, NewProfileAttribute
from service.domain.audiences.tables import LISTS, personas, profile_attributes, profiles
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns
from service.domain.statements import WORKSPACE

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
"""When the built-in attributes came to be."""
BUILT_IN_IDS = {a.key: uuid5(NAMESPACE_URL, f"urn:waypost:attribute:{a.key}") for a in CATALOGUE}

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


def _built_in(row: FromClause) -> ColumnElement[Any]:
    """What a workspace writes is its own."""
    return row.c.built_in if "built_in" in row.c else literal_column("false")


def _catalogue() -> FromClause:
    """The built-in attributes beside the workspace's own, so that one list shows both."""
    own = select(profile_attributes, literal_column("false").label("built_in"))
    names = [c.name for c in profile_attributes.c] + ["built_in"]
    typed = {c.name: c.type for c in profile_attributes.c}
    fixed = {"version": 1, "created_at": SINCE, "updated_at": SINCE}
    rows = [
        {**fixed, "id": BUILT_IN_IDS[a.key], "key": a.key, "label": a.label}
        | {"description": a.description, "type": a.type.value, "options": list(a.options)}
        | {"unit": a.unit, "sensitive": a.sensitive}
        for a in CATALOGUE
    ]
    given = [name for name in names if name not in ("workspace_id", "built_in")]
    table = values(*(column(n, typed[n]) for n in given), name="built").data(
        [tuple(literal(row[n], typed[n]) for n in given) for row in rows]
    )
    built = select(
        WORKSPACE.label("workspace_id"),
        *(table.c[n] for n in given),
        literal_column("true").label("built_in"),
    )
    ordered = select(*(built.selected_columns[n] for n in names)).select_from(table)
    return union_all(own, ordered).subquery("catalogue")


PROFILE_ATTRIBUTE = Shape(
    "ProfileAttribute",
    profile_attributes,
    _HEAD
    | {"external_ids": external_ids.member("profile_attribute")}
    | columns("key", "label", "description", "type", "options", "unit", "sensitive")
    | {"built_in": _built_in}
    | _TAIL,
    rows=_catalogue(),
)
PROFILE_ATTRIBUTES = Listing(
    PROFILE_ATTRIBUTE,
    sorts=("created_at", "updated_at", "key"),
    vocabulary=Vocabulary(
        {"key": Type.TEXT, "type": Type.TEXT, "sensitive": Type.BOOLEAN},
        choices=choices(NewProfileAttribute),
    ),
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
        choices=choices(NewPersona),
    ),
    typed=equals("profile_id", "role"),
)
