"""What surrounds every request: its id, its bounds, its problem document, its log and metrics."""

import asyncio
import re
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import telemetry
from service.api import errors
from service.domain.errors import DomainError, TooLarge, TooSlow
from service.settings import Settings

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_TRACE = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
GONE = 499
"""What logs and metrics say of a caller who left before the answer; nobody is sent it."""
BULK = "/v1/events"
"""The path that takes bodies of another size, read while they come."""
_MILLION = 1_000_000


class Surroundings:
    """Pure ASGI: no request object is made here."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.log = telemetry.logger()
        self.tells_requests = settings.access_log and telemetry.tells_requests()
        self.timers: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id"))
        scope["request_id"] = request_id
        if scope["method"] not in _BODILESS:
            receive = self._bounded(scope, headers, receive)
        sent = _Sent(send, request_id)
        # What a route adds here, every answer has, a refusal too.
        scope["answer_headers"] = sent.headers
        started = time.perf_counter()
        telemetry.IN_FLIGHT.inc()
        try:
            await self._answered(scope, receive, sent)
        finally:
            telemetry.IN_FLIGHT.dec()
            self._told(scope, headers, sent.status, time.perf_counter() - started)

    async def _answered(self, scope: Scope, receive: Receive, sent: "_Sent") -> None:
        try:
            await self.app(scope, receive, sent)
        except DomainError as error:
            if sent.status:
                raise
            answer = errors.problem(error, scope["request_id"], scope["path"])
            if isinstance(error, TooLarge | TooSlow):
                # The rest of the body is not read: the connection cannot be used again.
                answer.headers["Connection"] = "close"
            await answer(scope, receive, sent)
        except ClientDisconnect:
            sent.status = sent.status or GONE
        except Exception as error:  # the last resort: masked, logged, never silent
            self.log.error("request_failed", request_id=scope["request_id"], exc_info=error)
            if sent.status:
                raise
            answer = errors.document(
                500,
                code="internal",
                detail="Something went wrong on our side.",
                request_id=scope["request_id"],
                instance=scope["path"],
            )
            await answer(scope, receive, sent)

    def _bounded(
        self, scope: Scope, headers: MutableMapping[bytes, bytes], receive: Receive
    ) -> Receive:
        """The body, counted while it is read, and due in time."""
        settings, length = self.settings, headers.get(b"content-length", b"0")
        limit, lasts = settings.body_limit, settings.body_deadline
        if scope["path"].rstrip("/").endswith(BULK):
            limit, lasts = settings.bulk_limit, settings.bulk_deadline
        due = asyncio.get_running_loop().time() + lasts
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            if length.isdigit() and int(length) > limit:
                raise TooLarge(f"A body is at most {limit} bytes.")
            try:
                async with asyncio.timeout_at(due):
                    message = await receive()
            except TimeoutError as error:
                raise TooSlow("The body did not arrive in time.") from error
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge(f"A body is at most {limit} bytes.")
            return message

        return bounded

    def _told(
        self, scope: Scope, headers: MutableMapping[bytes, bytes], status: int, seconds: float
    ) -> None:
        route = getattr(scope.get("route"), "path", "none")
        key = (scope["method"], route, status)
        timer = self.timers.get(key)
        if timer is None:
            timer = self.timers[key] = telemetry.REQUESTS.labels(key[0], route, str(status))
        timer.observe(seconds)
        if self.tells_requests:
            trace = _TRACE.fullmatch(headers.get(b"traceparent", b""))
            request = telemetry.Request(
                request_id=scope["request_id"],
                trace_id=trace and trace[1].decode(),
                method=scope["method"],
                route=route,
                status=status,
                microseconds=int(seconds * _MILLION),
            )
            telemetry.answered(request)


class _Sent:
    """The answer on its way out: remembers its status, adds the headers every answer has."""

    __slots__ = ("headers", "send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self.send = send
        self.status = 0
        self.headers = [
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self.headers]
        await self.send(message)


def _request_id(given: bytes | None) -> str:
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode()
    return uuid4().hex
