"""From what an operation selects to the projections that one statement answers.

Of what is computed of a row the statement notes the row. Whatever is not known here raises
`Unplanned`: the ordinary executor answers then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from strawberry.types.field import StrawberryField

from service.api.graphql import noted
from service.api.graphql.noted import MARK, Noted
from service.api.graphql.selecting import Collecting, declaration, object_type, stored
from service.domain import shapes
from service.domain.belonging import Belonging, shown_of
from service.domain.resources import Resource
from service.domain.shapes import Projection, Shown
from service.domain.work import Scope

MOST_SHOWN = 50
"""Names under one object: Postgres takes no more at once."""
TYPENAME = "__typename"


class Unplanned(Exception):
    """The ordinary executor has to answer this."""


class Sized(NamedTuple):
    """A list below the root whose arguments say how long it is."""

    field: GraphQLField
    node: FieldNode


class Projecting:
    """What one operation selects, as projections; and what running them needs besides: scopes,
    the places in their statements that arguments fill, the fields that only notes stand for, and
    what else is shown than the rows at the root.
    """

    def __init__(self, collecting: Collecting) -> None:
        self.collecting = collecting
        self.scopes: set[Scope] = set()
        self.sized: dict[str, Sized] = {}
        self.noted: list[Noted] = []
        self.reached: set[Resource] = set()
        self.about: Callable[[Mapping[str, Any]], UUID] | None = None
        """Which map the root field is about, by its arguments, where it is about one."""

    def reaches(self, resource: Resource) -> None:
        """Rows of another kind are shown, which takes its scope."""
        self.reached.add(resource)
        self.scopes.add(resource.reads)

    def beside(self) -> "Projecting":
        """Another of the same operation, of which one alone will be run: its scopes are its own."""
        other = Projecting(self.collecting)
        other.sized, other.noted = self.sized, self.noted
        return other

    def rows(
        self, resource: Resource, kind: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> Projection:
        """The rows of a resource that is read as its shape says."""
        if type(resource).documents is not Resource.documents:
            raise Unplanned
        return self.object(kind, nodes)

    def object(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Projection:
        """What fields that are answered as one object show of it."""
        return _projection({key: self._shown(kind, one) for key, one in self._fields(kind, nodes)})

    def page(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> tuple[Projection, bool]:
        """What a connection shows of a page, and whether all rows are counted."""
        fields = self._fields(kind, nodes)
        shown = {key: self._of_page(kind, one) for key, one in fields}
        counted = any(one[0].name.value == "totalCount" for _, one in fields)
        return _projection(shown), counted

    def _fields(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> Sequence[tuple[str, list[FieldNode]]]:
        sets = [node.selection_set for node in nodes if node.selection_set]
        return [*self.collecting.under(kind, sets).items()]

    def _shown(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Shown:
        name = nodes[0].name.value
        if name == TYPENAME:
            return shapes.projection.fixed(kind.name)
        field = kind.fields[name]
        how, declared = stored(field), declaration(field)
        if how.way is not None:
            shown: Shown = how.way(self, field, nodes)
            return shown
        if declared.base_resolver or type(declared) is not StrawberryField:
            return self._noted(kind, field, nodes)
        if not how.members:
            raise Unplanned
        return self._member(field, how.members[0], nodes, part=how.part)

    def _noted(
        self, kind: GraphQLObjectType, field: GraphQLField, nodes: Sequence[FieldNode]
    ) -> Shown:
        members = noted.members_of(field)
        if not members:
            raise Unplanned
        self.noted.append(Noted(kind, nodes))
        return shapes.projection.noted(f"{MARK}{len(self.noted) - 1} ", members)

    def _member(
        self, field: GraphQLField, member: str, nodes: Sequence[FieldNode], *, part: bool
    ) -> Shown:
        if is_leaf_type(get_named_type(field.type)):
            return shapes.projection.member(member)
        shown = self.object(object_type(field.type), nodes)
        if part:
            return shapes.projection.parts(member, shown)
        is_list = is_list_type(get_nullable_type(field.type))
        return (shapes.projection.each if is_list else shapes.projection.within)(member, shown)

    def _of_page(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Shown:
        name = nodes[0].name.value
        if name in _PLACES:
            return _PLACES[name]
        if name == TYPENAME:
            return shapes.projection.fixed(kind.name)
        inner = object_type(kind.fields[name].type)
        if name == "nodes":
            return shapes.paged.nodes(self.object(inner, nodes))
        if name == "node":
            return shapes.paged.node(self.object(inner, nodes))
        if name not in ("edges", "pageInfo"):
            raise Unplanned
        shown, _ = self.page(inner, nodes)
        return shapes.paged.edges(shown) if name == "edges" else shown


_PLACES: Mapping[str, Shown] = {
    "cursor": shapes.paged.cursor,
    "totalCount": shapes.paged.total,
    "hasNextPage": shapes.paged.more,
    "hasPreviousPage": shapes.paged.later,
    "startCursor": shapes.paged.start,
    "endCursor": shapes.paged.end,
}

Way = Callable[[Projecting, GraphQLField, Sequence[FieldNode]], Shown]
"""How a field of a row is answered that is not just a member or a part."""


def renamed(member: str) -> Way:
    """A member under another name."""
    return lambda *_: shapes.projection.member(member)


def global_id(kind: str, member: str) -> Way:
    """A global id, as `ids.global_id` writes it."""
    return lambda *_: shapes.projection.tagged(f"{kind}:", member)


def to_one(resource: Resource, member: str) -> Way:
    """The row whose id stands in a member."""

    def way(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Shown:
        planning.reaches(resource)
        shown = planning.rows(resource, object_type(field.type), nodes)
        return shapes.projection.related(resource.shape, member, shown)

    return way


def to_many(resource: Resource, member: str) -> Way:
    """The rows whose ids a member lists."""

    def way(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Shown:
        planning.reaches(resource)
        shown = planning.rows(resource, object_type(field.type), nodes)
        return shapes.projection.all_related(resource.shape, member, shown)

    return way


def belonging(of: Belonging) -> Way:
    """A page of the rows that belong to a row."""

    def way(planning: Projecting, field: GraphQLField, nodes: Sequence[FieldNode]) -> Shown:
        planning.reaches(of.resource)
        shown, _ = planning.page(object_type(field.type), nodes)
        first = f"first_{len(planning.sized)}"
        planning.sized[first] = Sized(field, nodes[0])
        return shown_of(of, shown, first)

    return way


def _projection(shown: Mapping[str, Shown]) -> Projection:
    if len(shown) > MOST_SHOWN:
        raise Unplanned
    return Projection(shown)
