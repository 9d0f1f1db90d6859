"""Actions, reviews and comments: what is done about a map, and who agreed.

What an action answers in a map goes when that goes; the action itself stays.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.domain.journeys import slug, slug_list
from service.domain.tables import (
    flag,
    instant,
    json,
    link,
    maybe,
    points_to,
    resource,
    uid,
    words,
)


def _person() -> Column[str]:
    """Who acted behind the key, as the request said."""
    return Column("person", Text, info={"personal": True})


actions: Table = resource(
    "actions",
    words("title"),
    maybe("description"),
    words("kind"),
    words("status"),
    slug("department"),
    Column("due_on", Date),
    Column("effort", Double),
    Column("impact", Double),
    json("cost"),
    Column("gap_ids", ARRAY(Uuid()), nullable=False, server_default=text("'{}'")),
    # At a confidence of 1, as where it answers no open gap: gaps are computed from maps, after
    # this slice. Unknown while one of the two is.
    Column("priority", Double, Computed("impact / effort", persisted=True)),
    json("metric"),
    CheckConstraint("effort > 0", "effort"),
    kind="action",
    label="title",
    searched="title || ' ' || coalesce(description, '')",
)

action_targets = link(
    "action_targets",
    "actions",
    "action_id",
    uid("journey_id"),
    uid("stage_id", nullable=True),
    uid("step_id", nullable=True),
    # The question, pain or objection there that the action answers.
    maybe("item_key"),
    PrimaryKeyConstraint("workspace_id", "action_id", "position"),
    points_to("journeys", "journey_id", cascade=True),
    points_to("stages", "stage_id", cascade=True),
    points_to("steps", "step_id", cascade=True),
    CheckConstraint("stage_id IS NULL OR step_id IS NULL", "one_place"),
    member="targets",
)
for _name in ("journey_id", "stage_id", "step_id"):
    Index(None, action_targets.c.workspace_id, action_targets.c[_name])

action_evidence = link(
    "action_evidence",
    "actions",
    "action_id",
    uid("evidence_id"),
    PrimaryKeyConstraint("workspace_id", "action_id", "evidence_id"),
    points_to("evidence", "evidence_id"),
    member="evidence_ids",
)
Index(None, action_evidence.c.workspace_id, action_evidence.c.evidence_id)

action_content = link(
    "action_content",
    "actions",
    "action_id",
    uid("content_id"),
    PrimaryKeyConstraint("workspace_id", "action_id", "content_id"),
    points_to("content", "content_id"),
    member="content_ids",
)
Index(None, action_content.c.workspace_id, action_content.c.content_id)

reviews: Table = resource(
    "reviews",
    uid("journey_id"),
    maybe("cadence"),
    Column("due_on", Date, nullable=False),
    Column("completed_at", instant),
    json("answers", "'{}'"),
    slug_list("departments", "department"),
    points_to("journeys", "journey_id", cascade=True),
    kind="review",
    label="due_on",
)
Index(None, reviews.c.workspace_id, reviews.c.journey_id)


def _signer() -> Column[str]:
    """The department that signs."""
    column = slug("department")
    column.nullable = False
    return column


review_sign_offs = link(
    "review_sign_offs",
    "reviews",
    "review_id",
    _signer(),
    _person(),
    maybe("note"),
    Column("signed_at", instant, nullable=False),
    # Not by department: two of them may become one word.
    PrimaryKeyConstraint("workspace_id", "review_id", "position"),
    member="sign_offs",
)

comments: Table = resource(
    "comments",
    words("target_kind"),
    uid("target_id"),
    # Of whatever is part of a map, so that the comments of a map are found by it.
    uid("journey_id", nullable=True),
    words("text"),
    flag("resolved"),
    uid("parent_id", nullable=True),
    _person(),
    points_to("journeys", "journey_id", cascade=True),
    points_to("comments", "parent_id", cascade=True),
    kind="comment",
    label="text",
    searched="text",
)
Index(None, comments.c.workspace_id, comments.c.target_id)
Index(None, comments.c.workspace_id, comments.c.journey_id)
Index(None, comments.c.workspace_id, comments.c.parent_id)
