"""The statements of the limit: the service's own documents, and each write as one statement.

They run as the role that owns the tables, for which no row-level policy holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    Integer,
    Text,
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
from service.domain import writing
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
_JOURNEY, _STEP = maps.JOURNEYS.shape, maps.STEPS.shape


class Query:
    """SQL with `$n` places, and the values in their order.

    The service's `Statement` encodes its values by their types; here they are given encoded.
    """

    def __init__(self, clause: ClauseElement) -> None:
        statement = Statement(clause)
        self.sql = statement.sql
        self._names: Sequence[str] = statement._names
        self._fixed: Mapping[str, Any] = statement._defaults

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        fixed = self._fixed
        return [values[name] if name in values else fixed[name] for name in self._names]


def _one() -> Query:
    row = journeys.alias("row")
    shown = cast(document(_JOURNEY, _JOURNEY.whole, row), Text)
    return Query(select(shown).where(row.c.workspace_id == WORKSPACE, row.c.id == _ID))


def _page(selection: Selection) -> Query:
    newest = select(journeys).where(journeys.c.workspace_id == WORKSPACE)
    order = (journeys.c.created_at.desc(), journeys.c.id.desc())
    row = newest.order_by(*order).limit(literal_column(str(PAGE))).subquery("row")
    shown = document(_JOURNEY, selection, row)
    items = func.json_agg(aggregate_order_by(shown, row.c.created_at.desc(), row.c.id.desc()))
    return Query(select(cast(items, Text)))


def _create() -> Query:
    """The map's version, the step, its audit row and its outbox row."""
    raised = _raised()
    values: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "id": _ID,
        "journey_id": raised.c.id,
        "stage_id": _STAGE,
        "position": _end(),
        "key": cast(_ID, Text),
        "created_at": _NOW,
        "updated_at": _NOW,
    }
    values |= {name: bindparam(name, type_=steps.c[name].type) for name in CREATED}
    chosen = select(*values.values()).select_from(raised)
    made = insert(steps).from_select(list(values), chosen).returning(*steps.c).cte("made")
    told = announced("step.created", made, made.c.journey_id)
    shown = cast(document(_STEP, _STEP.whole, made), Text)
    return Query(select(shown).select_from(made).add_cte(*told))


def _raised() -> CTE:
    is_it = (stages.c.workspace_id == WORKSPACE, stages.c.id == _STAGE)
    of = select(stages.c.journey_id).where(*is_it)
    return (
        update(journeys)
        .values(version=journeys.c.version + literal_column("1", Integer), updated_at=_NOW)
        .where(journeys.c.workspace_id == WORKSPACE, journeys.c.id == of.scalar_subquery())
        .returning(journeys.c.id)
        .cte("raised")
    )


def _end() -> Any:
    sibling = steps.alias("sibling")
    end = select(func.coalesce(func.max(sibling.c.position) + literal_column("1"), 0)).where(
        sibling.c.workspace_id == WORKSPACE, sibling.c.stage_id == _STAGE
    )
    return end.scalar_subquery()


ONE = _one()
WHOLE_PAGE = _page(_JOURNEY.whole)
FLAT_PAGE = _page(_JOURNEY.flat)
CREATE = _create()
PATCH = Query(writing.change(maps.STEPS.written, frozenset(PATCHED)).clause)
