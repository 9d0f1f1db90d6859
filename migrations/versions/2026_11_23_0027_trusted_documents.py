"""GraphQL documents that a workspace has registered, by their hash."""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
ONLINE = False

_TABLE = "trusted_documents"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "document")),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint(
            "workspace_id", "document_id", name=op.f(f"uq_{_TABLE}_workspace_id_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f(f"fk_{_TABLE}_workspace_id"),
        ),
        schema="waypost",
    )
    tenancy.protect(_TABLE)


def downgrade() -> None:
    op.drop_table(_TABLE, schema="waypost")
