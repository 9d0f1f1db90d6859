"""What finds events by when they were, in quarters of an hour."""

from alembic import op

from migrations import online

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
ONLINE = True

NAME = "ix_events_quarter"
ON = """(
    date_bin('00:15:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamptz), workspace_id
)"""


def upgrade() -> None:
    with online.outside_a_transaction():
        online.build_index_of_events(NAME, ON, "quarter")


def downgrade() -> None:
    op.drop_index(NAME, table_name="events", schema="waypost")
