"""GraphQL over a WebSocket: a conversation in graphql-transport-ws, and what runs on it.

Whoever comes says first who they are, in `connection_init` or in the header of the upgrade. An
operation is a task that sends its answers one by one: the next is made when the one before was
taken, so nothing gathers here, and whoever takes nothing is sent away.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager, nullcontext, suppress
from typing import Any, NamedTuple, NoReturn

import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from service import telemetry
from service.api.auth import calling, calling_still
from service.api.graphql.endpoint import PATH, asked_in, listening, running
from service.api.graphql.facts import encode, told
from service.api.graphql.protocol import (
    DEFECT,
    LATER,
    PROTOCOL,
    RESTART,
    SLOW,
    Farewell,
    Said,
    farewell_for,
    introduced,
    requested,
    said_in,
)
from service.api.graphql.trusted import Asked, known
from service.domain.errors import DomainError, Malformed, TooManyStreams, Unauthenticated
from service.domain.work import Caller

PATIENCE = 10.0
"""Seconds within which a caller says who they are."""
HURRIED = 2.0
"""The same where many are waited for."""
MOST = 10
"""Operations of one connection that run at once."""
ENDING = 4
"""Operations besides that have ended, and whose last word is on its way."""
LAST_WORD = 1.0
"""Seconds for what is said at the end."""


class _Last(NamedTuple):
    """The message that ends an operation, and why it does."""

    said: dict[str, Any]
    cause: Exception | None = None


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
        self.request = requested(websocket, {})
        self.running: dict[str, asyncio.Task[None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.entered = asyncio.Event()
        self.subscribed = False
        self.over: asyncio.Future[Farewell] = asyncio.get_running_loop().create_future()
        self.turn = asyncio.Lock()

    async def held(self) -> None:
        """Listen and answer until either side ends it."""
        ends = [*map(asyncio.create_task, (self._read(), self._stop(), self._watch()))]
        farewell: Farewell | None = None
        try:
            first: tuple[asyncio.Future[Farewell], ...] = (self.over, *ends)
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            end = next(one for one in first if one.done())
            error = end.exception()
            farewell = end.result() if error is None else farewell_for(error)
        finally:
            tasks = (*ends, *self.tasks)
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
            with await self._waiting() as crowded:
                caller = await self._greeted(HURRIED if crowded else PATIENCE)
            with self.streams.place(caller):
                await self._send({"type": "connection_ack"})
                self.entered.set()
                while True:
                    await self._hear(await self._next())
        except DomainError as error:
            raise Farewell(LATER, f"{error.code}: {error.detail}") from error

    async def _waiting(self) -> AbstractContextManager[bool | None]:
        """A place to say from who calls, and whether many do: one of its key for whoever has sent
        one with the upgrade, so that those who say nothing keep nobody out who is known."""
        try:
            return self.streams.place(await calling(self.request))  # type: ignore[no-any-return]
        except DomainError:
            return self.streams.waiting()  # type: ignore[no-any-return]

    async def _greeted(self, patience: float) -> Caller:
        """Who calls. Raises `Farewell`."""
        try:
            async with asyncio.timeout(patience):
                while (said := await self._next()).type != "connection_init":
                    if said.type == "ping":
                        await self._send({"type": "pong"})
                    elif said.type != "pong":
                        raise Farewell(4401, "Unauthorized")
        except TimeoutError as error:
            raise Farewell(4408, "Connection initialisation timeout") from error
        self.request = introduced(self.websocket, said)
        try:
            return await calling(self.request)
        except Unauthenticated as error:
            raise Farewell(4403, "Forbidden") from error
        except Malformed as error:
            raise Farewell(4400, error.detail) from error

    async def _next(self) -> Said:
        """The next message. Raises `Farewell` for what is none."""
        return said_in(await self.websocket.receive())

    async def _hear(self, said: Said) -> None:
        match said.type:
            case "subscribe":
                await self._subscribe(said)
            case "complete" if said.id in self.running:
                self.running.pop(said.id).cancel()
            case "connection_init":
                raise Farewell(4429, "Too many initialisation requests")
            case "ping":
                await self._send({"type": "pong"})
            case "pong" | "complete":
                pass
            case _:
                raise Farewell(4400, "Invalid message received: unknown type")

    async def _subscribe(self, said: Said) -> None:
        """Begin an operation. Nothing more is heard while a refusal is not taken, or too many last
        words are not: whoever reads nothing gathers nothing here."""
        if said.id in self.running:
            raise Farewell(4409, f"Subscriber for {said.id} already exists")
        try:
            asked = asked_in(bytes(said.payload))
        except DomainError as error:
            raise Farewell(4400, f"Invalid message received: {error.detail}") from error
        if not said.id:
            raise Farewell(4400, "Invalid message received: an operation has an id")
        if asked.query is None and asked.document_id is None:
            raise Farewell(4400, "Invalid message received: an operation has a document")
        if len(self.running) >= MOST:
            many = TooManyStreams(f"A connection runs at most {MOST} operations at once.")
            return await self._send({"id": said.id, **self._refused(many).said})
        if len(self.tasks) >= MOST + ENDING:
            await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._run(said.id, asked))
        self.running[said.id] = task
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return None

    async def _stop(self) -> Farewell:
        """Wait until the process stops, and the operations have said where they were."""
        await self.streams.stopped()
        if self.running:
            await asyncio.wait(self.running.values(), timeout=LAST_WORD)
        return Farewell(RESTART, "This process stops: come back")

    async def _watch(self) -> Farewell:
        """Wait until the key is gone while nothing runs; what runs looks by itself, and says where
        it was."""
        await self.entered.wait()
        poll = self.websocket.app.state.settings.stream_poll
        while True:
            await asyncio.sleep(poll)
            if self.tasks:
                continue
            try:
                await calling_still(self.request)
            except Unauthenticated:
                return Farewell(4401, "Unauthorized")
            except DomainError:
                pass  # it cannot be asked now

    # -- answering -------------------------------------------------------------------------

    async def _run(self, which: str, asked: Asked) -> None:
        """An operation, until it ends or nobody wants it any more."""
        try:
            last = await self._answer(which, asked)
            del asked  # it may be large, and the last word may wait long until it is taken
            self._forget(which)
            await self._send({"id": which, **last.said})
            if isinstance(last.cause, Unauthenticated):
                raise Farewell(4401, "Unauthorized")  # so it is for all of them
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

    async def _answer(self, which: str, asked: Asked) -> _Last:
        """Send the answers; what is to be said then."""
        try:
            caller = await calling(self.request)
            query = await known(self.request).meant(caller, asked)
            loaded = await listening()
            lasting = running().subscribes(query, asked.operation_name)
            with self._place(caller) if lasting else nullcontext():
                answers = loaded.told(self.request, caller, asked, query=query)
                async with aclosing(answers):
                    async for one in answers:
                        if one.answer is None:
                            continue
                        if one.answer.data is msgspec.UNSET:
                            return _Last({"type": "error", "payload": one.answer.errors}, one.cause)
                        await self._send({"id": which, "type": "next", "payload": one.answer})
        except DomainError as error:
            return self._refused(error)
        return _Last({"type": "complete"})

    def _refused(self, error: DomainError) -> _Last:
        shown = told(error, self.request.scope["request_id"])
        return _Last({"type": "error", "payload": [shown]}, error)

    @contextmanager
    def _place(self, caller: Caller) -> Iterator[None]:
        """One of the streams, for a subscription: the connection's own, or else one more. Raises as
        `Streams.place` does."""
        if self.subscribed:
            with self.streams.place(caller):
                yield
            return
        self.subscribed = True
        try:
            yield
        finally:
            self.subscribed = False

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
            except WebSocketDisconnected as error:
                # Another's message was not taken before this one's turn came.
                raise WebSocketDisconnect(1006) from error


ROUTES = [WebSocketRoute(PATH, converse)]
