"""Planned and actual path."""

from service.domain.measures.conformance.asking import conformance, conformance_told
from service.domain.measures.conformance.conforming import (
    Conformance,
    ConformanceDefinition,
    Detour,
    MatchedUnits,
    SkippedStep,
    UnboundEvent,
)
from service.domain.measures.conformance.fitting import Fit, Units, fitted
from service.domain.measures.conformance.inputs import ConformanceQuery

__all__ = [
    "Conformance",
    "ConformanceDefinition",
    "ConformanceQuery",
    "Detour",
    "Fit",
    "MatchedUnits",
    "SkippedStep",
    "UnboundEvent",
    "Units",
    "conformance",
    "conformance_told",
    "fitted",
]
