"""What a query shows of a row, under names of its own, as one JSON expression.

A shape's own document has the shape's names and order; a projection has the caller's: members under
any name and as often as wanted, parts of a member that is JSON itself, and the rows of other shapes
that members name by their ids.

The rows that statements read, and what they read of them, are made once for each way that leads to
a row: to SQLAlchemy that is most of the work of a new projection. No row lies below itself, so a
statement may have the same one in several places, each a sub-select of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.visitors import replacement_traverse

from service.domain.errors import TooLarge
from service.domain.shapes.compiling import chosen, json_array, json_object
from service.domain.shapes.shape import Shape
from service.domain.statements import WORKSPACE

Value = ColumnElement[Any]
MOST_BYTES = 8 * 1024 * 1024
"""Bytes of JSON that one statement may answer: beyond, it would hold up everybody else's."""
_MOST = literal_column(str(MOST_BYTES), Integer)
_ROWS, _VALUES = 64, 1024
"""Rows, and values of theirs, that are kept: some kilobytes each."""


class Row(Protocol):
    """What members are read from."""

    def __hash__(self) -> int:
        """Each is itself: what is made of it is kept."""

    @property
    def source(self) -> FromClause:
        """What it is a row of."""

    def value(self, name: str) -> Value:
        """A member."""

    def text(self, name: str) -> Value:
        """A member as text."""

    def id(self, name: str) -> Value:
        """A member that is an id."""


@dataclass(frozen=True, eq=False)
class Stored:
    """A row of a shape."""

    shape: Shape
    source: FromClause

    def value(self, name: str) -> Value:
        """A member, as the shape declares it."""
        return _member(self, name)

    def text(self, name: str) -> Value:
        """The same as text."""
        return cast(self.value(name), Text)

    def id(self, name: str) -> Value:
        """The same as an id."""
        found = self.value(name)
        return found if isinstance(found.type, Uuid) else cast(self.text(name), Uuid())


@dataclass(frozen=True, eq=False)
class Held:
    """An object inside the JSON that a row holds."""

    source: FromClause

    def value(self, name: str) -> Value:
        """A member; null where it has none of that name."""
        return self.source.c.json.op("->", return_type=JSONB())(_literal(name))

    def text(self, name: str) -> Value:
        """The same as text."""
        return self.source.c.json.op("->>", return_type=Text())(_literal(name))

    def id(self, name: str) -> Value:
        """The same as an id."""
        return cast(self.text(name), Uuid())


def bounded(text: Value) -> Value:
    """A text, or nothing at all where it is too long: that is found before it is sent.

    To be given a column of a sub-select, as it is named twice.
    """
    return case((func.octet_length(text) <= _MOST, text), else_=_literal(""))


def within_bounds(text: str) -> str:
    """A text as `bounded` has answered it. Raises `TooLarge` where it was too long."""
    if not text:
        raise TooLarge("This query reads too much at once: ask for fewer rows or fields.")
    return text


Shown = Callable[[Any], Value]
"""What is shown of a row."""


@dataclass(frozen=True, eq=False)
class Projection:
    """An object: what is shown of a row, by the names it is shown under, in their order."""

    shown: Mapping[str, Shown]

    def __call__(self, row: Any) -> Value:
        """The object."""
        return json_object({name: show(row) for name, show in self.shown.items()})


def fixed(text: str) -> Shown:
    """The same text of every row."""
    return lambda _: _literal(text)


def member(name: str) -> Shown:
    """A member as it is."""
    return lambda row: row.value(name)


def tagged(tag: str, name: str) -> Shown:
    """A tag and a member, in the base64 that goes into URLs (RFC 4648, section 5)."""
    return lambda row: base64url(_literal(tag).op("||", return_type=Text())(row.text(name)))


def noted(note: str, names: Sequence[str]) -> Shown:
    """A text of ours and some members as JSON text: for whoever makes something of them."""

    def show(row: Row) -> Value:
        members = json_object({name: row.value(name) for name in names})
        return _literal(note).op("||", return_type=Text())(cast(members, Text))

    return show


def base64url(text: Value) -> Value:
    """A text in the base64 that goes into URLs."""
    encoded = func.encode(func.convert_to(text, _literal("UTF8")), _literal("base64"))
    return func.translate(encoded, literal_column(r"E'+/\n'", Text), _literal("-_"), type_=Text)


