"""Transitions that follow a map's order: those between neighbours, where nobody tied otherwise."""

from typing import Any

from sqlalchemy import (
    CTE,
    Integer,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.elements import Grouping

from service.domain.ids import new_id
from service.domain.journeys.placing import Locked
from service.domain.journeys.tables import stages, steps, transitions
from service.domain.outbox import telling, told
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Work

NEW_TIES = 4
"""One step or stage that comes, goes or moves makes at most three new pairs of neighbours."""

_NOW = bindparam("now", type_=instant)
_JOURNEY = bindparam("journey_id", type_=Uuid())
_MINE = (transitions.c.workspace_id == WORKSPACE, transitions.c.journey_id == _JOURNEY)


async def tie_neighbours(work: Work, locked: Locked) -> None:
    """Make a tied map's transitions those between neighbouring steps, in their order.

    Those that come and go are told one by one. Those that stay show nothing of their place, so
    they keep their version, and the map is told as changed by the write that changed its order.
    """
    if locked.neighbours_tied:
        ids = [new_id() for _ in range(NEW_TIES)]
        new = {"ids": ids, "outbox_id": new_id(), "now": work.now}
        await work.rows(_TIE, journey_id=locked.journey_id, **new)


def _tying() -> Statement:
    order = (stages.c.position, stages.c.id, steps.c.position, steps.c.id)
    ordered = (
        select(
            steps.c.id.label("from_id"),
            func.lead(steps.c.id).over(order_by=order).label("to_id"),
            func.row_number().over(order_by=order).label("place"),
        )
        .join_from(
            steps,
            stages,
            (stages.c.workspace_id == steps.c.workspace_id) & (stages.c.id == steps.c.stage_id),
        )
        .where(steps.c.workspace_id == WORKSPACE, steps.c.journey_id == _JOURNEY)
        .cte("ordered")
    )
    wanted = select(ordered).where(ordered.c.to_id.is_not(None)).cte("wanted")
    same = (transitions.c.from_step_id == wanted.c.from_id) & (
        transitions.c.to_step_id == wanted.c.to_id
    )
    # Hashed, unlike NOT EXISTS over rows that the planner cannot count.
    joined = tuple_(transitions.c.from_step_id, transitions.c.to_step_id)
    pairs = select(wanted.c.from_id, wanted.c.to_id)
    gone = (
        delete(transitions).where(*_MINE, joined.not_in(pairs)).returning(transitions).cte("gone")
    )
    places = select(wanted.c.from_id, wanted.c.to_id, wanted.c.place)
    misplaced = tuple_(*joined.clauses, transitions.c.position).not_in(places)
    kept = (
        update(transitions)
        .values(position=select(wanted.c.place).where(same).scalar_subquery())
        .where(*_MINE, misplaced, joined.in_(pairs))
        .cte("kept")
    )
    made = _made(wanted).cte("made")
    statement = told(
        telling("transition.deleted", gone, _JOURNEY), telling("transition.created", made, _JOURNEY)
    )
    return Statement(statement.add_cte(kept))


def _made(wanted: CTE) -> Any:
    """The transitions of neighbours that none ties yet, by the ids given."""
    missing = (
        select(wanted, func.row_number().over(order_by=wanted.c.place).label("n"))
        .where(
            tuple_(wanted.c.from_id, wanted.c.to_id).not_in(
                select(transitions.c.from_step_id, transitions.c.to_step_id).where(*_MINE)
            )
        )
        .subquery("missing")
    )
    columns = ["workspace_id", "id", "journey_id", "from_step_id", "to_step_id", "position", "kind"]
    new = select(
        WORKSPACE,
        Grouping(uuids("ids"))[missing.c.n],
        _JOURNEY,
        missing.c.from_id,
        missing.c.to_id,
        missing.c.place,
        literal_column("'planned'"),
        literal_column("1", Integer),
        _NOW,
        _NOW,
    )
    statement = insert(transitions).from_select(
        [*columns, "version", "created_at", "updated_at"], new
    )
    return statement.returning(transitions)


_TIE = _tying()
