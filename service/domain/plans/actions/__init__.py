"""Actions: what is done about a gap or an opportunity, by whom, by when, and what it changed."""

from service.domain.plans.actions.inputs import (
    ActionEffect,
    ActionFigure,
    ActionList,
    ActionMetric,
    ActionTarget,
    EffectDefinition,
    NewAction,
)
from service.domain.plans.actions.measuring import measured_effect
from service.domain.plans.actions.reads import effect
from service.domain.plans.actions.shape import OPEN, is_overdue
from service.domain.plans.actions.writes import ACTIONS

__all__ = [
    "ACTIONS",
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
