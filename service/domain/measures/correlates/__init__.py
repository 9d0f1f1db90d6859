"""Correlates of conversion: which events go with it."""

from service.domain.measures.correlates.asking import correlates
from service.domain.measures.correlates.correlate import Correlates
from service.domain.measures.correlates.inputs import CorrelatesQuery

__all__ = ["Correlates", "CorrelatesQuery", "correlates"]
