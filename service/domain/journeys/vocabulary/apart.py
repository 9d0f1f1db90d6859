"""A word in the place of others outside maps: in catalogues, findings, actions, sign-offs.

A slice above adds its columns by what they say of themselves (`slug`); nothing here names it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from service.domain.journeys.slugs import columns_of, vocabulary
from service.domain.journeys.tables import step_touchpoints, steps, touchpoints, transitions
from service.domain.journeys.vocabulary.replacing import (
    INTO,
    WORDS,
    Place,
    told,
    up,
)
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import SCHEMA, metadata

_IN_MAPS = (steps, step_touchpoints, transitions)


@lru_cache
def apart(kind: str) -> tuple[Statement, ...]:
    """The statements for a kind of word: a few for each column that holds such, whatever its uses.

    Touchpoints come first and the vocabulary last, rows of a table in the order of their ids: so
    two who rewrite wait for each other, and never in a circle.
    """
    first, last = (touchpoints,), (vocabulary,)
    found = [Place(c.table, str(c.name)) for c in columns_of(kind) if c.table not in _IN_MAPS]
    found.sort(key=lambda p: (p.table not in first, p.table in last, str(p.table.name)))
    return tuple(statement for place in found for statement in _of(place))


def _of(place: Place) -> Sequence[Statement]:
    if "owner" in place.table.info:
        return _linked(place)
    values: dict[str, Any] = {place.name: place.rewritten}
    matches = place.matches
    if place.table is touchpoints and place.name == "department":
        values["activities"] = _activities()
        matches = or_(matches, _has_activity())
    return [_rows(place, place.table, values, place.table.c.workspace_id == WORKSPACE, matches)]


def _rows(place: Place, table: Table, values: dict[str, Any], *which: Any) -> Statement:
    """Rows of a resource, locked in order, with what is told of each."""
    ordered = select(table.c.id).where(*which).order_by(table.c.id)
    locked = ordered.with_for_update(key_share=True).cte("locked")
    raising = up(table, **values).where(table.c.id.in_(select(locked.c.id)))
    changed = [*values] or [str(place.table.info["member"])]
    return told(raising, table, table.c.id, literal({"members": changed}, JSONB))


def _linked(place: Place) -> Sequence[Statement]:
    """Links, after their owners."""
    link = place.table
    owner = metadata.tables[f"{SCHEMA}.{link.info['owner']}"]
    mine = (link.c.workspace_id == WORKSPACE, place.matches)
    theirs = owner.c.id.in_(select(link.c[link.info["owner_id"]]).where(*mine))
    return [
        _rows(place, owner, {}, owner.c.workspace_id == WORKSPACE, theirs),
        Statement(update(link).values({place.name: INTO}).where(*mine)),
    ]


def _items() -> Any:
    """The activities of a touchpoint, each with its place."""
    listed = func.jsonb_array_elements(touchpoints.c.activities)
    return listed.table_valued("value", with_ordinality="n").render_derived()


def _is_theirs(value: Any) -> ColumnElement[bool]:
    held: ColumnElement[bool] = value.op("->>")(literal_column("'department'"))
    return held == func.any(WORDS)


def _has_activity() -> ColumnElement[bool]:
    items = _items()
    return select(literal_column("1")).select_from(items).where(_is_theirs(items.c.value)).exists()


def _activities() -> ColumnElement[Any]:
    items = _items()
    at: ColumnElement[Any] = literal_column("'{department}'::text[]")
    changed = func.jsonb_set(items.c.value, at, func.to_jsonb(INTO))
    one = case((_is_theirs(items.c.value), changed), else_=items.c.value)
    listed: Select[Any] = select(func.jsonb_agg(aggregate_order_by(one, items.c.n)))
    return func.coalesce(listed.select_from(items).scalar_subquery(), touchpoints.c.activities)
