"""What contacts did and agreed to, as conditions of the filter language in SQL.

A contact's events are those that carry an identifier of any who are shown as it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    not_,
    null,
    select,
    true,
)
from sqlalchemy.sql.selectable import NamedFromClause
from sqlalchemy.types import Uuid

from service.domain import filters
from service.domain.contacts.consents import ANALYTICS, may_be_used
from service.domain.contacts.finding.glancing import SEEN
from service.domain.contacts.tables import contact_identifiers, contacts
from service.domain.filters import SELECTIONS, At, Consent, ContactLeaf, Did, Test
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE
from service.domain.tables import SCHEMA, instant, metadata

_NOW = bindparam("now", type_=instant)
_ZERO: ColumnElement[Any] = literal_column("0", Integer)
_ONE: ColumnElement[Any] = literal_column("1", Integer)
_OF_PEOPLE = {"contact_id", "account_id", "traits"}
"""What a selection asks of whom an event is of."""


def columns(row: FromClause) -> Mapping[str, ColumnElement[Any]]:
    """What a filter over people asks of a row that is a contact, by field."""
    held = {name: row.c[name] for name in (*filters.STORED, "traits") if name in row.c}
    # No contact has the field itself: what is asked of it was put in its place, or is unknown.
    nobody = cast(null(), Uuid())
    return {**held, "contact_id": row.c.id, "member_of": nobody, "persona": nobody}


def leaves(row: FromClause, *, alone: bool = False) -> Callable[[ContactLeaf], ColumnElement[bool]]:
    """The conditions on a row that is a contact; for one that is `alone` nothing of others is read.

    Raises `NotPlaced` for where it stands, where that was not looked up.
    """
    return partial(_leaf, row, _did_alone if alone else _did)


def _leaf(
    row: FromClause, did: Callable[[FromClause, Did], ColumnElement[bool]], leaf: ContactLeaf
) -> ColumnElement[bool]:
    match leaf:
        case Did():
            return did(row, leaf)
        case Consent():
            return may_be_used(row.c.id, leaf)
        case At():
            return _stands(row, leaf)


def _stands(row: FromClause, leaf: At) -> ColumnElement[bool]:
    """Whether somebody is among those who stand there."""
    if leaf.stood is None:
        raise filters.NotPlaced
    counts = may_be_used(row.c.id, Consent(ANALYTICS)).is_(True) & ~row.c.test
    nobody_knows = ~counts | among(row.c.id, leaf.stood.unsure)
    there = among(row.c.id, leaf.stood.there)
    return case((nobody_knows, cast(null(), Boolean())), else_=there)


def among(who: ColumnElement[Any], ids: bytes) -> ColumnElement[bool]:
    """Whether an id is one of these, of 16 bytes each.

    They are made into ids once and each row is looked up in them, however many they are: as an
    array, of which Postgres expects few, and not as a join, for which it takes them for many.
    """
    places = func.generate_series(_ZERO, literal_column(str(len(ids) // 16 - 1), Integer))
    place = places.table_valued("n", name="place").render_derived()
    width = literal_column("16", Integer)
    held = cast(literal(ids, LargeBinary()), LargeBinary())
    one = func.substring(held, place.c.n * width + _ONE, width)
    told: ColumnElement[Any] = cast(func.encode(one, literal_column("'hex'", Text)), Uuid())
    every = func.array(select(told).select_from(place).scalar_subquery(), type_=ARRAY(Uuid()))
    return who.in_(select(func.unnest(every, type_=Uuid()))).is_(True)


def _did(row: FromClause, leaf: Did) -> ColumnElement[bool]:
    """How often the events of a path say so; never is an answer too.

    Who did is found once for any number of rows. As an array, of which Postgres expects few: so it
    looks each row up in them, and does not go through a list of them for each.
    """
    never = leaf.at_least == 0
    if never and leaf.at_most is None:
        return true()
    people = func.array(_people(leaf).scalar_subquery(), type_=ARRAY(Uuid()))
    found = row.c.id.in_(select(func.unnest(people, type_=Uuid())))
    return not_(found) if never else found


def _did_alone(row: FromClause, leaf: Did) -> ColumnElement[bool]:
    """The same of one person, of whom alone anything is read."""
    return _often(leaf, _by_names(row, lambda held: _times(row, held, leaf)))


def _did_glimpsed(row: FromClause, leaf: Did, doubted: bool) -> ColumnElement[bool]:
    """The same by the last events of each name; where there are more, as `doubted`."""
    told = _often(leaf, _by_names(row, lambda held: _seen(row, held, leaf)))
    return told | (_by_names(row, lambda held: _beyond(held, leaf)) > _ZERO) if doubted else told


def _by_names(row: FromClause, times: Callable[[FromClause], Select[Any]]) -> ColumnElement[Any]:
    """The sum over all names of a person: each sub-select asks its table by index for what the
    outer one has. Joined, the planner could take them in another order.
    """
    same = _by_index(contacts, "root_id", row.c.id, "same")
    held = _by_index(contact_identifiers, "contact_id", same.c.id, "held")
    by_name = times(held).correlate(held, row).scalar_subquery()
    by_contact = select(func.sum(by_name)).select_from(held).correlate(same, row)
    every = select(func.sum(by_contact.scalar_subquery())).select_from(same).correlate(row)
    return func.coalesce(every.scalar_subquery(), _ZERO)


def _by_index(table: Table, name: str, value: ColumnElement[Any], called: str) -> FromClause:
    """The ids of the rows in which a column has this value.

    By its order, which the index of this column alone has: of a workspace that it does not know the
    planner takes every index for as good, and would go through all rows by another.
    """
    row = table.alias(f"each_{called}")
    column = row.c[name]
    found = select(row.c.id).where(row.c.workspace_id == WORKSPACE, column.between(value, value))
    return found.order_by(column).correlate(value.table).subquery(called)


def glimpses(row: FromClause, doubted: bool) -> Callable[[ContactLeaf], ColumnElement[bool]]:
    """`leaves` by the last `SEEN` events of each name alone, and what they are where these leave it
    `doubted`. For leaves of which `are_glimpsed`.
    """

    def leaf(one: ContactLeaf) -> ColumnElement[bool]:
        if not isinstance(one, Did):
            raise TypeError("only what contacts did is seen at a glance")
        return _did_glimpsed(row, one, doubted)

    return leaf


def _times(row: FromClause, held: FromClause, leaf: Did) -> Select[Any]:
    """How many events that carry a name say so."""
    event = _events()
    said = (filters.in_path(event), _judged(row, event, leaf), *_since(event, leaf))
    every = _lately(event, held, _ONE).where(*said).correlate(held, row)
    return select(func.count()).select_from(every.subquery("every"))


def _seen(row: FromClause, held: FromClause, leaf: Did) -> Select[Any]:
    """The same among the last of them, and no more than are asked for."""
    event, asked = _events(), {*_asked(leaf), "type", "timestamp"}
    told = (column for name, column in event.c.items() if name in asked)
    one = _lately(event, held, *told).limit(literal_column(str(SEEN), Integer)).subquery("last")
    said = (filters.in_path(one), _judged(row, one, leaf), *_since(one, leaf))
    enough = select(_ONE).select_from(one).where(*said)
    enough = enough.limit(literal(leaf.at_least)).correlate(held, row)
    return select(func.count()).select_from(enough.subquery("enough"))


def _beyond(held: FromClause, leaf: Did) -> Select[Any]:
    """1 where there are more than are seen, or just as many; else 0."""
    event, first = _events(), literal_column(str(SEEN - 1), Integer)
    one = _lately(event, held, event.c.timestamp).offset(first).limit(_ONE).subquery("beyond")
    return select(func.count()).select_from(one).where(*_since(one, leaf))


def _lately(event: FromClause, held: FromClause, *told: ColumnElement[Any]) -> Select[Any]:
    """The events that carry a name, the last first: by the order that one index alone has, as in
    `_by_index`. Since when is asked of these: beside it other indexes seem as good.
    """
    named = (event.c.workspace_id == WORKSPACE, event.c.who.between(held.c.id, held.c.id))
    found = select(*told).where(*named).correlate(held)
    return found.order_by(event.c.who.desc(), event.c.timestamp.desc())


def _judged(row: FromClause, event: FromClause, leaf: Did) -> ColumnElement[bool]:
    of_row = {"contact_id": row.c.id, "account_id": row.c.account_id, "traits": row.c.traits}
    return filters.condition(leaf.selection, _told(event) | of_row).is_(True)


def _often(leaf: Did, times: ColumnElement[Any]) -> ColumnElement[bool]:
    least = times >= literal(leaf.at_least)
    return least if leaf.at_most is None else least & (times <= literal(leaf.at_most))


def _people(leaf: Did) -> Select[Any]:
    """The `root_id` of those who did it as often as the leaf says; of one that asks for at most so
    many, those who did it more often.
    """
    event, held, same = _events(), contact_identifiers.alias("held"), contacts.alias("same")
    asked = _asked(leaf)
    if asked & _OF_PEOPLE:
        told = {name: column for name, column in _told(event).items() if name in asked}
        said = select(event.c.who, *told.values(), _ONE.label("times"))
        said = said.where(*_in_path(event, leaf))
    else:
        judged = filters.condition(leaf.selection, _told(event)).is_(True)
        said = select(event.c.who, func.count().label("times"))
        said = said.where(*_in_path(event, leaf), judged).group_by(event.c.who)
    named = _met(said.subquery("said"), "who", _of_all(held, "id", "contact_id"), "named")
    shown = _met(named, "contact_id", _of_all(same, "id", "root_id"), "shown_as")
    kept: list[ColumnElement[bool]] = []
    if asked & _OF_PEOPLE:
        root = contacts.alias("root")
        shown = _met(shown, "root_id", _of_all(root, "id", "account_id", "traits"), "told")
        of_row = {"contact_id": shown.c.root_id}
        of_row |= {name: shown.c[name] for name in ("account_id", "traits")}
        kept = [filters.condition(leaf.selection, _told(shown) | of_row).is_(True)]
    people = select(shown.c.root_id).where(*kept).group_by(shown.c.root_id)
    times = func.sum(shown.c.times)
    if leaf.at_least == 0:
        return people.having(times > literal(leaf.at_most))
    return people.having(_often(leaf, times))


def _met(left: FromClause, key: str, right: FromClause, name: str) -> FromClause:
    """The rows of `left` with those of `right` whose `id` is their `key`.

    Joined in full, what met nothing being left out behind a fence: such a join goes through each
    once, whatever the planner believes. Of a workspace that it does not know it expects one row,
    and would go through one table again for each row of the other.
    """
    met = right.c.id.label("met")
    others = (column for column in right.c if column.name != "id")
    whole = left.join(right, left.c[key] == right.c.id, full=True)
    # As a text: of 0, which is cast first, it believes that processes cannot share it.
    fenced = select(*left.c, *others, met).select_from(whole).offset(literal_column("'0'"))
    found = fenced.subquery(f"{name}_or_not")
    both = (found.c[key].is_not(None), found.c.met.is_not(None))
    kept = (column for column in found.c if column.name != "met")
    return select(*kept).where(*both).subquery(name)


def _of_all(table: NamedFromClause, *names: str) -> FromClause:
    found = select(*(table.c[name] for name in names)).where(table.c.workspace_id == WORKSPACE)
    return found.subquery(f"all_{table.name}")


def _asked(leaf: Did) -> set[str]:
    """The fields that its selection asks, open ones by their prefix."""
    every = (one for _, one in filters.tests(leaf.selection, "") if isinstance(one, Test))
    return {one.field.partition(".")[0] for one in every}


def _told(event: FromClause) -> dict[str, ColumnElement[Any]]:
    """What an event tells by itself, by field."""
    names = (*SELECTIONS.fields, *SELECTIONS.open)
    return {name: event.c[name] for name in names if name in event.c}


def _events() -> FromClause:
    """The reader's view of events: tests of what they say need it, as those of traits do."""
    # Its slice stands above this one.
    seen: Any = in_workspace(metadata.tables[f"{SCHEMA}.events"])
    found: FromClause = seen.element.alias("event")
    return found


def _in_path(event: FromClause, leaf: Did) -> Iterator[ColumnElement[bool]]:
    yield event.c.workspace_id == WORKSPACE
    yield filters.in_path(event)
    yield from _since(event, leaf)


def _since(event: FromClause, leaf: Did) -> Iterator[ColumnElement[bool]]:
    if leaf.within_days is not None:
        days = func.make_interval(_ZERO, _ZERO, _ZERO, literal_column(str(leaf.within_days)))
        yield event.c.timestamp >= _NOW - days
