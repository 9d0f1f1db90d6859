"""A map and its people then and now: what a review asks of the last half year."""

from service.domain.insights.then_and_now.answers import ThenAndNow
from service.domain.insights.then_and_now.asking import then_and_now
from service.domain.insights.then_and_now.inputs import ThenAndNowQuery

__all__ = ["ThenAndNow", "ThenAndNowQuery", "then_and_now"]
