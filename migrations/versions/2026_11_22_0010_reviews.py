"""Reviews with their sign-offs, and comments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answers",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "departments",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_reviews_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_reviews_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_reviews")),
        schema="waypost",
    )
    op.create_table(
        "review_sign_offs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "review_id"],
            ["waypost.reviews.workspace_id", "waypost.reviews.id"],
            name=op.f("fk_review_sign_offs_workspace_id_review_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "review_id", "position", name=op.f("pk_review_sign_offs")
        ),
        schema="waypost",
    )
    op.create_table(
        "comments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), sa.Computed("text", persisted=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_comments_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "parent_id"],
            ["waypost.comments.workspace_id", "waypost.comments.id"],
            name=op.f("fk_comments_workspace_id_parent_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_comments_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_comments")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_reviews_workspace_id_journey_id"),
        "reviews",
        ["workspace_id", "journey_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        "ix_comments_search",
        "comments",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_comments_workspace_id_created_at_id"),
        "comments",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_comments_workspace_id_journey_id"),
        "comments",
        ["workspace_id", "journey_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_comments_workspace_id_parent_id"),
        "comments",
        ["workspace_id", "parent_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_comments_workspace_id_target_id"),
        "comments",
        ["workspace_id", "target_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_comments_workspace_id_updated_at_id"),
        "comments",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("reviews")
    tenancy.protect("review_sign_offs")
    tenancy.protect("comments")
    tenancy.view_in_workspace("comments")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("comments")
    op.drop_table("comments", schema="waypost")
    op.drop_table("review_sign_offs", schema="waypost")
    op.drop_table("reviews", schema="waypost")
