"""Who is calling: from the Authorization header to a `Caller`.

A key that was looked up is remembered for a few seconds, by the hash of the key and never by the
key, so that most requests cost one hash. Refusals are remembered too, apart, so that a flood of
them drives out no key that is good.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from starlette.requests import Request

from service.api.negotiating import language
from service.api.remembering import Remembered
from service.database import Database
from service.domain import access
from service.domain.errors import Malformed, Unauthenticated
from service.domain.work import Caller
from service.settings import Settings

LONGEST_PERSON = 200
# Not `isprintable`, which refuses the joiners that names are written with in some scripts.
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
NOTICED = 5.0
"""Seconds within which a key that was revoked opens nothing any more, and what it opened ends."""
REMEMBERED = 10_000
"""Keys, and as many refusals, that one process remembers."""


@dataclass(frozen=True, slots=True)
class _Verified:
    workspace_id: UUID
    key_id: UUID
    scopes: frozenset[str]
    expires_at: datetime | None
    public: bool
    retention_days: int | None
    trusted_only: bool


class Keys:
    """The API keys of callers, as this process knows them."""

    def __init__(self, database: Database, settings: Settings, most: int = REMEMBERED) -> None:
        self._database = database
        moment = timedelta(seconds=settings.key_cache_seconds)
        self._verified: Remembered[_Verified] = Remembered(moment, most)

    async def caller(
        self,
        authorization: str | None,
        person: str | None,
        request_id: str,
        moment: timedelta | None = None,
    ) -> Caller:
        """The caller behind a Bearer header, and the person a Waypost-Actor header names.

        `moment`: how old what is known of the key may be, where that is less than is usual.

        Raises `Unauthenticated`, which never tells what was wrong; `Malformed` for a person that
        cannot be printed; `Unavailable` when the key cannot be looked up now.
        """
        return await self.holder(_bearer(authorization), person, request_id, moment)

    async def holder(
        self,
        text: str,
        person: str | None,
        request_id: str,
        moment: timedelta | None = None,
    ) -> Caller:
        """The caller who holds a key. Raises as `caller` does."""
        now, sha256 = self._database.clock(), access.digest(text)
        key = self._verified.known(sha256, now, moment)
        if key is None:
            named_key = access.parse(text)
            # What is no key takes no place among those that were refused.
            if named_key is None:
                raise _refusal()
            look = partial(self._lookup, named_key)
            key = await self._verified.get(sha256, now, look, moment)
        if key is None or (key.expires_at is not None and key.expires_at <= now):
            raise _refusal()
        named = None if person is None else _person(person)
        return Caller(
            key.workspace_id,
            key.key_id,
            key.scopes,
            named,
            request_id,
            public=key.public,
            retention_days=key.retention_days,
            trusted_only=key.trusted_only,
        )

    async def _lookup(self, key: access.Key) -> _Verified | None:
        """The key from the database; None for what opens nothing."""
        async with self._database.read(_entering(key)) as work:
            grant = await access.authenticate(work, key)
        if grant is None:
            return None
        return _Verified(
            key.workspace_id,
            key.id,
            grant.scopes,
            grant.expires_at,
            grant.public,
            grant.retention_days,
            grant.trusted_only,
        )


_OF = frozenset({b"authorization", b"waypost-actor", b"accept-language"})
"""The headers that tell who is calling."""


async def calling(request: Request, moment: timedelta | None = None) -> Caller:
    """Who is calling, by the key of the request, and in which language they read."""
    # One pass, the first of each staying: each of Starlette's own looks goes through all headers.
    headers = reversed(request.scope["headers"])
    given = {name: text.decode("latin-1") for name, text in headers if name in _OF}
    keys = request.scope["app"].state.keys
    caller: Caller = await keys.caller(
        given.get(b"authorization"),
        given.get(b"waypost-actor"),
        request.scope["request_id"],
        moment,
    )
    asked = given.get(b"accept-language")
    return caller if asked is None else replace(caller, language=language(asked))


async def calling_still(request: Request) -> Caller:
    """Who is calling, asked again by what outlives a request and looks every `stream_poll` seconds,
    so that a key that is gone is noticed in time. Raises `Unauthenticated`, `Unavailable`."""
    return await calling(request, fresh(request))


def fresh(request: Request) -> timedelta:
    """How old what is known may be for whoever looks every `stream_poll` seconds."""
    return timedelta(seconds=NOTICED - request.scope["app"].state.settings.stream_poll)


def _entering(key: access.Key) -> Caller:
    """Nobody yet: the workspace a key names, without any scope."""
    return Caller(key.workspace_id, None, frozenset())


def _bearer(authorization: str | None) -> str:
    """The token of a Bearer header."""
    if authorization is None or authorization[:7].lower() != "bearer ":
        raise _refusal()
    return authorization[7:].strip(" ")


def _refusal() -> Unauthenticated:
    return Unauthenticated("A valid API key is needed: Authorization: Bearer wp_…")


def _person(given: str) -> str | None:
    """Who acts behind a shared key. Raises `Malformed` for what does not print on one line."""
    name = _as_sent(given).strip(" ")
    if len(name) > LONGEST_PERSON or _UNPRINTED.search(name):
        raise Malformed(f"Waypost-Actor must be at most {LONGEST_PERSON} printable characters.")
    return name or None


def _as_sent(header: str) -> str:
    """A header that was sent as UTF-8, undoing the Latin-1 it was read as where that fits."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
