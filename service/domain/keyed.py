"""Resources that have a key: unique among their kind, made from what people call them when it is
absent, and kept when that changes.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, Uuid, bindparam, or_, select

from service.domain import keys, references
from service.domain.errors import AlreadyExists, Problem
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work


class Keyed(Resource):
    """A kind of resource whose rows have keys."""

    async def ahead(self, work: Work, members: Mapping[str, Any]) -> None:
        """One key at a time: who makes one sees what others have made."""
        await super().ahead(work, members)
        if "key" in members:
            await references.one_at_a_time(work, f"{self.kind} keys")

    async def own_key(
        self, work: Work, resource_id: UUID, values: Mapping[str, Any], taken: Collection[str] = ()
    ) -> str:
        """The key of a row: as given; else the one it has; else made from its label.

        `taken` holds keys that no row may have. Raises `AlreadyExists` for another's key.
        """
        given, label = values["key"], values.get(self.table.info["label"]) or ""
        start = given or keys.key_of(label, self.kind)
        rows = await work.rows(_like(self.table), start=start, id=resource_id)
        others = {row["key"] for row in rows if row["id"] != resource_id} | set(taken)
        if given is None:
            mine = [row["key"] for row in rows if row["id"] == resource_id]
            return mine[0] if mine else keys.completed([(None, label)], self.kind, others)[0]
        if given in others:
            detail = f"a {self.kind} with this key exists"
            raise AlreadyExists(detail, [Problem("/key", "already_exists", detail)])
        return str(given)


@lru_cache
def _like(table: Table) -> Statement:
    """The row itself, and those whose keys begin so, among them all that a made key could meet."""
    begins = table.c.key.startswith(bindparam("start", type_=Text), autoescape=False)
    is_it = table.c.id == bindparam("id", type_=Uuid())
    return Statement(
        select(table.c.id, table.c.key).where(table.c.workspace_id == WORKSPACE, or_(begins, is_it))
    )
