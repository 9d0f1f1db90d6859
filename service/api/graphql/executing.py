"""One GraphQL request: its document prepared, its cost counted, then run by graphql-core.

Loaded with the schema by the first request that needs them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

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
from starlette.requests import Request

from service.api.graphql import costs, limits, misfits
from service.api.graphql.context import Context
from service.api.graphql.failures import formatted
from service.api.graphql.schema import schema
from service.domain.work import Caller

CORE = schema._schema
SDL = f"{schema.as_str()}\n"
RULES = (*specified_rules, MaxIntrospectionDepthRule)
KEPT = 128 * 1024
"""Characters of the documents kept parsed and validated: each takes some 80 bytes there."""


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
) -> dict[str, Any]:
    """The answer as GraphQL has it; without `data` when nothing was run."""
    request_id = request.scope["request_id"]
    try:
        document, operation = _ready(query, variables, operation_name)
    except Unfit as error:
        return {"errors": formatted(error.errors, request_id)}
    context = Context(request, caller, document)
    name = operation.name.value if operation.name else None
    result = await schema.execute(query, dict(variables), context, operation_name=name)
    if result.data is None and (misfit := misfits.found(CORE, document, operation, variables)):
        # Nothing has run yet: the schema refuses what our inputs have codes and pointers for.
        context.refused = misfit.refused
        fitting = dict(misfit.variables)
        result = await schema.execute(query, fitting, context, operation_name=name)
    errors = formatted(result.errors, request_id) if result.errors else []
    if result.data is None and errors and not any("path" in error for error in errors):
        return {"errors": errors}
    return {"data": result.data, **({"errors": errors} if errors else {})}


def _ready(
    query: str, variables: Mapping[str, Any], operation_name: str | None
) -> tuple[DocumentNode, OperationDefinitionNode]:
    """The document and which of its operations to run. Raises `Unfit`."""
    try:
        document = _DOCUMENTS.prepared(query)
        operation = get_operation_ast(document, operation_name)
        if operation is None:
            raise GraphQLError("Say which operation of the document to run: operationName.")
        costs.check(CORE, document, operation, variables)
    except GraphQLError as error:
        raise Unfit([error]) from error
    return document, operation


class _Documents:
    """Documents that may be run; the longest unused go when their texts are too long together."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.kept: dict[str, DocumentNode] = {}

    def prepared(self, query: str) -> DocumentNode:
        """A document that may be run. Raises `GraphQLError` or `Unfit`."""
        found = self.kept.pop(query, None)
        if found is None:
            found = _valid(query)
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
