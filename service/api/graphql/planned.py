"""Operations that one statement for each root field answers, its JSON going out as it is.

A plan is made once for an operation and the values of the variables that `@skip` and `@include`
name. Whatever it does not know is left to the ordinary executor, whole: so is what a caller may not
read or said wrongly below a root field, and errors are the same either way.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import NoneType
from typing import Any, NamedTuple
from uuid import UUID

from graphql import (
    ArgumentNode,
    DocumentNode,
    Executor,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    VariableNode,
    VariableValues,
    Visitor,
    get_argument_values,
    get_variable_values,
    is_non_null_type,
    located_error,
    visit,
)
from strawberry import Schema
from strawberry.types.arguments import convert_arguments

from service.api.graphql import costs, given, hot
from service.api.graphql.context import Context
from service.api.graphql.noted import Document, Noted, executor, filled
from service.api.graphql.projecting import TYPENAME, Projecting, Sized, Unplanned
from service.api.graphql.selecting import Collecting, declaration, stored
from service.domain.errors import DomainError
from service.domain.paging import ListQuery

MOST_COUNTED = 64
"""Of one operation: numbers and flags with which it is known not to cost too much."""
_OF_ONE = ("after", "before", "last")
"""What is asked of one row's own list, and not of all the lists of an answer."""
_PLAIN = (int, NoneType, type(Undefined))
MOST_PLANS = 16
"""Of one operation: values of the variables in its directives."""
Read = Callable[[Context, Mapping[str, Any], Mapping[str, Any]], Awaitable[str | None]]
"""Answers a root field from its arguments and what fills the places below: JSON, or None."""
Root = Callable[[Projecting, GraphQLField, Sequence[FieldNode]], Read]
"""How a root field is answered."""


class Answered(NamedTuple):
    """The data as JSON, what was wrong with root fields that are null, and which map all of it
    is about, if its version and the catalogue's tell whether it is still so.
    """

    data: str
    errors: Sequence[GraphQLError]
    about: Callable[[], UUID] | None = None


class _Field(NamedTuple):
    """A root field as it is answered: by a read, or by what is known already."""

    key: str
    nodes: Sequence[FieldNode]
    field: GraphQLField | None
    read: Read | None
    sized: Mapping[str, Sized]
    noted: Sequence[Noted] = ()
    known: str | None = None
    about: Callable[[Mapping[str, Any]], UUID] | None = None


