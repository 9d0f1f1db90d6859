"""Organisations as messages know them, for those who change them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ARRAY, Text, and_, bindparam, func, literal_column, select

from service.domain.contacts.tables import accounts
from service.domain.contacts.traits import Traits
from service.domain.identities import GROUP
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import external_ids
from service.domain.work import Work


class Organisation(Struct):
    """One account as messages change it."""

    id: UUID
    group_id: str
    name: str
    traits: Traits
    is_new: bool = False
    is_written: bool = False


async def organisations(work: Work, group_ids: Sequence[str]) -> dict[str, Organisation]:
    """The accounts that these group ids name, locked until the work ends."""
    rows: Sequence[Any] = await work.rows(_ACCOUNTS, group_ids=list(group_ids))
    return {
        row["external_id"]: Organisation(
            row["id"],
            row["external_id"],
            row["name"],
            Traits(row["traits"], {n: (m[0], m[1]) for n, m in _marks(row)}),
        )
        for row in rows
    }


def _marks(row: Any) -> Any:
    return row["trait_marks"].items()


_ACCOUNTS = Statement(
    select(
        external_ids.c.external_id,
        accounts.c.id,
        accounts.c.name,
        accounts.c.traits,
        accounts.c.trait_marks,
    )
    .select_from(
        external_ids.join(
            accounts,
            and_(
                accounts.c.workspace_id == external_ids.c.workspace_id,
                accounts.c.id == external_ids.c.resource_id,
            ),
        )
    )
    .where(
        external_ids.c.workspace_id == WORKSPACE,
        external_ids.c.kind == literal_column("'account'"),
        external_ids.c.source == literal_column(f"'{GROUP}'"),
        external_ids.c.external_id == func.any(bindparam("group_ids", type_=ARRAY(Text))),
    )
    .with_for_update(of=accounts)
)
