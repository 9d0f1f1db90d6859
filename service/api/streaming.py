"""Answers that are sent while they are made: lists line by line, and changes as they come.

A stream holds no connection between two pages, and no more than one page: the next is read when
the caller has taken most of what there was. There is a bound to the streams of a process, and to
those of a key.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from service import telemetry
from service.domain.errors import DomainError, TooManyStreams, Unavailable
from service.domain.work import Caller
from service.settings import Settings

Chunks = AsyncGenerator[bytes, None]
Stirred = Callable[[frozenset[UUID] | None], None]
"""Takes in which workspaces something changed, None in any."""
Hear = Callable[[Stirred], Coroutine[Any, Any, None]]
"""Hears of it for ever, and passes it on."""
LAST_WORDS = 2.0
"""Seconds for what is said when the process stops: behind them the server closes what is open."""
PIECE = 64 * 1024
"""Bytes of lines that are sent at once."""


class Streams:
    """The streams of this process: so many in all, so many a key, so many a workspace, until it
    stops."""

    def __init__(self, settings: Settings, hear: Hear | None = None) -> None:
        self._hear = hear
        self._hearing: asyncio.Task[None] | None = None
        self._stirs: WeakValueDictionary[UUID, asyncio.Event] = WeakValueDictionary()
        self._most = settings.streams
        self._most_of_key = settings.streams_per_key
        self._most_of_workspace = settings.streams_per_workspace
        self.stalled = settings.stream_stalled
        self._open: Counter[UUID | None] = Counter()
        self._of_workspace: Counter[UUID] = Counter()
        self._waiting = 0
        self._talking = 0
        self._quiet = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def place(self, caller: Caller) -> Iterator[None]:
        """One of the streams. Raises `TooManyStreams` of this key or its workspace, `Unavailable`
        of all."""
        key, workspace = caller.key_id, caller.workspace_id
        if self._open[key] >= self._most_of_key:
            detail = f"This key has {self._most_of_key} streams open, as many as one may have."
            raise TooManyStreams(detail)
        if self._of_workspace[workspace] >= self._most_of_workspace:
            most = self._most_of_workspace
            raise TooManyStreams(
                f"This workspace has {most} streams open, as many as one may have."
            )
        if self._stopping.is_set() or self._open.total() >= self._most:
            raise Unavailable("This process can open no more streams now.")
        self._open[key] += 1
        self._of_workspace[workspace] += 1
        telemetry.STREAMS.inc()
        try:
            yield
        finally:
            telemetry.STREAMS.dec()
            # In place, and what is none is not kept.
            self._open -= Counter([key])
            self._of_workspace -= Counter([workspace])

    @contextmanager
    def waiting(self) -> Iterator[bool]:
        """One of those who have yet to say who they are; whether they are more than half of those
        who may. Raises `Unavailable`: there are as many as there may be streams, or the process
        stops."""
        if self._stopping.is_set() or self._waiting >= self._most:
            raise Unavailable("This process can let in nobody more now.")
        self._waiting += 1
        try:
            yield self._waiting * 2 > self._most
        finally:
            self._waiting -= 1

    @property
    def stopping(self) -> bool:
        """Whether streams without an end shall end now."""
        return self._stopping.is_set()

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Of whoever has something to say when the process stops."""
        self._talking += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._talking -= 1
            if not self._talking:
                self._quiet.set()

    def stop(self, then: Callable[[], object] = lambda: None) -> None:
        """Let streams without an end come to theirs, and `then` go on: soon, whatever they do.
        Signals and other threads may call it.
        """
        try:
            self._loop.call_soon_threadsafe(self._stop, then)
        except RuntimeError:  # of a loop that has ended: so have they
            then()

    def _stop(self, then: Callable[[], object]) -> None:
        again = self.stopping
        self._stopping.set()
        self.stirred(None)
        if self._hearing is not None:
            self._hearing.cancel()
        if again or not self._talking:
            then()
        else:
            self._ending = asyncio.create_task(self._end(then))

    async def _end(self, then: Callable[[], object]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._quiet.wait()
        then()

    async def ended(self) -> None:
        """Wait until nothing is heard any more, after `stop`."""
        if self._hearing is not None:
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def stopped(self) -> None:
        """Wait until the process stops."""
        await self._stopping.wait()

    def stir(self, workspace: UUID) -> asyncio.Event:
        """What is set when next something changes there, or the process stops: asked for before a
        look, it misses nothing that comes after. From the first time on it is listened for.
        """
        if self._hear is not None and self._hearing is None:
            self._hearing = asyncio.create_task(self._hear(self.stirred))
        stir = self._stirs.get(workspace)
        if stir is None:
            stir = self._stirs[workspace] = asyncio.Event()
        if self.stopping:
            stir.set()
        return stir

    def stirred(self, workspaces: frozenset[UUID] | None) -> None:
        """Something changed in some workspaces, or in whichever."""
        for one in list(self._stirs) if workspaces is None else workspaces:
            if stir := self._stirs.pop(one, None):
                stir.set()

    @staticmethod
    async def pause(seconds: float, stir: asyncio.Event) -> bool:
        """Wait so long, or until it stirs: whether it did."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stir.wait()
        return stir.is_set()

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until the process stops."""
        await self.pause(seconds, self._stopping)


class Streamed(StreamingResponse):
    """An answer of chunks.

    What goes wrong before the first chunk is answered as a problem document. What goes wrong later
    ends the connection in the middle of the answer, which then lacks what it should end with.
    """

    def __init__(self, streams: Streams, caller: Caller, chunks: Chunks, **options: Any) -> None:
        super().__init__(chunks, **options)
        self._streams = streams
        self._caller = caller
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, until it ends or its caller has left."""
        async with aclosing(self._chunks):
            with self._streams.place(self._caller):
                sending = asyncio.create_task(self._sent(scope, send))
                leaving = asyncio.create_task(_left(receive))
                try:
                    await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
                    if not sending.done():
                        raise ClientDisconnect
                    sending.result()
                finally:
                    sending.cancel()
                    leaving.cancel()
                    await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _sent(self, scope: Scope, send: Send) -> None:
        chunk: bytes | None = await anext(self._chunks)
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        try:
            while chunk is not None:
                async with asyncio.timeout(self._streams.stalled):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await anext(self._chunks, None)
        except Exception as error:
            _logged(error, scope["request_id"])
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    """Return when the caller has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _logged(error: Exception, request_id: str) -> None:
    """Why a stream was broken off: by a fact, or by a defect of ours."""
    log = telemetry.logger()
    if isinstance(error, DomainError):
        log.info("stream_ended", request_id=request_id, code=error.code)
    elif isinstance(error, TimeoutError):
        log.info("stream_ended", request_id=request_id, code="stalled")
    else:
        log.error("stream_failed", request_id=request_id, exc_info=error)
