"""A word that takes the place of others wherever it is used.

As many statements as there are places, whatever the number of uses. The maps come first, in the
order of their ids, so that two who rewrite wait for each other and never in a circle; then their
parts, then what is apart from maps, in the same order.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    Uuid,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain.ids import new_id
from service.domain.journeys.slugs import vocabulary
from service.domain.journeys.tables import (
    journeys,
    stages,
    step_touchpoints,
    steps,
    transitions,
)
from service.domain.journeys.vocabulary.apart import apart
from service.domain.journeys.vocabulary.replacing import (
    INTO,
    Place,
    announced,
    places,
    raising_of,
    told,
    up,
    values_of,
)
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_JOURNEYS = uuids("journey_ids")


async def rewrite(work: Work, kind: str, words: Sequence[str], into: str) -> None:
    """Put `into` in the place of each of `words`; the versions of all that shows it rise."""
    given: dict[str, Any] = {"words": list(words), "into": into, "now": work.now}
    given |= _acting(work)
    ids: list[UUID] = []
    if locking := _locking(kind):
        ids = [row["id"] for row in await work.rows(locking, **given)]
    if ids:
        await work.rows(_RAISED, journey_ids=ids, now=work.now)
        for statement in _in_maps(kind):  # one a table, not a row
            await work.rows(statement, journey_ids=ids, **given)
    for statement in apart(kind):  # likewise
        await work.rows(statement, **given)


async def hand_over(work: Work, word_id: UUID, target_id: UUID) -> None:
    """Make the aliases of a word those of another."""
    given: dict[str, Any] = {"word_id": word_id, "target_id": target_id, "now": work.now}
    await work.rows(_HANDED_OVER, **given, **_acting(work))


def _acting(work: Work) -> dict[str, Any]:
    """What the audit trail keeps of who does it, and the ids that the rows told go beside."""
    caller = work.caller
    who = {"key_id": caller.key_id, "person": caller.person, "request_id": caller.request_id}
    return {**who, "outbox_id": new_id(), "audit_id": new_id()}


@lru_cache
def _locking(kind: str) -> Statement | None:
    """Locks the maps that use a word, in order; none where maps cannot use the kind."""
    used = places(kind, steps, step_touchpoints, transitions)
    if not used:
        return None
    users = union_all(
        *(
            select(p.table.c.journey_id).where(p.table.c.workspace_id == WORKSPACE, p.matches)
            for p in used
        )
    )
    mine = (journeys.c.workspace_id == WORKSPACE, journeys.c.id.in_(users))
    ordered = select(journeys.c.id).where(*mine).order_by(journeys.c.id)
    return Statement(ordered.with_for_update(key_share=True))


@lru_cache
def _in_maps(kind: str) -> tuple[Statement, ...]:
    """The parts of the locked maps: the steps before what they are linked to."""
    found = []
    own, met = places(kind, steps), places(kind, step_touchpoints)
    if own:
        found.append(_steps(own[0], met))
    found += [Statement(_links(place)) for place in met]
    for place in places(kind, transitions):
        raising = raising_of(place).where(_under_lock(transitions))
        found.append(told(raising, transitions, transitions.c.journey_id, values_of(place)))
    return tuple(found)


def _under_lock(table: Table) -> ColumnElement[bool]:
    return table.c.journey_id == func.any(_JOURNEYS)


_RAISED = Statement(up(journeys).where(journeys.c.id == func.any(_JOURNEYS)))


def _links(place: Place) -> Any:
    mine = (place.table.c.workspace_id == WORKSPACE, _under_lock(place.table), place.matches)
    return update(place.table).values({place.name: INTO}).where(*mine)


def _steps(own: Place, met: Sequence[Place]) -> Statement:
    """Steps that hold a word or meet a touchpoint by it, and the stages that show them."""
    linked = [
        steps.c.id.in_(
            select(p.table.c.step_id).where(p.table.c.workspace_id == WORKSPACE, p.matches)
        )
        for p in met
    ]
    raising = up(steps, **{own.name: own.rewritten})
    raising = raising.where(_under_lock(steps), or_(own.matches, *linked))
    changed = raising.returning(steps.c.id, steps.c.version, steps.c.journey_id, steps.c.stage_id)
    changed = changed.cte("changed")
    shown_by = up(stages).where(_under_lock(stages), stages.c.id.in_(select(changed.c.stage_id)))
    news = announced(changed, "step", changed.c.journey_id, values_of(own))
    return Statement(select(func.count()).select_from(changed).add_cte(shown_by.cte("up"), *news))


_HANDED_OVER = told(
    up(vocabulary, alias_of=bindparam("target_id", type_=Uuid())).where(
        vocabulary.c.alias_of == bindparam("word_id", type_=Uuid())
    ),
    vocabulary,
    vocabulary.c.id,
    literal({"members": ["alias_of"]}, JSONB),
)
