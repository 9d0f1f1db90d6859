"""Which findings are about a map because they came along when it was copied."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.add_column(
        "evidence_targets",
        sa.Column("copied", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="waypost",
    )


def downgrade() -> None:
    op.drop_column("evidence_targets", "copied", schema="waypost")
