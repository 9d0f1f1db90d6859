"""How enrolments are shown and listed."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, case, literal_column, select

from service.domain.contacts.tables import contacts, enrolments
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns


def _withdrawn_at(row: FromClause) -> ColumnElement[Any]:
    later = enrolments.alias("later")
    takes_back = (later.c.workspace_id == row.c.workspace_id, later.c.withdraws_id == row.c.id)
    return select(later.c.created_at).where(*takes_back).scalar_subquery()


def _known() -> FromClause:
    """With the contact as which each is shown now; the version rises when it is taken back."""
    plain = [c for c in enrolments.c if c.name != "version"]
    taken_back = _withdrawn_at(enrolments).is_not(None)
    version = case((taken_back, literal_column("2", Integer)), else_=enrolments.c.version)
    same = (contacts.c.workspace_id == enrolments.c.workspace_id) & (
        contacts.c.id == enrolments.c.contact_id
    )
    return (
        select(*plain, version.label("version"), contacts.c.root_id).select_from(
            enrolments.join(contacts, same)
        )
    ).subquery("known")


ENROLMENT = Shape(
    "Enrolment",
    enrolments,
    columns("id", "contact_id", "journey_id", "revision", "stage_id", "stage_key", "step_id")
    | columns("step_key", "at", "note", "withdraws_id")
    | {"withdrawn_at": _withdrawn_at}
    | columns("person", "key_id", "version", "created_at", "updated_at"),
    rows=_known(),
)
LISTED = Listing(
    ENROLMENT,
    sorts=("at", "created_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("id", "journey_id", "stage_id", "step_id", "withdraws_id"), Type.UUID)
        | dict.fromkeys(("at", "created_at"), Type.INSTANT)
        | dict.fromkeys(("stage_key", "step_key", "note", "person"), Type.TEXT)
        | {"revision": Type.NUMBER},
    ),
    typed=equals("journey_id"),
    default_sort="-at",
)
