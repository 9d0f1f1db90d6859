"""What people make of gaps: kept by the gap's id, which stays when gaps are computed again."""

from sqlalchemy import CheckConstraint, Column, Index, Table, Text

from service.domain.tables import maybe, points_to, resource, uid, words

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
