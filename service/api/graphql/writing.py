"""What every mutation is: a write of its own and a payload.

Each runs in a transaction of its own, committed before the next begins. What was refused is
answered as user errors; nothing of it is stored.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any

import strawberry
from graphql import FieldNode
from starlette.responses import Response
from strawberry.types.base import get_object_definition

from service.api.graphql import context, misfits, rooted
from service.api.graphql.context import Context, Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.failures import UserError, user_errors
from service.domain.errors import DomainError

Answer = Mapping[str, Any]
Write = Callable[..., Awaitable[Answer]]


def mutation(
    name: str,
    write: Write,
    payload: Any,
    description: str,
    arguments: Sequence[Argument],
) -> Any:
    """A mutation: `write(edge, **given)` answers the payload's other members, or is refused."""

    fields = get_object_definition(payload, strict=True).fields
    nothing = dict.fromkeys(field.python_name for field in fields)

    async def done(request: Context, node: FieldNode, arguments: Answer) -> Row:
        try:
            misfits.check(node, request.refused)
            key = (node.alias or node.name).value
            answer = await write(request.edge(key), **arguments)
        except DomainError as error:
            return {**nothing, "user_errors": user_errors(error)}
        request.forget()
        return {**answer, "user_errors": []}

    async def resolve(info: Any, **arguments: Any) -> Row:
        return await done(context.of(info), info._raw_info.field_nodes[0], arguments)

    way = rooted.written(done)
    return resolving(name, resolve, payload | None, description, arguments, way=way)


@cache
def payload(name: str, *members: tuple[str, Any, str]) -> Any:
    """What a mutation answers: members (name, type, description), all null if it was refused."""
    cls = type(f"{name}Payload", (), {"__annotations__": {}})
    for member, kind, said in members:
        setattr(cls, member, strawberry.field(description=said, graphql_type=kind | None))
    said = "Why nothing was changed; empty when it was."
    setattr(  # noqa: B010 (an attribute of a class made just now)
        cls, "user_errors", strawberry.field(description=said, graphql_type=list[UserError])
    )
    return strawberry.type(cls, description="What came of a mutation.")


def row_of(response: Response) -> Any:
    """The document in an answer of the edge."""
    return context.decode(bytes(response.body))
