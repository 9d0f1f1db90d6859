"""What making and signing a review looks up."""

from sqlalchemy import ARRAY, Text, Uuid, bindparam, literal_column, or_, select, union

from service.domain.journeys import (
    TOUCHPOINTS,
    journeys,
    step_touchpoints,
    steps,
    transitions,
)
from service.domain.plans.shape import today
from service.domain.plans.tables import review_sign_offs, reviews
from service.domain.statements import WORKSPACE, Statement

_JOURNEY = bindparam("journey_id", type_=Uuid())
REVIEW = bindparam("review_id", type_=Uuid())
TODAY = Statement(select(today()))
_other, _own = reviews.alias("other"), reviews.alias("own")
_done = select(_own.c.id).where(
    _own.c.workspace_id == WORKSPACE, _own.c.id == REVIEW, _own.c.completed_at.is_not(None)
)
_its = select(reviews.c.journey_id).where(
    reviews.c.workspace_id == WORKSPACE, reviews.c.id == REVIEW
)
MAP_LOCKED = Statement(
    select(journeys.c.id)
    .where(journeys.c.workspace_id == WORKSPACE)
    .where(or_(journeys.c.id == _JOURNEY, journeys.c.id == _its.scalar_subquery()))
    .with_for_update(key_share=True)
)
"""The map of a review that there is, or the one that a new one is about, until the work ends."""
SCHEDULED = Statement(
    select(_other.c.id)
    .where(_other.c.workspace_id == WORKSPACE, _other.c.journey_id == _JOURNEY)
    .where(_other.c.cadence.is_not(None), _other.c.completed_at.is_(None))
    .where(_other.c.id != REVIEW, ~_done.exists())
    .limit(literal_column("1"))
)
"""Another series of the map; what is completed begins none."""
_touchpoints = TOUCHPOINTS.table
_on_map = union(
    select(steps.c.department).where(
        steps.c.workspace_id == WORKSPACE, steps.c.journey_id == _JOURNEY
    ),
    select(_touchpoints.c.department)
    .join(
        step_touchpoints,
        (step_touchpoints.c.workspace_id == _touchpoints.c.workspace_id)
        & (step_touchpoints.c.touchpoint_id == _touchpoints.c.id),
    )
    .where(_touchpoints.c.workspace_id == WORKSPACE, step_touchpoints.c.journey_id == _JOURNEY),
    select(transitions.c.received_by).where(
        transitions.c.workspace_id == WORKSPACE, transitions.c.journey_id == _JOURNEY
    ),
).subquery("on_map")
ON_MAP = Statement(
    select(_on_map.c.department)
    .where(_on_map.c.department.is_not(None))
    .order_by(_on_map.c.department.collate("C"))
    .limit(literal_column("200"))
)
"""The departments of a map, as its coverage and its revisions count them."""
SIGNED = Statement(
    select(review_sign_offs.c.department).where(
        review_sign_offs.c.workspace_id == WORKSPACE, review_sign_offs.c.review_id == REVIEW
    )
)
GIVEN = bindparam("department", type_=Text)
MEANT = Statement(select(review_sign_offs.c.department.info["stored"](GIVEN)))
_ASKED = bindparam("departments", type_=ARRAY(Text))
ALL_MEANT = Statement(select(reviews.c.departments.info["stored"](_ASKED)))
