"""Which version a workspace's catalogue has, and versions of maps of many workspaces at once."""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
ONLINE = False

_FUNCTION = "waypost.versions(uuid[], uuid[])"
_STATEMENTS = (
    # Numbers alone, of rows that the caller names: all that is asked of many workspaces at once to
    # know whether an answer is still what it was. In this language its plan is kept. Where commits
    # were lost versions come again, but not of a server that has run since, nor of this table.
    """
    CREATE FUNCTION waypost.versions(workspaces uuid[], journeys uuid[]) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        RETURN (
            SELECT array_agg(
                ARRAY[
                    journey.version, workspace.catalogue_version, workspace.tableoid::bigint,
                    (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint
                ] ORDER BY place
            )
            FROM unnest(workspaces, journeys) WITH ORDINALITY
                AS asked (workspace_id, id, place)
            LEFT JOIN waypost.journeys AS journey
                ON journey.workspace_id = asked.workspace_id AND journey.id = asked.id
            LEFT JOIN waypost.workspaces AS workspace
                ON workspace.workspace_id = asked.workspace_id
        );
    END $$
    """,
    f"REVOKE ALL ON FUNCTION {_FUNCTION} FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION {_FUNCTION} TO {tenancy.SERVING}",
)


def upgrade() -> None:
    op.add_column(
        "workspaces",
        sa.Column(
            "catalogue_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False
        ),
        schema="waypost",
    )
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {_FUNCTION}")
    op.drop_column("workspaces", "catalogue_version", schema="waypost")
