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
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)
from msgspec import UNSET, UnsetType
from starlette.requests import Request

from service.api.graphql import costs, limits, misfits
from service.api.graphql.context import Context
from service.api.graphql.failures import formatted
from service.api.graphql.hot import HotDocuments
from service.api.graphql.planned import Operation
from service.api.graphql.schema import schema
from service.api.graphql.trusted import NotByGet
from service.domain.memory import Bounded
from service.domain.work import Caller

CORE = schema._schema
SDL = f"{schema.as_str()}\n"
INTROSPECTION_CLOSED = "INTROSPECTION_CLOSED"
CLOSED = "The schema is not told here."
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)
KEPT = 128 * 1024
"""Characters of the documents kept parsed and validated: each takes some 80 bytes there."""


_NAMELESS = "Say which operation of the document to run: operationName."
_NO_SUCH = "The document has no operation of this name: operationName."
_BY_STREAM = "Subscribe over a WebSocket (graphql-transport-ws), or accept text/event-stream."


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
    only_reads: bool = False,
    tells_cost: bool = False,
) -> Answer:
    """The answer as GraphQL has it; without data when nothing was run. Raises `NotByGet` for what
    is no query where `only_reads`."""
    try:
        ready, cost = prepared(request, query, variables, operation_name)
        if only_reads and ready.node.operation is not OperationType.QUERY:
            raise NotByGet
        if ready.node.operation is OperationType.SUBSCRIPTION:
            raise Unfit([GraphQLError(_BY_STREAM)])
    except Unfit as error:
        return refused(request, error)
    answered = await _run(request, caller, ready, query, variables)
    if tells_cost:
        answered.extensions = {"cost": {"counted": cost, "most": costs.COSTLIEST}}
    return _unsuggesting(request, answered)


async def _run(
    request: Request, caller: Caller, ready: Operation, query: str, variables: Mapping[str, Any]
) -> Answer:
    hot, name, versions = _hot(request), None, None
    which = ready.node.name.value if ready.node.name else None
    if ready.is_hot:
        name = hot.name(caller, query, which, variables)
        kept, versions = await hot.found(name)
        if kept is not None:
            return Answer(data=kept)
    context = Context(request, caller, ready.document)
    planned = await ready.answer(context, variables)
    if planned is None:
        return await ordinary(context, ready.node, query, variables)
    data = msgspec.Raw(planned.data.encode())
    if planned.about is not None and hot.keeps:
        ready.is_hot = True
        name = name or hot.name(caller, query, which, variables)
        hot.keep(name, planned.about(), versions, data)
    errors = formatted(planned.errors, request.scope["request_id"])
    return Answer(errors or UNSET, data)


def refused(request: Request, error: Unfit) -> Answer:
    """What is answered where nothing can be run."""
    answered = Answer(formatted(error.errors, request.scope["request_id"]))
    return _unsuggesting(request, answered)


def _unsuggesting(request: Request, answered: Answer) -> Answer:
    """Where the schema is not told, errors name nothing of it but what was asked."""
    if answered.errors and not request.app.state.settings.introspection:
        answered.errors = [
            {**one, "message": _SUGGESTION.sub("", one["message"])} for one in answered.errors
        ]
    return answered


def _hot(request: Request) -> HotDocuments:
    """The answers that this process keeps."""
    state = request.app.state
    found: HotDocuments | None = getattr(state, "hot_documents", None)
    if found is None:
        found = HotDocuments(state.database, state.settings.hot_documents)
        state.hot_documents = found
    return found


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


def subscribes(query: str, operation_name: str | None) -> bool:
    """Whether it is a subscription, where it is anything that may be run."""
    try:
        operation = _prepared(query).operation(operation_name)
    except (Unfit, GraphQLError):
        return False
    return operation.node.operation is OperationType.SUBSCRIPTION


def prepared(
    request: Request, query: str, variables: Mapping[str, Any], operation_name: str | None
) -> tuple[Operation, int]:
    """Which operation of the document to run, and what it may cost. Raises `Unfit`."""
    try:
        operation = _prepared(query).operation(operation_name)
        if operation.introspects and not request.app.state.settings.introspection:
            raise Unfit([GraphQLError(CLOSED, extensions={"code": INTROSPECTION_CLOSED})])
        return operation, operation.cost(variables)
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
                raise GraphQLError(_NAMELESS if name is None else _NO_SUCH)
            self._operations[name] = Operation(schema, self.node, found)
        return self._operations[name]


def _prepared(query: str) -> _Document:
    """A document that may be run. Raises `GraphQLError` or `Unfit`."""
    found = _DOCUMENTS.found(query)
    if found is None:
        found = _Document(_valid(query))
        _DOCUMENTS.keep(query, found)
    return found


def _valid(query: str) -> DocumentNode:
    if len(query) > limits.MOST_CHARACTERS:
        raise limits.Refused(f"A document has at most {limits.MOST_CHARACTERS} characters.")
    document = parse(query, max_tokens=limits.MOST_TOKENS)
    limits.check(document)
    errors = validate(CORE, document)
    if errors:
        raise Unfit(errors)
    return document


_DOCUMENTS: Bounded[str, _Document] = Bounded(KEPT, lambda query, _: len(query))
