"""Events in leaves by month, the keys of messages that have come, and what could not be taken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
ONLINE = False

# Leaves carry no policies, for COPY is refused under them; so whoever serves may put rows in, and
# can read none. They are a schema of their own: the tables of `waypost` are all under policies.
LEAVES = (
    "CREATE SCHEMA waypost_leaves",
    f"GRANT USAGE ON SCHEMA waypost_leaves TO {tenancy.SERVING}",
    "CREATE TABLE waypost_leaves.events_default PARTITION OF waypost.events DEFAULT",
    "CREATE TABLE waypost_leaves.event_keys_all PARTITION OF waypost.event_keys DEFAULT",
    f"GRANT INSERT ON waypost_leaves.events_default TO {tenancy.SERVING}",
    f"GRANT INSERT ON waypost_leaves.event_keys_all TO {tenancy.SERVING}",
    f"""
    CREATE FUNCTION waypost.add_event_leaf(begins date, moving boolean DEFAULT false)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '1s'
    AS $$
    DECLARE
        length text := CASE WHEN begins < '2025-01-01' THEN 'year' ELSE 'month' END;
        leaf text := 'events_' || to_char(
            begins, CASE length WHEN 'year' THEN 'YYYY' ELSE 'YYYY_MM' END
        );
        since timestamptz := begins::timestamp AT TIME ZONE 'UTC';
        until timestamptz := (begins + ('1 ' || length)::interval) AT TIME ZONE 'UTC';
    BEGIN
        IF begins <> date_trunc(length, begins)::date
            OR begins < '1990-01-01' OR begins >= '2100-01-01'
        THEN RAISE EXCEPTION 'no leaf begins on that day' USING ERRCODE = '22023';
        END IF;
        PERFORM pg_advisory_xact_lock(1163280724);
        IF to_regclass('waypost_leaves.' || leaf) IS NOT NULL THEN RETURN false;
        END IF;
        IF moving THEN
            LOCK TABLE waypost_leaves.events_default IN ACCESS EXCLUSIVE MODE;
        ELSIF EXISTS (
            SELECT FROM waypost_leaves.events_default WHERE "timestamp" >= since AND "timestamp" < until
        ) THEN RETURN false;
        END IF;
        EXECUTE format('CREATE TABLE waypost_leaves.%I (LIKE waypost.events INCLUDING DEFAULTS)', leaf);
        IF moving THEN
            EXECUTE format(
                'WITH moved AS (DELETE FROM waypost_leaves.events_default'
                ' WHERE "timestamp" >= $1 AND "timestamp" < $2 RETURNING *)'
                ' INSERT INTO waypost_leaves.%I SELECT * FROM moved', leaf
            ) USING since, until;
        END IF;
        EXECUTE format(
            'ALTER TABLE waypost.events ATTACH PARTITION waypost_leaves.%I FOR VALUES FROM (%L) TO (%L)',
            leaf, since, until
        );
        EXECUTE format('GRANT INSERT ON waypost_leaves.%I TO {tenancy.SERVING}', leaf);
        RETURN true;
    END $$
    """,
    # What the worker does: leaves are there before they are needed, and what went into the default
    # leaf, because somebody read for long when its own was to be made, gets there after all.
    """
    CREATE FUNCTION waypost.settle_event_leaves(today date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '1s'
    AS $$
    DECLARE
        begins date;
        made integer := 0;
    BEGIN
        FOR begins IN
            SELECT (date_trunc('month', today) + ahead * interval '1 month')::date
            FROM generate_series(0, 2) AS ahead
            UNION
            SELECT date_trunc(
                CASE WHEN "timestamp" < '2025-01-01Z' THEN 'year' ELSE 'month' END,
                "timestamp", 'UTC'
            )::date
            FROM waypost_leaves.events_default
            WHERE "timestamp" >= '1990-01-01Z' AND "timestamp" < '2100-01-01Z'
            GROUP BY 1 HAVING count(*) <= 500000
        LOOP
            BEGIN
                made := made + waypost.add_event_leaf(begins, true)::integer;
            EXCEPTION WHEN lock_not_available THEN
                RETURN made;
            END;
        END LOOP;
        RETURN made;
    END $$
    """,
    # Of hashes, whether they are known: all that the ingest asks of many workspaces at once.
    """
    CREATE FUNCTION waypost.strangers(workspaces uuid[], ids uuid[])
    RETURNS TABLE (workspace_id uuid, id uuid, guarded boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT asked.workspace_id, asked.id, EXISTS (
            SELECT FROM waypost.blocked_identifiers AS blocked
            WHERE blocked.workspace_id = asked.workspace_id
        )
        FROM unnest(workspaces, ids) AS asked (workspace_id, id)
        WHERE NOT EXISTS (
            SELECT FROM waypost.contact_identifiers AS known
            WHERE known.workspace_id = asked.workspace_id AND known.id = asked.id
        )
    $$
    """,
    "REVOKE ALL ON FUNCTION waypost.strangers(uuid[], uuid[]) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION waypost.strangers(uuid[], uuid[]) TO {tenancy.SERVING}",
    "REVOKE ALL ON FUNCTION waypost.add_event_leaf(date, boolean) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION waypost.add_event_leaf(date, boolean) TO {tenancy.SERVING}",
    "REVOKE ALL ON FUNCTION waypost.settle_event_leaves(date) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION waypost.settle_event_leaves(date) TO {tenancy.SERVING}",
)


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Uuid(), nullable=False),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("anonymous_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.Column(
            "properties", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "context", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        schema="waypost",
        postgresql_partition_by="RANGE (timestamp)",
    )
    op.create_index(
        op.f("ix_events_workspace_id_arrival"),
        "events",
        ["workspace_id", "arrival"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_events_workspace_id_who_timestamp"),
        "events",
        ["workspace_id", "who", "timestamp"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "event_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_event_keys")),
        schema="waypost",
        postgresql_partition_by="RANGE (key)",
    )
    op.create_table(
        "quarantine",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.Text(), nullable=True),
        sa.Column("context", sa.LargeBinary(), nullable=True),
        sa.Column("public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_quarantine_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_quarantine")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_quarantine_workspace_id_created_at_id"),
        "quarantine",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("events", rights="SELECT, INSERT, DELETE")
    # An event stays as it came, but for the device of somebody who was erased.
    op.execute(f"GRANT UPDATE (anonymous_id) ON waypost.events TO {tenancy.SERVING}")
    tenancy.protect("event_keys", rights="SELECT, INSERT")
    tenancy.protect("quarantine")
    tenancy.view_in_workspace("events")
    for statement in LEAVES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION waypost.strangers(uuid[], uuid[])")
    op.execute("DROP FUNCTION waypost.settle_event_leaves(date)")
    op.execute("DROP FUNCTION waypost.add_event_leaf(date, boolean)")
    op.execute("DROP SCHEMA waypost_leaves CASCADE")
    tenancy.drop_view_in_workspace("events")
    op.drop_table("quarantine", schema="waypost")
    op.drop_table("event_keys", schema="waypost")
    op.drop_table("events", schema="waypost")
