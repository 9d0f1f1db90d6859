"""Plans: actions, reviews and comments."""

from service.domain.plans.actions import (
    ACTIONS,
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
    "ActionEffect",
    "ActionFigure",
    "ActionList",
    "ActionMetric",
    "ActionTarget",
    "EffectDefinition",
    "NewAction",
    "action_content",
    "action_evidence",
    "action_targets",
    "actions",
    "comments",
    "effect",
    "is_overdue",
    "measured_effect",
    "review_sign_offs",
    "reviews",
]
