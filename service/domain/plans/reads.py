"""What belongs to maps of what is planned: their actions, reviews and comments."""

from service.domain.belonging import Belonging
from service.domain.plans.action import ACTIONS
from service.domain.plans.comment import COMMENTS
from service.domain.plans.review import REVIEWS
from service.domain.plans.tables import action_targets

ACTIONS_OF_MAP = Belonging(ACTIONS, "journey_id", action_targets, "action_id")
REVIEWS_OF_MAP = Belonging(REVIEWS, "journey_id")
COMMENTS_OF_MAP = Belonging(COMMENTS, "journey_id")
