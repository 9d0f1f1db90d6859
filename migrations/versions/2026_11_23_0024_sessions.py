"""Sessions counted, and who became somebody else since.

They are counted behind the events that are folded, from the first on.
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
ONLINE = False
_TABLES = ("contact_moves", "session_folds", "session_people", "session_sums")


def upgrade() -> None:
    op.create_table(
        "contact_moves",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_contact_moves")),
        schema="waypost",
    )
    op.create_table(
        "session_folds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_session_folds")),
        schema="waypost",
    )
    op.create_table(
        "session_people",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "who", name=op.f("pk_session_people")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_session_people_workspace_id_person"),
        "session_people",
        ["workspace_id", "person"],
        schema="waypost",
    )
    op.create_table(
        "session_sums",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("sessions", "events", "single", "viewed", "bounced", "micros")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "minutes", "at", name=op.f("pk_session_sums")),
        schema="waypost",
    )
    for table in _TABLES:
        tenancy.protect(table)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table, schema="waypost")