def within(name: str, shown: Projection) -> Shown:
    """The object that a member is; null where it is none."""

    def show(row: Row) -> Value:
        held = _held(row, name)
        is_one = func.jsonb_typeof(held.source.c.json) == _literal("object")
        return select(chosen(is_one, shown(held))).scalar_subquery()

    return show


def each(name: str, shown: Projection) -> Shown:
    """The objects that a member lists; null where it is no list."""

    def show(row: Row) -> Value:
        held, part = _listed(row, name)
        json, item = held.source.c.json, part.source.c
        is_one = func.jsonb_typeof(item.json) == _literal("object")
        items = select(json_array(chosen(is_one, shown(part)), [item.place]))
        listed = items.select_from(part.source).scalar_subquery()
        is_list = func.jsonb_typeof(json) == _literal("array")
        return select(chosen(is_list, listed)).scalar_subquery()

    return show


def parts(name: str, shown: Projection) -> Shown:
    """The parts of a row, in their order."""

    def show(row: Stored) -> Value:
        many, parent = row.shape.parts[name], row.source
        part = _below(row, many.shape, many.shape.table)
        child = part.source
        order = [child.c[by] for by in many.order_by]
        return (
            select(json_array(shown(part), order))
            .where(
                child.c.workspace_id == parent.c.workspace_id,
                child.c[many.child] == parent.c[many.parent],
            )
            .scalar_subquery()
        )

    return show


def related(shape: Shape, name: str, shown: Projection) -> Shown:
    """The row whose id is in a member; null where there is none."""

    def show(row: Row) -> Value:
        related = _below(row, shape, shape.source)
        other = related.source
        is_it = (other.c.workspace_id == WORKSPACE) & (other.c.id == row.id(name))
        found = select(shown(related)).where(is_it)
        return found.correlate(row.source).scalar_subquery()

    return show


def all_related(shape: Shape, name: str, shown: Projection) -> Shown:
    """The rows whose ids a member lists, in that order; ids that are nobody's are left out."""

    def show(row: Row) -> Value:
        held, related = _held(row, name).source, _below(row, shape, shape.source)
        other = related.source
        listed = (
            func.jsonb_array_elements_text(held.c.json)
            .table_valued(column("id", Text), with_ordinality="place")
            .render_derived()
        )
        is_it = (other.c.workspace_id == WORKSPACE) & (other.c.id == cast(listed.c.id, Uuid()))
        return (
            select(json_array(shown(related), [listed.c.place]))
            .select_from(held.join(listed, true()).join(other, is_it))
            .scalar_subquery()
        )

    return show


@lru_cache(maxsize=_ROWS)
def asked(shape: Shape) -> Stored:
    """The row of a shape that a statement asks for."""
    return Stored(shape, shape.source.alias("row"))


@lru_cache(maxsize=_ROWS)
def _below(row: Row, shape: Shape, source: FromClause) -> Stored:
    """A row of a shape that is shown of another row."""
    del row
    return Stored(shape, source.alias())


@lru_cache(maxsize=_VALUES)
def _member(row: Stored, name: str) -> Value:
    return row.shape.members[name](row.source)


@lru_cache(maxsize=_ROWS)
def _held(row: Row, name: str) -> Held:
    """A member as JSON, read once however often it is named."""
    json = func.to_jsonb(_correlated(row.value(name), row.source), type_=JSONB)
    return Held(select(json.label("json")).correlate(row.source).subquery())


@lru_cache(maxsize=_ROWS)
def _listed(row: Row, name: str) -> tuple[Held, Held]:
    """A member as JSON, and one of those that it lists."""
    held = _held(row, name)
    every = func.jsonb_array_elements(held.source.c.json)
    told = every.table_valued(column("json", JSONB), with_ordinality="place")
    return held, Held(told.render_derived())


def _correlated(value: Value, source: FromClause) -> Value:
    """A value whose sub-selects know which row they are of, wherever it stands."""

    def replaced(element: Any, **_: Any) -> Any:
        return element.correlate(source) if isinstance(element, ScalarSelect) else None

    found: Value = replacement_traverse(value, {}, replaced)
    return found


def _literal(text: str) -> Value:
    """A text of ours, or a name as GraphQL has them: without anything to escape."""
    return literal_column(f"'{text}'", Text)
