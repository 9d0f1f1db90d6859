"""Rows that gaps are computed from, put where they are read: findings, content and the like."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from service.database import Database
from service.domain.evidence import content, content_answers, evidence, evidence_targets
from service.domain.ids import new_id
from service.domain.plans import action_targets, actions, review_sign_offs, reviews
from service.domain.work import Caller

_NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Rows:
    """Writes rows of one workspace."""

    def __init__(self, database: Database, workspace: Caller) -> None:
        self.database, self.workspace = database, workspace

    async def finding(self, *targets: dict[str, str], **members: Any) -> str:
        """A finding at each of the targets, told as in `{"journey_id": …, "step_id": …}`."""
        row = {"kind": "anecdotal", "source_kind": "review", "status": "observed", **members}
        which = await self._resource(evidence, row)
        await self._links(evidence_targets, "evidence_id", which, targets)
        return which

    async def content(self, *answers: dict[str, str]) -> str:
        """An item of content that answers these."""
        key = str(new_id())
        which = await self._resource(content, {"key": key, "title": "An answer", "kind": "page"})
        await self._links(content_answers, "content_id", which, answers)
        return which

    async def action(self, *targets: dict[str, str], **members: Any) -> str:
        """An action at these targets."""
        row = {"title": "Do it", "kind": "improve", "status": "planned", **members}
        which = await self._resource(actions, row)
        await self._links(action_targets, "action_id", which, targets)
        return which

    async def review(self, journey_id: str, due_on: date, *signed_by: str) -> str:
        """A review of a journey, signed off by departments."""
        which = await self._resource(reviews, {"journey_id": journey_id, "due_on": due_on})
        rows = [{"department": one, "signed_at": _NOW} for one in signed_by]
        await self._links(review_sign_offs, "review_id", which, rows)
        return which

    async def _resource(self, table: Any, row: dict[str, Any]) -> str:
        which = new_id()
        made = {"id": which, "created_at": _NOW, "updated_at": _NOW}
        await self._insert(table, [{**made, **row}])
        return str(which)

    async def _links(self, table: Any, owner: str, which: str, rows: Any) -> None:
        found = [{owner: which, "position": n, **row} for n, row in enumerate(rows)]
        await self._insert(table, found)

    async def _insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        async with self.database.write(self.workspace) as work:
            for row in rows:
                values = {"workspace_id": self.workspace.workspace_id, **row}
                names, places = (
                    ", ".join(values),
                    ", ".join(f"${n + 1}" for n in range(len(values))),
                )
                given = [_plain(table.c[name].type, value) for name, value in values.items()]
                statement = f"INSERT INTO waypost.{table.name} ({names}) VALUES ({places})"
                await work.connection.fetch(statement, *given)


def _plain(kind: Any, value: Any) -> Any:
    if type(kind).__name__ == "Uuid" and isinstance(value, str):
        return UUID(value)
    return value
