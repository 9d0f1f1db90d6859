"""One GraphQL request: its document prepared, its cost counted, then answered by a plan.

Where there is no plan for it, graphql-core runs it, through Strawberry.

Loaded with the schema by the first request that needs them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    GraphQLError,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from msgspec import UNSET, UnsetType
from starlette.requests import Request

from service.api.graphql import costs, limits, misfits
from service.api.graphql.context import Context
from service.api.graphql.failures import formatted
from service.api.graphql.planned import Operation
from service.api.graphql.schema import schema
from service.domain.work import Caller

CORE = schema._schema
SDL = f"{schema.as_str()}\n"
RULES = (*specified_rules, MaxIntrospectionDepthRule)
INTROSPECTION_CLOSED = "INTROSPECTION_CLOSED"
CLOSED = "The schema is not told here."
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)
KEPT = 128 * 1024
"""Characters of the documents kept parsed and validated: each takes some 80 bytes there."""


class Answer(msgspec.Struct, omit_defaults=True):
    """What goes out; without data when nothing was run."""

    errors: Sequence[Mapping[str, Any]] | UnsetType = UNSET
    data: Any = UNSET
    extensions: Mapping[str, Any] | UnsetType = UNSET


class Unfit(Exception):
    """A document cannot be run; `errors` says why."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


async def answer(
    request: Request,
    caller: Caller,
    *,
    query: str,
    variables: Mapping[str, Any],
    operation_name: str | None,
    tells_cost: bool = False,
) -> Answer:
    """The answer as GraphQL has it; without data when nothing was run."""
    request_id, is_open = request.scope["request_id"], request.app.state.settings.introspection
    try:
        ready = _ready(query, operation_name)
        if ready.introspects and not is_open:
            raise Unfit([GraphQLError(CLOSED, extensions={"code": INTROSPECTION_CLOSED})])
        cost = _cost(ready, variables)
    except Unfit as error:
        answered = Answer(formatted(error.errors, request_id))
    else:
        answered = await _run(Context(request, caller, ready.document), ready, query, variables)
        if tells_cost:
            answered.extensions = {"cost": {"counted": cost, "most": costs.COSTLIEST}}
    if not is_open and answered.errors:
        answered.errors = [*map(_unsuggesting, answered.errors)]
    return answered


async def _run(
    context: Context, ready: Operation, query: str, variables: Mapping[str, Any]
) -> Answer:
    if (planned := await ready.answer(context, variables)) is not None:
        errors = formatted(planned.errors, context.request.scope["request_id"])
        return Answer(errors or UNSET, msgspec.Raw(planned.data.encode()))
    return await ordinary(context, ready.node, query, variables)


def _unsuggesting(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """An error that names nothing of the schema but what was asked."""
    return {**error, "message": _SUGGESTION.sub("", error["message"])}


async def ordinary(
    context: Context, operation: OperationDefinitionNode, query: str, variables: Mapping[str, Any]
) -> Answer:
    """The same as graphql's own executor answers it, whatever the operation."""
    request_id = context.request.scope["request_id"]
    name = operation.name.value if operation.name else None
    result = await schema.execute(query, dict(variables), context, operation_name=name)
    misfit = None
    if result.data is None:
        misfit = misfits.found(CORE, context.document, operation, variables)
    if misfit is not None:
        # Nothing has run yet: the schema refuses what our inputs have codes and pointers for.
        context.refused = misfit.refused
        fitting = dict(misfit.variables)
        result = await schema.execute(query, fitting, context, operation_name=name)
    errors = formatted(result.errors or (), request_id)
    ran = result.data is not None or not errors or any("path" in error for error in errors)
    return Answer(errors or UNSET, result.data if ran else UNSET)


def _ready(query: str, operation_name: str | None) -> Operation:
    """Which operation of the document to run. Raises `Unfit`."""
    try:
        return _DOCUMENTS.prepared(query).operation(operation_name)
    except GraphQLError as error:
        raise Unfit([error]) from error


def _cost(operation: Operation, variables: Mapping[str, Any]) -> int:
    """What it may cost. Raises `Unfit` for too much."""
    try:
        return operation.cost(variables)
    except GraphQLError as error:
        raise Unfit([error]) from error


class _Document:
    """A document that may be run, and those of its operations that have been."""

    def __init__(self, node: DocumentNode) -> None:
        self.node = node
        self._operations: dict[str | None, Operation] = {}

    def operation(self, name: str | None) -> Operation:
        """The one of this name, or the only one. Raises `GraphQLError`."""
        if name not in self._operations:
            found = get_operation_ast(self.node, name)
            if found is None:
                raise GraphQLError("Say which operation of the document to run: operationName.")
            self._operations[name] = Operation(schema, self.node, found)
        return self._operations[name]


class _Documents:
    """Documents that may be run; the longest unused go when their texts are too long together."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.kept: dict[str, _Document] = {}

    def prepared(self, query: str) -> _Document:
        """A document that may be run. Raises `GraphQLError` or `Unfit`."""
        found = self.kept.pop(query, None)
        if found is None:
            found = _Document(_valid(query))
            self.left -= len(query)
        self.kept[query] = found
        while self.left < 0:
            oldest = next(iter(self.kept))
            del self.kept[oldest]
            self.left += len(oldest)
        return found


def _valid(query: str) -> DocumentNode:
    if len(query) > limits.MOST_CHARACTERS:
        raise limits.Refused(f"A document has at most {limits.MOST_CHARACTERS} characters.")
    document = parse(query, max_tokens=limits.MOST_TOKENS)
    limits.check(document)
    errors = validate(CORE, document, RULES)
    if errors:
        raise Unfit(errors)
    return document


_DOCUMENTS = _Documents(KEPT)
