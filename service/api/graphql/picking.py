"""What an operation selects of a row that is at hand already: of what a write has answered."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_named_type, is_leaf_type

from service.api.graphql.projecting import TYPENAME, Unplanned
from service.api.graphql.relations import Computed
from service.api.graphql.selecting import Collecting, declaration, object_type, stored

Pick = Callable[[Any], Any]


def picked(collecting: Collecting, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Pick:
    """Picks what fields that are answered as one object show of it; null stays null, and of a list
    it is picked of each. Raises `Unplanned` for what the row itself does not hold.
    """
    sets = [node.selection_set for node in nodes if node.selection_set]
    shown = [
        (key, _picked(collecting, kind, under))
        for key, under in collecting.under(kind, sets).items()
    ]

    def pick(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, list):
            return [pick(one) for one in value]
        return {key: of(value) for key, of in shown}

    return pick


def _picked(collecting: Collecting, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Pick:
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda _: kind.name
    field = kind.fields[name]
    declared = declaration(field)
    if isinstance(declared, Computed):
        return declared.compute
    members = stored(field).members
    if declared.base_resolver is not None or not members:
        raise Unplanned
    (member,) = members
    if is_leaf_type(get_named_type(field.type)):
        return lambda row: row[member]
    inner = picked(collecting, object_type(field.type), nodes)
    return lambda row: inner(row[member])