class Operation:
    """An operation of a document that may be run, and its plans."""

    def __init__(
        self, schema: Schema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self.schema = schema
        self.core: GraphQLSchema = schema._schema
        self.document = document
        self.node = operation
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        named = _Named()
        for definition in (operation, *self.fragments.values()):
            visit(definition, named)
        self._conditions = tuple(sorted(named.conditions))
        self._sizes = tuple(sorted(named.conditions | named.sizes))
        self._plans: dict[tuple[Any, ...], _Plan | None] = {}
        self.introspects = named.introspects
        self._affordable: dict[tuple[Any, ...], int] = {}
        self.is_hot = False
        """Whether an answer to it may have been kept."""

    def cost(self, variables: Mapping[str, Any]) -> int:
        """What it may cost with these variables: counted once for those that decide it, if they
        are numbers and flags. Raises `Refused` for too much.
        """
        told = [variables.get(name, Undefined) for name in self._sizes]
        # 1 and true are the same to Python.
        key = tuple((type(one), one) for one in told if isinstance(one, _PLAIN))
        if len(key) == len(told) and key in self._affordable:
            return self._affordable[key]
        found = costs.check(self.core, self.document, self.node, variables)
        if len(key) == len(told) and len(self._affordable) < MOST_COUNTED:
            self._affordable[key] = found
        return found

    def executor(self, context: Context, values: VariableValues) -> Executor[Any]:
        """What answers the fields that statements only note, or all of an event."""
        return executor(self.schema, self.node, self.fragments, context, values)

    def coerced(self, variables: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """These variables as the schema takes them, or what is wrong with them."""
        declared = self.node.variable_definitions or ()
        return get_variable_values(self.core, declared, dict(variables), 1)

    def arguments(
        self, field: GraphQLField, node: FieldNode, values: VariableValues
    ) -> dict[str, Any]:
        """A field's arguments as its resolver takes them."""
        return convert_arguments(
            get_argument_values(field, node, values),
            declaration(field).arguments,
            scalar_registry=self.schema.schema_converter.scalar_registry,
            config=self.schema.config,
        )

    async def answer(self, context: Context, variables: Mapping[str, Any]) -> Answered | None:
        """The answer with these variables; None where the ordinary executor has to give it."""
        values = self.coerced(variables)
        if isinstance(values, list):
            return None
        try:
            plan = self._plan(values)
            return None if plan is None else await plan.run(context, values)
        except Unplanned:
            return None

    def _plan(self, values: VariableValues) -> "_Plan | None":
        which = tuple(map(values.coerced.get, self._conditions))
        if which not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[which] = _planned(self, values)
        return self._plans[which]


class _Plan:
    """How an operation is answered with some variables left in and others out."""

    def __init__(
        self, operation: Operation, fields: Sequence[_Field], scopes: frozenset[str]
    ) -> None:
        self.operation = operation
        self.fields = fields
        self.scopes = scopes
        read = [field for field in fields if field.read is not None]
        self.about = read[0].about if len(read) == 1 else None

    async def run(self, context: Context, values: VariableValues) -> Answered:
        """The answer. Raises `Unplanned` where the ordinary executor has to tell what is wrong."""
        if not self.scopes <= context.caller.scopes:
            raise Unplanned
        # Below the root nothing may be wrong; it is looked at before anything is read.
        places = [self._places(field, values) for field in self.fields]
        told, errors, about = [], [], None
        # Each is a statement, as many as the document has root fields.
        for field, given_below in zip(self.fields, places, strict=True):
            try:
                json = field.known
                if field.read is not None:
                    arguments = self._arguments(field, values)
                    json = await field.read(context, arguments, given_below)
                    about = self.about and partial(self.about, arguments)
            except Unplanned:
                raise
            except Exception as error:  # as graphql does: whatever it is, it is this field's
                json = None
                errors.append(located_error(error, field.nodes, [field.key]))
            told.append(Document(field.key, json or "null", field.noted))
        if any(field.noted for field in self.fields):
            told, more = await filled(self.operation.executor(context, values), told)
            errors += more
        shown = ",".join(f'"{one.key}":{one.text}' for one in told)
        return Answered(f"{{{shown}}}", errors, None if errors else about)

    def _arguments(self, field: _Field, values: VariableValues) -> Mapping[str, Any]:
        if field.field is None:
            return {}
        return self.operation.arguments(field.field, field.nodes[0], values)

    def _places(self, field: _Field, values: VariableValues) -> dict[str, Any]:
        return {name: self._first(one, values) for name, one in field.sized.items()}

    def _first(self, sized: Sized, values: VariableValues) -> int:
        """How many rows a list below the root shows at most."""
        try:
            asked = self.operation.arguments(sized.field, sized.node, values)
            if any(asked.pop(name, None) is not None for name in _OF_ONE):
                raise Unplanned
            return given.query(ListQuery, asked).limit
        except (DomainError, GraphQLError) as error:
            raise Unplanned from error


def _planned(operation: Operation, values: VariableValues) -> _Plan | None:
    """A plan; None for what is not known here."""
    collecting = Collecting(operation.core, operation.fragments, values.coerced)
    root = operation.core.get_root_type(operation.node.operation)
    if root is None or operation.node.operation is OperationType.SUBSCRIPTION:
        return None
    scopes: set[str] = set()
    fields = []
    try:
        for key, nodes in collecting.under(root, [operation.node.selection_set]).items():
            name, planning = nodes[0].name.value, Projecting(collecting)
            if name == TYPENAME:
                fields.append(_Field(key, nodes, None, None, {}, known=f'"{root.name}"'))
                continue
            field = root.fields.get(name)
            way: Root | None = stored(field).way if field else None
            if way is None or field is None or is_non_null_type(field.type):
                return None
            read = way(planning, field, nodes)
            about = planning.about if planning.reached <= hot.WITHIN else None
            about = None if planning.noted else about
            made = _Field(key, nodes, field, read, planning.sized, planning.noted, about=about)
            fields.append(made)
            scopes |= planning.scopes
    except Unplanned:
        return None
    return _Plan(operation, fields, frozenset(scopes))


class _Named(Visitor):
    """The variables that decide what is selected, and those that decide how long lists may be; and
    whether the schema itself is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.conditions: set[str] = set()
        self.sizes: set[str] = set()
        self.introspects = False
        self._into: set[str] | None = None

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """One of the schema's own, perhaps."""
        self.introspects = self.introspects or node.name.value in ("__schema", "__type")

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        """Those of a directive are conditions."""
        name = node.name.value
        self._into = (
            self.conditions if name == "if" else self.sizes if name in costs.SIZES else None
        )

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """One more."""
        if self._into is not None:
            self._into.add(node.name.value)

    def leave_argument(self, *_: Any) -> None:
        """Others that follow are not of it."""
        self._into = None
