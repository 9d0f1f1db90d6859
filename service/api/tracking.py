"""The tracking protocol over HTTP: whatever clients call, with whatever they say they send.

Clients drop what is refused with a status from 400 on, save 429 and 503, so nothing is refused
that can be put aside: neither another Content-Type, nor parameters nobody knows, nor a bad message
among good ones. Nothing is redirected. Browsers may call from any page: a key is all that counts.
"""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any

import msgspec
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response

from service.api.auth import Keys, calling
from service.api.inflating import inflated
from service.domain import events
from service.domain.errors import Unauthenticated
from service.domain.events import Sorted, Taken
from service.domain.work import Caller, Scope

AT_ONCE = 2_000
"""Messages that are sorted out and stored at once: then others have their turn."""
BATCHES = ("batch", "b", "import")
_NAMES = "|".join([*BATCHES, *events.TYPES])
_ANYBODY = (b"access-control-allow-origin", b"*")
_EXPOSED = (b"access-control-expose-headers", b"retry-after, ratelimit, ratelimit-policy")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding, x-retry-count",
    "Access-Control-Max-Age": "86400",
}
_ASKED = b"outcomes=true"


class _Tracked(Convertor[str]):
    """A word of the protocol, and a slash behind it or none."""

    regex = f"(?:{_NAMES})/?"

    def convert(self, value: str) -> str:
        return value.rstrip("/")

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("tracked", _Tracked())
_PATH = re.compile(f"/v1/{_Tracked.regex}")


def is_tracked(path: str) -> bool:
    """Whether a path is one of the protocol's."""
    return _PATH.fullmatch(path) is not None


async def tracked(request: Request) -> Response:
    """Answer a call of the protocol: what was sent is stored before the answer leaves."""
    request.scope["answer_headers"].extend((_ANYBODY, _EXPOSED))
    if request.method == "OPTIONS":
        return Response(None, 204, _PREFLIGHT)
    name = request.scope["path"].rstrip("/").rpartition("/")[2]
    came = await _taken(request, name)
    body = _told(came, told=_ASKED in request.scope["query_string"])
    return Response(body, 200, media_type="application/json")


Came = tuple[Taken, Sorted]
"""What became of some messages of a body."""


async def _taken(request: Request, name: str) -> list[Came]:
    state = request.scope["app"].state
    body, caller = b"", None
    if "authorization" in request.headers:
        caller = admitted(request, await sender(request))
    # Whoever has no header is known by the body, which is read first, to a size.
    body = b"".join([chunk async for chunk in inflated(request, state.settings.tracking_limit)])
    if caller is None:
        caller = admitted(request, await _within(request, body))
    kind = None if name in BATCHES else name
    now = state.database.clock()
    bounds: dict[str, Any] = {"oldest": caller.oldest_kept(now), "most": AT_ONCE}
    bounds["public"] = caller.public
    came, left = list[Came](), list[tuple[bytes, bytes]]()
    try:
        for found in events.sorted_in_pieces(body, caller.workspace_id, kind, now, **bounds):
            spent(request, caller, found)
            left = state.rates.headers(caller)
            came.append((await state.intake.take(caller, found, public=caller.public), found))
    finally:
        request.scope["answer_headers"].extend(left)
    return came


async def sender(request: Request) -> Caller:
    """Who sends, by a bearer's key or one as Basic user name, which counts for sending alone."""
    header = request.headers.get("authorization") or ""
    if header[:6].lower() != "basic ":
        return await calling(request)
    try:
        text = base64.b64decode(header[6:].strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise Unauthenticated("A write key is the user name of Basic authentication.") from error
    return await _by_write_key(request, text.partition(":")[0])


async def _within(request: Request, body: bytes) -> Caller:
    """Who sends, by the `writeKey` in the body."""
    text = events.write_key(body)
    if text is None:
        raise Unauthenticated("A write key is needed: as Basic user name, or as writeKey.")
    return await _by_write_key(request, text)


async def _by_write_key(request: Request, text: str) -> Caller:
    keys: Keys = request.scope["app"].state.keys
    person = request.headers.get("waypost-actor")
    caller = await keys.holder(text, person, request.scope["request_id"])
    return replace(caller, scopes=caller.scopes & {Scope.EVENTS_WRITE})


def admitted(request: Request, caller: Caller) -> Caller:
    """The caller, who may send and has not sent too much. Raises `ScopeMissing`, `RateLimited`."""
    caller.needs(Scope.EVENTS_WRITE)
    rates = request.scope["app"].state.rates
    try:
        rates.admit(caller)
    except Exception:
        request.scope["answer_headers"].extend(rates.headers(caller))
        raise
    return caller


def spent(request: Request, caller: Caller, found: Sorted) -> None:
    """Count what was sent against the caller's rate."""
    sent = len(found.messages) + len(found.refused)
    request.scope["app"].state.rates.spend(caller, sent)


class Outcome(msgspec.Struct, omit_defaults=True):
    """What became of one message: `accepted`, `duplicate`, `quarantined` with why, `blocked`."""

    index: int
    outcome: str
    message_id: str | None = None
    code: str | None = None
    detail: str | None = None
    pointer: str | None = None


def _told(came: list[Came], *, told: bool) -> bytes:
    counts = ("accepted", "duplicates", "quarantined", "blocked")
    answer: dict[str, Any] = {
        name: sum(getattr(taken, name) for taken, _ in came) for name in counts
    }
    if not answer["blocked"]:
        del answer["blocked"]
    if told:
        each = [one for piece in came for one in outcomes(*piece)]
        answer["outcomes"] = sorted(each, key=lambda one: one.index)
    return msgspec.json.encode(answer)


def outcomes(taken: Taken, found: Sorted) -> list[Outcome]:
    """What became of each message, in no order."""
    number = len(found.messages)
    sent = zip(found.order, found.messages, taken.outcomes, strict=False)
    stored = [
        Outcome(at, outcome, message.message_id, taken.codes.get(n))
        for n, (at, message, outcome) in enumerate(sent)
    ]
    aside = zip(found.order[number:], found.refused, strict=True)
    return stored + [
        Outcome(at, "blocked")
        if n in taken.withheld
        else Outcome(at, "quarantined", None, one.code, one.detail, one.pointer)
        for n, (at, one) in enumerate(aside)
    ]
