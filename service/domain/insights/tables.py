"""What people make of gaps, kept by the gap's id, which stays when gaps are computed again; and
since when, and until when, the worker saw each of them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from service.domain.tables import instant, maybe, metadata, points_to, resource, uid, words

gap_states: Table = resource(
    "gap_states",
    uid("journey_id"),
    words("status"),
    maybe("reason"),
    Column("person", Text, info={"personal": True}),
    uid("key_id", nullable=True),
    points_to("journeys", "journey_id", cascade=True),
    CheckConstraint("status <> 'dismissed' OR reason IS NOT NULL", "dismissed_for_a_reason"),
    kind="gap",
    label="status",
)
Index(None, gap_states.c.workspace_id, gap_states.c.journey_id)

gap_sightings = Table(
    "gap_sightings",
    metadata,
    uid("workspace_id"),
    uid("id"),
    uid("gap_id"),
    uid("journey_id"),
    uid("stage_id", nullable=True),
    uid("step_id", nullable=True),
    words("kind"),
    Column("first_severity", Double, nullable=False),
    Column("severity", Double, nullable=False),
    Column("opened_at", instant, nullable=False),
    Column("last_seen_at", instant, nullable=False),
    Column("closed_at", instant),
    PrimaryKeyConstraint("workspace_id", "id"),
    points_to("journeys", "journey_id", cascade=True),
    # A map's: nobody is told of it by itself when the map goes.
    info={"whole": "journeys"},
)
# One of each gap is open at a time.
Index(
    "uq_gap_sightings_open",
    gap_sightings.c.workspace_id,
    gap_sightings.c.gap_id,
    unique=True,
    postgresql_where=gap_sightings.c.closed_at.is_(None),
)
Index(None, gap_sightings.c.workspace_id, gap_sightings.c.journey_id)
Index(None, gap_sightings.c.workspace_id, gap_sightings.c.opened_at, gap_sightings.c.id)
Index(None, gap_sightings.c.workspace_id, gap_sightings.c.closed_at)
