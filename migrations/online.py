"""What takes long, done beside running traffic: index builds and backfills in batches.

A revision that needs it sets `ONLINE = True` and does nothing else, because what it has done stays
when it fails: every statement must be one that can be run again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op


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
