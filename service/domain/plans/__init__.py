"""Plans: actions, reviews and comments."""

from service.domain.plans.action import (
    ACTIONS,
    OPEN,
    ActionEffect,
    ActionFigure,
    ActionList,
    ActionMetric,
    ActionTarget,
    EffectDefinition,
    NewAction,
    effect,
    is_overdue,
    measured_effect,
)
from service.domain.plans.comment import COMMENTS, CommentList, NewComment
from service.domain.plans.copying import copy_journey
from service.domain.plans.reads import NEWEST, of_maps
from service.domain.plans.review import (
    REVIEWS,
    NewReview,
    NewSignOff,
    ReviewCompletion,
    ReviewList,
    ReviewQuestions,
    ReviewStatus,
    SignOff,
    review_status,
)
from service.domain.plans.shape import day_of, today
from service.domain.plans.tables import (
    action_content,
    action_evidence,
    action_targets,
    actions,
    comments,
    review_sign_offs,
    reviews,
)

__all__ = [
    "ACTIONS",
    "COMMENTS",
    "NEWEST",
    "OPEN",
    "REVIEWS",
    "ActionEffect",
    "ActionFigure",
    "ActionList",
    "ActionMetric",
    "ActionTarget",
    "CommentList",
    "EffectDefinition",
    "NewAction",
    "NewComment",
    "NewReview",
    "NewSignOff",
    "ReviewCompletion",
    "ReviewList",
    "ReviewQuestions",
    "ReviewStatus",
    "SignOff",
    "action_content",
    "action_evidence",
    "action_targets",
    "actions",
    "comments",
    "copy_journey",
    "day_of",
    "effect",
    "is_overdue",
    "measured_effect",
    "of_maps",
    "review_sign_offs",
    "review_status",
    "reviews",
    "today",
]
