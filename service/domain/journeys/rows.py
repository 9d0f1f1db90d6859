"""The statements that write many rows of a map at once: one a table, whatever the size."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    FromClause,
    Table,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import insert as upsert

from service.domain.journeys.tables import journeys, stages, steps, transitions
from service.domain.outbox import audit, outbox, telling, told
from service.domain.statements import WORKSPACE, Statement, rows_of, uuids
from service.domain.tables import SCHEMA

_JOURNEY = bindparam("journey_id", type_=Uuid())


def _given(table: Table) -> FromClause:
    """The rows of the parameter `rows`, typed by the table itself."""
    call = func.jsonb_populate_recordset(sql_text(f"NULL::{SCHEMA}.{table.name}"), rows_of("rows"))
    return call.table_valued(*(c for c in table.c)).alias("given")


def _values(table: Table, given: FromClause) -> dict[str, Any]:
    fixed = {"workspace_id": WORKSPACE, "journey_id": _JOURNEY}
    values = {c.name: fixed.get(c.name, given.c[c.name]) for c in table.c if c.computed is None}
    stored = {c.name: c.info["stored"] for c in table.c if "stored" in c.info}
    return values | {name: as_stored(values[name]) for name, as_stored in stored.items()}


@lru_cache
def put(table: Table) -> Statement:
    """Insert or update rows by id. Rows name every column; times and versions are the caller's."""
    given = _given(table)
    values = _values(table, given)
    statement = upsert(table).from_select(list(values), select(*values.values()).select_from(given))
    fixed = {"workspace_id", "id", "created_at", "journey_id"}
    changed = {n: statement.excluded[n] for n in values if n not in fixed}
    return Statement(
        statement.on_conflict_do_update(index_elements=["workspace_id", "id"], set_=changed)
    )


@lru_cache
def add(table: Table, without: str = "") -> Statement:
    """Insert rows; the column `without` takes its default."""
    given = _given(table)
    values = _values(table, given)
    values.pop(without, None)
    return Statement(
        insert(table).from_select(list(values), select(*values.values()).select_from(given))
    )


@lru_cache
def add_missing(table: Table) -> Statement:
    """Insert rows whose keys are free; answers the ids of those that were."""
    given = _given(table)
    values = _values(table, given)
    statement = upsert(table).from_select(list(values), select(*values.values()).select_from(given))
    keys = ["workspace_id", "key"]
    return Statement(statement.on_conflict_do_nothing(index_elements=keys).returning(table.c.id))


@lru_cache
def drop(table: Table) -> Statement:
    """Delete rows by id."""
    is_gone = table.c.id == func.any(uuids("ids"))
    return Statement(delete(table).where(table.c.workspace_id == WORKSPACE, is_gone))


@lru_cache
def drop_links(table: Table, column: str) -> Statement:
    """Delete the link rows that hold one of `ids` in a column."""
    is_held = table.c[column] == func.any(uuids("ids"))
    return Statement(delete(table).where(table.c.workspace_id == WORKSPACE, is_held))


TELL = add(outbox, without="xid")
"""Outbox rows for many parts at once."""

TELL_AUDIT = add(audit)
"""Audit rows for many rows at once."""


@lru_cache
def tell_gone(table: Table) -> Statement:
    """Outbox rows for all that will go with one step, stage or map: steps with the transitions
    from and to them, and stages.
    """
    which = bindparam("id", type_=Uuid())
    column = {steps: steps.c.id, stages: steps.c.stage_id, journeys: steps.c.journey_id}[table]
    goes = (steps.c.workspace_id == WORKSPACE, column == which)
    ids = select(steps.c.id).where(*goes)
    ends = or_(transitions.c.from_step_id.in_(ids), transitions.c.to_step_id.in_(ids))
    tied = telling("transition.deleted", transitions, transitions.c.journey_id)
    tellings = [tied.where(transitions.c.workspace_id == WORKSPACE, ends)]
    if table is not steps:
        tellings.append(telling("step.deleted", steps, steps.c.journey_id).where(*goes))
    if table is journeys:
        of_map = (stages.c.workspace_id == WORKSPACE, stages.c.journey_id == which)
        tellings.append(telling("stage.deleted", stages, stages.c.journey_id).where(*of_map))
    return Statement(told(*tellings))


@lru_cache
def below(table: Table) -> Statement:
    """The steps and transitions that will go with one step or stage: their ids, by kind."""
    which = bindparam("id", type_=Uuid())
    column = {steps: steps.c.id, stages: steps.c.stage_id}[table]
    goes = (steps.c.workspace_id == WORKSPACE, column == which)
    ids = select(steps.c.id).where(*goes)
    ends = or_(transitions.c.from_step_id.in_(ids), transitions.c.to_step_id.in_(ids))
    tied = select(literal_column("'transition'").label("kind"), transitions.c.id).where(
        transitions.c.workspace_id == WORKSPACE, ends
    )
    return Statement(
        union_all(select(literal_column("'step'").label("kind"), steps.c.id).where(*goes), tied)
    )


TIED = Statement(
    update(journeys)
    .values(neighbours_tied=bindparam("tied", type_=Boolean))
    .where(journeys.c.workspace_id == WORKSPACE, journeys.c.id == _JOURNEY)
)
"""Whether a map's transitions follow its order."""
