"""Comments as resources.

A comment stays when what it is about goes: it is still found by the map it belongs to, and by
`orphaned`. With a map go all comments on it and its parts, with a comment all answers to it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from service.domain import references
from service.domain.errors import Invalid, Problem, pointer
from service.domain.ids import new_id
from service.domain.journeys import journeys
from service.domain.known import Expected
from service.domain.outbox import telling, told
from service.domain.plans.comment import shape
from service.domain.plans.comment.inputs import NewComment
from service.domain.plans.tables import comments
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

_FIXED = ("target", "journey_id", "parent_id")
_GAP = "gap"


class Comments(Resource):
    """What people say about something."""

    kept_unless_sent: ClassVar[frozenset[str]] = frozenset(
        {"external_ids", "journey_id", "parent_id"}
    )

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """Keeps who says it."""
        return await super().insert(work, resource_id, {**values, "person": work.caller.person})

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """The words may change; what they are about, and answer, may not."""
        members = dict(members)
        fixed = {name: members.pop(name) for name in _FIXED if name in members}
        if fixed:
            _unmoved(fixed, await self.current(work, resource_id, _FIXED))
        return await super().apply(work, resource_id, members, expected, touch=touch)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses what is about nothing, and an answer to a comment about something else."""
        values = await super().stored(work, resource_id, members)
        if "target" not in members:
            return values
        target = members["target"]
        problems: list[Problem] = []
        found = await _map_of(work, target, members["journey_id"], problems)
        if members["parent_id"] is not None:
            await _answering(work, members["parent_id"], target, problems)
        if problems:
            raise Invalid(problems)
        about = {"target_kind": target["kind"], "target_id": target["id"]}
        return {**values, **about, "journey_id": found}

    async def current(
        self, work: Work, resource_id: UUID, names: Sequence[str]
    ) -> Mapping[str, Any]:
        """What it is about is kept in two columns."""
        if "target" not in names:
            return await super().current(work, resource_id, names)
        columns = {*names, "target_kind", "target_id"} - {"target"}
        found = await super().current(work, resource_id, sorted(columns))
        return {**found, "target": {"kind": found["target_kind"], "id": found["target_id"]}}

    async def cascade(self, work: Work, resource_id: UUID) -> None:
        """All answers to it, and to these; it is locked first, and gets no more."""
        await self.current(work, resource_id, ["id"])
        await work.rows(_TOLD_BELOW, id=resource_id, outbox_id=new_id())


def _unmoved(sent: Mapping[str, Any], held: Mapping[str, Any]) -> None:
    """Raises `Invalid` for each fixed member that was sent with another value."""
    moved = [name for name, value in sent.items() if _plain(value) != held[name]]
    if moved:
        raise Invalid(Problem(pointer(name), "fixed", "stays as it was made") for name in moved)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return str(value) if isinstance(value, UUID) else value


async def _map_of(
    work: Work, target: Mapping[str, Any], journey_id: UUID | None, problems: list[Problem]
) -> UUID | None:
    """The map that the target is, or is part of; `problems` gains what is not there."""
    if target["kind"] == _GAP:
        if journey_id is None:
            problems.append(Problem("/journey_id", "required", "a gap needs the map it is in"))
        problems += await references.unknown(work, journeys, [("/journey_id", journey_id)])
        return journey_id
    found = await work.value(_found(target["kind"]), id=target["id"])
    if found is None:
        detail = f"there is no such {target['kind']}"
        problems.append(Problem("/target/id", "unknown_reference", detail))
        return None
    _, belongs_to = found
    if journey_id not in (None, belongs_to):
        problems.append(Problem("/journey_id", "another_map", "the target is not in this map"))
    known: UUID | None = belongs_to
    return known


async def _answering(
    work: Work, parent_id: UUID, target: Mapping[str, Any], problems: list[Problem]
) -> None:
    found = await work.value(_PARENT, id=parent_id)
    if found is None:
        problems.append(Problem("/parent_id", "unknown_reference", "there is no such comment"))
    elif tuple(found) != (target["kind"], target["id"]):
        problems.append(Problem("/parent_id", "another_target", "is about something else"))


_ID = bindparam("id", type_=Uuid())
_PARENT = Statement(
    select(func.row(comments.c.target_kind, comments.c.target_id)).where(
        comments.c.workspace_id == WORKSPACE, comments.c.id == _ID
    )
)


@lru_cache
def _found(kind: str) -> Statement:
    table = shape.TARGETS[kind]
    is_it = (table.c.workspace_id == WORKSPACE, table.c.id == _ID)
    return Statement(select(func.row(table.c.id, shape.map_of(table))).where(*is_it))


def _told_below() -> Statement:
    mine = comments.c.workspace_id == WORKSPACE
    below = (
        select(comments.c.id, comments.c.version)
        .where(mine, comments.c.parent_id == _ID)
        .cte("below", recursive=True)
    )
    deeper = comments.alias("deeper")
    below = below.union(
        select(deeper.c.id, deeper.c.version).where(
            deeper.c.workspace_id == WORKSPACE, deeper.c.parent_id == below.c.id
        )
    )
    return Statement(told(telling("comment.deleted", below)))


_TOLD_BELOW = _told_below()

COMMENTS = Comments("comment", shape.COMMENT, shape.COMMENTS, NewComment)
