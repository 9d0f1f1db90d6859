"""What a process looks at before it serves: its role, the schema's revision, the connections.

Row-level security does not hold for a table's owner, for a superuser or for BYPASSRLS, so a
process that is one of these would serve every tenant every row.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
from sqlalchemy import exc
from sqlalchemy.pool import PoolProxiedConnection

from service import revision
from service.database import Database
from service.settings import Settings, SettingsError

PATIENCE = 30.0
"""Seconds a start waits for a database that is not there yet."""

_PAUSE = 0.5

# A member who may act as the owner without asking passes the policies like the owner itself, and
# who may act as the worker or the reader has policies that hold back no tenant's rows.
_STANDING = """
SELECT current_user::text AS role, rolsuper AS superuser, rolbypassrls AS bypasses,
       ARRAY(SELECT relname::text FROM pg_class
             WHERE relnamespace = to_regnamespace('waypost') AND relkind IN ('r', 'p')
               AND pg_has_role(relowner, 'USAGE') ORDER BY relname) AS owns,
       ARRAY(SELECT DISTINCT relname::text FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
             WHERE relnamespace = to_regnamespace('waypost')
               AND pg_get_expr(polqual, polrelid) = 'true'
               AND EXISTS (SELECT FROM unnest(polroles) AS given
                           WHERE given = 0 OR pg_has_role(given, 'USAGE'))
             ORDER BY 1) AS sees,
       least(current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int
               - coalesce(current_setting('reserved_connections', true)::int, 0),
             nullif(rolconnlimit, -1),
             (SELECT nullif(datconnlimit, -1) FROM pg_database
              WHERE datname = current_database())) AS connections
FROM pg_roles WHERE rolname = current_user
"""


class UnfitError(SettingsError):
    """The deployment is not fit to serve; the message says why, in sentences."""


class AwayError(UnfitError):
    """The database does not answer, or is only starting."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A connection's role, what it could get around, and the database it reached."""

    role: str
    superuser: bool
    bypasses: bool
    owns: tuple[str, ...]
    sees: tuple[str, ...]
    connections: int
    revision: str | None


@asynccontextmanager
async def connected(url: str, settings: Settings) -> AsyncIterator[Any]:
    """A connection of the driver, made as the service makes its own.

    Raises `AwayError` when nobody answers, `UnfitError` when it is refused.
    """
    database = Database(url, replace(settings, pool_size=1))
    try:
        pooled = await _pooled(database)
        try:
            yield pooled.driver_connection
        finally:
            pooled.close()
    finally:
        await database.close()


async def _pooled(database: Database) -> PoolProxiedConnection:
    try:
        return await database.connection()
    except OSError as error:
        raise AwayError(f"The database cannot be reached: {error}.") from error
    except (exc.EmulatedDBAPIException, exc.DBAPIError, asyncpg.PostgresError, TypeError) as error:
        starting = isinstance(error.__cause__ or error, asyncpg.CannotConnectNowError)
        kind = AwayError if starting else UnfitError
        raise kind(f"The database refuses the connection: {error}.") from error


async def standing(url: str, settings: Settings, patience: float = 0.0) -> Standing:
    """How the role of a URL stands. Waits so many seconds for a database that is not there yet.

    Raises `AwayError` or `UnfitError`.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        try:
            async with connected(url, settings) as connection:
                row = dict(await connection.fetchrow(_STANDING))
                at = await revision.of_database(connection)
        except AwayError:
            if asyncio.get_running_loop().time() >= deadline:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            names = {name: tuple(row[name]) for name in ("owns", "sees")}
            return Standing(**{**row, **names}, revision=at)


def objections(found: Standing) -> list[str]:
    """Why a role must not serve; empty when it may."""
    said = []
    if found.superuser:
        said.append(f"The role {found.role} is a superuser: no policy holds for it.")
    elif found.bypasses:
        said.append(f"The role {found.role} has BYPASSRLS: no policy holds for it.")
    if found.owns and not found.superuser:
        said.append(
            f"The role {found.role} owns {_some(found.owns)}: no policy holds for it there."
        )
    elif found.sees and not found.superuser:
        said.append(f"The role {found.role} sees every tenant's rows of {_some(found.sees)}.")
    return [f"{sentence} Serve as waypost_app." for sentence in said]


def _some(tables: tuple[str, ...]) -> str:
    return ", ".join(tables[:3]) + (", …" if len(tables) > 3 else "")


def behind(found: Standing) -> str | None:
    """What to do about a schema older than this release; None when there is nothing to do."""
    release = revision.own()
    if revision.acceptable(found.revision, release):
        return None
    at = "has never been migrated" if found.revision is None else f"is at {found.revision}"
    return f"The schema {at}, and this release needs {release}: run `waypost migrate`."


def crowded(found: Standing, settings: Settings) -> str | None:
    """Whether this service alone would use up the database's connections."""
    wanted = settings.workers * settings.pool_size
    if wanted <= found.connections:
        return None
    return (
        f"{settings.workers} processes with {settings.pool_size} connections each want {wanted}, "
        f"and the database gives {found.connections}: lower WAYPOST_WORKERS or WAYPOST_POOL_SIZE."
    )


async def admitted(url: str, settings: Settings, patience: float = 0.0) -> Standing:
    """The standing of a role that may serve. Raises `UnfitError` for one that may not."""
    found = await standing(url, settings, patience)
    if said := objections(found):
        raise UnfitError(" ".join(said))
    return found
