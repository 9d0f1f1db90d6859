"""Events judged by conditions, and whose they are: what all that is computed of them begins with.

Every event of a path is judged once by all conditions that are asked about; people are those whom
contacts are shown as now. Test contacts, and who does not permit analysis, do not count.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from service.domain import filters
from service.domain.contacts import (
    ANALYTICS,
    PURPOSES,
    contact_identifiers,
    contact_rows,
    exclusions,
    leaves,
)
from service.domain.events import event_rows
from service.domain.filters import SELECTIONS, STORED, Filter, in_path
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE
from service.domain.tables import instant, workspaces

NO_BYTES: ColumnElement[Any] = literal_column("''::bytea", LargeBinary)


def left_out() -> FromClause:
    """Who does not permit analysis now, and since when: `root_id`, `since`."""
    return exclusions(literal_column(f"'{ANALYTICS}'", Text), bindparam("now", type_=instant))


def oldest_told() -> ColumnElement[Any]:
    """Since when events have to have happened to be told, by the retention that is set now: older
    ones are deleted, or are about to be. Null: since ever."""
    setting = workspaces.c.settings.op("->>")(literal_column("'retention_days'"))
    days = select(cast(setting, Integer)).where(workspaces.c.workspace_id == WORKSPACE)
    zero = literal_column("0", Integer)
    age = func.make_interval(zero, zero, zero, days.scalar_subquery())
    return bindparam("now", type_=instant) - age


LEFT_OUT = left_out()
Columns: TypeAlias = Mapping[str, ColumnElement[Any]]


class Range(NamedTuple):
    """Half-open, of instants; None is without a bound."""

    from_: Any = None
    to: Any = None

    @property
    def given(self) -> dict[str, Any]:
        """The bounds that there are."""
        return {name: one for name, one in self._asdict().items() if one is not None}


class Asked(NamedTuple):
    """What is read of events: in which range, which of them, which conditions are looked at
    (`selections`), and which fields' values are wanted; of `lists` also those that are lists, of a
    text `among` another field those alone that the other has. Of fields that are only told `apart`
    by their values these may be left unsaid (`words_of`), where they are very many.

    Conditions are of the vocabulary `EVENT`; so are the names of fields. Who does not count is
    told of the range `counted`, where that is less than what is read. With `selected`, only what a
    selection takes is told; with `latest`, what lies behind the range is looked at for the time of
    the last event (`Histories.latest`). Of each selection at `reasons_of` it is told as well who
    does not count (`Histories.excluded_of`). With `fields_of`, fields that segments do not keep are
    wanted of those events alone that one of the selections there takes. With `numbers`, which
    segments alone tell, rows have theirs (`numbers_of`).
    """

    within: Range = Range()
    only: "Filter | None" = None
    selections: Sequence[Filter] = ()
    fields: Sequence[str] = ()
    lists: Collection[str] = ()
    counted: Range = Range()
    selected: bool = False
    latest: bool = False
    among: Mapping[str, str] = {}
    apart: Collection[str] = ()
    reasons_of: Sequence[int] = ()
    fields_of: Sequence[int] = ()
    numbers: bool = False


class Told(NamedTuple):
    """Events and the contacts whose they are shown as: two aliases, and their columns by field."""

    event: FromClause
    root: FromClause
    columns: Columns


def each(
    conditions: Sequence[Filter],
    within: Range,
    *more: str,
    first_alone: bool = False,
    among: FromClause | None = None,
) -> Select[Any]:
    """Events of a path in a range: whose (`root_id`, else `unknown`), why they do not count
    (`reason`), and the places of the `conditions` that take them (`taken`); with `first_alone` the
    others are asked of those alone that the first takes. Of all events, or `among` some."""

    def wanted(told: Told) -> list[ColumnElement[Any]]:
        known = told.root.c.id
        return [
            *(told.event.c[name] for name in dict.fromkeys(("event", "timestamp", *more))),
            known.label("root_id"),
            case((known.is_(None), told.event.c.who)).label("unknown"),
            _taken(conditions, told.columns, first_alone=first_alone).label("taken"),
        ]

    return of_paths(wanted, within, among=among)


def of_paths(
    wanted: Callable[[Told], Sequence[ColumnElement[Any]]],
    within: Range,
    only: "Filter | None" = None,
    *,
    among: FromClause | None = None,
    since: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """What is `wanted` of the events of paths in a range, and why they do not count (`reason`):
    of those alone that `only` selects, and of all or `among` some, or of those `since` a time."""
    seen = in_workspace(event_rows) if among is None else among
    held, known, root = (
        contact_identifiers.alias("held"),
        contact_rows.alias("known"),
        contact_rows.alias("root"),
    )
    source = (
        seen.outerjoin(held, (held.c.workspace_id == WORKSPACE) & (held.c.id == seen.c.who))
        .outerjoin(known, (known.c.workspace_id == WORKSPACE) & (known.c.id == held.c.contact_id))
        .outerjoin(root, (root.c.workspace_id == WORKSPACE) & (root.c.id == known.c.root_id))
        .outerjoin(LEFT_OUT, LEFT_OUT.c.root_id == root.c.id)
    )
    reason = case(
        (root.c.test, literal_column("'test_contact'", Text)),
        (LEFT_OUT.c.since <= seen.c.timestamp, literal_column("'not_permitted'", Text)),
        # Nobody can have granted it for whom no contact is known.
        (and_(root.c.id.is_(None), needs_grant()), literal_column("'not_permitted'", Text)),
    )
    told = Told(seen, root, _columns(seen, root))
    found: Select[Any] = select(*wanted(told), reason.label("reason")).select_from(source)
    found = found.where(seen.c.workspace_id == WORKSPACE, in_path(seen))
    if since is not None:
        begins = func.coalesce(since, literal_column("'-infinity'::timestamptz", instant))
        found = found.where(seen.c.timestamp >= begins)
    found = _within(found, seen, within)
    if only is not None:
        columns = {**_of_contact(root), **told.columns}
        found = found.where(filters.condition(only, columns, leaves(root)).is_(True))
    return found


_WHOSE = ("contact_id", "account_id", "traits")


def of_event(field: str) -> bool:
    """Whether an event tells a field by itself, whosever it is."""
    return field.partition(".")[0] not in _WHOSE


def events_of_paths(
    wanted: Callable[[Told], Sequence[ColumnElement[Any]]], within: Range, only: "Filter | None"
) -> Select[Any]:
    """What is `wanted` of the events of paths in a range, whoever did them: what events alone tell,
    of those that `only` selects."""
    seen = in_workspace(event_rows)
    told = Told(seen, seen, _own(seen))
    found: Select[Any] = select(*wanted(told))
    found = found.where(seen.c.workspace_id == WORKSPACE, in_path(seen))
    found = _within(found, seen, within)
    if only is not None:
        found = found.where(filters.condition(only, told.columns).is_(True))
    return found


def _within(found: Select[Any], seen: FromClause, within: Range) -> Select[Any]:
    if within.from_ is not None:
        found = found.where(seen.c.timestamp >= bindparam("from_", type_=instant))
    if within.to is not None:
        found = found.where(seen.c.timestamp < bindparam("to", type_=instant))
    return found


def _columns(seen: FromClause, root: FromClause) -> Columns:
    """What the vocabulary of selections speaks of, where it is at hand."""
    whose = zip(_WHOSE, (root.c.id, root.c.account_id, root.c.traits), strict=True)
    return {**_own(seen), **dict(whose)}


def _own(seen: FromClause) -> Columns:
    names = (name for name in (*SELECTIONS.fields, *SELECTIONS.open) if name in seen.c)
    return {name: seen.c[name] for name in names}


def _of_contact(root: FromClause) -> Columns:
    """What filters over people speak of besides, once a profile stands for its conditions."""
    names = (name for name in STORED if name in root.c)
    # No contact has the field itself: what is asked of it was put in its place, or is unknown.
    return {**{name: root.c[name] for name in names}, "member_of": cast(null(), Uuid())}


def needs_grant() -> ColumnElement[bool]:
    """Whether analysis rests on consent in this workspace."""
    held = PURPOSES.shape.source
    basis = select(held.c.legal_basis).where(
        held.c.workspace_id == WORKSPACE, held.c.key == literal_column(f"'{ANALYTICS}'", Text)
    )
    return basis.scalar_subquery() == literal_column("'consent'", Text)


def _taken(
    conditions: Sequence[Filter], columns: Columns, *, first_alone: bool
) -> ColumnElement[Any]:
    holds = [filters.condition(one, columns).is_(True) for one in conditions]
    places: list[ColumnElement[Any]] = [
        case((one, literal_column(str(n), Integer))) for n, one in enumerate(holds)
    ]
    nothing = cast(null(), Integer)
    if not first_alone:
        return func.array_remove(array([*places, nothing]), nothing)
    taken = func.array_remove(array([literal_column("0", Integer), *places[1:]]), nothing)
    return case((holds[0], taken), else_=literal_column("'{}'::int[]"))


def run_of(parts: Sequence[ColumnElement[Any]], *order: ColumnElement[Any]) -> ColumnElement[Any]:
    """Rows as one run of bytes, in an order if one is given: each of these parts, one behind the
    other."""
    behind = aggregate_order_by(NO_BYTES, *order) if order else NO_BYTES
    return func.coalesce(func.string_agg(_in_a_row(parts), behind), NO_BYTES)


def _in_a_row(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """By halves: hundreds within each other would be too deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return _in_a_row(parts[:half]).op("||", return_type=LargeBinary())(_in_a_row(parts[half:]))
