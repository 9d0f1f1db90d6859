"""Who belongs to which profile, for figures that are told apart by profiles."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, LargeBinary, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from service.domain import audiences, filters
from service.domain.contacts import contact_rows
from service.domain.errors import DomainError, Kind
from service.domain.membership import holds, planned_apart
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work

MOST_PROFILES = 50
_NOBODY: ColumnElement[bytes] = literal_column("''::bytea", LargeBinary)


class TooManyProfiles(DomainError):
    """More profiles are there than figures can be told apart by."""

    kind, code = Kind.CONFLICT, "too_many_profiles"


class Members(NamedTuple):
    """A profile, its members, 16 bytes each, and what it is called."""

    profile: UUID
    people: bytes
    name: str


async def members(work: Work) -> list[Members]:
    """Every profile, the oldest first, with those who belong to it for certain. Four statements,
    however many profiles there are. Raises `TooManyProfiles`, `TooManyLinks`."""
    work.needs(Scope.MAPS_READ)
    work.needs(Scope.CONTACTS_READ)
    ids: Sequence[UUID] = await work.value(_PROFILES, most=MOST_PROFILES + 1) or ()
    if len(ids) > MOST_PROFILES:
        raise TooManyProfiles(f"There are more than {MOST_PROFILES} profiles: filter by member_of.")
    if not ids:
        return []
    known = await audiences.segments(work, ids)
    row = in_workspace(contact_rows)
    of = func.uuid_send(row.c.id, type_=LargeBinary)
    each = [
        func.coalesce(
            func.string_agg(of, _NOBODY).filter(
                holds(filters.membership(which, known), row).is_(True)
            ),
            _NOBODY,
        )
        for which in ids
    ]
    await planned_apart(work)
    found = await work.value(
        Statement(
            select(array(each)).where(
                row.c.workspace_id == WORKSPACE, row.c.merged_into_id.is_(None)
            )
        )
    )
    each_of = zip(ids, found, strict=True)
    return [Members(which, people, known[which].name) for which, people in each_of]


async def members_by_id(work: Work) -> dict[str, bytes]:
    """The same by the profiles' ids."""
    work.needs(Scope.MAPS_READ)
    found = await members(work)
    return {str(one.profile): one.people for one in found}


def _profiles() -> Statement:
    held = audiences.profiles
    order = (held.c.created_at, held.c.id)
    first = (
        select(held.c.id, func.row_number().over(order_by=order).label("n"))
        .where(held.c.workspace_id == WORKSPACE)
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
        .subquery("first")
    )
    return Statement(select(func.array_agg(aggregate_order_by(first.c.id, first.c.n))))


_PROFILES = _profiles()
