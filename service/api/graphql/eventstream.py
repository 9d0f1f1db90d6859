"""Operations answered as server-sent events: what graphql-sse calls distinct connections.

`event: next` has an answer in `data:`, `event: complete` ends them. Besides, `id:` is the place
behind an event, as in `/v1/changes`: whoever comes back says it in Last-Event-ID.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql.facts import encode
from service.api.negotiating import EVENTS
from service.api.streaming import Chunks
from service.domain.work import Caller


def answered(request: Request, caller: Caller, answers: AsyncGenerator[Any]) -> Response:
    """The answers to an operation, as `listening` tells them."""
    edge = EdgeOf(request, caller, request.app.state.database)
    return edge.streamed(_chunks(answers), EVENTS)


async def _chunks(answers: AsyncGenerator[Any]) -> Chunks:
    async with aclosing(answers):
        async for told in answers:
            place = b"" if told.place is None else f"id: {told.place}\n".encode()
            if told.answer is None:
                yield b": still here\n" + place + b"\n"
            else:
                yield b"%sevent: next\ndata: %s\n\n" % (place, encode(told.answer))
    yield b"event: complete\ndata:\n\n"
