"""Retention."""

from service.domain.measures.retention.asking import retention
from service.domain.measures.retention.inputs import RetentionQuery
from service.domain.measures.retention.retained import Retention

__all__ = ["Retention", "RetentionQuery", "retention"]
