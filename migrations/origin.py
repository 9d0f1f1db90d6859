"""Whose transactions the outbox counts.

A row of the outbox holds the number of its transaction, and readers go by those numbers. A dump that
is restored in another cluster brings numbers along that its transactions know nothing of: some
would be hidden for years, and then stand among rows that were written long after them.
"""

from sqlalchemy import Connection, text

BEFORE_ALL = "2"
"""The number of no transaction, below those of all there are."""

_THERE = "SELECT to_regclass('waypost.outbox_origin') IS NOT NULL"
_OURS = """
SELECT EXISTS (
    SELECT FROM waypost.outbox_origin JOIN pg_control_system() USING (system_identifier)
)
"""


def adopt(connection: Connection) -> None:
    """Where the outbox came from another cluster, make it this one's; else change nothing.

    Rows of a number that is still to come here become the oldest, in the order of their ids.
    Whoever followed the changes there is told that the place is gone.
    """
    if connection.scalar(text(_THERE)) and not connection.scalar(text(_OURS)):
        for statement in (
            f"UPDATE waypost.outbox SET xid = '{BEFORE_ALL}' "
            "WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())",
            "DELETE FROM waypost.outbox_origin",
            "INSERT INTO waypost.outbox_origin SELECT system_identifier FROM pg_control_system()",
        ):
            connection.execute(text(statement))
    connection.commit()
