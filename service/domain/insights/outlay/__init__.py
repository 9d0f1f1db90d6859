"""What is done for maps: activities, content and actions, and what they cost."""

from service.domain.insights.outlay.outlay import BEGUN, Action, Costs, Outlay, Within, costs_of
from service.domain.insights.outlay.reads import outlays

__all__ = ["BEGUN", "Action", "Costs", "Outlay", "Within", "costs_of", "outlays"]
