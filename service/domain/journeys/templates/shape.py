"""How templates are shown: the ready ones, in the caller's language, beside the workspace's own."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    column,
    literal,
    literal_column,
    select,
    union_all,
    values,
)

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.journeys import ready
from service.domain.journeys.templates.inputs import TemplateStage
from service.domain.journeys.templates.tables import templates
from service.domain.languages import Language
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns
from service.domain.statements import WORKSPACE

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
"""When the ready templates came to be."""
READY: dict[str, UUID] = {
    one["key"]: uuid5(NAMESPACE_URL, f"urn:waypost:template:{one['key']}")
    for one in ready.read("outline")["templates"]
}
"""Their ids by key."""
_NO = literal_column("false", Boolean)


def _ready(row: FromClause) -> ColumnElement[Any]:
    """What a workspace writes is its own."""
    return row.c.ready if "ready" in row.c else _NO


_MEMBERS = (
    columns("id")
    | {"external_ids": external_ids.member("template")}
    | columns("key", "name", "description")
    | {"ready": _ready}
    | columns("locale", "stages", "transitions", "version", "created_at", "updated_at")
)
_LONG = frozenset({"stages", "transitions"})
OWN = Shape("Template", templates, _MEMBERS, long=_LONG)


@lru_cache
def shape(language: Language) -> Shape:
    """Templates of both kinds, the ready ones in a language."""
    return Shape("Template", templates, _MEMBERS, long=_LONG, rows=_both(language))


def _listing(shown: Shape) -> Listing:
    return Listing(
        shown,
        sorts=("created_at", "updated_at", "key", "name"),
        vocabulary=Vocabulary(
            dict.fromkeys(("key", "name", "description", "locale"), Type.TEXT)
            | {"ready": Type.BOOLEAN, "id": Type.UUID}
            | dict.fromkeys(("created_at", "updated_at"), Type.INSTANT)
        ),
        typed=equals("key", "ready"),
    )


LISTING = _listing(OWN)
"""What is the same in every language: how the list is sorted and filtered."""


@lru_cache
def listing(language: Language) -> Listing:
    """The list of both kinds."""
    return _listing(shape(language))


@lru_cache
def ready_stages(language: Language, key: str) -> list[dict[str, Any]]:
    """The stages of a ready template with every member that a stage has."""
    (found,) = (one["stages"] for one in ready.templates(language) if one["key"] == key)
    return [TemplateStage.model_validate(stage).model_dump(mode="json") for stage in found]


def _both(language: Language) -> FromClause:
    names = [*(c.name for c in templates.c), "ready"]
    typed = {c.name: c.type for c in templates.c}
    given = [name for name in names if name not in ("workspace_id", "ready")]
    table = values(*(column(n, typed[n]) for n in given), name="brought").data(
        [tuple(literal(row[n], typed[n]) for n in given) for row in _rows(language)]
    )
    brought = select(
        WORKSPACE.label("workspace_id"),
        *(table.c[n] for n in given),
        literal_column("true", Boolean).label("ready"),
    )
    ordered = select(*(brought.selected_columns[n] for n in names)).select_from(table)
    own = select(templates, _NO.label("ready"))
    return union_all(own, ordered).subquery("every_template")


def _rows(language: Language) -> list[dict[str, Any]]:
    fixed = {"version": 1, "created_at": SINCE, "updated_at": SINCE, "transitions": None}
    return [
        {**fixed, "id": READY[one["key"]], "key": one["key"], "locale": language.value}
        | {"name": one["name"], "description": one["description"]}
        | {"stages": ready_stages(language, one["key"])}
        for one in ready.templates(language)
    ]
