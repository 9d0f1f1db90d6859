"""How comments are shown and listed, and where what they are about is found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Text,
    bindparam,
    case,
    exists,
    literal_column,
    not_,
)

from service.domain import audiences, external_ids, journeys
from service.domain.evidence import content, evidence
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.plans.tables import actions, comments, reviews
from service.domain.shapes import Shape, columns, json_object

TARGETS: Mapping[str, Table] = {
    "profile": audiences.PROFILES.table,
    "persona": audiences.PERSONAS.table,
    "journey": journeys.JOURNEYS.table,
    "stage": journeys.STAGES.table,
    "step": journeys.STEPS.table,
    "transition": journeys.TRANSITIONS.table,
    "touchpoint": journeys.TOUCHPOINTS.table,
    "evidence": evidence,
    "content": content,
    "action": actions,
    "review": reviews,
}
"""Where the things that comments are about are stored; gaps are computed, and stored nowhere."""


def map_of(table: Table) -> ColumnElement[Any]:
    """The map that a row is, or is part of; null for what belongs to none."""
    if table is TARGETS["journey"]:
        return table.c.id
    return table.c.journey_id if "journey_id" in table.c else literal_column("NULL::uuid")


def _is_orphaned(row: FromClause) -> ColumnElement[Any]:
    """Whether what a comment is about is gone. A gap is never: it comes and goes by itself."""
    gone = [
        (
            row.c.target_kind == literal_column(f"'{kind}'", Text),
            not_(
                exists().where(
                    table.c.workspace_id == row.c.workspace_id, table.c.id == row.c.target_id
                )
            ),
        )
        for kind, table in TARGETS.items()
    ]
    return case(*gone, else_=literal_column("false"))


COMMENT = Shape(
    "Comment",
    comments,
    columns("id")
    | {
        "external_ids": external_ids.member("comment"),
        "target": lambda row: json_object({"kind": row.c.target_kind, "id": row.c.target_id}),
    }
    | columns("journey_id", "text", "resolved", "parent_id", "person")
    | columns("version", "created_at", "updated_at"),
)
COMMENTS = Listing(
    COMMENT,
    sorts=("created_at", "updated_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("id", "target_id", "journey_id", "parent_id"), Type.UUID)
        | dict.fromkeys(("created_at", "updated_at"), Type.INSTANT)
        | dict.fromkeys(("text", "target_kind", "person"), Type.TEXT)
        | {"resolved": Type.BOOLEAN},
    ),
    typed=equals("target_kind", "target_id", "journey_id", "parent_id", "resolved")
    | {"orphaned": lambda row: _is_orphaned(row) == bindparam("typed_orphaned")},
)
