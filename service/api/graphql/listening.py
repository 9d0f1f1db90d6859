"""Operations answered piece by piece: a subscription as long as somebody listens, others once.

Each piece of news is an event as graphql has it (ExecuteSubscriptionEvent): the operation is run
with it as the root, by a context of its own, so that what is selected is read as it is then, and
nothing is kept in between.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from inspect import isawaitable
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    OperationType,
    VariableValues,
    located_error,
)
from msgspec import UNSET
from starlette.requests import Request

from service.api.auth import fresh
from service.api.edge import EdgeOf
from service.api.following import follow
from service.api.graphql.context import Context
from service.api.graphql.executing import Answer, Unfit, answer, prepared, refused
from service.api.graphql.failures import formatted
from service.api.graphql.planned import Operation
from service.api.graphql.selecting import Collecting, declaration
from service.api.graphql.subscribing import SOURCE, News, Read
from service.api.graphql.trusted import Asked, known
from service.domain.changes import NOW
from service.domain.errors import CursorGone, Malformed
from service.domain.work import Caller


class Told(NamedTuple):
    """An answer, without one a sign that nothing came; the place behind it, where there is one; and
    what ended it all, if that did."""

    answer: Answer | None
    place: str | None = None
    cause: Exception | None = None


class _Field(NamedTuple):
    """The one field of a subscription."""

    key: str
    nodes: Sequence[FieldNode]
    field: GraphQLField


async def told(
    request: Request,
    caller: Caller,
    asked: Asked,
    *,
    query: str,
    after: str | None = None,
    subscribed: bool = False,
) -> AsyncGenerator[Told]:
    """The answers to the operation that is `asked` for, by the document that it means, which has to
    stay allowed while somebody listens. `after` wins over the argument of that name, and where it
    has to be `subscribed` to, nothing else is run.

    What is wrong is an answer without data, and the last.
    """
    request_id = request.scope["request_id"]
    variables, operation_name = asked.variables or {}, asked.operation_name
    try:
        operation, _ = prepared(request, query, variables, operation_name)
        if operation.node.operation is not OperationType.SUBSCRIPTION:
            if subscribed:
                raise Unfit([GraphQLError("By GET a subscription alone is run.")])
            once = partial(answer, query=query, variables=variables, operation_name=operation_name)
            yield Told(await once(request, caller))
            return
        values = operation.coerced(variables)
        if isinstance(values, list):
            raise Unfit(values)
        field = _field(operation, values)
    except Unfit as error:
        yield Told(refused(request, error), cause=error)
        return
    edge, place = EdgeOf(request, caller, request.app.state.database), after
    try:
        async with aclosing(_events(edge, asked, operation, field, values, after=after)) as events:
            async for one in events:
                place = one.place
                yield one
    except Exception as error:  # as graphql does: whatever it is, it is this field's
        yield _end(error, field, place, request_id)


async def _events(
    edge: EdgeOf,
    asked: Asked,
    operation: Operation,
    field: _Field,
    values: VariableValues,
    *,
    after: str | None,
) -> AsyncGenerator[Told]:
    arguments = operation.arguments(field.field, field.nodes[0], values)
    given = arguments.pop("after", None)
    place = after or (None if given == NOW else given)
    read: Read = declaration(field.field).metadata[SOURCE](**arguments)
    begun = False

    async def allowed(place: str | None) -> News:
        # As the key, so the document: either may be gone meanwhile.
        await known(edge.request).meant(edge.caller, asked, fresh(edge.request))
        return await read(edge, place)

    async with aclosing(follow(edge, allowed, place)) as pages:
        async for news in pages:
            if news.is_empty and (begun or place):
                yield Told(None, news.end)
            else:
                yield Told(await _answer(edge, operation, values, news), news.end)
            begun = True


async def _answer(edge: EdgeOf, operation: Operation, values: VariableValues, news: News) -> Answer:
    """The operation run once, for one piece of news."""
    context = Context(edge.request, edge.caller, operation.document)
    event = {**news.event, "cursor": news.end}
    executor = operation.executor(context, values).build_per_event_executor(event)
    found: Any = executor.execute_operation()
    if isawaitable(found):
        found = await found
    errors = formatted(found.errors or (), edge.request.scope["request_id"])
    return Answer(errors or UNSET, found.data)


def _field(operation: Operation, values: VariableValues) -> _Field:
    """Validation has seen to it that there is one, and that it is none of introspection's; but
    variables may leave it out. Raises `Unfit`."""
    root = operation.core.subscription_type
    if root is not None:
        collecting = Collecting(operation.core, operation.fragments, values.coerced)
        for key, nodes in collecting.under(root, [operation.node.selection_set]).items():
            return _Field(key, nodes, root.fields[nodes[0].name.value])
    raise Unfit([GraphQLError("This subscription selects nothing.", operation.node)])


def _end(error: Exception, field: _Field, place: str | None, request_id: str) -> Told:
    """What ended a subscription, and where to go on from, unless that is what is wrong."""
    if isinstance(error, Malformed | CursorGone):
        place = None
    said = formatted([located_error(error, field.nodes, [field.key])], request_id)
    if place is not None:
        said[0]["extensions"]["cursor"] = place
    return Told(Answer(said), place, error)
