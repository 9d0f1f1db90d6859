"""The house: workspaces, keys, callers' ids, retries, audit and outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy
from service.domain.outbox import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
ONLINE = False

OPERATORS = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA waypost")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA waypost")
    op.execute("GRANT USAGE ON SCHEMA waypost TO waypost_app, waypost_worker")
    op.execute("GRANT USAGE ON SCHEMA waypost TO waypost_reader")
    op.create_table(
        "workspaces",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default=sa.text("'UTC'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_workspaces")),
        schema="waypost",
    )
    op.create_table(
        "api_keys",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_api_keys_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_api_keys")),
        schema="waypost",
    )
    op.create_table(
        "external_ids",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_external_ids_workspace_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "kind", "source", "external_id", name=op.f("pk_external_ids")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_external_ids_workspace_id_resource_id"),
        "external_ids",
        ["workspace_id", "resource_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column(
            "headers",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_idempotency_keys_workspace_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "key", "method", "path", name=op.f("pk_idempotency_keys")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_idempotency_keys_workspace_id_created_at"),
        "idempotency_keys",
        ["workspace_id", "created_at"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "audit",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.UUID(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "changed",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_audit")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_audit_workspace_id_resource_id_id"),
        "audit",
        ["workspace_id", "resource_id", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "outbox",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.UUID(), nullable=False),
        sa.Column("whole_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_outbox")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_outbox_xid_id"), "outbox", ["xid", "id"], unique=False, schema="waypost"
    )
    tenancy.protect("workspaces")
    tenancy.protect("api_keys", "SELECT, INSERT, UPDATE")
    tenancy.protect("external_ids")
    tenancy.protect("idempotency_keys")
    tenancy.protect("audit", "SELECT, INSERT")
    tenancy.protect("outbox", "SELECT, INSERT")
    # An operator key's own workspace owns no maps; its callers see all workspaces, to list them.
    op.execute(
        "INSERT INTO waypost.workspaces (workspace_id, name, created_at, updated_at) "
        f"VALUES ('{OPERATORS}', 'operators', '2026-11-22Z', '2026-11-22Z')"
    )
    op.execute(
        "CREATE POLICY operators ON waypost.workspaces FOR SELECT TO waypost_app USING "
        f"(nullif(current_setting('app.workspace', true), '')::uuid = '{OPERATORS}')"
    )
    op.execute("CREATE POLICY worker ON waypost.outbox TO waypost_worker USING (true)")
    op.execute(f"GRANT SELECT ON waypost.alembic_version TO {tenancy.SERVING}")


def downgrade() -> None:
    op.drop_table("outbox", schema="waypost")
    op.drop_table("audit", schema="waypost")
    op.drop_table("idempotency_keys", schema="waypost")
    op.drop_table("external_ids", schema="waypost")
    op.drop_table("api_keys", schema="waypost")
    op.drop_table("workspaces", schema="waypost")
    op.execute(f"REVOKE SELECT ON waypost.alembic_version FROM {tenancy.SERVING}")
    op.execute("DROP EXTENSION btree_gin")
    op.execute("DROP EXTENSION pg_trgm")
    op.execute("REVOKE USAGE ON SCHEMA waypost FROM waypost_app, waypost_worker, waypost_reader")
