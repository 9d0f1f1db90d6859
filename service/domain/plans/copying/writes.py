"""Evidence and actions for parts of a map become evidence and actions for those of its copies.

Three statements for each of the two, whatever the number of copies and of links.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Table,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)

from service.domain import journeys
from service.domain.errors import Invalid, Problem
from service.domain.evidence import MOST_TARGETS, evidence_targets
from service.domain.outbox import announced, announcement
from service.domain.plans.action import MOST_TARGETS as MOST_OF_ACTION
from service.domain.plans.tables import action_targets
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import SCHEMA, instant, metadata
from service.domain.work import Work

_TARGETS = {
    "evidence": (evidence_targets, MOST_TARGETS),
    "actions": (action_targets, MOST_OF_ACTION),
}
_JOURNEY = bindparam("journey_id", type_=Uuid())


async def copy_journey(work: Work, journey_id: UUID, order: journeys.CopyOrder) -> list[Document]:
    """Copies of a map, with what the order includes.

    Raises `NotFound`, and `Invalid`, also where a finding or an action would get more targets than
    it may have: some copies without it would pass for maps about which nothing was found.
    """
    work.needs(journeys.JOURNEYS.writes)
    made = await journeys.copy(work, journey_id, order)
    for name, (targets, most) in _TARGETS.items():  # two kinds, whatever the number of links
        if name in order.include:
            said = announcement(work, {"members": ["targets"]})
            await work.value(_raising(targets), journey_id=journey_id, **said)
            ids = [one.id for one in made]
            await work.rows(_linking(targets), journey_id=journey_id, ids=ids)
            over = await work.rows(_over(targets), journey_id=journey_id, most=most)
            if over:
                which = ", ".join(str(row["id"]) for row in over)
                detail = f"these would have more than {most} targets: {which}"
                at = f"/include/{order.include.index(name)}"
                raise Invalid([Problem(at, "too_many", detail)])
    return made


@lru_cache
def _raising(targets: Table) -> Statement:
    """Lock what has links into the map, raise its version, and tell of it."""
    owner = metadata.tables[f"{SCHEMA}.{targets.info['owner']}"]
    linked = select(targets.c[targets.info["owner_id"]]).where(
        targets.c.workspace_id == WORKSPACE, targets.c.journey_id == _JOURNEY
    )
    changed = (
        update(owner)
        .values(
            version=owner.c.version + literal_column("1"),
            updated_at=bindparam("now", type_=instant),
        )
        .where(owner.c.workspace_id == WORKSPACE, owner.c.id.in_(linked))
        .returning(owner.c.id, owner.c.version)
        .cte("changed")
    )
    rows = announced(f"{owner.info['kind']}.updated", changed, many=True)
    return Statement(select(func.count()).select_from(changed).add_cte(*rows))


@lru_cache
def _linking(targets: Table) -> Statement:
    """Add to each link into the map one into each copy, to the part with the same key."""
    held, last = targets.alias("held"), targets.alias("last")
    owner_id = targets.info["owner_id"]
    copies = func.unnest(uuids("ids")).table_valued(Column("id", Uuid)).render_derived("copies")
    source, parts = _corresponding(held, copies)
    end = select(func.max(last.c.position)).where(
        last.c.workspace_id == WORKSPACE, last.c[owner_id] == held.c[owner_id]
    )
    place = func.row_number().over(
        partition_by=held.c[owner_id], order_by=(copies.c.id, held.c.position)
    )
    values: dict[str, Any] = {c.name: held.c[c.name] for c in targets.c}
    values |= {name: part.c.id for name, part in parts.items()}
    values |= {"journey_id": copies.c.id, "position": end.scalar_subquery() + place}
    if "copied" in values:
        values["copied"] = true()
    mine = (held.c.workspace_id == WORKSPACE, held.c.journey_id == _JOURNEY)
    known = [or_(held.c[name].is_(None), part.c.id.is_not(None)) for name, part in parts.items()]
    found = select(*values.values()).select_from(source).where(*mine, *known)
    return Statement(insert(targets).from_select(list(values), found))


@lru_cache
def _over(targets: Table) -> Statement:
    """What has links into the map, and more links than it may have: some of them."""
    held, owner_id = targets.alias("held"), targets.c[targets.info["owner_id"]]
    linked = select(held.c[owner_id.key]).where(
        held.c.workspace_id == WORKSPACE, held.c.journey_id == _JOURNEY
    )
    most = bindparam("most", type_=Integer)
    crowded = (
        select(owner_id.label("id"))
        .where(targets.c.workspace_id == WORKSPACE, owner_id.in_(linked))
        .group_by(owner_id)
        .having(func.count() > most)
    )
    return Statement(crowded.order_by(owner_id).limit(literal_column("10")))


def _corresponding(held: FromClause, copies: FromClause) -> tuple[Any, dict[str, FromClause]]:
    """The links beside the copies, each with the part of the copy that it shall point at."""
    source: Any = held.join(copies, literal_column("true"))
    parts: dict[str, FromClause] = {}
    for name, table in (("stage_id", journeys.stages), ("step_id", journeys.steps)):
        old, new = table.alias(f"old_{name}"), table.alias(f"new_{name}")
        source = source.outerjoin(old, _is(old, held.c[name]))
        same = and_(_in(new, copies), new.c.key == old.c.key)
        source, parts[name] = source.outerjoin(new, same), new
    if "transition_id" not in held.c:
        return source, parts
    old, new = (journeys.transitions.alias(f"{age}_transition") for age in ("old", "new"))
    source = source.outerjoin(old, _is(old, held.c.transition_id))
    ends = []
    for name in ("from_step_id", "to_step_id"):
        was, now = (journeys.steps.alias(f"{age}_{name}") for age in ("old", "new"))
        source = source.outerjoin(was, _is(was, old.c[name]))
        source = source.outerjoin(now, and_(_in(now, copies), now.c.key == was.c.key))
        ends.append(new.c[name] == now.c.id)
    same = and_(_in(new, copies), new.c.kind == old.c.kind, *ends)
    parts["transition_id"] = new
    return source.outerjoin(new, same), parts


def _is(row: FromClause, which: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(row.c.workspace_id == WORKSPACE, row.c.id == which)


def _in(row: FromClause, copies: FromClause) -> ColumnElement[bool]:
    return and_(row.c.workspace_id == WORKSPACE, row.c.journey_id == copies.c.id)
