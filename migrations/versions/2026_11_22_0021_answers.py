"""What curves find survey answers by, among all other events."""

from alembic import op

from migrations import online

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
ONLINE = True

NAME = "ix_events_answers"
ON = "(workspace_id, \"timestamp\") WHERE event = 'Survey Answered'"


def upgrade() -> None:
    with online.outside_a_transaction():
        online.build_index_of_events(NAME, ON, "answers")


def downgrade() -> None:
    op.drop_index(NAME, table_name="events", schema="waypost")
