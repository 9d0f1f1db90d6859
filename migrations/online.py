"""What takes long, done beside running traffic: index builds and backfills in batches.

A revision that needs it sets `ONLINE = True` and does nothing else, because what it has done stays
when it fails: every statement must be one that can be run again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy.exc import DBAPIError

_PATIENCE, _TRIES = "1s", 60
_LOCK_NOT_AVAILABLE = "55P03"
_WITHOUT = """
    SELECT leaf.relname FROM pg_inherits AS held
    JOIN pg_class AS leaf ON leaf.oid = held.inhrelid
    WHERE held.inhparent = 'waypost.events'::regclass AND NOT EXISTS (
        SELECT FROM pg_inherits AS part JOIN pg_index AS built ON built.indexrelid = part.inhrelid
        WHERE part.inhparent = 'waypost.{}'::regclass AND built.indrelid = leaf.oid
    )
    ORDER BY leaf.relname
"""
"""The leaves that do not have their part of an index."""


@contextmanager
def outside_a_transaction() -> Iterator[None]:
    """Each statement commits by itself and may take its time; none of them blocks writers.

    Elsewhere a migration gives up its lock soon and its statement at last: see `env.py`.
    """
    limits = ("lock_timeout", "statement_timeout")
    context = op.get_context()
    with context.autocommit_block():
        connection = op.get_bind()
        before = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in limits}
        for name in limits:
            op.execute(f"SET {name} = 0")
        try:
            yield
        finally:
            for name, value in before.items():
                op.execute(f"SET {name} = '{value}'")


def build_index(name: str, on: str) -> None:
    """`CREATE INDEX CONCURRENTLY` on `table (columns)` of the schema, anew where a try has failed.

    A build that fails leaves an index that is not valid behind, which `IF NOT EXISTS` would take
    for done.
    """
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS waypost.{name}")
    op.execute(f"CREATE INDEX CONCURRENTLY {name} ON waypost.{on}")


def build_index_of_events(name: str, on: str, called: str) -> None:
    """An index on all leaves of events: those that come from here on have it, and those that are
    there get it one by one, as `<leaf>_<called>`.
    """
    _soon(f"CREATE INDEX IF NOT EXISTS {name} ON ONLY waypost.events {on}")
    for (leaf,) in op.get_bind().exec_driver_sql(_WITHOUT.format(name)).all():
        own = f"{leaf}_{called}"
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS waypost_leaves.{own}")
        op.execute(f"CREATE INDEX CONCURRENTLY {own} ON waypost_leaves.{leaf} {on}")
        _soon(f"ALTER INDEX waypost.{name} ATTACH PARTITION waypost_leaves.{own}")


def _soon(statement: str) -> None:
    """Run what keeps writers waiting: it waits for its own lock `_PATIENCE` at
    most and lets them pass before the next of its `_TRIES`.
    """
    op.execute(f"SET lock_timeout = '{_PATIENCE}'")
    for left in reversed(range(_TRIES)):
        try:
            op.execute(statement)
            break
        except DBAPIError as error:
            if left == 0 or getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
            time.sleep(1)
    op.execute("SET lock_timeout = 0")
