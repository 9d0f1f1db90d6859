"""What maps are read by: the touchpoints that their steps meet, the content for their stages."""

from alembic import op

from migrations import online

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
ONLINE = True

MET = "ix_step_touchpoints_workspace_id_journey_id"
MEANT = "ix_content_workspace_id_stage"


def upgrade() -> None:
    with online.outside_a_transaction():
        online.build_index(MET, "step_touchpoints (workspace_id, journey_id)")
        online.build_index(MEANT, "content (workspace_id, stage)")


def downgrade() -> None:
    op.drop_index(MEANT, table_name="content", schema="waypost")
    op.drop_index(MET, table_name="step_touchpoints", schema="waypost")
