"""All that the database holds of a workspace."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

NO_TENANT = {
    "alembic_version": "the schema's own revision",
    "outbox_origin": "whose transactions the outbox counts",
}
"""Tables that belong to no workspace, with the reason."""

TABLES = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'waypost'::regnamespace AND relkind IN ('r', 'p')
    ORDER BY relname
"""


async def tables(owner: asyncpg.Connection) -> list[str]:
    """Every tenant table."""
    return [row[0] for row in await owner.fetch(TABLES) if row[0] not in NO_TENANT]


async def contents(owner: asyncpg.Connection, workspace: UUID) -> Mapping[str, list[str]]:
    """Its rows in every table, each as text, in some order that depends on nothing else."""
    return {
        table: [
            row[0]
            for row in await owner.fetch(
                f"SELECT t::text FROM waypost.{table} AS t WHERE workspace_id = $1 ORDER BY 1",
                workspace,
            )
        ]
        for table in await tables(owner)
    }
