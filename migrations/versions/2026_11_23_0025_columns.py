"""Segments by column, so that what nobody asks for is not read.

Everything is folded once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
ONLINE = False

_COLUMNS = ("identifiers", "counts", "times", "arrivals", "codes", "kinds")
_DERIVED = ("event_segments", "event_folds", "event_counts", "event_countings")


def upgrade() -> None:
    _empty()
    op.drop_column("event_segments", "data", schema="waypost")
    for name in _COLUMNS:
        _add(name)


def downgrade() -> None:
    _empty()
    for name in _COLUMNS:
        op.drop_column("event_segments", name, schema="waypost")
    _add("data")


def _empty() -> None:
    for table in _DERIVED:
        op.execute(f"DELETE FROM waypost.{table}")


def _add(name: str) -> None:
    column = sa.Column(name, sa.LargeBinary(), nullable=False)
    op.add_column("event_segments", column, schema="waypost")
    # Packed as they are: to press them costs more than to read them.
    op.execute(f"ALTER TABLE waypost.event_segments ALTER COLUMN {name} SET STORAGE EXTERNAL")
