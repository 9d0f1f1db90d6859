"""What people say of gaps, and the settings of a workspace."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
