"""Journey maps: the journey, its stages, steps and transitions, and the touchpoint catalogue.

A part's order is `position`, an exact number, so that there is always room between two parts
and a move changes one row. Whoever changes a part locks the journey's row first.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from service.domain.journeys.slugs import slug, slugs
from service.domain.tables import (
    flag,
    json,
    link,
    maybe,
    points_to,
    resource,
    texts,
    uid,
    words,
)

STAGE_LISTS = (
    "goals",
    "expectations",
    "needs",
    "feelings",
    "frustrations",
    "reliefs",
    "decision_factors",
)
STEP_LISTS = (
    "actors",
    "motivations",
    "thoughts",
    "feelings",
    "reliefs",
    "gains",
    "backstage",
    "systems",
    "information_sources",
)


def _position() -> Column[object]:
    return Column("position", Numeric, nullable=False)


journeys: Table = resource(
    "journeys",
    words("title"),
    maybe("scenario"),
    maybe("occasion"),
    words("perspective"),
    words("status"),
    maybe("locale"),
    texts("tags"),
    texts("campaigns"),
    maybe("template"),
    json("scope"),
    json("goal"),
    json("value_per_conversion"),
    uid("as_is_id", nullable=True),
    uid("variant_of", nullable=True),
    json("variant_axes", "'{}'"),
    Column("neighbours_tied", Boolean, nullable=False, server_default=text("true")),
    points_to("journeys", "as_is_id"),
    points_to("journeys", "variant_of"),
    kind="journey",
    label="title",
    searched="title || ' ' || coalesce(scenario, '') || ' ' || coalesce(occasion, '')",
)
Index(None, journeys.c.workspace_id, journeys.c.as_is_id)
Index(None, journeys.c.workspace_id, journeys.c.variant_of)

journey_personas = link(
    "journey_personas",
    "journeys",
    "journey_id",
    uid("persona_id"),
    PrimaryKeyConstraint("workspace_id", "journey_id", "persona_id"),
    points_to("personas", "persona_id"),
    member="persona_ids",
)
Index(None, journey_personas.c.workspace_id, journey_personas.c.persona_id)

next_journeys = link(
    "next_journeys",
    "journeys",
    "journey_id",
    uid("next_id"),
    PrimaryKeyConstraint("workspace_id", "journey_id", "next_id"),
    points_to("journeys", "next_id"),
    member="next_journey_ids",
)
Index(None, next_journeys.c.workspace_id, next_journeys.c.next_id)

stages: Table = resource(
    "stages",
    uid("journey_id"),
    _position(),
    words("key"),
    words("name"),
    maybe("description"),
    maybe("phase"),
    maybe("funnel_stage"),
    json("questions", "'[]'"),
    json("objections", "'[]'"),
    *(texts(name) for name in STAGE_LISTS),
    points_to("journeys", "journey_id", cascade=True),
    UniqueConstraint("workspace_id", "journey_id", "key"),
    kind="stage",
    label="name",
    whole="journeys",
)

steps: Table = resource(
    "steps",
    uid("journey_id"),
    uid("stage_id"),
    _position(),
    words("key"),
    words("action"),
    flag("private"),
    json("questions", "'[]'"),
    json("pains", "'[]'"),
    *(slugs(name, "actor") if name == "actors" else texts(name) for name in STEP_LISTS),
    maybe("expected_outcome"),
    maybe("actual_outcome"),
    maybe("outcome_met"),
    Column("emotion", Double),
    slug("channel"),
    slug("device"),
    slug("department"),
    Column("waited_seconds", Integer),
    Column("form_fields", Integer),
    flag("moment_of_truth"),
    flag("decision_moment"),
    uid("nested_journey_id", nullable=True, member="journey_id"),
    json("binding"),
    points_to("journeys", "journey_id", cascade=True),
    points_to("stages", "stage_id", cascade=True),
    points_to("journeys", "nested_journey_id"),
    UniqueConstraint("workspace_id", "journey_id", "key"),
    CheckConstraint("emotion BETWEEN -2 AND 2 AND emotion * 2 = round(emotion * 2)", "half_points"),
    kind="step",
    label="action",
    whole="journeys",
    shown_by=("stages", "stage_id"),
)
Index(None, steps.c.workspace_id, steps.c.stage_id)
Index(None, steps.c.workspace_id, steps.c.nested_journey_id)

step_emotions = link(
    "step_emotions",
    "steps",
    "step_id",
    uid("journey_id"),
    uid("persona_id"),
    Column("rating", Double, nullable=False),
    PrimaryKeyConstraint("workspace_id", "step_id", "persona_id"),
    points_to("personas", "persona_id"),
    CheckConstraint("rating BETWEEN -2 AND 2 AND rating * 2 = round(rating * 2)", "half_points"),
    member="emotions",
)
Index(None, step_emotions.c.workspace_id, step_emotions.c.persona_id)

touchpoints: Table = resource(
    "touchpoints",
    words("key"),
    words("name"),
    maybe("description"),
    maybe("phase"),
    slug("channel"),
    slug("device"),
    slug("department"),
    words("party"),
    words("status"),
    json("activities", "'[]'"),
    json("binding"),
    UniqueConstraint("workspace_id", "key"),
    kind="touchpoint",
    label="name",
    searched="name || ' ' || coalesce(description, '')",
)

step_touchpoints = link(
    "step_touchpoints",
    "steps",
    "step_id",
    uid("journey_id"),
    uid("touchpoint_id"),
    slug("channel"),
    slug("device"),
    maybe("use"),
    PrimaryKeyConstraint("workspace_id", "step_id", "position"),
    points_to("touchpoints", "touchpoint_id"),
    member="touchpoints",
)
Index(None, step_touchpoints.c.workspace_id, step_touchpoints.c.journey_id)
Index(None, step_touchpoints.c.workspace_id, step_touchpoints.c.touchpoint_id)

transitions: Table = resource(
    "transitions",
    uid("journey_id"),
    uid("from_step_id"),
    uid("to_step_id"),
    Column("position", Integer, nullable=False),
    words("kind"),
    maybe("condition"),
    Column("probability", Double),
    Column("expected_seconds", Double),
    maybe("hands_over"),
    slug("received_by", "department"),
    points_to("journeys", "journey_id", cascade=True),
    points_to("steps", "from_step_id", cascade=True),
    points_to("steps", "to_step_id", cascade=True),
    UniqueConstraint(
        "workspace_id",
        "journey_id",
        "from_step_id",
        "to_step_id",
        "kind",
        name="uq_transitions_edge",
    ),
    CheckConstraint("probability BETWEEN 0 AND 1", "probability"),
    kind="transition",
    label="kind",
    whole="journeys",
)
Index(None, transitions.c.workspace_id, transitions.c.from_step_id)
Index(None, transitions.c.workspace_id, transitions.c.to_step_id)
