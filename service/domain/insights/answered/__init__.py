"""Survey answers at the steps of maps: findings of weight 1."""

from service.domain.insights.answered.reads import answers_at_steps, any_answers, found_at_steps

__all__ = ["answers_at_steps", "any_answers", "found_at_steps"]
