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
_CATALOGUE = (
    *("profiles", "profile_attributes", "personas", "vocabulary", "touchpoints", "content"),
    *("content_touchpoints", "content_profiles", "content_personas", "content_answers"),
)
_STATEMENTS = (
    # Whoever writes, by whatever statement, of whatever release. As the transaction ends, and once:
    # who holds a workspace's row then waits for nobody, so no circle of waiting can arise.
    """
    CREATE FUNCTION waypost.raise_catalogue_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        whose CONSTANT uuid := coalesce(NEW.workspace_id, OLD.workspace_id);
    BEGIN
        IF current_setting('app.raised', true) IS DISTINCT FROM whose::text THEN
            UPDATE waypost.workspaces SET catalogue_version = catalogue_version + 1
            WHERE workspace_id = whose;
            PERFORM set_config('app.raised', whose::text, true);
        END IF;
        RETURN NULL;
    END $$
    """,
    "REVOKE ALL ON FUNCTION waypost.raise_catalogue_version() FROM PUBLIC",
    *(
        f"CREATE CONSTRAINT TRIGGER catalogue AFTER INSERT OR UPDATE OR DELETE ON waypost.{table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION waypost.raise_catalogue_version()"
        for table in _CATALOGUE
    ),
    "CREATE CONSTRAINT TRIGGER catalogue AFTER UPDATE ON waypost.workspaces "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
    "WHEN (NEW.catalogue_version = OLD.catalogue_version) "
    "EXECUTE FUNCTION waypost.raise_catalogue_version()",
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
    for table in (*_CATALOGUE, "workspaces"):
        op.execute(f"DROP TRIGGER catalogue ON waypost.{table}")
    op.execute("DROP FUNCTION waypost.raise_catalogue_version()")
    op.drop_column("workspaces", "catalogue_version", schema="waypost")
