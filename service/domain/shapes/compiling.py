"""A shape and a selection become one JSON expression.

`json_build_object` with sub-selects: measured faster than `row_to_json`, and as fast as
hand-written SQL, because it is the same SQL. Every sub-select names the workspace itself, so
that the planner has it as an index condition whatever the row-level policies add.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.shapes.shape import Many, Selection, Shape

PAIRS = 50
"""Postgres takes at most 100 arguments to one call."""


def document(shape: Shape, selection: Selection, row: FromClause) -> ColumnElement[Any]:
    """The JSON object of one row: the selected members, in the shape's order."""
    shown = {name: member(row) for name, member in shape.members.items() if name in selection}
    for name, many in shape.parts.items():
        if name in selection:
            shown[name] = _parts(many, selection[name] or {}, row)
    return json_object(shown)


def json_object(members: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """A JSON object of named values. The names are ours and plain."""
    if len(members) > PAIRS:
        raise ValueError(f"one call makes at most {PAIRS} members")
    pairs: list[ColumnElement[Any]] = []
    for name, value in members.items():
        pairs += [literal_column(f"'{name}'"), value]
    return func.json_build_object(*pairs, type_=JSON)


def json_array(item: ColumnElement[Any], order: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """A JSON array of all rows, empty when there are none."""
    listed = func.json_agg(aggregate_order_by(item, *order), type_=JSON)
    return func.coalesce(listed, literal_column("'[]'::json", JSON))


def chosen(condition: ColumnElement[bool], value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value where a condition holds, else null."""
    return case((condition, value))


def _parts(many: Many, selection: Selection, parent: FromClause) -> ColumnElement[Any]:
    child = many.shape.table.alias()
    order = [child.c[name] for name in many.order_by]
    return (
        select(json_array(document(many.shape, selection, child), order))
        .where(
            child.c.workspace_id == parent.c.workspace_id,
            child.c[many.child] == parent.c[many.parent],
        )
        .scalar_subquery()
    )
