"""A shape and a selection become one JSON expression.

`json_build_object` with sub-selects: measured faster than `row_to_json`, and as fast as
hand-written SQL, because it is the same SQL. Every sub-select names the workspace itself, so
that the planner has it as an index condition whatever the row-level policies add.
"""

from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.shapes.shape import Many, Selection, Shape

PAIRS = 50
"""Postgres takes at most 100 arguments to one call."""


def document(shape: Shape, selection: Selection, row: FromClause) -> ColumnElement[Any]:
    """The JSON object of one row: the selected members, in the shape's order."""
    pairs: list[Any] = []
    for name, member in shape.members.items():
        if name in selection:
            pairs += [_name(name), member(row)]
    for name, many in shape.parts.items():
        if name in selection:
            pairs += [_name(name), _parts(many, selection[name] or {}, row)]
    if len(pairs) > 2 * PAIRS:
        raise ValueError(f"{shape.name} shows more than {PAIRS} members")
    return func.json_build_object(*pairs, type_=JSON)


def _name(member: str) -> ColumnElement[str]:
    return literal_column("'" + member.replace("'", "''") + "'")


def _parts(many: Many, selection: Selection, parent: FromClause) -> ColumnElement[Any]:
    child = many.shape.table.alias()
    order = aggregate_order_by(
        document(many.shape, selection, child), *(child.c[name] for name in many.order_by)
    )
    return (
        select(func.coalesce(func.json_agg(order, type_=JSON), literal_column("'[]'::json")))
        .where(
            child.c.workspace_id == parent.c.workspace_id,
            child.c[many.child] == parent.c[many.parent],
        )
        .scalar_subquery()
    )
