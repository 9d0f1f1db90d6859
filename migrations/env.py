"""How migrations run: one at a time, never waiting long for a lock, each in a transaction.

A revision that builds an index on a big table or fills a column says `ONLINE = True` and does so
in `online.outside_a_transaction()`: concurrently or in batches.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from migrations import origin
from service.domain import schema
from service.settings import driver_url

ischema_names["xid8"] = schema.outbox.Xid8  # SQLAlchemy does not know the type

LOCK = 0x57415950  # "WAYP": one migration at a time per database
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "15min"
PAUSE = 0.2
"""Seconds between two looks at whether another migration has ended."""


def ours(name: str | None, kind: str, parents: object) -> bool:
    """Only the schema `waypost` is ours; what else lives in the database is left alone."""
    del parents
    return kind != "schema" or name == schema.SCHEMA


def migrate(connection: Connection) -> None:
    """Run what was asked for on a connection that holds the migration lock."""
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema.SCHEMA}"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=schema.metadata,
        include_schemas=True,
        include_name=ours,
        version_table_schema=schema.SCHEMA,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    origin.adopt(connection)


async def main() -> None:
    """Connect, take the lock, migrate, let go."""
    url = context.config.get_main_option("sqlalchemy.url")
    engine = create_async_engine(driver_url(url or ""), poolclass=NullPool)
    async with engine.connect() as lock:
        # Not in a transaction, nor waiting in a statement: a concurrent index build would wait
        # for either, and so for ever for somebody who waits for its lock.
        await lock.execution_options(isolation_level="AUTOCOMMIT")
        had = text("SELECT pg_try_advisory_lock(:lock)")
        while not await lock.scalar(had, {"lock": LOCK}):  # noqa: ASYNC110 (see above)
            await asyncio.sleep(PAUSE)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
        finally:
            await lock.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    await engine.dispose()


asyncio.run(main())
