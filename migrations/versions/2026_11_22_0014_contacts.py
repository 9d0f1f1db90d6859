"""Contacts, accounts, what they are known by, and what they agreed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
ONLINE = False

OPERATORS = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column(
            "traits",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "trait_marks",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("name || ' ' || coalesce(domain, '')", persisted=True),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_accounts_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_accounts")),
        schema="waypost",
    )
    op.create_index(
        "ix_accounts_search",
        "accounts",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_accounts_workspace_id_created_at_id"),
        "accounts",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_accounts_workspace_id_updated_at_id"),
        "accounts",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "contacts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "traits",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "own_traits", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("hidden_traits", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column(
            "trait_marks",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "account_mark",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("test", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "name",
            sa.Text(),
            sa.Computed(
                "coalesce(traits ->> 'name', traits ->> 'email', 'contact')", persisted=True
            ),
            nullable=True,
        ),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed(
                "coalesce(traits ->> 'name', '') || ' ' || coalesce(traits ->> 'email', '') || ' ' || coalesce(traits ->> 'company', '')",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["waypost.accounts.workspace_id", "waypost.accounts.id"],
            name=op.f("fk_contacts_workspace_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "merged_into_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_contacts_workspace_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "root_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_contacts_workspace_id_root_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_contacts_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_contacts")),
        schema="waypost",
    )
    op.create_index(
        "ix_contacts_search",
        "contacts",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_contacts_workspace_id_account_id"),
        "contacts",
        ["workspace_id", "account_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contacts_workspace_id_created_at_id"),
        "contacts",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contacts_workspace_id_merged_into_id"),
        "contacts",
        ["workspace_id", "merged_into_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contacts_workspace_id_root_id"),
        "contacts",
        ["workspace_id", "root_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contacts_workspace_id_updated_at_id"),
        "contacts",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "contact_identifiers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "contact_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_contact_identifiers_workspace_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_contact_identifiers")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contact_identifiers_workspace_id_contact_id"),
        "contact_identifiers",
        ["workspace_id", "contact_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "contact_merges",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "rules",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "loser_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_contact_merges_workspace_id_loser_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "winner_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_contact_merges_workspace_id_winner_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_contact_merges")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contact_merges_workspace_id_loser_id"),
        "contact_merges",
        ["workspace_id", "loser_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_contact_merges_workspace_id_winner_id"),
        "contact_merges",
        ["workspace_id", "winner_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "consent_purposes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("text_version", sa.Text(), nullable=True),
        sa.Column("expires_after_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_consent_purposes_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_consent_purposes")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_consent_purposes_workspace_id_key"),
        "consent_purposes",
        ["workspace_id", "key"],
        unique=True,
        schema="waypost",
    )
    op.create_table(
        "consents",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("text_version", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "contact_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_consents_workspace_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_consents")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_consents_workspace_id_contact_id_purpose_at"),
        "consents",
        ["workspace_id", "contact_id", "purpose", "at"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_consents_workspace_id_purpose_at"),
        "consents",
        ["workspace_id", "purpose", "at"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        "ix_contacts_restricted",
        "contacts",
        ["workspace_id", "root_id"],
        unique=False,
        schema="waypost",
        postgresql_where=sa.text("restricted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_contacts_hidden",
        "contacts",
        ["workspace_id", "root_id"],
        unique=False,
        schema="waypost",
        postgresql_where=sa.text("hidden_traits IS NOT NULL"),
    )
    op.create_table(
        "blocked_identifiers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_blocked_identifiers")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_blocked_identifiers_workspace_id_erasure_id"),
        "blocked_identifiers",
        ["workspace_id", "erasure_id"],
        unique=False,
        schema="waypost",
    )
    op.add_column("evidence", sa.Column("contact_id", sa.Uuid(), nullable=True), schema="waypost")
    op.create_foreign_key(
        op.f("fk_evidence_workspace_id_contact_id"),
        "evidence",
        "contacts",
        ["workspace_id", "contact_id"],
        ["workspace_id", "id"],
        source_schema="waypost",
        referent_schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_workspace_id_contact_id"),
        "evidence",
        ["workspace_id", "contact_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "counts",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("identifiers", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("devices", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("devices_before", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_erasures_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_erasures")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_erasures_workspace_id_created_at_id"),
        "erasures",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        "ix_erasures_devices",
        "erasures",
        ["workspace_id"],
        unique=False,
        schema="waypost",
        postgresql_where=sa.text("devices IS NOT NULL"),
    )
    tenancy.protect("accounts")
    tenancy.protect("contacts")
    tenancy.protect("contact_identifiers")
    tenancy.protect("contact_merges")
    tenancy.protect("consent_purposes")
    tenancy.protect("consents", rights="SELECT, INSERT, DELETE")
    tenancy.protect("blocked_identifiers")
    tenancy.protect("erasures", rights="SELECT, INSERT, UPDATE")
    # The worker finds the workspaces it enters as an operator's key lists them.
    op.execute(
        "CREATE POLICY worker ON waypost.workspaces FOR SELECT TO waypost_worker USING "
        f"(nullif(current_setting('app.workspace', true), '')::uuid = '{OPERATORS}')"
    )
    tenancy.view_in_workspace("accounts")
    tenancy.view_in_workspace("contacts")


def downgrade() -> None:
    op.execute("DROP POLICY worker ON waypost.workspaces")
    op.drop_table("erasures", schema="waypost")
    op.drop_column("evidence", "contact_id", schema="waypost")
    tenancy.drop_view_in_workspace("contacts")
    tenancy.drop_view_in_workspace("accounts")
    op.drop_table("blocked_identifiers", schema="waypost")
    op.drop_table("consents", schema="waypost")
    op.drop_table("consent_purposes", schema="waypost")
    op.drop_table("contact_merges", schema="waypost")
    op.drop_table("contact_identifiers", schema="waypost")
    op.drop_table("contacts", schema="waypost")
    op.drop_table("accounts", schema="waypost")
