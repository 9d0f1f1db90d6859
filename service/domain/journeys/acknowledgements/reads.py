"""Whom a revision concerns, and who has taken note of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)

from service.domain.journeys.revisions import NONE, missing, revision_acknowledgements, revisions
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work


async def acknowledgements(work: Work, journey_id: UUID, number: int) -> str:
    """The departments that a revision concerns and which have taken note, as JSON.

    Raises `NotFound`, `RevisionNotFound`.
    """
    work.needs(Scope.MAPS_READ)
    found = await work.value(_ACKNOWLEDGED, journey_id=journey_id, number=min(number, NONE))
    if found is None:
        raise await missing(work, journey_id, number)
    return str(found)


async def acknowledgements_of(work: Work, revision_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The same of many revisions, as a JSON array for each that there is: one statement for all."""
    work.needs(Scope.MAPS_READ)
    return dict(await work.value(_OF_EACH, ids=list(revision_ids)) or ())


_row = revisions.alias("row")


def _items() -> ColumnElement[Any]:
    said = revision_acknowledgements.alias("said")
    concerned = (
        func.unnest(_row.c.departments).table_valued("department").render_derived(name="concerned")
    )
    is_its = and_(
        said.c.workspace_id == _row.c.workspace_id,
        said.c.revision_id == _row.c.id,
        said.c.department == concerned.c.department,
    )
    status = case(
        (said.c.department.is_(None), literal_column("'pending'", Text)),
        else_=literal_column("'acknowledged'", Text),
    )
    item = json_object(
        {"department": concerned.c.department, "status": status}
        | {name: said.c[name] for name in ("person", "key_id", "note", "acknowledged_at")}
    )
    return (
        select(json_array(item, [concerned.c.department]))
        .select_from(concerned.outerjoin(said, is_its))
        .correlate(_row)
        .scalar_subquery()
    )


_shown = json_object(
    {name: _row.c[name] for name in ("journey_id", "number")} | {"items": _items()}
)
_ACKNOWLEDGED = Statement(
    select(cast(_shown, Text)).where(
        _row.c.workspace_id == WORKSPACE,
        _row.c.journey_id == bindparam("journey_id", type_=Uuid()),
        _row.c.number == bindparam("number", type_=Integer),
    )
)
_OF_EACH = Statement(
    select(func.array_agg(func.row(_row.c.id, cast(_items(), Text)))).where(
        _row.c.workspace_id == WORKSPACE, _row.c.id == func.any(uuids("ids"))
    )
)
