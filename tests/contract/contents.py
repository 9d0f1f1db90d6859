"""All that the database holds of a workspace."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

TABLES = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'waypost'::regnamespace AND relkind IN ('r', 'p')
    ORDER BY relname
"""


async def tables(owner: asyncpg.Connection) -> list[str]:
    """Every tenant table."""
    return [row[0] for row in await owner.fetch(TABLES) if row[0] != "alembic_version"]


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
