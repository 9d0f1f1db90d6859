"""The statements that read resources as finished JSON."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)

from service.domain.shapes import (
    Projection,
    Selection,
    Shape,
    Stored,
    asked,
    bounded,
    document,
    json_object,
    within_bounds,
)
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_NONE = literal_column("0", Integer)
_by_id = msgspec.json.Decoder(dict[UUID, msgspec.Raw]).decode


class Document(NamedTuple):
    """A resource as JSON text, with what its ETag is made of."""

    id: UUID
    version: int
    json: str


async def documents(
    work: Work, shape: Shape, ids: Sequence[UUID], selection: Selection | None = None
) -> dict[UUID, Document]:
    """The rows of `ids` that exist, whole or as selected, by id: one statement for all."""
    chosen = None if selection is None else _frozen(selection)
    statement = _whole(shape) if chosen is None else _selecting(shape, chosen)
    rows = await work.value(statement, ids=list(ids))
    return {row[0]: Document(*row) for row in rows or ()}


async def projected(
    work: Work, shape: Shape, which: UUID, shown: Projection, places: Mapping[str, Any]
) -> str | None:
    """The row with this id as a projection shows it; `places` fill its own. Raises `TooLarge`."""
    found: str | None = await work.value(_projected(shape, shown), id=which, **places)
    return None if found is None else within_bounds(found)


async def many_projected(
    work: Work, shape: Shape, ids: Sequence[UUID], shown: Projection, places: Mapping[str, Any]
) -> dict[UUID, msgspec.Raw]:
    """The rows of `ids` that exist as a projection shows them, by id, as JSON: one statement for
    all. Raises `TooLarge`.
    """
    found = await work.value(_many_projected(shape, shown), ids=list(ids), **places)
    return _by_id(within_bounds(found))


async def places(work: Work, shapes: Sequence[Shape], ids: Sequence[UUID]) -> dict[UUID, int]:
    """At which place of `shapes` stands that of the row with this id: one statement for all."""
    rows = await work.value(_places(tuple(shapes)), ids=list(ids)) if shapes else ()
    return dict(rows or ())


@lru_cache(maxsize=64)
def _whole(shape: Shape) -> Statement:
    return _documents(shape, shape.whole)


_Frozen = tuple[tuple[str, Any], ...]


def _frozen(selection: Selection) -> _Frozen:
    return tuple(
        # Of a part nothing may be selected.
        (name, None if inner is None else _frozen(inner))
        for name, inner in sorted(selection.items())
    )


def _thawed(frozen: _Frozen) -> Selection:
    return {name: None if inner is None else _thawed(inner) for name, inner in frozen}


@lru_cache(maxsize=1024)
def _selecting(shape: Shape, selection: _Frozen) -> Statement:
    return _documents(shape, _thawed(selection))


def _documents(shape: Shape, selection: Selection) -> Statement:
    row = shape.source.alias("row")
    shown = cast(document(shape, selection, row), Text)
    rows = func.array_agg(func.row(row.c.id, row.c.version, shown))
    is_asked = row.c.id == func.any(uuids("ids"))
    return Statement(select(rows).where(row.c.workspace_id == WORKSPACE, is_asked))


@lru_cache(maxsize=256)
def _projected(shape: Shape, shown: Projection) -> Statement:
    stored = asked(shape)
    is_asked = stored.source.c.id == bindparam("id", type_=Uuid())
    return _told(shown(stored), stored, is_asked)


@lru_cache(maxsize=256)
def _many_projected(shape: Shape, shown: Projection) -> Statement:
    stored = asked(shape)
    which = stored.source.c.id
    by_id = func.json_object_agg(which, shown(stored))
    every = func.coalesce(by_id, literal_column("'{}'::json"))
    return _told(every, stored, which == func.any(uuids("ids")))


def _told(shown: ColumnElement[Any], stored: Stored, is_asked: ColumnElement[bool]) -> Statement:
    text = cast(shown, Text).label("text")
    is_ours = stored.source.c.workspace_id == WORKSPACE
    # With an offset Postgres does not put the sub-select where its text is named, twice.
    made = select(text).where(is_ours, is_asked).offset(_NONE).subquery()
    return Statement(select(bounded(made.c.text)))


@lru_cache(maxsize=64)
def _places(shapes: tuple[Shape, ...]) -> Statement:
    rows = [shape.source.alias(f"row_{place}") for place, shape in enumerate(shapes)]
    every = union_all(
        *(
            select(row.c.id, literal_column(str(place), Integer).label("place")).where(
                row.c.workspace_id == WORKSPACE, row.c.id == func.any(uuids("ids"))
            )
            for place, row in enumerate(rows)
        )
    ).subquery("every")
    return Statement(select(func.array_agg(func.row(every.c.id, every.c.place))))


@lru_cache(maxsize=256)
def locked(table: Table, names: tuple[str, ...]) -> Statement:
    """Some columns of one row as a JSON object, the row locked until the work ends."""
    row = table.alias("row")
    members = cast(json_object({name: row.c[name] for name in names}), Text).label("members")
    is_asked = row.c.id == func.any(uuids("ids"))
    statement = select(members).where(row.c.workspace_id == WORKSPACE, is_asked)
    return Statement(statement.with_for_update())
