"""What an operator does to a deployment from the command line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec
from sqlalchemy import exc

from service import guard, migrating, revision, roles
from service.database import Database
from service.domain import access
from service.domain.work import Caller, Scope, Work
from service.settings import Settings, SettingsError

T = TypeVar("T")
_each = msgspec.json.Decoder(list[msgspec.Raw]).decode


def migrated(settings: Settings) -> str:
    """Bring the schema to this release's revision, which is the answer.

    Raises `SettingsError` without an owner's URL, and for what the database refuses.
    """
    owner = settings.owner_database_url
    if owner is None:
        raise SettingsError("WAYPOST_OWNER_DATABASE_URL is not set.")
    asyncio.run(guard.standing(owner, settings, guard.PATIENCE))
    try:
        migrating.upgrade(owner)
    except exc.DBAPIError as error:
        raise guard.UnfitError(f"The migration was undone: {error.orig}") from error
    return revision.own()


def role_sql(settings: Settings, database: str | None) -> str:
    """The SQL that makes the roles, without passwords."""
    return roles.role_sql(database or _database(settings.database_url))


async def grant_roles(settings: Settings, url: str, database: str | None) -> None:
    """Make the roles there; they get the passwords that the settings' URLs have for them."""
    sql = roles.role_sql(database or _database(url), _passwords(settings))
    async with guard.connected(url, settings) as connection:
        await connection.execute(sql)


def _database(url: str | None) -> str:
    name = unquote(urlsplit(url or "").path.removeprefix("/"))
    if not name:
        raise SettingsError("Name the database: --database, or in the path of the URL.")
    return name


def _passwords(settings: Settings) -> dict[str, str]:
    found: dict[str, str] = {}
    for url in (settings.database_url, settings.owner_database_url, settings.worker_database_url):
        parts = urlsplit(url or "")
        role = parts.username or ""
        if role in roles.LIMITS and parts.password:
            found[role] = unquote(parts.password)
    return found


async def every_key(work: Work) -> list[str]:
    """The keys of a workspace, revoked and expired ones too, each as JSON without its secret."""
    found: list[str] = []
    query = access.ApiKeyList(limit=200, sort="created_at")
    while True:
        page = await access.API_KEYS.page(work, query)
        found += [bytes(key).decode() for key in _each(page.items)]
        if page.next is None:
            return found
        query = query.model_copy(update={"after": page.next})


async def acted(
    settings: Settings, workspace_id: UUID, wanted: Callable[[Work], Awaitable[T]]
) -> T:
    """What a domain function answers, acting with every scope: whoever runs this command holds
    the database's URL and could write the rows by hand.
    """
    caller = Caller(workspace_id, None, frozenset(Scope))
    async with opened(settings) as database, database.write(caller) as work:
        return await wanted(work)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The service's database, if its schema is fit. Raises `SettingsError`, `guard.UnfitError`."""
    if settings.database_url is None:
        raise SettingsError("WAYPOST_DATABASE_URL is not set.")
    if said := guard.behind(await guard.admitted(settings.database_url, settings)):
        raise guard.UnfitError(said)
    database = Database(settings.database_url, settings)
    try:
        yield database
    finally:
        await database.close()
