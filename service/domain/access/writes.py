"""API keys and workspaces as resources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from service.domain import paging, reading
from service.domain.access import inputs, keys, shape
from service.domain.errors import Invalid, NotFound, Problem, WiderThanCaller
from service.domain.ids import new_id
from service.domain.inputs import Input
from service.domain.known import Expected
from service.domain.outbox import announced, announcement
from service.domain.paging import ListQuery, PageOf
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import Selection, document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant, workspaces
from service.domain.work import OPERATORS, Caller, Scope, Work

GRANTED = tuple(scope for scope in Scope if scope is not Scope.OPERATOR)
FIRST_KEY = "first key"


@dataclass(frozen=True, eq=False)
class ApiKeys(Resource):
    """The keys of a workspace."""

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A new key; its document has one member more, `key`, which is never shown again.

        Raises `WiderThanCaller` with a pointer to each scope the caller has not.
        """
        work.needs(self.writes)
        members = data.model_dump()
        if members["expires_at"] is not None and members["expires_at"] <= work.now:
            raise Invalid([Problem("/expires_at", "in_the_past", "is not in the future")])
        resource_id = resource_id or new_id()
        values = await self.stored(work, resource_id, members)
        return with_key(*await self.issued(work, resource_id, values))

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses what the caller may not do itself. Scopes are kept once each, in their order."""
        values = await super().stored(work, resource_id, members)
        scopes = values.get("scopes", ())
        wider = [
            Problem(f"/scopes/{n}", "wider_than_caller", "is not a scope of the key in use")
            for n, scope in enumerate(scopes)
            if scope not in work.caller.scopes
        ]
        if wider:
            raise WiderThanCaller("A key gives no more than it has itself.", wider)
        if scopes:
            values["scopes"] = [scope.value for scope in Scope if scope in scopes]
        await self._sends_alone(work, resource_id, values)
        return values

    async def _sends_alone(self, work: Work, key_id: UUID, values: Mapping[str, Any]) -> None:
        """A public key sends events and does nothing else, whatever of it is written."""
        if not values.keys() & {"scopes", "public"}:
            return
        found = dict(values)
        if not {"scopes", "public"} <= values.keys():
            found = {**await self.current(work, key_id, ["scopes", "public"]), **values}
        if found["public"] and list(found["scopes"]) != [Scope.EVENTS_WRITE.value]:
            said = "a public key has the scope events:write alone"
            raise Invalid([Problem("/public", "public", said)])

    async def issued(
        self, work: Work, key_id: UUID, values: Mapping[str, Any]
    ) -> tuple[Document, str]:
        """The key's row and the key itself, once it is settled that the caller may have it."""
        key = keys.make(work.caller.workspace_id, key_id)
        kept = {**values, "secret_sha256": keys.digest(key), "revoked_at": None}
        return await self.insert(work, key_id, kept), key

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """Revoke it, for good. Its row stays: the audit trail points at it."""
        del detach
        work.needs(self.writes)
        current = await self.current(work, resource_id, ["revoked_at"])
        if current["revoked_at"] is None:
            await self.change(work, resource_id, {"revoked_at": work.now}, expected)
        else:
            await self.unchanged(work, resource_id, expected)


