"""Which people are contacts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from service.domain.contacts import contact_rows
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_SHOWN = Statement(
    select(func.array_agg(contact_rows.c.id)).where(
        contact_rows.c.workspace_id == WORKSPACE, contact_rows.c.id == func.any(uuids("ids"))
    )
)


async def contacts_among(work: Work, ids: Sequence[str]) -> list[str]:
    """Those of these ids that are of contacts, in their order. Of whoever no contact is known,
    events hold an id of their own."""
    work.needs(Scope.CONTACTS_READ)
    known = {str(one) for one in await work.value(_SHOWN, ids=[UUID(one) for one in ids]) or ()}
    return [one for one in ids if one in known]
