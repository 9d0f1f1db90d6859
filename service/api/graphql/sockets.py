"""GraphQL over a WebSocket: the protocol graphql-transport-ws, its messages and close codes.

Whoever comes says first who they are, in `connection_init` or in the header of the upgrade. An
operation is a task that sends its answers one by one: the next is made when the one before was
taken, so nothing gathers here, and whoever takes nothing is sent away.
"""

import asyncio
from contextlib import aclosing, suppress
from typing import Any, NoReturn

import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from service import telemetry
from service.api.auth import calling
from service.api.graphql.endpoint import PATH, asked_in, known, listening
from service.api.graphql.facts import encode, told
from service.api.graphql.messages import (
    DEFECT,
    LATER,
    PROTOCOL,
    RESTART,
    SLOW,
    Farewell,
    Said,
    members_of,
    request_of,
    said_in,
)
from service.api.graphql.trusted import Asked
from service.domain.errors import DomainError, Malformed, TooManyStreams, Unauthenticated
from service.domain.work import Caller

PATIENCE = 10.0
"""Seconds within which a caller says who they are."""
MOST = 10
"""Operations of one connection that run at once."""
LAST_WORD = 1.0
"""Seconds for what is said at the end."""


async def converse(websocket: WebSocket) -> None:
    """One connection, from its first message to its last."""
    with suppress(WebSocketDisconnect):  # they may leave at any time
        if PROTOCOL in websocket.scope["subprotocols"]:
            await websocket.accept(PROTOCOL)
            with websocket.app.state.streams.talking():
                await _Conversation(websocket).held()
        else:
            await websocket.accept()
            await websocket.close(4406, f"Subprotocol not acceptable: use {PROTOCOL}")


