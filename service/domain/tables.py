"""What all tables share: the schema, the names of constraints, and a resource's columns.

Every key holds `workspace_id`, so that a row can only point at rows of its own workspace and so
that the whole schema can be distributed by it (see docs/decisions). No server-side clock, no
triggers: times and versions come with the statement. One number alone is raised by a trigger.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.schema import SchemaItem

SCHEMA = "waypost"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

instant = DateTime(timezone=True)


def uid(name: str, *, nullable: bool = False, member: str | None = None) -> Column[Any]:
    """A column holding an id; `member` is what it is shown as, where that is another name."""
    return Column(name, Uuid(), nullable=nullable, info={"member": member or name})


def words(name: str) -> Column[Any]:
    """A required text."""
    return Column(name, Text, nullable=False)


def maybe(name: str) -> Column[Any]:
    """A text that may be unknown."""
    return Column(name, Text)


def texts(name: str) -> Column[Any]:
    """An ordered list of texts, empty when nothing is known."""
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def flag(name: str) -> Column[Any]:
    """A yes or no, no by default."""
    return Column(name, Boolean, nullable=False, server_default=text("false"))


def json(name: str, default: str | None = None) -> Column[Any]:
    """A structured value; `default` is JSON text, absent for values that may be unknown."""
    if default is None:
        return Column(name, JSONB(none_as_null=True))
    return Column(name, JSONB(none_as_null=True), nullable=False, server_default=text(default))


def points_to(table: str, column: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """A reference to another resource of the same workspace; `cascade` for parts of a whole."""
    return ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{SCHEMA}.{table}.workspace_id", f"{SCHEMA}.{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )


def resource(
    name: str,
    *items: SchemaItem,
    kind: str,
    label: str,
    whole: str | None = None,
    shown_by: tuple[str, str] | None = None,
    searched: str | None = None,
) -> Table:
    """A resource's table: its own columns beside id, version and times.

    `kind` is what its events and users call it, `label` the column that names a row to people,
    `whole` the table whose part it is, through the column `<kind of whole>_id`; `shown_by` the
    table whose rows show it among their members, where that is not the whole, and the column that
    says which.

    `searched` is the SQL expression of the text that `?q=` looks through; it becomes a stored
    column with a trigram index, which callers reach through the view `<name>_in_workspace`.
    """
    table = Table(
        name,
        metadata,
        uid("workspace_id"),
        uid("id"),
        Column("version", Integer, nullable=False, server_default=text("1")),
        Column("created_at", instant, nullable=False),
        Column("updated_at", instant, nullable=False),
        *items,
        PrimaryKeyConstraint("workspace_id", "id"),
        ForeignKeyConstraint(["workspace_id"], [f"{SCHEMA}.workspaces.workspace_id"]),
        info={"kind": kind, "label": label, "whole": whole, "shown_by": shown_by},
    )
    if searched is not None:
        table.append_column(Column("search", Text, Computed(searched, persisted=True)))
        Index(
            f"ix_{name}_search",
            table.c.workspace_id,
            table.c.search,
            postgresql_using="gin",
            postgresql_ops={"search": "waypost.gin_trgm_ops"},
        )
        Index(None, table.c.workspace_id, table.c.created_at, table.c.id)
        Index(None, table.c.workspace_id, table.c.updated_at, table.c.id)
    return table


def shown_by(table: Table) -> tuple[Table, str] | None:
    """The table whose rows show a table's among their members, and the column that says which."""
    if (found := table.info.get("shown_by")) is None:
        return None
    name, column = found
    return metadata.tables[f"{SCHEMA}.{name}"], column


def link(name: str, owner: str, owner_id: str, *items: SchemaItem, member: str) -> Table:
    """A table that says which other resources the rows of `owner` use, in what order.

    `member` is what an owner shows its links as.
    """
    return Table(
        name,
        metadata,
        uid("workspace_id"),
        uid(owner_id),
        Column("position", Integer, nullable=False),
        *items,
        points_to(owner, owner_id, cascade=True),
        info={"owner": owner, "owner_id": owner_id, "member": member},
    )


workspaces = Table(
    "workspaces",
    metadata,
    uid("workspace_id"),
    words("name"),
    Column("time_zone", Text, nullable=False, server_default=text("'UTC'")),
    # What differs from the defaults of what is computed.
    json("settings", "'{}'"),
    # Raised by triggers `catalogue` as a work ends that wrote any table that has one.
    Column("catalogue_version", BigInteger, nullable=False, server_default=text("1")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("created_at", instant, nullable=False),
    Column("updated_at", instant, nullable=False),
    PrimaryKeyConstraint("workspace_id"),
)

external_ids = Table(
    "external_ids",
    metadata,
    uid("workspace_id"),
    words("kind"),
    words("source"),
    Column("external_id", Text, nullable=False, info={"personal": True}),
    uid("resource_id"),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("workspace_id", "kind", "source", "external_id"),
    ForeignKeyConstraint(["workspace_id"], [f"{SCHEMA}.workspaces.workspace_id"]),
)
Index(None, external_ids.c.workspace_id, external_ids.c.resource_id)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    uid("workspace_id"),
    words("key"),
    words("method"),
    words("path"),
    words("body_sha256"),
    Column("status", Integer, nullable=False),
    json("headers", "'{}'"),
    # What was answered: it may hold whatever a resource does.
    Column("body", Text, info={"personal": True}),
    Column("created_at", instant, nullable=False),
    PrimaryKeyConstraint("workspace_id", "key", "method", "path"),
    ForeignKeyConstraint(["workspace_id"], [f"{SCHEMA}.workspaces.workspace_id"]),
)
Index(None, idempotency_keys.c.workspace_id, idempotency_keys.c.created_at)
