"""Actions: what is done about a gap or an opportunity, by whom, by when, and what it changed."""

from service.domain.plans.action.effect_inputs import (
    ActionEffect,
    ActionFigure,
    EffectDefinition,
)
from service.domain.plans.action.inputs import (
    MOST_TARGETS,
    ActionList,
    ActionTarget,
    NewAction,
)
from service.domain.plans.action.measuring import kpi_of, measured_effect
from service.domain.plans.action.metric_inputs import ActionMetric, MetricKpi
from service.domain.plans.action.reads import effect, effects
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
    "MetricKpi",
    "NewAction",
    "effect",
    "effects",
    "is_overdue",
    "kpi_of",
    "measured_effect",
]
