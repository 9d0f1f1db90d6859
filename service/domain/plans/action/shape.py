"""How actions are shown and listed."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Numeric,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.paging import Listing, equals
from service.domain.plans.action.inputs import NewAction
from service.domain.plans.shape import today
from service.domain.plans.tables import action_content, action_evidence, action_targets, actions
from service.domain.shapes import Member, Shape, columns, json_array, json_object

OPEN = ("idea", "shortlisted", "planned", "doing")
"""The statuses of what is still to be done."""


def _ids(link: Table, column: str) -> Member:
    """The ids that a link table holds for an action, in order."""

    def member(row: FromClause) -> ColumnElement[Any]:
        held = link.alias()
        return (
            select(json_array(held.c[column], [held.c.position]))
            .where(held.c.workspace_id == row.c.workspace_id, held.c.action_id == row.c.id)
            .scalar_subquery()
        )

    return member


def _targets(row: FromClause) -> ColumnElement[Any]:
    held = action_targets.alias()
    names = ("journey_id", "stage_id", "step_id", "item_key")
    return (
        select(json_array(json_object({n: held.c[n] for n in names}), [held.c.position]))
        .where(held.c.workspace_id == row.c.workspace_id, held.c.action_id == row.c.id)
        .scalar_subquery()
    )


def _metric(row: FromClause) -> ColumnElement[Any]:
    """As it was sent, with the change; or with why there is none."""
    metric = row.c.metric
    before, after = (cast(metric.op("->>")(_text(name)), Numeric) for name in ("before", "after"))
    by_kpi = metric.op("->>")(_text("kpi")).is_not(None)
    reason = case(
        (by_kpi, _text("computed")),
        (and_(before.is_(None), after.is_(None)), _text("not_measured")),
        (before.is_(None), _text("no_before")),
        (after.is_(None), _text("no_after")),
    )
    computed = func.jsonb_build_object(
        _text("change"), after - before, _text("reason"), reason, type_=JSONB
    )
    # Where it was stored before there was such a member.
    none = func.jsonb_build_object(_text("kpi"), null(), type_=JSONB)
    whole = none.op("||", return_type=JSONB())(metric).op("||")(computed)
    return case((metric.is_not(None), whole))


def _text(word: str) -> ColumnElement[Any]:
    return literal_column(f"'{word}'", Text)


ACTION = Shape(
    "Action",
    actions,
    columns("id")
    | {"external_ids": external_ids.member("action")}
    | columns("title", "description", "kind", "status", "department", "due_on")
    | columns("effort", "impact", "priority", "cost", "gap_ids")
    | {
        "evidence_ids": _ids(action_evidence, "evidence_id"),
        "content_ids": _ids(action_content, "content_id"),
        "targets": _targets,
        "metric": _metric,
    }
    | columns("version", "created_at", "updated_at"),
)


def is_overdue(row: FromClause) -> ColumnElement[bool]:
    """Whether an action should be done by now and is not."""
    still = row.c.status == func.any(literal_column(f"'{{{','.join(OPEN)}}}'::text[]"))
    return and_(func.coalesce(row.c.due_on < today(), literal_column("false")), still)


def _answers(column: str) -> Any:
    def of(row: FromClause) -> ColumnElement[bool]:
        held = action_targets.alias()
        return exists().where(
            held.c.workspace_id == row.c.workspace_id,
            held.c.action_id == row.c.id,
            held.c[column] == bindparam(f"typed_{column}", type_=Uuid()),
        )

    return of


ACTIONS = Listing(
    ACTION,
    sorts=("created_at", "updated_at", "title", "status", "due_on", "priority"),
    vocabulary=Vocabulary(
        {"id": Type.UUID, "created_at": Type.INSTANT, "updated_at": Type.INSTANT}
        | dict.fromkeys(("title", "description", "kind", "status", "department"), Type.TEXT)
        | dict.fromkeys(("effort", "impact", "priority"), Type.NUMBER)
        | {"due_on": Type.DATE},
        choices=choices(NewAction),
    ),
    typed=equals("status", "kind", "department")
    | {name: _answers(name) for name in ("journey_id", "stage_id", "step_id")}
    | {
        "gap_id": lambda row: bindparam("typed_gap_id", type_=Uuid()) == func.any(row.c.gap_ids),
        "overdue": lambda row: is_overdue(row) == bindparam("typed_overdue"),
        "due_from": lambda row: row.c.due_on >= bindparam("typed_due_from", type_=Date()),
        "due_to": lambda row: row.c.due_on <= bindparam("typed_due_to", type_=Date()),
    },
)
