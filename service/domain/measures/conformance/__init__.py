"""Planned and actual path."""

from service.domain.measures.conformance.asking import conformance
from service.domain.measures.conformance.conforming import Conformance
from service.domain.measures.conformance.inputs import ConformanceQuery

__all__ = ["Conformance", "ConformanceQuery", "conformance"]
