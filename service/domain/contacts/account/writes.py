"""Organisations as resources, and as `group` messages make and change them."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    FromClause,
    Integer,
    Text,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ClauseElement

from service.domain import patching
from service.domain.contacts import checking
from service.domain.contacts.account import shape
from service.domain.contacts.account.inputs import NewAccount
from service.domain.contacts.account.reads import Organisation
from service.domain.contacts.reads import one_at_a_time
from service.domain.contacts.tables import accounts
from service.domain.contacts.traits import Traits, marked, put
from service.domain.errors import Invalid
from service.domain.identities import GROUP
from service.domain.inputs import Input
from service.domain.known import Expected
from service.domain.outbox import announced, announcement
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import external_ids, instant
from service.domain.work import Scope, Work


class Accounts(Resource):
    """Organisations that contacts belong to."""

    async def ahead(self, work: Work, members: Mapping[str, Any]) -> None:
        """A message may be giving the same name at this moment."""
        await super().ahead(work, members)
        if members.get("external_ids"):
            await one_at_a_time(work)

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """What a caller sets, no message by a public key sets otherwise."""
        marks = dict.fromkeys((*values["traits"], _NAME), marked(work.now, public=False))
        return await super().insert(work, resource_id, {**values, "trait_marks": marks})

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """A JSON merge patch. Traits that it does not name stay whose word they were."""
        work.needs(self.writes)
        await self.ahead(work, data.model_dump(exclude_unset=True))
        members = await patching.members(self.new, data, partial(self.current, work, resource_id))
        named = getattr(data, "traits", None) or {}
        return await self.apply(work, resource_id, members, expected, named=named)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
        named: Collection[str] | None = None,
    ) -> Document:
        """The marks of what is told go with it: of all traits, or of those `named` and removed."""
        mark = marked(work.now, public=False)
        if not members.keys().isdisjoint(("traits", _NAME)):
            now = await self.current(work, resource_id, ["traits", "trait_marks"])
            held = Traits(dict(now["traits"]), {n: (m[0], m[1]) for n, m in _marks(now)})
            traits = members.get("traits", held.values)
            told = traits if named is None and "traits" in members else named or ()
            sent = {n: v for n, v in traits.items() if n in told}
            put(held, dict.fromkeys(held.values.keys() - traits.keys()) | sent, mark)
            more = {_NAME: mark} if _NAME in members else {}
            members = {**members, "trait_marks": held.marks | more}
        return await super().apply(work, resource_id, members, expected, touch=touch)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses traits out of bounds; null removes, it is never stored."""
        values = await super().stored(work, resource_id, members)
        if "traits" in values:
            if problems := checking.unbound(values["traits"], "/traits"):
                raise Invalid(problems)
            values["traits"] = {n: v for n, v in values["traits"].items() if v is not None}
        return values

    def told(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Marks are nobody's business."""
        return super().told({n: v for n, v in members.items() if n != "trait_marks"})


_NAME = "name"
"""The member, and the trait of messages that sets it: a server's word of one goes for both."""


def _marks(row: Mapping[str, Any]) -> Any:
    return row["trait_marks"].items()


async def store(work: Work, organisations: Collection[Organisation]) -> None:
    """Write those that are new, with their names, and those that changed: two statements."""
    made = [_row(one) for one in organisations if one.is_new]
    changed = [_row(one) for one in organisations if one.is_written and not one.is_new]
    told = announcement(work, {"members": ["name", "traits"]})
    if made:
        await work.rows(_MADE, rows=made, **told)
    if changed:
        await work.rows(_CHANGED, rows=changed, **told)


def _row(one: Organisation) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "group_id": one.group_id,
        "traits": one.traits.values,
        "trait_marks": one.traits.marks,
    }


_NOW = bindparam("now", type_=instant)
_ONE = literal_column("1", Integer)


def _given() -> FromClause:
    named = (Column("id", Uuid()), Column("name", Text), Column("group_id", Text))
    json = (Column(name, accounts.c[name].type) for name in ("traits", "trait_marks"))
    rows = func.jsonb_to_recordset(rows_of("rows")).table_valued(*named, *json)
    return select(rows.render_derived(with_types=True)).cte("given")


def _made() -> ClauseElement:
    given = _given()
    values = {"workspace_id": WORKSPACE, "version": _ONE, "created_at": _NOW, "updated_at": _NOW}
    values |= {name: given.c[name] for name in ("id", "name", "traits", "trait_marks")}
    made = (
        upsert(accounts)
        .from_select([*values], select(*values.values()))
        .on_conflict_do_nothing()
        .returning(accounts.c.id, accounts.c.version)
        .cte("made")
    )
    names = {
        "workspace_id": WORKSPACE,
        "kind": literal_column("'account'"),
        "source": literal_column(f"'{GROUP}'"),
        "external_id": given.c.group_id,
        "resource_id": given.c.id,
        "position": literal_column("0"),
    }
    named = (
        upsert(external_ids)
        .from_select([*names], select(*names.values()))
        .on_conflict_do_nothing()
        .cte("named")
    )
    return select(made.c.id).add_cte(named, *announced("account.created", made, many=True))


def _changed() -> ClauseElement:
    given = _given()
    values = {name: given.c[name] for name in ("name", "traits", "trait_marks")}
    changed = (
        update(accounts)
        .values({**values, "version": accounts.c.version + _ONE, "updated_at": _NOW})
        .where(accounts.c.workspace_id == WORKSPACE, accounts.c.id == given.c.id)
        .returning(accounts.c.id, accounts.c.version)
        .cte("changed")
    )
    return select(changed.c.id).add_cte(*announced("account.updated", changed, many=True))


_MADE, _CHANGED = Statement(_made), Statement(_changed)

ACCOUNTS = Accounts(
    "account",
    shape.ACCOUNT,
    shape.ACCOUNTS,
    NewAccount,
    reads=Scope.CONTACTS_READ,
    writes=Scope.CONTACTS_WRITE,
)
