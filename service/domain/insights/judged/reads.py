"""Events judged by conditions, and whose they are: what all that is computed of them begins with.

Every event of a path is judged once by all conditions that are asked about; people are those whom
contacts are shown as now. Test contacts, and who does not permit analysis, do not count.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import array

from service.domain import filters
from service.domain.contacts import ANALYTICS, contact_identifiers, contact_rows, exclusions
from service.domain.events import IN_PATH, event_rows
from service.domain.filters import Filter
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE
from service.domain.tables import instant

_LEFT_OUT = exclusions(literal_column(f"'{ANALYTICS}'", Text), bindparam("now", type_=instant))


class Range(NamedTuple):
    """Half-open; None is without a bound."""

    from_: Any = None
    to: Any = None

    @property
    def given(self) -> dict[str, Any]:
        """The bounds that there are."""
        return {name: one for name, one in self._asdict().items() if one is not None}


def each(conditions: Sequence[Filter], within: Range, *more: str) -> Select[Any]:
    """Events of a path in a range: whose (`root_id`, else `unknown`), why they do not count
    (`reason`), and the places of the `conditions` that take them (`taken`)."""
    seen = in_workspace(event_rows)
    held, known, root = (
        contact_identifiers.alias("held"),
        contact_rows.alias("known"),
        contact_rows.alias("root"),
    )
    source = (
        seen.outerjoin(held, (held.c.workspace_id == WORKSPACE) & (held.c.id == seen.c.who))
        .outerjoin(known, (known.c.workspace_id == WORKSPACE) & (known.c.id == held.c.contact_id))
        .outerjoin(root, (root.c.workspace_id == WORKSPACE) & (root.c.id == known.c.root_id))
        .outerjoin(_LEFT_OUT, _LEFT_OUT.c.root_id == root.c.id)
    )
    reason = case(
        (root.c.test, literal_column("'test_contact'", Text)),
        (_LEFT_OUT.c.since <= seen.c.timestamp, literal_column("'not_permitted'", Text)),
    )
    names = dict.fromkeys(("event", "timestamp", *more))
    found = select(
        *(seen.c[name] for name in names),
        root.c.id.label("root_id"),
        case((root.c.id.is_(None), seen.c.who)).label("unknown"),
        reason.label("reason"),
        _taken(conditions, seen).label("taken"),
    ).select_from(source)
    types = [literal_column(f"'{kind}'", Text) for kind in sorted(IN_PATH)]
    found = found.where(seen.c.workspace_id == WORKSPACE, seen.c.type.in_(types))
    if within.from_ is not None:
        found = found.where(seen.c.timestamp >= bindparam("from_", type_=instant))
    if within.to is not None:
        found = found.where(seen.c.timestamp < bindparam("to", type_=instant))
    return found


def _taken(conditions: Sequence[Filter], seen: FromClause) -> ColumnElement[Any]:
    words = filters.BINDINGS
    columns = {name: seen.c[name] for name in (*words.fields, *words.open)}
    places: list[ColumnElement[Any]] = [
        case((filters.condition(one, columns).is_(True), literal_column(str(n), Integer)))
        for n, one in enumerate(conditions)
    ]
    nothing = cast(null(), Integer)
    return func.array_remove(array([*places, nothing]), nothing)
