"""Templates: what a new map may begin with."""

from service.domain.journeys.templates.inputs import (
    MetTouchpoint,
    NewTemplate,
    TemplateList,
    TemplateStage,
    TemplateStep,
    TemplateTransition,
)
from service.domain.journeys.templates.writes import TEMPLATES, is_ready

__all__ = [
    "TEMPLATES",
    "MetTouchpoint",
    "NewTemplate",
    "TemplateList",
    "TemplateStage",
    "TemplateStep",
    "TemplateTransition",
    "is_ready",
]
