"""What an operation may cost, counted before it is run.

Every field counts once for each row it may be there for. A list has as many rows as its `first`
says, or as is typical of it; within a list of its own kind, as many as there can be. What the rows
turn out to be is bounded when they are read.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    get_named_type,
    value_from_ast_untyped,
)

from service.api.graphql.limits import Refused
from service.api.graphql.selecting import declaration, included, stored

COSTLIEST = 30_000
"""Fields: what keeps the event loop busy for a good part of a second."""
INTROSPECTION = 10_000
"""Of `__schema` and `__type`: the whole schema has about as many fields."""
MUTATION = 200
RESOLVED = 5
"""Of a field that is resolved by itself, row by row, against one that is read from its row."""
SIZES = frozenset({"first", "last", "ids", "overlays", "input"})
"""Arguments that say how many rows a field has; one named `if` says whether it is there."""
_LONGEST_PAGE, _USUAL_PAGE = 200, 50
_ROWS = ("nodes", "edges")
_Sizes = frozenset[tuple[str, int]]
"""How many rows lists have, by name, where that is not as usual."""
_USUAL: _Sizes = frozenset()


def check(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """What a valid operation may cost with these variables. Raises `Refused` for too much."""
    root = schema.get_root_type(operation.operation)
    found = _Costs(schema, document, operation, variables).below(operation.selection_set, root, 1)
    if found > COSTLIEST:
        raise Refused(
            f"This operation may answer some {found} fields, more than {COSTLIEST}: "
            "ask for shorter pages (first) or fewer fields.",
            cost=found,
            most=COSTLIEST,
        )
    return found


class _Costs:
    """The costs of one operation; a fragment's are counted once for each size of page."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        defaults = {
            d.variable.name.value: value_from_ast_untyped(d.default_value)
            for d in operation.variable_definitions or ()
            if d.default_value is not None
        }
        self.variables = defaults | dict(variables)
        self._known: dict[tuple[str, int, _Sizes], int] = {}

    def below(
        self, selections: SelectionSetNode, kind: Any, page: int, sizes: _Sizes = _USUAL
    ) -> int:
        """Of the fields of a type; `page` is how many rows the connection they may be of has, and
        `sizes` how many their lists have."""
        return sum(
            self._selection(node, kind, page, sizes)
            for node in selections.selections
            if included(node, self.variables)
        )

    def _selection(self, node: Any, kind: Any, page: int, sizes: _Sizes) -> int:
        if isinstance(node, FieldNode):
            return self._field(node, kind, page, sizes)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, page, sizes)
        condition = node.type_condition
        inner = self.schema.get_type(condition.name.value) if condition else kind
        return self.below(node.selection_set, inner, page, sizes)

    def _fragment(self, name: str, page: int, sizes: _Sizes) -> int:
        if (name, page, sizes) not in self._known:
            fragment = self.fragments[name]
            kind = self.schema.get_type(fragment.type_condition.name.value)
            self._known[name, page, sizes] = self.below(fragment.selection_set, kind, page, sizes)
        return self._known[name, page, sizes]

    def _field(self, node: FieldNode, kind: Any, page: int, sizes: _Sizes) -> int:
        field: GraphQLField | None = kind.fields.get(node.name.value)
        if field is None:
            return 1 if node.name.value == "__typename" else INTROSPECTION
        own = 1
        if kind is self.schema.mutation_type:
            own = MUTATION
        elif declaration(field).base_resolver is not None:
            own = stored(field).costs or RESOLVED
        if node.selection_set is None:
            return own
        inner = get_named_type(field.type)
        how = stored(field)
        if how.sizes is not None:
            return own + self._asked(node, inner, how.sizes)
        rows, its_page = dict(sizes).get(node.name.value, how.times), 1
        if how.most:
            sizes |= {(node.name.value, how.most)}
        if "first" in field.args:
            its_page = self._page(node)
        elif "ids" in field.args:
            rows = self._length(node, "ids")
        elif "overlays" in field.args:
            rows += self._length(node, "overlays")
        elif node.name.value in _ROWS and page > 1:
            rows = page
        return own + rows * self.below(node.selection_set, inner, its_page, sizes)

    def _asked(self, node: Any, inner: Any, sizes: Callable[[Any], Mapping[str, int]]) -> int:
        """Of what is answered of each input."""
        given = self._argument(node, "input")
        each = Counter(
            frozenset(sizes(one).items()) for one in (given if isinstance(given, list) else [given])
        )
        # Of each kind once: there may be many alike.
        return sum(
            often * self.below(node.selection_set, inner, 1, one) for one, often in each.items()
        )

    def _page(self, node: FieldNode) -> int:
        """How many rows a page may have, at least 2, which tells a page from none."""
        asked = [self._argument(node, name) for name in ("first", "last")]
        sizes = [one for one in asked if one is not None]
        if not all(isinstance(one, int) for one in sizes):
            return _LONGEST_PAGE
        found = max(sizes, default=_USUAL_PAGE)
        return min(max(found, 2), _LONGEST_PAGE)

    def _length(self, node: FieldNode, name: str) -> int:
        found = self._argument(node, name)
        if found is None:
            return 0
        return len(found) if isinstance(found, Sequence) and not isinstance(found, str) else 1

    def _argument(self, node: FieldNode, name: str) -> Any:
        for argument in node.arguments or ():
            if argument.name.value == name:
                found = value_from_ast_untyped(argument.value, self.variables)
                return None if found is Undefined else found
        return None
