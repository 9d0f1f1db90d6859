"""A word that takes the place of others wherever maps and touchpoints use them.

As many statements as there are places, whatever the number of uses. The maps come first, in the
order of their ids, so that two who rewrite wait for each other and never in a circle; then their
parts, then touchpoints in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from service.domain.ids import new_id
from service.domain.journeys.slugs import replaced, vocabulary
from service.domain.journeys.tables import (
    journeys,
    stages,
    step_touchpoints,
    steps,
    touchpoints,
    transitions,
)
from service.domain.journeys.vocabulary.shape import COLUMNS
from service.domain.outbox import audit, beside, outbox
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Work

_WORDS = bindparam("words", type_=ARRAY(Text))
_INTO = bindparam("into", type_=Text)
_NOW = bindparam("now", type_=instant)
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
    for statement in _elsewhere(kind):  # likewise
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


@dataclass(frozen=True)
class _Place:
    """A column of a table that holds words of a kind, alone or in a list."""

    table: Table
    name: str

    @property
    def column(self) -> ColumnElement[Any]:
        return self.table.c[self.name]

    @property
    def matches(self) -> ColumnElement[bool]:
        """Whether a row holds one of the words."""
        if self.name == "actors":
            return self.column.op("&&")(_WORDS)
        return self.column == func.any(_WORDS)

    @property
    def rewritten(self) -> ColumnElement[Any]:
        """What it shall hold."""
        if self.name == "actors":
            return case((self.matches, replaced(self.column, _WORDS, _INTO)), else_=self.column)
        return case((self.matches, _INTO), else_=self.column)


def _places(kind: str, *tables: Table) -> list[_Place]:
    held = COLUMNS.get(kind, ()) if kind != "actor" else ((steps, "actors"),)
    return [_Place(table, name) for table, name in held if table in tables]


@lru_cache
def _locking(kind: str) -> Statement | None:
    """Locks the maps that use a word, in order; none where maps cannot use the kind."""
    places = _places(kind, steps, step_touchpoints, transitions)
    if not places:
        return None
    users = union_all(
        *(
            select(p.table.c.journey_id).where(p.table.c.workspace_id == WORKSPACE, p.matches)
            for p in places
        )
    )
    mine = (journeys.c.workspace_id == WORKSPACE, journeys.c.id.in_(users))
    ordered = select(journeys.c.id).where(*mine).order_by(journeys.c.id)
    return Statement(ordered.with_for_update(key_share=True))


@lru_cache
def _in_maps(kind: str) -> tuple[Statement, ...]:
    """The parts of the locked maps: the steps before what they are linked to."""
    found = []
    own, met = _places(kind, steps), _places(kind, step_touchpoints)
    if own:
        found.append(_steps(own[0], met))
    found += [Statement(_links(place)) for place in met]
    found += [
        _told(_raising(place).where(_under_lock(transitions)), place, transitions.c.journey_id)
        for place in _places(kind, transitions)
    ]
    return tuple(found)


@lru_cache
def _elsewhere(kind: str) -> tuple[Statement, ...]:
    """The catalogue, and the owners of words."""
    found = [_touchpoints(place) for place in _places(kind, touchpoints)]
    found += [_told(_raising(place), place, vocabulary.c.id) for place in _places(kind, vocabulary)]
    return tuple(found)


def _under_lock(table: Table) -> ColumnElement[bool]:
    return table.c.journey_id == func.any(_JOURNEYS)


def _up(table: Table, **values: Any) -> Any:
    """An update that raises the versions of rows of the workspace."""
    raised = {"version": table.c.version + literal_column("1", Integer), "updated_at": _NOW}
    return update(table).values({**raised, **values}).where(table.c.workspace_id == WORKSPACE)


def _raising(place: _Place) -> Any:
    return _up(place.table, **{place.name: place.rewritten}).where(place.matches)


_RAISED = Statement(_up(journeys).where(journeys.c.id == func.any(_JOURNEYS)))


def _links(place: _Place) -> Any:
    mine = (place.table.c.workspace_id == WORKSPACE, _under_lock(place.table), place.matches)
    return update(place.table).values({place.name: _INTO}).where(*mine)


def _steps(own: _Place, met: Sequence[_Place]) -> Statement:
    """Steps that hold a word or meet a touchpoint by it, and the stages that show them."""
    linked = [
        steps.c.id.in_(
            select(p.table.c.step_id).where(p.table.c.workspace_id == WORKSPACE, p.matches)
        )
        for p in met
    ]
    raising = _up(steps, **{own.name: own.rewritten})
    raising = raising.where(_under_lock(steps), or_(own.matches, *linked))
    changed = raising.returning(steps.c.id, steps.c.version, steps.c.journey_id, steps.c.stage_id)
    changed = changed.cte("changed")
    shown_by = _up(stages).where(_under_lock(stages), stages.c.id.in_(select(changed.c.stage_id)))
    told = _announced(changed, "step", changed.c.journey_id, _values(own))
    return Statement(select(func.count()).select_from(changed).add_cte(shown_by.cte("up"), *told))


def _touchpoints(place: _Place) -> Statement:
    """Touchpoints, locked in order; of departments their activities too."""
    values: dict[str, Any] = {place.name: place.rewritten}
    matches = place.matches
    if place.name == "department":
        values["activities"] = _activities()
        matches = or_(matches, _has_activity())
    mine = (touchpoints.c.workspace_id == WORKSPACE, matches)
    ordered = select(touchpoints.c.id).where(*mine).order_by(touchpoints.c.id)
    locked = ordered.with_for_update(key_share=True).cte("locked")
    raising = _up(touchpoints, **values).where(touchpoints.c.id.in_(select(locked.c.id)))
    return _told(raising, place, touchpoints.c.id, literal({"members": [*values]}, JSONB))


def _items() -> Any:
    """The activities of a touchpoint, each with its place."""
    listed = func.jsonb_array_elements(touchpoints.c.activities)
    return listed.table_valued("value", with_ordinality="n").render_derived()


def _is_theirs(value: Any) -> ColumnElement[bool]:
    held: ColumnElement[bool] = value.op("->>")(literal_column("'department'"))
    return held == func.any(_WORDS)


def _has_activity() -> ColumnElement[bool]:
    items = _items()
    return select(literal_column("1")).select_from(items).where(_is_theirs(items.c.value)).exists()


def _activities() -> ColumnElement[Any]:
    items = _items()
    at: ColumnElement[Any] = literal_column("'{department}'::text[]")
    changed = func.jsonb_set(items.c.value, at, func.to_jsonb(_INTO))
    one = case((_is_theirs(items.c.value), changed), else_=items.c.value)
    listed: Select[Any] = select(func.jsonb_agg(aggregate_order_by(one, items.c.n)))
    return func.coalesce(listed.select_from(items).scalar_subquery(), touchpoints.c.activities)


def _values(place: _Place) -> ColumnElement[Any]:
    """What the audit trail keeps of a change within a map."""
    names = _words(f"'[\"{place.name}\"]'::jsonb")
    said = func.jsonb_build_object(_words(f"'{place.name}'"), func.to_jsonb(_INTO))
    return func.jsonb_build_object(_words("'members'"), names, _words("'values'"), said)


def _words(sql: str) -> ColumnElement[Any]:
    return literal_column(sql)


def _told(
    raising: Any, place: _Place, whole: ColumnElement[Any], said: ColumnElement[Any] | None = None
) -> Statement:
    """An update, and what is told of each row."""
    table = place.table
    columns = list(dict.fromkeys((table.c.id, table.c.version, whole)))
    changed = raising.returning(*columns).cte("changed")
    kind = str(table.info["kind"])
    of_whole = changed.c[whole.key]
    told = _announced(changed, kind, of_whole, _values(place) if said is None else said)
    return Statement(select(func.count()).select_from(changed).add_cte(*told))


def _announced(
    changed: CTE, kind: str, whole: ColumnElement[Any], said: ColumnElement[Any]
) -> tuple[CTE, CTE]:
    """The outbox and audit rows of many changes at once."""
    what = literal_column(f"'{kind}.updated'", Text)
    who: dict[str, Any] = {
        "key_id": bindparam("key_id", type_=Uuid()),
        "person": bindparam("person", type_=Text),
        "request_id": bindparam("request_id", type_=Text),
    }
    shared: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "at": _NOW,
        "kind": what,
        "resource_id": changed.c.id,
        "version": changed.c.version,
    }
    ids = {name: beside(bindparam(f"{name}_id", type_=Uuid())) for name in ("outbox", "audit")}
    tables = (
        (outbox, {**shared, "id": ids["outbox"], "whole_id": whole}),
        (audit, {**shared, **who, "id": ids["audit"], "changed": said}),
    )
    of_outbox, of_audit = (
        insert(table).from_select([*values], select(*values.values())).cte(f"told_{table.name}")
        for table, values in tables
    )
    return of_outbox, of_audit


_HANDED_OVER = _told(
    _up(vocabulary, alias_of=bindparam("target_id", type_=Uuid())).where(
        vocabulary.c.alias_of == bindparam("word_id", type_=Uuid())
    ),
    _Place(vocabulary, "alias_of"),
    vocabulary.c.id,
    literal({"members": ["alias_of"]}, JSONB),
)
