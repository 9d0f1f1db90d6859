"""Whom a revision concerns, and who has taken note of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)

from service.domain.journeys import slugs
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


async def meant(work: Work, journey_id: UUID, number: int, department: str) -> Mapping[str, Any]:
    """The `id` of a revision, what a `department` is called now, whether the revision is one that
    it `concerns`, and whether it has `noted` that.

    Raises `NotFound`, `RevisionNotFound`.
    """
    work.needs(Scope.MAPS_READ)
    given: dict[str, Any] = {"number": min(number, NONE), "department": department}
    rows = await work.rows(_MEANT, journey_id=journey_id, **given)
    if not rows:
        raise await missing(work, journey_id, number)
    return rows[0]


async def acknowledgements_of(work: Work, revision_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The same of many revisions, as a JSON array for each that there is: one statement for all."""
    work.needs(Scope.MAPS_READ)
    return dict(await work.value(_OF_EACH, ids=list(revision_ids)) or ())


_row = revisions.alias("row")
_NAMED = slugs.one("department")
"""What a department is called now: revisions and what was said of them keep what it was."""


def _concerned() -> FromClause:
    """The departments that the revision `row` concerns, each once, by the names they have now."""
    then = func.unnest(_row.c.departments).table_valued(Column("department", Text))
    one = then.render_derived(name="then")
    named = select(_NAMED(one.c.department).label("department")).select_from(one)
    return named.correlate(_row).distinct().subquery("concerned")


def _said(department: ColumnElement[Any]) -> Select[Any]:
    """What a department said of a revision first, under whatever name it had then."""
    said = revision_acknowledgements.alias("said")
    return (
        select(said)
        .where(
            said.c.workspace_id == _row.c.workspace_id,
            said.c.revision_id == _row.c.id,
            _NAMED(said.c.department) == department,
        )
        .order_by(said.c.acknowledged_at, said.c.department)
        .limit(literal_column("1"))
    )


def _items() -> ColumnElement[Any]:
    them = _concerned()
    said = _said(them.c.department).correlate(_row, them).lateral("said")
    status = case(
        (said.c.department.is_(None), literal_column("'pending'", Text)),
        else_=literal_column("'acknowledged'", Text),
    )
    item = json_object(
        {"department": them.c.department, "status": status}
        | {name: said.c[name] for name in ("person", "key_id", "note", "acknowledged_at")}
    )
    return (
        select(json_array(item, [them.c.department]))
        .select_from(them.outerjoin(said, true()))
        .correlate(_row)
        .scalar_subquery()
    )


_shown = json_object(
    {name: _row.c[name] for name in ("journey_id", "number")} | {"items": _items()}
)
_is_it = (
    _row.c.workspace_id == WORKSPACE,
    _row.c.journey_id == bindparam("journey_id", type_=Uuid()),
    _row.c.number == bindparam("number", type_=Integer),
)
_ACKNOWLEDGED = Statement(select(cast(_shown, Text)).where(*_is_it))


def _meaning() -> Statement:
    given = _NAMED(bindparam("department", type_=Text))
    them = _concerned()
    return Statement(
        select(
            _row.c.id,
            given.label("department"),
            exists().where(them.c.department == given).correlate(_row).label("concerns"),
            _said(given).correlate(_row).exists().label("noted"),
        ).where(*_is_it)
    )


_MEANT = _meaning()
_OF_EACH = Statement(
    select(func.array_agg(func.row(_row.c.id, cast(_items(), Text)))).where(
        _row.c.workspace_id == WORKSPACE, _row.c.id == func.any(uuids("ids"))
    )
)
