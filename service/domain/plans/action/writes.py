"""Actions as resources: their row, and the links to what they answer and use."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    FromClause,
    Integer,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)

from service.domain import reading, references
from service.domain.errors import Invalid, Problem
from service.domain.evidence import content, evidence
from service.domain.ids import new_id
from service.domain.inputs import Input
from service.domain.journeys import UsesWords, journeys, stages, steps
from service.domain.known import Expected
from service.domain.plans.action import shape
from service.domain.plans.action.asking import uncomputable
from service.domain.plans.action.inputs import NewAction
from service.domain.plans.action.measuring import kpi_of
from service.domain.plans.tables import action_content, action_evidence, action_targets
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.work import Work

_USED = {
    "evidence_ids": (action_evidence, "evidence_id", evidence),
    "content_ids": (action_content, "content_id", content),
}
_LINKS = (*_USED, "targets")
_ACTION = bindparam("action_id", type_=Uuid())


class Actions(UsesWords):
    """What is done about gaps and opportunities."""

    async def create(self, work: Work, data: Input, resource_id: UUID | None = None) -> Document:
        """A new action with what it answers. Raises `Invalid` for references to nothing."""
        work.needs(self.writes)
        resource_id, members = resource_id or new_id(), data.model_dump()
        made = await super().create(work, data, resource_id)
        links = {name: members[name] for name in _LINKS if members[name]}
        return await self._linked(work, resource_id, links) if links else made

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Write validated members; the row first, then the links that were sent."""
        links = {name: members[name] for name in _LINKS if name in members}
        changed = await super().apply(
            work, resource_id, members, expected, touch=touch or bool(links)
        )
        if not links:
            return changed
        for name in links:  # three link tables
            table = action_targets if name == "targets" else _USED[name][0]
            await work.rows(_unlinked(table), action_id=resource_id)
        return await self._linked(work, resource_id, links)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses evidence, content and places in maps that are not there, and KPIs that cannot be
        computed."""
        problems: list[Problem] = []
        for name, (_, _, table) in _USED.items():  # two kinds of what is used
            asked = [(f"/{name}/{n}", which) for n, which in enumerate(members.get(name) or ())]
            problems += await references.unknown(work, table, asked)
        problems += await _misplaced(work, members.get("targets") or ())
        if (kpi := kpi_of(members.get("metric"))) is not None:
            problems += await uncomputable(work, kpi)
        if problems:
            raise Invalid(problems)
        return await super().stored(work, resource_id, members)

    async def _linked(
        self, work: Work, action_id: UUID, links: Mapping[str, Sequence[Any]]
    ) -> Document:
        """The action as it is with these links, of which it has none yet."""
        for name, given in links.items():  # three link tables
            if name == "targets":
                rows = _numbered(given)
                await work.rows(_AIMED, action_id=action_id, given=rows)
            else:
                link, column, _ = _USED[name]
                rows = _numbered([{column: which} for which in dict.fromkeys(given)])
                await work.rows(_linking(link, column), action_id=action_id, given=rows)
        return (await reading.documents(work, self.shape, [action_id]))[action_id]


async def _misplaced(work: Work, targets: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """A problem for each member of a target that names nothing, or not what it says it is of."""
    if not targets:
        return []
    found = await work.rows(_PLACES, given=_numbered(targets))
    rows = {row["position"]: row for row in found}
    return [
        problem
        for n, target in enumerate(targets)
        for problem in _wrong(f"/targets/{n}", target, rows[n])
    ]


def _wrong(at: str, target: Mapping[str, Any], found: Mapping[str, Any]) -> list[Problem]:
    unknown = [
        Problem(f"{at}/{kind}_id", "unknown_reference", f"there is no such {kind}")
        for kind in ("journey", "stage", "step")
        if target[f"{kind}_id"] is not None and not found[kind]
    ]
    if unknown:
        return unknown
    if target["journey_id"] not in (None, found["journey_id"]):
        detail = "the stage or step is of another map"
        return [Problem(f"{at}/journey_id", "another_map", detail)]
    if target["item_key"] is not None and not found["item"]:
        detail = "there is no question, pain or objection with this key"
        return [Problem(f"{at}/item_key", "unknown_reference", detail)]
    return []


def _numbered(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "position": n} for n, one in enumerate(given)]


@lru_cache
def _unlinked(link: Table) -> Statement:
    mine = (link.c.workspace_id == WORKSPACE, link.c.action_id == _ACTION)
    return Statement(delete(link).where(*mine))


@lru_cache
def _linking(link: Table, column: str) -> Statement:
    given = _given(Column(column, Uuid()))
    values = select(WORKSPACE, _ACTION, given.c.position, given.c[column])
    names = ["workspace_id", "action_id", "position", column]
    return Statement(insert(link).from_select(names, values))


def _given(*columns: Column[Any]) -> FromClause:
    rows = func.jsonb_to_recordset(rows_of("given"))
    typed = rows.table_valued(*columns, Column("position", Integer))
    return typed.render_derived(name="given", with_types=True)


def _aimed() -> tuple[Any, FromClause]:
    """What was sent of targets, beside the journeys, stages and steps that they name."""
    ids = (Column(f"{kind}_id", Uuid()) for kind in ("journey", "stage", "step"))
    given: Any = _given(*ids, Column("item_key", Text))
    found: Any = given
    for table, name in ((journeys, "journey_id"), (stages, "stage_id"), (steps, "step_id")):
        is_it = and_(table.c.workspace_id == WORKSPACE, table.c.id == given.c[name])
        found = found.outerjoin(table, is_it)
    return given, found


_sent, _met = _aimed()
_OF_MAP = func.coalesce(stages.c.journey_id, steps.c.journey_id, journeys.c.id)
_ITEMS = func.coalesce(
    stages.c.questions.op("||")(stages.c.objections), steps.c.questions.op("||")(steps.c.pains)
)
_KEYED = func.jsonb_build_array(
    func.jsonb_build_object(literal_column("'key'", Text), _sent.c.item_key)
)
_PLACES = Statement(
    select(
        _sent.c.position,
        journeys.c.id.is_not(None).label("journey"),
        stages.c.id.is_not(None).label("stage"),
        steps.c.id.is_not(None).label("step"),
        _OF_MAP.label("journey_id"),
        func.coalesce(_ITEMS.op("@>")(_KEYED), literal_column("false")).label("item"),
    ).select_from(_met)
)
_AIMED = Statement(
    insert(action_targets).from_select(
        ["workspace_id", "action_id", "position", "journey_id", "stage_id", "step_id", "item_key"],
        select(
            WORKSPACE,
            _ACTION,
            _sent.c.position,
            _OF_MAP,
            _sent.c.stage_id,
            _sent.c.step_id,
            _sent.c.item_key,
        ).select_from(_met),
    )
)

ACTIONS = Actions("action", shape.ACTION, shape.ACTIONS, NewAction)
