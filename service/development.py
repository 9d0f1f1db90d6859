"""`waypost serve` without a database URL: an embedded Postgres, a sample workspace, a key.

All of it is kept in the home folder and found again at the next start, which asks the database
three questions and changes nothing.
"""

import asyncio
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from service import home, linking, migrating, revision, sample, serving, worker
from service.database import Database, utc_now
from service.domain import access, events
from service.domain.errors import NotFound
from service.domain.work import Caller, Scope
from service.embedded import EmbeddedPostgres, EmbeddedPostgresError
from service.intake import Intake
from service.roles import APP, OWNER, WORKER, role_sql
from service.settings import Settings, SettingsError

DATABASE = "waypost"
DEV_KEY = "dev-key"
_UNMADE = (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError)

Passwords = Mapping[str, str]


def serve(settings: Settings, listener: socket.socket) -> int:
    """Serve on an embedded database until told to stop; the exit code.

    Raises `SettingsError` when the database in the home folder cannot be started.
    """
    try:
        with EmbeddedPostgres(settings.home) as server:
            return _serve(settings, server, listener)
    except EmbeddedPostgresError as error:
        raise SettingsError(str(error)) from error


def _serve(settings: Settings, server: EmbeddedPostgres, listener: socket.socket) -> int:
    passwords = _passwords(settings.home)
    owner, app = (_url(server.url, role, passwords) for role in (OWNER, APP))
    at = asyncio.run(_revision(app))
    if at is None:
        asyncio.run(_made(server.url, passwords))
    if not revision.acceptable(at, revision.own()):
        migrating.upgrade(owner)
    signing_key = settings.signing_key or home.kept(settings.home / "signing-key")
    settings = replace(settings, database_url=app, signing_key=signing_key)
    key, link = asyncio.run(_entered(app, settings))
    host, port, *_ = listener.getsockname()
    said = _welcome(f"http://{host}:{port}", settings.home / DEV_KEY, key, link)
    with worker.beside(settings, _url(server.url, WORKER, passwords)):
        return serving.run(settings, listener, lambda: print(said, flush=True))


def _passwords(folder: Path) -> Passwords:
    """A password for each role; the superuser's own is the embedded server's."""
    made = home.kept(
        folder / "role-passwords",
        lambda: json.dumps({role: home.fresh_secret() for role in (OWNER, APP, WORKER)}),
    )
    passwords: Passwords = json.loads(made)
    return passwords


def _url(server_url: str, role: str, passwords: Passwords) -> str:
    parts = urlsplit(server_url)
    place = f"{role}:{passwords[role]}@{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{DATABASE}"))


async def _revision(url: str) -> str | None:
    """The schema's revision, or None when there is no database or no such role yet."""
    try:
        connection = await asyncpg.connect(url)
    except _UNMADE:
        return None
    try:
        return await revision.of_database(connection)
    finally:
        await connection.close()


async def _made(server_url: str, passwords: Passwords) -> None:
    """Make the database and the roles. What is there already stays."""
    connection = await asyncpg.connect(server_url)
    try:
        with suppress(asyncpg.DuplicateDatabaseError):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        await connection.execute(role_sql(DATABASE, passwords))
    finally:
        await connection.close()


async def _entered(url: str, settings: Settings) -> tuple[str, str | None]:
    """A key that works in the sample workspace, both made when missing; the path of its map."""
    database = Database(url, settings)
    try:
        key = home.read(settings.home / DEV_KEY)
        if key is None or not await _opens(database, key):
            key = await _first_or_new_key(database)
            await _take_in(database, settings)
            home.write(settings.home / DEV_KEY, key)
        return key, await _link(database, settings.signing_key)
    finally:
        await database.close()


_EVERYTHING = Caller(sample.WORKSPACE, None, frozenset(Scope))


async def _opens(database: Database, text: str) -> bool:
    key = access.parse(text)
    if key is None or key.workspace_id != sample.WORKSPACE:
        return False
    async with database.read(_EVERYTHING) as work:
        grant = await access.authenticate(work, key)
    return grant is not None and (grant.expires_at is None or grant.expires_at > utc_now())


async def _first_or_new_key(database: Database) -> str:
    async with database.write(_EVERYTHING) as work:
        if await access.WORKSPACES.documents(work, [sample.WORKSPACE]):
            asked = access.NewApiKey(name="development key", scopes=list(access.GRANTED))
            made = await access.API_KEYS.create(work, asked)
        else:
            made = await access.WORKSPACES.create(work, access.NewWorkspace(name="Sample"))
            await sample.load(work)
    key: str = json.loads(made.json)["key"]
    return key


async def _take_in(database: Database, settings: Settings) -> None:
    """What the sample's people did. It counts once, so a start that broke off here is made good."""
    now, intake = database.clock(), Intake(database, settings)
    body = sample.did(now.date())
    try:
        await intake.take(_EVERYTHING, events.sorted_out(body, sample.WORKSPACE, None, now))
    finally:
        await intake.stop()


async def _link(database: Database, secret: str) -> str | None:
    """The sample map's page as a signed link's path and query; None when the map is gone."""
    async with database.read(_EVERYTHING) as work:
        with suppress(NotFound):
            return await linking.picture(work, sample.JOURNEY, secret)
    return None


def _welcome(at: str, key_file: Path, key: str, link: str | None) -> str:
    return "\n".join(
        [
            "",
            f"Waypost serves on {at}",
            "",
            f"  documentation   {at}/docs",
            f"  GraphiQL        {at}/graphql",
            *([f"  a map           {at}{link}"] if link else []),
            f"  the key         {key_file}",
            "",
            f"  curl -H 'Authorization: Bearer {key}' {at}/v1/journeys",
            "",
        ]
    )
