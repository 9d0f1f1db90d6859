"""Revisions, and who has taken note of them."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
