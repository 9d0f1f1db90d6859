"""Reviews: scheduled looks at a map by the departments it concerns, with their sign-offs."""

from service.domain.plans.review.inputs import (
    NewReview,
    NewSignOff,
    ReviewCompletion,
    ReviewList,
    ReviewQuestions,
    ReviewStatus,
    SignOff,
)
from service.domain.plans.review.shape import status as review_status
from service.domain.plans.review.writes import REVIEWS

__all__ = [
    "REVIEWS",
    "NewReview",
    "NewSignOff",
    "ReviewCompletion",
    "ReviewList",
    "ReviewQuestions",
    "ReviewStatus",
    "SignOff",
    "review_status",
]
