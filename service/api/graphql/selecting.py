"""What a query selects: from the fields of GraphQL to the members of a shape.

A field of a stored type says in its metadata which members it is made of, and whether it is a
part, whose own selection goes into the same statement.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
)
from strawberry.types.field import StrawberryField

from service.domain.shapes import Selection

STORED = "stored"
"""The metadata under which a field says how it is stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How a field is stored: the members it needs, by default the one of its name; whether it is
    a part; how many rows a cost counts it as, and at `most` within itself; what it costs itself,
    where that is not as usual. Of what is asked by an argument `input`, `sizes` says for each input
    how many rows the lists below it have, by name, where that is not as usual.
    """

    members: tuple[str, ...] | None = None
    part: bool = False
    times: int = 1
    most: int = 0
    costs: int = 0
    sizes: Callable[[Any], Mapping[str, int]] | None = None
    way: Any = None


_PLAIN = Stored()


def stored(field: GraphQLField) -> Stored:
    """What a field says of itself."""
    found: Stored | None = field.extensions.get(STORED)
    if found is None:
        declared = declaration(field)
        found = declared.metadata.get(STORED, _PLAIN)
        if found.members is None:
            found = replace(found, members=(declared.python_name.rstrip("_"),))
        field.extensions[STORED] = found
    return found


def declaration(field: GraphQLField) -> StrawberryField:
    """A field as it was declared."""
    found: StrawberryField = field.extensions["strawberry-definition"]
    return found


def selection(
    info: GraphQLResolveInfo[Any], kind: GraphQLObjectType, nodes: Iterable[FieldNode]
) -> Selection:
    """The members that the selections of these fields, all of one type, need."""
    found: dict[str, Any] = {}
    for name, inner in below(info, kind, nodes).items():
        field = kind.fields.get(name)
        if field is None:
            continue  # __typename is nobody's member
        how = stored(field)
        for member in how.members or ():
            found[member] = selection(info, object_type(field.type), inner) if how.part else None
    return found


def below(
    info: GraphQLResolveInfo[Any], kind: GraphQLObjectType, nodes: Iterable[FieldNode]
) -> dict[str, list[FieldNode]]:
    """The fields selected under these, by their names: aliases apart, fragments taken in."""
    found: dict[str, list[FieldNode]] = {}
    sets = [node.selection_set for node in nodes if node.selection_set]
    variables: Any = info.variable_values  # plain values, as Strawberry hands them to resolvers
    for under in Collecting(info.schema, info.fragments, variables).under(kind, sets).values():
        found.setdefault(under[0].name.value, []).extend(under)
    return found


@dataclass(frozen=True, slots=True)
class Collecting:
    """How the fields of one operation are collected, as GraphQL has it (CollectFields)."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def under(
        self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """The fields selected of a type, by the names they are answered under, in their order."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selections in sets:
            self._take(kind, selections, found, seen)
        return found

    def _take(
        self,
        kind: GraphQLObjectType,
        selections: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections.selections:
            if not included(node, self.variables):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif inner := self._fragment(kind, node, seen):
                self._take(kind, inner, found, seen)

    def _fragment(
        self, kind: GraphQLObjectType, node: Any, seen: set[str]
    ) -> SelectionSetNode | None:
        """What a fragment selects of this type; nothing the second time."""
        if isinstance(node, FragmentSpreadNode):
            if node.name.value in seen:
                return None
            seen.add(node.name.value)
            node = self.fragments[node.name.value]
        if node.type_condition is not None:
            condition = self.schema.get_type(node.type_condition.name.value)
            covered = is_abstract_type(condition) and self.schema.is_sub_type(condition, kind)
            if condition is not kind and not covered:
                return None
        found: SelectionSetNode = node.selection_set
        return found


def included(node: Any, variables: Mapping[str, Any]) -> bool:
    """Whether `@skip` and `@include` leave a selection in."""
    for directive in node.directives or ():
        for argument in directive.arguments or ():
            value = _flag(argument.value, variables)
            if value is not None and value is (directive.name.value == "skip"):
                return False
    return True


def _flag(value: Any, variables: Mapping[str, Any]) -> bool | None:
    if isinstance(value, VariableNode):
        found = variables.get(value.name.value)
        return found if isinstance(found, bool) else None
    return value.value if isinstance(value, BooleanValueNode) else None


def object_type(kind: Any) -> GraphQLObjectType:
    """The object type inside lists and non-nulls."""
    found = get_named_type(kind)
    if not isinstance(found, GraphQLObjectType):
        raise TypeError(f"{found} is no object type")
    return found
