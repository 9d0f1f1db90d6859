"""The schema's revision: the one this release was written for, and the one a database is at.

Release N runs on schema N and on any later one, because a change of the schema only adds until
the release after: so a roll-back is the old image, and never a migration downwards.
"""

from pathlib import Path
from typing import Any, Protocol

import asyncpg

VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"

_NO_SCHEMA = (
    asyncpg.UndefinedTableError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InsufficientPrivilegeError,
)


class Asked(Protocol):
    """A driver's connection, as far as it is needed here."""

    async def fetchval(self, query: str) -> Any: ...


def own() -> str:
    """This release's revision: the newest of the migrations' names, `<date>_<revision>_<slug>`."""
    return max(_all())


def after(database: str | None) -> list[str]:
    """This release's revisions that a database at a revision, or never migrated, still needs."""
    return sorted(name for name in _all() if database is None or name > database)


def _all() -> list[str]:
    return [path.name.split("_")[3] for path in VERSIONS.glob("[0-9]*.py")]


async def of_database(connection: Asked) -> str | None:
    """The database's revision, or None when it was never migrated."""
    try:
        found: str | None = await connection.fetchval(
            "SELECT max(version_num) FROM waypost.alembic_version"
        )
    except _NO_SCHEMA:
        return None
    return found


def acceptable(database: str | None, release: str) -> bool:
    """Whether the release runs on a database: on its own revision or a newer one.

    Revisions are numbers with leading zeros, so they compare as texts.
    """
    return database is not None and database >= release
