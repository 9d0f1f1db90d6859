"""Plans: actions, reviews and comments."""

from service.domain.plans.copying import copy_journey
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
    "action_content",
    "action_evidence",
    "action_targets",
    "actions",
    "comments",
    "copy_journey",
    "review_sign_offs",
    "reviews",
]