class _Conversation:
    """A connection, and the operations that run on it."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.streams = websocket.app.state.streams
        self.request = request_of(websocket, {})
        self.running: dict[str, asyncio.Task[None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.over: asyncio.Future[Farewell] = asyncio.get_running_loop().create_future()
        self.turn = asyncio.Lock()

    async def held(self) -> None:
        """Listen and answer until either side ends it."""
        reading = asyncio.create_task(self._read())
        stopping = asyncio.create_task(self._stop())
        farewell: Farewell | None = None
        try:
            ends: tuple[asyncio.Future[Any], ...] = (reading, stopping, self.over)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            farewell = _farewell(reading, stopping, self.over)
        finally:
            tasks = (reading, stopping, *self.tasks)
            for task in tasks:
                task.cancel()
            # Nothing is sent behind the farewell.
            await asyncio.gather(*tasks, return_exceptions=True)
            code = farewell and farewell.code
            request_id = self.request.scope["request_id"]
            telemetry.logger().info("socket_closed", request_id=request_id, code=code)
        if farewell is not None:
            # Whoever took nothing of what was sent takes no farewell either.
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORD):
                    await self.websocket.close(farewell.code, farewell.reason)

    # -- listening -------------------------------------------------------------------------

    async def _read(self) -> NoReturn:
        """Hear one message after the other. Raises `Farewell`, or that the caller has left."""
        try:
            with self.streams.waiting():
                caller = await self._greeted()
            with self.streams.place(caller):
                await self._send({"type": "connection_ack"})
                while True:
                    self._hear(said := await self._next())
                    if said.type == "ping":
                        await self._send({"type": "pong"})
        except DomainError as error:
            raise Farewell(LATER, f"{error.code}: {error.detail}") from error

    async def _greeted(self) -> Caller:
        """Who calls. Raises `Farewell`."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (said := await self._next()).type != "connection_init":
                    if said.type == "ping":
                        await self._send({"type": "pong"})
                    elif said.type != "pong":
                        raise Farewell(4401, "Unauthorized")
        except TimeoutError as error:
            raise Farewell(4408, "Connection initialisation timeout") from error
        self.request = request_of(self.websocket, members_of(said))
        try:
            return await calling(self.request)
        except Unauthenticated as error:
            raise Farewell(4403, "Forbidden") from error
        except Malformed as error:
            raise Farewell(4400, error.detail) from error

    async def _next(self) -> Said:
        """The next message. Raises as `said_in`."""
        return said_in(await self.websocket.receive())

    def _hear(self, said: Said) -> None:
        match said.type:
            case "subscribe":
                self._subscribe(said)
            case "complete" if said.id in self.running:
                self.running.pop(said.id).cancel()
            case "connection_init":
                raise Farewell(4429, "Too many initialisation requests")
            case "ping" | "pong" | "complete":
                pass
            case _:
                raise Farewell(4400, "Invalid message received: unknown type")

    def _subscribe(self, said: Said) -> None:
        if said.id in self.running:
            raise Farewell(4409, f"Subscriber for {said.id} already exists")
        try:
            asked = asked_in(bytes(said.payload))
        except DomainError as error:
            raise Farewell(4400, f"Invalid message received: {error.detail}") from error
        if not said.id:
            raise Farewell(4400, "Invalid message received: an operation has an id")
        task = asyncio.create_task(self._run(said.id, asked))
        self.running[said.id] = task
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _stop(self) -> Farewell:
        """Wait until the process stops, and the operations have said where they were."""
        await self.streams.stopped()
        if self.running:
            await asyncio.wait(self.running.values(), timeout=LAST_WORD)
        return Farewell(RESTART, "This process stops: come back")

    # -- answering -------------------------------------------------------------------------

    async def _run(self, which: str, asked: Asked) -> None:
        """An operation, until it ends or nobody wants it any more."""
        try:
            await self._answer(which, asked)
        except Farewell as farewell:
            self._end(farewell)
        except WebSocketDisconnect:
            pass  # they have left, and whoever listens hears of it
        except Exception as error:
            request_id = self.request.scope["request_id"]
            telemetry.logger().error("graphql_failed", request_id=request_id, exc_info=error)
            self._end(Farewell(DEFECT, "Something went wrong on our side"))
        finally:
            self._forget(which)

    async def _answer(self, which: str, asked: Asked) -> None:
        try:
            if len(self.running) > MOST:
                raise TooManyStreams(f"A connection runs at most {MOST} operations at once.")
            caller = await calling(self.request)
            query = await known(self.request).meant(caller, asked)
        except DomainError as error:
            return await self._refuse(which, [told(error)], error)
        answers = (await listening()).told(
            self.request,
            caller,
            query=query,
            variables=asked.variables or {},
            operation_name=asked.operation_name,
        )
        async with aclosing(answers):
            async for one in answers:
                if one.answer is None:
                    continue
                if one.answer.data is msgspec.UNSET:
                    return await self._refuse(which, one.answer.errors, one.cause)
                await self._send({"id": which, "type": "next", "payload": one.answer})
        self._forget(which)
        return await self._send({"id": which, "type": "complete"})

    async def _refuse(self, which: str, errors: Any, cause: Exception | None) -> None:
        """Say why there is no more; where the key is gone, that is so for all of them."""
        self._forget(which)
        await self._send({"id": which, "type": "error", "payload": errors})
        if isinstance(cause, Unauthenticated):
            raise Farewell(4401, "Unauthorized")

    def _forget(self, which: str) -> None:
        """The id may be used again; perhaps it is already."""
        if self.running.get(which) is asyncio.current_task():
            del self.running[which]

    def _end(self, farewell: Farewell) -> None:
        if not self.over.done():
            self.over.set_result(farewell)

    async def _send(self, message: Any) -> None:
        """Send a message behind those that wait. Raises `Farewell` where it is not taken."""
        text = encode(message).decode()
        async with self.turn:
            try:
                async with asyncio.timeout(self.streams.stalled):
                    await self.websocket.send_text(text)
            except TimeoutError as error:
                seconds = round(self.streams.stalled)
                raise Farewell(SLOW, f"slow_reader: nothing was taken for {seconds} s") from error


def _farewell(
    reading: asyncio.Task[NoReturn],
    stopping: asyncio.Task[Farewell],
    over: asyncio.Future[Farewell],
) -> Farewell | None:
    """Why it ends; None where the caller has left."""
    if over.done():
        return over.result()
    if not reading.done():
        return stopping.result()
    error = reading.exception()
    if error is None or isinstance(error, Farewell | WebSocketDisconnect):
        return error if isinstance(error, Farewell) else None
    telemetry.logger().error("graphql_failed", exc_info=error)
    return Farewell(DEFECT, "Something went wrong on our side")


ROUTES = [WebSocketRoute(PATH, converse)]
