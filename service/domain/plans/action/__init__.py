"""Actions: what is done about a gap or an opportunity, by whom, by when, and what it changed."""

from service.domain.plans.action.inputs import (
    MOST_TARGETS,
    ActionEffect,
    ActionFigure,
    ActionList,
    ActionMetric,
    ActionTarget,
    EffectDefinition,
    NewAction,
)
from service.domain.plans.action.measuring import measured_effect
from service.domain.plans.action.reads import effect
from service.domain.plans.action.shape import OPEN, is_overdue
from service.domain.plans.action.writes import ACTIONS

__all__ = [
    "ACTIONS",
    "MOST_TARGETS",
    "OPEN",
    "ActionEffect",
    "ActionFigure",
    "ActionList",
    "ActionMetric",
    "ActionTarget",
    "EffectDefinition",
    "NewAction",
    "effect",
    "is_overdue",
    "measured_effect",
]
