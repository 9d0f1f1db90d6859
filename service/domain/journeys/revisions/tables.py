"""Revisions of maps, and the departments that have taken note of them. Their rows never change."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from service.domain.tables import (
    SCHEMA,
    instant,
    json,
    maybe,
    metadata,
    points_to,
    resource,
    texts,
    uid,
    words,
)

revisions: Table = resource(
    "revisions",
    uid("journey_id"),
    Column("number", Integer, nullable=False),
    words("kind"),
    maybe("label"),
    maybe("reason"),
    uid("key_id", nullable=True),
    Column("person", Text, info={"personal": True}),
    Column("published_at", instant),
    Column("effective_from", instant),
    Column("journey_version", Integer, nullable=False),
    texts("departments"),
    # As Postgres wrote it: the members in their order, and no work to read them.
    Column("document", JSON, nullable=False),
    # What bound the touchpoints that it meets, by their id; null: it was not kept yet.
    json("touchpoint_bindings"),
    points_to("journeys", "journey_id", cascade=True),
    UniqueConstraint("workspace_id", "journey_id", "number"),
    CheckConstraint("(kind = 'published') = (published_at IS NOT NULL)", "published"),
    kind="revision",
    label="label",
    whole="journeys",
)

revision_acknowledgements = Table(
    "revision_acknowledgements",
    metadata,
    uid("workspace_id"),
    uid("revision_id"),
    words("department"),
    uid("key_id", nullable=True),
    Column("person", Text, info={"personal": True}),
    maybe("note"),
    Column("acknowledged_at", instant, nullable=False),
    PrimaryKeyConstraint("workspace_id", "revision_id", "department"),
    ForeignKeyConstraint(
        ["workspace_id", "revision_id"],
        [f"{SCHEMA}.revisions.workspace_id", f"{SCHEMA}.revisions.id"],
        ondelete="CASCADE",
    ),
)
