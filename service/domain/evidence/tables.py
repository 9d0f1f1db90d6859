"""Evidence and where it comes from, and content that answers what customers ask.

What a finding says of a part of a map goes when the part goes; the finding itself stays. Content
names what it answers by key: while it does, it uses the map, and a key may come back.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from service.domain.journeys import slug
from service.domain.tables import json, link, maybe, points_to, resource, texts, uid, words

_BEGINNING = "coalesce(nullif(left(text, 100), ''), figure ->> 'name', kind)"

evidence_sources: Table = resource(
    "evidence_sources",
    words("source_kind"),
    words("title"),
    maybe("description"),
    maybe("url"),
    Column("author", Text, info={"personal": True}),
    slug("department"),
    Column("conducted_on", Date),
    kind="evidence_source",
    label="title",
    searched="title || ' ' || coalesce(description, '')",
)

evidence: Table = resource(
    "evidence",
    words("kind"),
    words("source_kind"),
    uid("source_id", nullable=True),
    uid("profile_id", nullable=True),
    uid("contact_id", nullable=True),
    slug("department"),
    Column("author", Text, info={"personal": True}),
    Column("observed_on", Date),
    words("status"),
    maybe("severity"),
    slug("topic"),
    texts("themes"),
    Column("sentiment", Double),
    maybe("sentiment_basis"),
    maybe("sentiment_reason"),
    json("rating"),
    Column("weight", Double, nullable=False, server_default=text("1")),
    maybe("text"),
    maybe("language"),
    json("figure"),
    # What people know a finding by, where it is named among those who use something.
    Column("name", Text, Computed(_BEGINNING, persisted=True)),
    points_to("evidence_sources", "source_id"),
    points_to("profiles", "profile_id"),
    points_to("contacts", "contact_id"),
    CheckConstraint("sentiment BETWEEN -2 AND 2", "sentiment"),
    CheckConstraint("weight >= 0", "weight"),
    kind="evidence",
    label="name",
    searched="coalesce(text, '')",
)
Index(None, evidence.c.workspace_id, evidence.c.source_id)
Index(None, evidence.c.workspace_id, evidence.c.profile_id)
Index(None, evidence.c.workspace_id, evidence.c.contact_id)

evidence_targets = link(
    "evidence_targets",
    "evidence",
    "evidence_id",
    uid("persona_id", nullable=True),
    # Which of the persona's attributes or members the finding supports.
    maybe("attribute"),
    uid("touchpoint_id", nullable=True),
    # Also of whatever is part of a map: all evidence of a map is found by it.
    uid("journey_id", nullable=True),
    uid("stage_id", nullable=True),
    uid("step_id", nullable=True),
    uid("transition_id", nullable=True),
    # Came along when the map was copied: what people found was found about the other one.
    Column("copied", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("workspace_id", "evidence_id", "position"),
    points_to("personas", "persona_id"),
    points_to("touchpoints", "touchpoint_id"),
    points_to("journeys", "journey_id", cascade=True),
    points_to("stages", "stage_id", cascade=True),
    points_to("steps", "step_id", cascade=True),
    points_to("transitions", "transition_id", cascade=True),
    member="targets",
)
for _name in ("persona_id", "touchpoint_id", "journey_id", "stage_id", "step_id", "transition_id"):
    Index(None, evidence_targets.c.workspace_id, evidence_targets.c[_name])

content: Table = resource(
    "content",
    words("key"),
    words("title"),
    maybe("kind"),
    maybe("language"),
    maybe("body"),
    maybe("url"),
    maybe("stage"),
    Column("published_on", Date),
    json("cost"),
    UniqueConstraint("workspace_id", "key"),
    kind="content",
    label="title",
    searched="title || ' ' || coalesce(body, '')",
)
Index(None, content.c.workspace_id, content.c.stage)


def _used(name: str, column: str, table: str, member: str) -> Table:
    """Which rows of a catalogue an item of content is for."""
    made = link(
        name,
        "content",
        "content_id",
        uid(column),
        PrimaryKeyConstraint("workspace_id", "content_id", column),
        points_to(table, column),
        member=member,
    )
    Index(None, made.c.workspace_id, made.c[column])
    return made


content_touchpoints = _used("content_touchpoints", "touchpoint_id", "touchpoints", "touchpoint_ids")
content_profiles = _used("content_profiles", "profile_id", "profiles", "audience")
content_personas = _used("content_personas", "persona_id", "personas", "audience")

content_answers = link(
    "content_answers",
    "content",
    "content_id",
    uid("journey_id"),
    maybe("stage_key"),
    maybe("step_key"),
    words("item_key"),
    PrimaryKeyConstraint("workspace_id", "content_id", "position"),
    points_to("journeys", "journey_id"),
    CheckConstraint("(stage_key IS NULL) <> (step_key IS NULL)", "one_place"),
    member="answers",
)
Index(None, content_answers.c.workspace_id, content_answers.c.journey_id)
