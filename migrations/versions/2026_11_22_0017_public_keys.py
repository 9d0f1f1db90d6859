"""Keys that anybody may read: those of browsers, which send events and do nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.add_column(
        "api_keys",
        sa.Column("public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="waypost",
    )


def downgrade() -> None:
    op.drop_column("api_keys", "public", schema="waypost")
