"""How content is shown, sorted and filtered."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Table,
    Uuid,
    bindparam,
    exists,
    select,
)

from service.domain import external_ids
from service.domain.evidence.tables import (
    content,
    content_answers,
    content_personas,
    content_profiles,
    content_touchpoints,
)
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Member, Shape, columns, json_array, json_object


def _mine(link: FromClause, row: FromClause) -> tuple[ColumnElement[bool], ...]:
    return (link.c.workspace_id == row.c.workspace_id, link.c.content_id == row.c.id)


def _listed(link: FromClause, item: ColumnElement[Any], row: FromClause) -> ColumnElement[Any]:
    listed = json_array(item, [link.c.position])
    return select(listed).where(*_mine(link, row)).scalar_subquery()


def _ids(table: Table, column: str) -> Member:
    def member(row: FromClause) -> ColumnElement[Any]:
        link = table.alias()
        return _listed(link, link.c[column], row)

    return member


def _audience(row: FromClause) -> ColumnElement[Any]:
    return json_object(
        {
            "profile_ids": _ids(content_profiles, "profile_id")(row),
            "persona_ids": _ids(content_personas, "persona_id")(row),
        }
    )


def _answers(row: FromClause) -> ColumnElement[Any]:
    link = content_answers.alias()
    names = ("journey_id", "stage_key", "step_key", "item_key")
    return _listed(link, json_object({name: link.c[name] for name in names}), row)


def _uses(table: Table, column: str) -> Callable[[FromClause], ColumnElement[bool]]:
    """A typed filter: the rows that a link table ties to an id."""

    def condition(row: FromClause) -> ColumnElement[bool]:
        link = table.alias()
        asked = bindparam(f"typed_{column}", type_=Uuid())
        return exists().where(*_mine(link, row), link.c[column] == asked)

    return condition


SHAPE = Shape(
    "Content",
    content,
    columns("id")
    | {"external_ids": external_ids.member("content")}
    | columns("key", "title", "kind", "language", "body", "url", "stage")
    | {
        "touchpoint_ids": _ids(content_touchpoints, "touchpoint_id"),
        "audience": _audience,
        "answers": _answers,
    }
    | columns("published_on", "cost", "version", "created_at", "updated_at"),
)
LISTING = Listing(
    SHAPE,
    sorts=("created_at", "updated_at", "title", "key"),
    vocabulary=Vocabulary(
        {"id": Type.UUID, "created_at": Type.INSTANT, "updated_at": Type.INSTANT}
        | dict.fromkeys(("key", "title", "kind", "language", "body", "url", "stage"), Type.TEXT)
        | {"published_on": Type.DATE},
    ),
    typed=equals("key", "kind", "language", "stage")
    | {
        "touchpoint_id": _uses(content_touchpoints, "touchpoint_id"),
        "profile_id": _uses(content_profiles, "profile_id"),
        "persona_id": _uses(content_personas, "persona_id"),
        "journey_id": _uses(content_answers, "journey_id"),
        "published": lambda row: (
            row.c.published_on.is_not(None) == bindparam("typed_published", type_=Boolean)
        ),
    },
)
