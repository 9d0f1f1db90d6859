"""People as callers see them, by any of the ids that lead to them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, cast, func, select

from service.domain.contacts.person.shape import CONTACT
from service.domain.contacts.tables import contact_identifiers, contacts
from service.domain.reading import Document
from service.domain.shapes import Selection, document
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work


async def documents(
    work: Work, ids: Sequence[UUID], selection: Selection | None = None
) -> dict[UUID, Document]:
    """The contacts as which those of `ids` are shown, by the id asked for: one statement."""
    chosen = CONTACT.whole if selection is None else selection
    statement = _documents(msgspec.json.encode(chosen, order="sorted"))
    rows = await work.value(statement, ids=list(ids))
    return {asked: Document(which, version, shown) for asked, which, version, shown in rows or ()}


async def names_of(work: Work, ids: Sequence[UUID]) -> dict[tuple[str, str], UUID]:
    """The identifiers that these contacts have themselves, with their ids."""
    rows = await work.rows(_NAMES, ids=list(ids))
    return {(row["source"], row["value"]): row["id"] for row in rows}


@lru_cache(maxsize=256)
def _documents(chosen: bytes) -> Statement:
    selection: Any = msgspec.json.decode(chosen)
    asked, row = contacts.alias("asked"), contacts.alias("row")
    shown = cast(document(CONTACT, selection, row), Text)
    found = func.array_agg(func.row(asked.c.id, row.c.id, row.c.version, shown))
    same = (row.c.workspace_id == asked.c.workspace_id) & (row.c.id == asked.c.root_id)
    return Statement(
        select(found)
        .select_from(asked.join(row, same))
        .where(asked.c.workspace_id == WORKSPACE, asked.c.id == func.any(uuids("ids")))
    )


_NAMES = Statement(
    select(
        contact_identifiers.c.id, contact_identifiers.c.source, contact_identifiers.c.value
    ).where(
        contact_identifiers.c.workspace_id == WORKSPACE,
        contact_identifiers.c.contact_id == func.any(uuids("ids")),
        contact_identifiers.c.removed_at.is_(None),
    )
)
