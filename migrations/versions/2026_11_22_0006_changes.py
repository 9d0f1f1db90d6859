"""The outbox read workspace by workspace, and whose transactions it counts."""

import sqlalchemy as sa
from alembic import op

from migrations import online, tenancy

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
ONLINE = True

INDEX = "ix_outbox_workspace_id_xid_id"


def upgrade() -> None:
    with online.outside_a_transaction():
        op.execute("DROP TABLE IF EXISTS waypost.outbox_origin")
        op.create_table(
            "outbox_origin",
            sa.Column("system_identifier", sa.BigInteger(), nullable=False),
            schema="waypost",
        )
        op.execute(f"GRANT SELECT ON waypost.outbox_origin TO {tenancy.SERVING}")
        online.build_index(INDEX, "outbox (workspace_id, xid, id)")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="outbox", schema="waypost")
    op.drop_table("outbox_origin", schema="waypost")
