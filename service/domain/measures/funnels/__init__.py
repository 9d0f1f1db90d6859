"""Funnels."""

from service.domain.measures.funnels.answers import AskedStep, Funnel, FunnelDefinition, FunnelStep
from service.domain.measures.funnels.asking import funnel, funnel_told
from service.domain.measures.funnels.chains import Rules
from service.domain.measures.funnels.figures import funnel as funnel_in
from service.domain.measures.funnels.inputs import (
    MOST_STEPS,
    WINDOW,
    FunnelsQuery,
    Unit,
    Window,
)
from service.domain.measures.funnels.outcome import Funnel as ComputedFunnel

__all__ = [
    "MOST_STEPS",
    "WINDOW",
    "AskedStep",
    "ComputedFunnel",
    "Funnel",
    "FunnelDefinition",
    "FunnelStep",
    "FunnelsQuery",
    "Rules",
    "Unit",
    "Window",
    "funnel",
    "funnel_in",
    "funnel_told",
]
