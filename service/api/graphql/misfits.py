"""Variables of mutations that do not fit the schema, judged as REST judges the same members.

GraphQL refuses a request with such variables as a whole, in words of its own. What our inputs
would refuse as well is answered as user errors instead: with the codes and pointers of REST, and
without stopping the other fields. The schema's words stand for all else.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    get_variable_values,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
    visit,
)
from strawberry.utils.str_converters import to_snake_case

from service.api.graphql import given, mirroring
from service.domain.errors import DomainError, Invalid


class Misfits(NamedTuple):
    """Why variables are refused, by their names, and variables with which all else can run."""

    refused: Mapping[str, Invalid]
    variables: Mapping[str, Any]


def found(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> Misfits | None:
    """The misfits of a mutation; None when there are none, or one that only the schema refuses."""
    if operation.operation is not OperationType.MUTATION:
        return None
    refused, fitting = {}, dict(variables)
    for definition in operation.variable_definitions or ():
        if isinstance(get_variable_values(schema, [definition], fitting, 1), list):
            name, kind = definition.variable.name.value, type_from_ast(schema, definition.type)
            why = _judged(kind, variables[name]) if name in variables else None
            if why is None:
                return None
            refused[name], fitting[name] = why, _stand_in(kind)
    told = refused and _are_arguments(refused, document, operation)
    return Misfits(refused, fitting) if told else None


def check(node: FieldNode, refused: Mapping[str, Invalid]) -> None:
    """Raises `Invalid` for a field with arguments that are refused variables."""
    problems = [
        problem
        for argument, name in _arguments(node)
        if name in refused
        for problem in refused[name].renamed(partial(_at, argument)).problems
    ]
    if problems:
        raise Invalid(problems)


def _at(argument: str, pointer: str) -> str:
    """The input and the patch are what REST takes as its body; other arguments have a name."""
    return pointer if argument in {"input", "patch"} else f"/{to_snake_case(argument)}{pointer}"


def _judged(kind: Any, value: Any) -> Invalid | None:
    """What our input says of a value; None when it has nothing against it, or it is no input."""
    name = str(get_named_type(kind))
    if name not in mirroring.TAKEN or is_list_type(get_nullable_type(kind)):
        return None
    try:
        given.judged(name, value)
    except DomainError as error:
        return error if isinstance(error, Invalid) else None
    return None


def _stand_in(kind: Any) -> Any:
    """A value that a type takes. Nothing is ever done with it."""
    if not is_non_null_type(kind):
        return None
    kind = kind.of_type
    if is_list_type(kind):
        return []
    if is_enum_type(kind):
        return next(iter(kind.values))
    if is_input_object_type(kind):
        required = ((n, f.type) for n, f in kind.fields.items() if is_required_input_field(f))
        return {name: _stand_in(inner) for name, inner in required}
    return {"Int": 0, "Float": 0, "Decimal": 0, "Boolean": False}.get(str(kind), "")


def _are_arguments(
    refused: Mapping[str, Invalid], document: DocumentNode, operation: OperationDefinitionNode
) -> bool:
    """Whether these variables are arguments of the mutations themselves, and nothing else."""
    uses = _Uses()
    visit(operation, uses)
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            visit(definition, uses)
    fields = (s for s in operation.selection_set.selections if isinstance(s, FieldNode))
    direct = Counter(name for field in fields for _, name in _arguments(field))
    # Each is named once more where it is declared.
    return all(0 < direct[name] == uses.names[name] - 1 for name in refused)


def _arguments(node: FieldNode) -> Iterator[tuple[str, str]]:
    """A field's arguments that are variables, with the names of these."""
    for argument in node.arguments or ():
        if isinstance(argument.value, VariableNode):
            yield argument.name.value, argument.value.name.value


class _Uses(Visitor):
    """Counts where variables are named."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """One more."""
        self.names[node.name.value] += 1
