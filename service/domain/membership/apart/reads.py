"""How many of some contacts figures leave out, and why."""

from sqlalchemy import Text, case, func, literal_column, select
from sqlalchemy.sql.elements import ClauseElement

from service.domain import contacts
from service.domain.contacts import contact_rows
from service.domain.membership.reads import left_out
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work


async def uncounted(work: Work, ids: bytes) -> dict[str, int]:
    """How many of these contacts, ids of 16 bytes each, figures leave out, by reason. One
    statement."""
    work.needs(Scope.CONTACTS_READ)
    return dict(await work.value(Statement(_uncounted(ids))) or ()) if ids else {}


def _uncounted(ids: bytes) -> ClauseElement:
    row = in_workspace(contact_rows)
    each = ((condition, literal_column(f"'{word}'", Text)) for condition, word in left_out(row))
    found = (
        select(case(*each).label("reason"))
        .where(row.c.workspace_id == WORKSPACE, contacts.among(row.c.id, ids))
        .subquery("found")
    )
    told = select(found.c.reason, func.count().label("number")).where(found.c.reason.is_not(None))
    counted = told.group_by(found.c.reason).subquery("counted")
    return select(func.array_agg(func.row(counted.c.reason, counted.c.number)))
