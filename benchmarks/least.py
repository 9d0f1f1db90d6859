"""The statements of the limit: the service's own documents, and each write as one statement.

They run as the role that owns the tables, for which no row-level policy holds.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Table,
    Text,
    Update,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import ClauseElement

from service.domain import journeys as maps
from service.domain.journeys.tables import journeys, stages, steps
from service.domain.outbox import announced
from service.domain.shapes import Selection, document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant

PAGE = 20
CREATED = (
    *("action", "actors", "thoughts", "questions", "feelings", "expected_outcome", "pains"),
    *("channel", "department", "backstage", "systems"),
)
"""Members of a new step; the columns that these leave out take their defaults."""
PATCHED = ("channel", "emotion", "thoughts")

_ID = bindparam("id", type_=Uuid())
_NOW = bindparam("now", type_=instant)
_STAGE = bindparam("stage_id", type_=Uuid())
_ONE = literal_column("1", Integer)
_JOURNEY, _STEP = maps.JOURNEYS.shape, maps.STEPS.shape


class Query:
    """SQL with `$n` places, and the values in their order.

    The service's `Statement` encodes its values by their types; here they are given encoded.
    """

    def __init__(self, clause: ClauseElement) -> None:
        statement = Statement(clause)
        self.sql = statement.sql
        self._names: Sequence[str] = statement._run.names
        self._fixed: Mapping[str, Any] = statement._run.defaults

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        fixed = self._fixed
        return [values[name] if name in values else fixed[name] for name in self._names]


def one(shown: Callable[[FromClause], ColumnElement[Any]]) -> Query:
    """What is shown of a map."""
    row = journeys.alias("row")
    text = cast(shown(row), Text)
    return Query(select(text).where(row.c.workspace_id == WORKSPACE, row.c.id == _ID))


def newest(shown: Callable[[FromClause], ColumnElement[Any]]) -> ColumnElement[Any]:
    """What is shown of each of the newest maps, as an array."""
    every = select(journeys).where(journeys.c.workspace_id == WORKSPACE)
    order = (journeys.c.created_at.desc(), journeys.c.id.desc())
    row = every.order_by(*order).limit(literal_column(str(PAGE))).subquery("row")
    items = aggregate_order_by(shown(row), row.c.created_at.desc(), row.c.id.desc())
    return select(func.json_agg(items)).scalar_subquery()


def _page(selection: Selection) -> Query:
    items = newest(lambda row: document(_JOURNEY, selection, row))
    return Query(select(cast(items, Text)))


def _create() -> Query:
    """The versions of map and stage, the step, its audit row and its outbox row."""
    of = select(stages.c.journey_id).where(
        stages.c.workspace_id == WORKSPACE, stages.c.id == _STAGE
    )
    map_, stage = _raised(journeys, of.scalar_subquery()), _raised(stages, _STAGE)
    values: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "id": _ID,
        "journey_id": map_.c.id,
        "stage_id": stage.c.id,
        "position": _end(),
        "key": cast(_ID, Text),
        "created_at": _NOW,
        "updated_at": _NOW,
    }
    values |= {name: _value(name) for name in CREATED}
    chosen = select(*values.values()).select_from(map_.join(stage, literal_column("true")))
    return _told("step.created", insert(steps).from_select(list(values), chosen))


def _patch() -> Query:
    """The same rows, for a step that is there."""
    is_it = (steps.c.workspace_id == WORKSPACE, steps.c.id == _ID)
    map_ = _raised(journeys, select(steps.c.journey_id).where(*is_it).scalar_subquery())
    stage = _raised(stages, select(steps.c.stage_id).where(*is_it).scalar_subquery())
    values: dict[str, Any] = {name: _value(name) for name in PATCHED}
    values |= {"version": steps.c.version + _ONE, "updated_at": _NOW}
    under = (steps.c.journey_id == map_.c.id, steps.c.stage_id == stage.c.id)
    return _told("step.updated", update(steps).values(values).where(*is_it, *under))


def _raised(table: Table, which: Any) -> CTE:
    return (
        update(table)
        .values(version=table.c.version + _ONE, updated_at=_NOW)
        .where(table.c.workspace_id == WORKSPACE, table.c.id == which)
        .returning(table.c.id)
        .cte(f"raised_{table.name}")
    )


def _told(kind: str, change: Insert | Update) -> Query:
    changed = change.returning(*steps.c).cte("changed")
    shown = cast(document(_STEP, _STEP.whole, changed), Text)
    told = announced(kind, changed, changed.c.journey_id)
    return Query(select(shown).select_from(changed).add_cte(*told))


def _value(name: str) -> BindParameter[Any]:
    return bindparam(f"new_{name}", type_=steps.c[name].type)


def _end() -> Any:
    sibling = steps.alias("sibling")
    end = select(func.coalesce(func.max(sibling.c.position) + _ONE, literal_column("0"))).where(
        sibling.c.workspace_id == WORKSPACE, sibling.c.stage_id == _STAGE
    )
    return end.scalar_subquery()


ONE = one(lambda row: document(_JOURNEY, _JOURNEY.whole, row))
WHOLE_PAGE = _page(_JOURNEY.whole)
FLAT_PAGE = _page(_JOURNEY.flat)
CREATE = _create()
PATCH = _patch()
