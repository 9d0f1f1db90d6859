"""The messages of graphql-transport-ws: what is said, how it is read, and how a connection ends."""

from typing import Any
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from service import telemetry

PROTOCOL = "graphql-transport-ws"
LONGEST_ID = 128
SAID = ("authorization", "waypost-actor", "accept-language")
"""What `connection_init` may say as a header would: a browser sends no headers of ours."""
RESTART, SLOW, LATER, DEFECT = 1012, 1008, 1013, 1011
"""Close codes of WebSockets in general; those from 4400 on are the protocol's."""
_REASON = 120


class Said(msgspec.Struct):
    """A message."""

    type: str
    id: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


class Farewell(Exception):
    """The connection is to be closed, with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_REASON].decode(errors="ignore")


_said = msgspec.json.Decoder(Said).decode
_members = msgspec.json.Decoder(dict[str, Any] | None).decode


def said_in(message: Message) -> Said:
    """What a message says. Raises `Farewell` for what is none, `WebSocketDisconnect`."""
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    try:
        said = _said(message.get("text") or "")
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Farewell(4400, "Invalid message received") from error
    if len(said.id) > LONGEST_ID:
        raise Farewell(4400, f"An id has at most {LONGEST_ID} characters")
    return said


def introduced(websocket: WebSocket, said: Said) -> Request:
    """The upgrade as a request, with what `connection_init` says of it. Raises `Farewell`."""
    try:
        members = _members(said.payload) or {}
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Farewell(4400, "The payload of connection_init is no object") from error
    return requested(websocket, members)


def requested(websocket: WebSocket, members: dict[str, Any]) -> Request:
    """The upgrade as a request, with headers that were said."""
    said = {
        name: value
        for name, value in ((name.lower(), value) for name, value in members.items())
        if name in SAID and isinstance(value, str)
    }
    # A key for retries is of one request, and here there are many.
    own = {*said, "idempotency-key"}
    headers = [(n, v) for n, v in websocket.scope["headers"] if n.decode("latin-1") not in own]
    headers += [(name.encode(), value.encode()) for name, value in said.items()]
    scope = {**websocket.scope, "type": "http", "method": "POST", "headers": headers}
    return Request({**scope, "request_id": uuid4().hex}, _nothing)


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def farewell_for(error: BaseException) -> Farewell | None:
    """What is said to whoever talked when this was raised; None where they have left."""
    if isinstance(error, WebSocketDisconnect):
        return None
    if isinstance(error, Farewell):
        return error
    telemetry.logger().error("graphql_failed", exc_info=error)
    return Farewell(DEFECT, "Something went wrong on our side")