@dataclass(frozen=True, eq=False)
class Workspaces(Resource):
    """The tenants: operators make and list them, administrators see and change their own."""

    def shown_to(self, caller: Caller) -> bool:
        """Whether the caller may read some."""
        return Scope.OPERATOR in caller.scopes or super().shown_to(caller)

    async def documents(
        self, work: Work, ids: Sequence[UUID], selection: Selection | None = None
    ) -> dict[UUID, Document]:
        """Those of `ids` that the caller may see."""
        if Scope.OPERATOR not in work.caller.scopes:
            work.needs(Scope.ADMIN)
        return await reading.documents(work, self.shape, ids, selection)

    async def page(self, work: Work, query: ListQuery, **within: UUID) -> PageOf:
        """One page of all workspaces."""
        work.needs(Scope.OPERATOR)
        return await paging.page(work, self.listing, query, **within)

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A new workspace with a first key for all there is in it, shown once as `key`.

        Its id is `resource_id`; else the workspace of the work, unless that is the operators'.
        """
        work.needs(Scope.OPERATOR)
        caller = work.caller
        if resource_id is None and caller.workspace_id != OPERATORS:
            resource_id = caller.workspace_id
        # A row is written from inside its workspace only: the transaction goes there and comes
        # back, since what else it writes is the caller's.
        there = replace(caller, workspace_id=resource_id or new_id())
        inside = Work(work.connection, there, work.now)
        await inside.value(_ENTER)
        made, key = await self._founded(inside, data.model_dump())
        await work.value(_ENTER)
        return with_key(made, key)

    async def _founded(self, inside: Work, values: Mapping[str, Any]) -> tuple[Document, str]:
        told = announcement(inside, self.told(values))
        row = await inside.value(_FOUND, **_new(values), **told)
        first: dict[str, Any] = {"name": FIRST_KEY, "scopes": [s.value for s in GRANTED]}
        first |= {"expires_at": None, "public": False}
        _, key = await API_KEYS.issued(inside, new_id(), first)
        return Document(*row), key

    async def change(
        self,
        work: Work,
        resource_id: UUID,
        values: Mapping[str, Any],
        expected: Expected,
        told: Mapping[str, Any] | None = None,
        *,
        tells_whole: bool = False,
    ) -> Document:
        """Of the caller's own workspace; another is none that it can see."""
        del tells_whole  # it is a part of nothing
        if resource_id != work.caller.workspace_id:
            raise NotFound(self.kind, resource_id)
        announced_as = announcement(work, self.told(values) if told is None else told)
        row = await work.value(_CHANGE, expected=expected, **_new(values), **announced_as)
        if row is None:
            raise await self.missed(work, resource_id)
        return Document(*row)


async def operator_key(work: Work, name: str, expires_at: datetime | None) -> Document:
    """A key that makes and lists workspaces, shown once as `key`: for the command line alone."""
    work.needs(Scope.OPERATOR)
    values: dict[str, Any] = {"name": name, "expires_at": expires_at, "public": False}
    values["scopes"] = [Scope.OPERATOR.value]
    return with_key(*await API_KEYS.issued(work, new_id(), values))


def with_key(made: Document, key: str) -> Document:
    """The document with the secret in it; a key's characters need no escaping."""
    return made._replace(json=f'{made.json[:-1]}, "key" : "{key}"}}')


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    """Null means as it is: neither column can be null."""
    return {f"new_{name}": values.get(name) for name in ("name", "time_zone")}


def _answer(changed: CTE, what: str) -> Statement:
    told = announced(f"workspace.{what}", changed)
    shown = document(shape.WORKSPACE, shape.WORKSPACE.whole, changed)
    answer = select(func.row(changed.c.id, changed.c.version, cast(shown, Text)))
    return Statement(answer.select_from(changed).add_cte(*told))


_ENTER = Statement(
    select(func.set_config("app.workspace", cast(WORKSPACE, Text), literal_column("true")))
)
_id = workspaces.c.workspace_id
_now = bindparam("now", type_=instant)
_name, _time_zone = bindparam("new_name", type_=Text), bindparam("new_time_zone", type_=Text)
_expected = bindparam("expected", type_=ARRAY(BigInteger))
_returned = (_id.label("id"), *workspaces.c)
_FOUND = _answer(
    insert(workspaces)
    .values(
        workspace_id=WORKSPACE,
        name=_name,
        time_zone=_time_zone,
        version=1,
        created_at=_now,
        updated_at=_now,
    )
    .returning(*_returned)
    .cte("changed"),
    "created",
)
_CHANGE = _answer(
    update(workspaces)
    .values(
        name=func.coalesce(_name, workspaces.c.name),
        time_zone=func.coalesce(_time_zone, workspaces.c.time_zone),
        version=workspaces.c.version + 1,
        updated_at=_now,
    )
    .where(
        _id == WORKSPACE,
        or_(_expected.is_(None), workspaces.c.version == func.any(_expected)),
    )
    .returning(*_returned)
    .cte("changed"),
    "updated",
)

API_KEYS = ApiKeys(
    "api_key",
    shape.API_KEY,
    shape.API_KEYS,
    inputs.NewApiKey,
    reads=Scope.ADMIN,
    writes=Scope.ADMIN,
)
WORKSPACES = Workspaces(
    "workspace",
    shape.WORKSPACE,
    shape.WORKSPACES,
    inputs.NewWorkspace,
    reads=Scope.ADMIN,
    writes=Scope.ADMIN,
)
